"""Tests about the code itself: what every file, page, schema and requirement of this project keeps to."""
