"""Workshops as the tests of the shell have them."""

from tests.shell.conftest import empty_database, make_workshop, workshop

__all__ = ["empty_database", "make_workshop", "workshop"]
