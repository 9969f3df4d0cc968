"""Addresses as section 3 compares them: one key per address, and whether its place lies in the municipality."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.oracle.tables import Row

MUNICIPALITY = ("amsterdam", "weesp", "driemond")


def _part(address: Mapping[str, object], name: str) -> str:
    return str(address.get(name) or "").strip().lower()


def address_key(address: Row | Mapping[str, str]) -> tuple[str, ...]:
    """What makes two addresses the same: postcode and number, or place, street and number without a postcode."""
    number = tuple(_part(address, name) for name in ("huisnr", "huisletter", "huisnrtoev"))
    postcode = re.sub(r"\s", "", _part(address, "postcode"))
    if postcode:
        return ("p", postcode, *number)
    return ("s", _part(address, "plaats"), _part(address, "straat"), *number)


def in_municipality(place: str | None) -> bool:
    """Whether a place, whatever its spelling, is one of the municipality's names or a part of Amsterdam."""
    letters = re.sub(r"[^a-z]+", " ", (place or "").lower()).strip()
    return letters in MUNICIPALITY or letters.startswith("amsterdam ")
