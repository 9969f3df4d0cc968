"""One hash of all results of a run as they are stored, so that the log of events can hold the rows in place too.

Told when they are published, and again when some of them are removed: of what was found there and of what stays. A row
that is edited, added or dropped by other hands then shows, whenever that was, and what is left after a removal can
still be checked. On PostgreSQL the function `rijen` of migration 0007 makes the same hash.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

# in this order, for ever: hashes of years ago are made of it
COLUMNS = (
    "regel",
    "aanvraagnummer",
    "dienst",
    "persoon",
    "peilmoment",
    "resultaattype",
    "reden",
    "advies",
    "score",
    "intercept",
    "zekerheid",
    "steekproef",
    "kenmerken",
    "uitleg",
    "bijdragen",
)
_WHOLE = frozenset({"regel", "resultaattype", "steekproef"})
_REAL = frozenset({"score", "intercept", "zekerheid"})
_BITS = struct.Struct(">d").pack
_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class RowSeal:
    """How many results a run has, and one hash of them."""

    aantal: int
    sha256: str


def _fields(name: str, values: Sequence[Any]) -> list[str]:
    if name in _WHOLE:
        values = [None if value is None else str(int(value)) for value in values]
    elif name in _REAL:  # no database writes a number as another does
        values = [None if value is None else _BITS(float(value) + 0.0).hex() for value in values]
    return ["-" if text is None else f"{len(text)}:{text}" for text in values]


class Sealing:
    """A seal that is made while rows pass by; it keeps none of them."""

    def __init__(self) -> None:
        """Begin with no rows."""
        self._whole, self._number = hashlib.sha256(), 0

    def add(self, columns: Iterable[Sequence[Any]]) -> None:
        """Take the next rows in, in order of `regel`, given as the values of each of COLUMNS."""
        fields = [_fields(name, values) for name, values in zip(COLUMNS, columns, strict=True)]
        for row in zip(*fields, strict=True):
            self._whole.update(hashlib.sha256("".join(row).encode()).hexdigest().encode())
        self._number += len(fields[0])

    @property
    def seal(self) -> RowSeal:
        """Return the seal of all rows so far."""
        return RowSeal(self._number, self._whole.hexdigest())


def seal_rows(rows: Iterable[Sequence[Any]]) -> RowSeal:
    """Return the seal of rows, given as values of COLUMNS in order of `regel`; few of them are in memory."""
    sealing = Sealing()
    for some in batched(rows, _ROWS_AT_ONCE, strict=False):
        sealing.add(zip(*some, strict=True))
    return sealing.seal


NOTHING = seal_rows(())
