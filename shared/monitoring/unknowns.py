"""Decides in which groupings the unknown may be a row of their own, for all groupings together.

Of whom no row of attributes came is unknown in every grouping at once. So these rows of two groupings hold the same
people, and taken off each other they give away the few of whom one attribute is unknown, or the few of a month that is
in the one and not in the other. Therefore the unknown of all groupings have one chain of blocks: what they have in a
block is ten or more, and so is each difference between two of them, unless the two were always the same. A grouping may
show its unknown apart only over whole blocks of that chain; otherwise they join the largest group, which then is large
enough without them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from shared.monitoring.months import UNKNOWN_GROUP
from shared.monitoring.nested import Rows

UNKNOWNS = "onbekend in elke indeling"  # a chain in which every row is the unknown of one grouping
APART = (UNKNOWN_GROUP,)

type Numbers = npt.NDArray[np.int64]


def may_be_shown(
    unknown: Mapping[str, Numbers], same: Callable[[str, str], bool], large: Callable[[Numbers], bool]
) -> Rows:
    """Return the groupings of which the unknown may be shown, each a row: as many as fit with those before them.

    `unknown`: numbers per column of a block. `same`: two groupings whose unknown were always the same number.
    """
    found: list[str] = []
    for name, numbers in unknown.items():
        beside = (unknown[other] - numbers for other in found if not same(name, other))
        if large(numbers) and all(large(apart) for apart in beside):
            found.append(name)
    return tuple((name,) for name in found)


def without_them(rows: Rows) -> Rows:
    """Return the rows with somebody of whom the group is known, and of these rows the known groups alone."""
    known = (tuple(name for name in row if name != UNKNOWN_GROUP) for row in rows)
    return tuple(row for row in known if row)


def whole_blocks(spans: Sequence[tuple[int, int, Rows]], grouping: str, first: int, last: int) -> bool:
    """Say whether these months are whole blocks (first, last, rows) in each of which this grouping has a row."""
    inside = [(begin, end) for begin, end, rows in spans if first <= begin and end <= last and (grouping,) in rows]
    return sum(end - begin + 1 for begin, end in inside) == last - first + 1
