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


@dataclass(frozen=True)
class RowSeal:
    """How many results a run has, and one hash of them."""

    aantal: int
    sha256: str


def _field(name: str, value: Any) -> str:
    if value is None:
        return "-"
    text = value
    if name in _WHOLE:
        text = str(int(value))
    elif name in _REAL:
        text = struct.pack(">d", float(value) + 0.0).hex()  # no database writes a number as another does
    return f"{len(text)}:{text}"


class Sealing:
    """A seal that is made while rows pass by; it keeps none of them."""

    def __init__(self) -> None:
        """Begin with no rows."""
        self._whole, self._number = hashlib.sha256(), 0

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take the next rows in, given as values of COLUMNS in order of `regel`."""
        for row in rows:
            self._number += 1
            text = "".join(_field(name, value) for name, value in zip(COLUMNS, row, strict=True))
            self._whole.update(hashlib.sha256(text.encode()).hexdigest().encode())

    @property
    def seal(self) -> RowSeal:
        """Return the seal of all rows so far."""
        return RowSeal(self._number, self._whole.hexdigest())


def seal_rows(rows: Iterable[Sequence[Any]]) -> RowSeal:
    """Return the seal of rows, given as values of COLUMNS in order of `regel`; no more than one row is in memory."""
    sealing = Sealing()
    sealing.add(rows)
    return sealing.seal


NOTHING = seal_rows(())
