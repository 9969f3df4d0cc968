"""Readers under atheris: bytes that are changed as long as they reach other code, and what may come of them."""
