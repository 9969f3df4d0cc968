"""For whom a report is."""

from __future__ import annotations

from enum import StrEnum


class Edition(StrEnum):
    """For whom a report is. Both editions show the same numbers about people: neither tells more by the other."""

    VOLLEDIG = "volledig"
    OPENBAAR = "openbaar"
