"""Specifications: sentences of the contract as tests with literal numbers, for product and oracle alike."""
