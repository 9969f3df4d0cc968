"""The app of tests/api, on an empty storage."""

from tests.api.conftest import empty, make_site

__all__ = ["empty", "make_site"]
