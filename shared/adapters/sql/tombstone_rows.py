"""Rows of the table of tombstones."""

from __future__ import annotations

from typing import Any

from shared.administration import Removed, Tombstone
from shared.events import moment_of


def tombstone_of(row: Any) -> Tombstone:
    """Return the tombstone in a row."""
    values = {**row._mapping, "soort": Removed(row.soort), "tijdstip": moment_of(row.tijdstip)}
    del values["nr"]
    return Tombstone(**values)
