"""Tests of the pure stages: describe, read, check and pseudonymise."""
