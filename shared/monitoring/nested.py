"""Counts groupings that lie inside each other once, as bands: shown apart, one taken off the other is a band.

Under 30 lies inside under 40: who is 30 to 39 is the difference. So what may be shown is decided of the bands, and each
grouping is a sum of bands that may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.monitoring.months import UNKNOWN_GROUP

YES, NO = "ja", "nee"

type Rows = tuple[tuple[str, ...], ...]


class Inside(Protocol):
    """What a use case says of a grouping: which other one holds everybody who is `ja` in it."""

    @property
    def inside(self) -> str:
        """The grouping around this one; empty where there is none."""
        ...


@dataclass(frozen=True)
class Nested:
    """Groupings inside each other, the narrowest first. A band is named after the narrowest that it is `ja` in."""

    groupings: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the bands together."""
        return " < ".join(self.groupings)

    @property
    def bands(self) -> tuple[str, ...]:
        """The bands in order, those who are in none of them, and the unknown."""
        return (*self.groupings, NO, UNKNOWN_GROUP)

    def parts(self, band: str) -> tuple[tuple[str, str, int], ...]:
        """Return of which groups (grouping, group) a band is made, and whether each is added (1) or taken off (-1)."""
        if band not in self.groupings:
            return ((self.groupings[-1], band, 1),)
        at = self.groupings.index(band)
        return ((band, YES, 1), *((narrower, YES, -1) for narrower in self.groupings[:at][-1:]))

    def group(self, grouping: str, band: str) -> str:
        """Return the group of a grouping that a band is in."""
        if band not in self.groupings:
            return band
        return YES if self.groupings.index(band) <= self.groupings.index(grouping) else NO


def nested_in(rules: Mapping[str, Inside]) -> tuple[Nested, ...]:
    """Return the groupings of a use case that lie inside each other."""
    found = []
    for name, rule in rules.items():
        chain = [name]
        while narrower := next((one for one, other in rules.items() if other.inside == chain[0]), None):
            chain.insert(0, narrower)
        if not rule.inside and len(chain) > 1:
            found.append(Nested(tuple(chain)))
    return tuple(found)


def side_by_side(order: Sequence[str], bands: Sequence[str]) -> list[Rows]:
    """Return ways to take bands together, the finest first: the unknown join the largest, then neighbours each other.

    `order`: the bands from large to small.
    """
    rows = [[band] for band in bands if band != UNKNOWN_GROUP]
    largest = min((row[0] for row in rows), key=order.index)
    found: list[Rows] = [tuple((band,) for band in bands)]
    while True:
        found.append(tuple((*row, *([UNKNOWN_GROUP] if largest in row else [])) for row in rows))
        if len(rows) <= 2:
            return found
        sizes = [min(order.index(band) for band in row) for row in rows]  # the higher the smaller
        at = sizes.index(max(sizes))
        beside = max((place for place in (at - 1, at + 1) if 0 <= place < len(rows)), key=lambda place: sizes[place])
        first, second = sorted((at, beside))
        rows[first : second + 1] = [rows[first] + rows[second]]
