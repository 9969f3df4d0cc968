"""Decides over all reports of a model together which counts may be shown: blocks of months, never cut again.

Every family of columns (`columns`) of every grouping has a chain of blocks: months side by side, each in one block. Of
a block is shown one number per column and row; a row is a group, or groups taken together, and the rows together are
everybody. Every window that a report shows is a sum of whole blocks. So whatever a reader subtracts, inside a table,
between tables or between reports, is again a sum of rows of blocks, and each of those passed the test once: every
exposure is ten people or more, or it is nobody at all, ever. Within a block and within a row nothing is known but the
sum, of which the blocks of everybody (in months where these can be shown) are the one other way to divide it. Where
rows of different groupings hold the same people there is more to subtract: see `nested` and `unknowns`.

A block is closed once, in the month in which it may be shown; earlier releases bind later ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shared.monitoring.columns import (
    ASSESSED,
    BEGIN_ONCE,
    EVERYBODY,
    Exposure,
    Family,
    columns_of,
    columns_of_everybody,
    families,
)
from shared.monitoring.disclosure import SMALLEST_COUNT
from shared.monitoring.months import UNKNOWN_GROUP, MonthTally, Stream
from shared.monitoring.nested import Nested, Rows, side_by_side
from shared.monitoring.unknowns import APART, UNKNOWNS, may_be_shown, whole_blocks, without_them

YEAR = 12
MERGE_AFTER = 6  # months that groups may stay apart for which too few people are there, before they are taken together
PLENTY = 2 * SMALLEST_COUNT

type Key = tuple[str, str]  # grouping, family


@dataclass(frozen=True)
class Block:
    """Months `first` … `last` (as numbers) of one family in one grouping; `counts`: per row, per column."""

    first: int
    last: int
    rows: Rows
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Chains:
    """All that was ever shown. `orders`: per grouping the groups from large to small, as the first months had them."""

    start: int
    last: int
    orders: Mapping[str, tuple[str, ...]]
    blocks: Mapping[Key, tuple[Block, ...]] = field(default_factory=dict)
    nested: tuple[Nested, ...] = ()  # groupings that are shown as sums of the bands of a chain


def number_of(month: str) -> int:
    """Return a month `jjjj-mm` as a number that counts months."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_of(number: int) -> str:
    """Return `jjjj-mm` of the number of a month."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


class Counted:
    """The closed months as sums that can be asked for any months and groups at once."""

    def __init__(self, months: Sequence[MonthTally], nested: Sequence[Nested] = ()) -> None:
        self.start = number_of(months[0].month)
        self.last = number_of(months[-1].month)
        self.families = families(months)
        names = {column for family in self.families for column in family.columns}
        names |= {column for stream in Stream for column in columns_of(None, stream)}
        self.columns = {name: place for place, name in enumerate(sorted(names))}
        self.groups: dict[str, tuple[str, ...]] = {EVERYBODY: (EVERYBODY,)}
        for month in months:
            for groupings in month.streams.values():
                for grouping, groups in groupings.items():
                    known = self.groups.get(grouping, ())
                    self.groups[grouping] = known + tuple(name for name in groups if name not in known)
        self.seen = dict(self.groups)  # what is shown: not the bands, but the groupings that are made of them
        present = [tuple(name for name in one.groupings if name in self.groups) for one in nested]
        self.nested = tuple(Nested(names) for names in present if len(names) > 1)
        for one in self.nested:
            self.groups = {name: groups for name, groups in self.groups.items() if name not in one.groupings}
            self.groups[one.name] = one.bands
        self._sums = {grouping: self._cumulated(months, grouping) for grouping in self.groups}
        self._add_unknowns()
        self.anew = self._anew()

    def of(self, grouping: str, first: int, last: int, rows: Rows) -> npt.NDArray[np.int64]:
        """Return per row and column the sum over these months."""
        begin, end = max(first - self.start, 0), max(last - self.start + 1, 0)
        per_group = self._sums[grouping][end] - self._sums[grouping][begin]
        names = self.groups.get(grouping, self.unknowns)
        places = [[names.index(name) for name in row if name in names] for row in rows]
        return np.stack([per_group[place].sum(axis=0) for place in places])

    def terms(self, exposure: Exposure) -> npt.NDArray[np.int64]:
        """Return an exposure as a weight per column."""
        weights = np.zeros(len(self.columns), dtype=np.int64)
        for column, times in exposure.terms.items():
            weights[self.columns[column]] = times
        return weights

    def nobody(self, exposure: Exposure, last: int) -> bool:
        """Say whether an exposure counted nobody at all, in any month and any group, up to this month."""
        weights = self.terms(exposure)
        end = last - self.start + 1
        judged = any(column.startswith(ASSESSED) for column in exposure.terms)  # counted of everybody alone
        everywhere = [self._sums[EVERYBODY]] if judged else self._sums.values()
        return not any((sums[1 : end + 1] @ weights).any() for sums in everywhere)

    def same_unknown(self, one: str, other: str, last: int) -> bool:
        """Say whether two groupings had the same numbers of unknown in every month up to this one."""
        sums = self._sums[UNKNOWNS][: last - self.start + 2]
        return bool((sums[:, self.unknowns.index(one)] == sums[:, self.unknowns.index(other)]).all())

    def _add_unknowns(self) -> None:
        self.unknowns = tuple(name for name, groups in self.groups.items() if UNKNOWN_GROUP in groups)
        sums = [self._sums[name][:, self.groups[name].index(UNKNOWN_GROUP)] for name in self.unknowns]
        empty = np.zeros((self.last - self.start + 2, 0, len(self.columns)), dtype=np.int64)
        self._sums[UNKNOWNS] = np.stack(sums, axis=1) if sums else empty

    def _anew(self) -> tuple[int, ...]:
        """Return the months in which something begins of which everybody knows that it was not there before.

        A sample, cases that people did not choose, applications without a score. A block across such a month would be
        cut by that knowledge.
        """
        begun = []
        for columns in BEGIN_ONCE:
            weights = np.stack([self.terms(Exposure(terms)) for terms in columns], axis=1)
            met = np.flatnonzero((self._sums[EVERYBODY][:, 0] @ weights).any(axis=1))
            if len(met):
                begun.append(self.start + int(met[0]) - 1)
        return tuple(sorted(month for month in set(begun) if month > self.start))

    def _cumulated(self, months: Sequence[MonthTally], grouping: str) -> npt.NDArray[np.int64]:
        numbers = np.zeros((self.last - self.start + 2, len(self.groups[grouping]), len(self.columns)), dtype=np.int64)
        bands = next((one for one in self.nested if one.name == grouping), None)
        for month in months:
            at = number_of(month.month) - self.start + 1
            for place, group in enumerate(self.groups[grouping]):
                parts = ((grouping, group, 1),) if bands is None else bands.parts(group)
                for stream, groupings in month.streams.items():
                    for name, part, times in parts:
                        row = groupings.get(name, {}).get(part)
                        for column, number in columns_of(row, stream).items():
                            numbers[at, place, self.columns[column]] += times * number
            if grouping == EVERYBODY:
                for column, number in columns_of_everybody(month).items():
                    numbers[at, 0, self.columns[column]] += number
        return numbers.cumsum(axis=0)


def close_blocks(counted: Counted, earlier: Chains | None = None) -> Chains:
    """Return what may be shown up to and including the last month, without cutting what was shown before."""
    if earlier is None:
        orders = {grouping: _order(counted, grouping) for grouping in counted.groups}
        earlier = Chains(counted.start, counted.start - 1, orders)
    new = {grouping: _order(counted, grouping) for grouping in counted.groups if grouping not in earlier.orders}
    chains = Chains(earlier.start, counted.last, {**earlier.orders, **new}, dict(earlier.blocks), counted.nested)
    blocks = dict(earlier.blocks)
    for month in range(earlier.last + 1, counted.last + 1):
        for family in counted.families:
            for grouping in [EVERYBODY] if family.everybody_only else _everybody_first(counted.groups):
                closed = _close(counted, Chains(chains.start, month, chains.orders, blocks), (grouping, family), month)
                if closed is not None:
                    blocks[grouping, family.name] = (*blocks.get((grouping, family.name), ()), closed)
    return Chains(chains.start, counted.last, chains.orders, blocks, counted.nested)


def ends_of(chains: Chains, key: Key) -> list[int]:
    """Return after which months a chain has a border, its beginning first."""
    blocks = chains.blocks.get(key, ())
    return sorted({chains.start - 1, *(block.first - 1 for block in blocks), *(block.last for block in blocks)})


def joined(partitions: Iterable[Rows]) -> Rows:
    """Return the finest rows of which every one is made of whole rows of each of these."""
    found: list[set[str]] = []
    for rows in partitions:
        for row in rows:
            touched = [one for one in found if one & set(row)]
            found = [one for one in found if one not in touched] + [set(row).union(*touched)]
    first = next(iter(partitions), ())
    order = {name: place for place, name in enumerate(name for row in first for name in row)}
    rows_in_order = [tuple(sorted(one, key=lambda name: (order.get(name, len(order)), name))) for one in found]
    return tuple(sorted(rows_in_order, key=lambda row: (order.get(row[0], len(order)), row)))


def _everybody_first(groups: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [EVERYBODY, UNKNOWNS, *(grouping for grouping in groups if grouping != EVERYBODY)]


def _order(counted: Counted, grouping: str) -> tuple[str, ...]:
    """Return the groups from large to small by the first month that has any, the unknown last."""
    names = counted.groups[grouping]
    column = counted.columns[f"{Stream.MODEL}.aanvragen"]
    for month in range(counted.start, counted.last + 1):
        sizes = counted.of(grouping, month, month, tuple((name,) for name in names))[:, column]
        if sizes.any():
            break
    by_size = dict(zip(names, sizes.tolist(), strict=True))
    return tuple(sorted(names, key=lambda name: (name == UNKNOWN_GROUP, -by_size[name], name)))


def _partitions(order: tuple[str, ...], names: tuple[str, ...]) -> list[tuple[Rows, int]]:
    """Return ways to take groups together, the finest first, and after how many months each may be taken.

    The unknown join the largest group, where they change least; then the smallest groups join each other.
    """
    order = (*order, *(name for name in names if name not in order))  # a group that is new counts as the smallest
    known = [name for name in order if name != UNKNOWN_GROUP]
    found: list[tuple[Rows, int]] = [(tuple((name,) for name in order), 1)]
    largest = tuple(name for name in order if name in (known[0], UNKNOWN_GROUP)) if known else order
    for together in range(1, len(known)):
        apart, taken = known[1 : len(known) - together], known[len(known) - together :]
        rows = (largest, *((name,) for name in apart), tuple(taken))
        if len(rows) > 1 and rows != found[-1][0]:
            found.append((rows, 1 if together == 1 else MERGE_AFTER))
    return found


def _close(counted: Counted, chains: Chains, of: tuple[str, Family], month: int) -> Block | None:
    """Return the block that ends with this month, or None when it must, or had better, go on."""
    grouping, family = of
    key = (grouping, family.name)
    ends = ends_of(chains, key)
    parents = _parents(counted, grouping, family, month)
    if any(month not in ends_of(chains, parent) for parent in parents):
        return None
    # a month that is no longer there is in no block that is still open
    first = max([ends[-1] + 1, counted.start, *(begin for begin in counted.anew if begin <= month)])
    age = month - first + 1
    inside = [
        block.rows
        for parent in parents
        if parent[0] == grouping
        for block in chains.blocks[parent]
        if first <= block.first and block.last <= month
    ]
    exposed = _exposed(counted, family, month)
    if grouping == UNKNOWNS:
        return _unknowns(counted, family, (first, month), exposed)
    of_unknown = [(block.first, block.last, block.rows) for block in chains.blocks.get((UNKNOWNS, family.name), ())]
    for rows, patience in _ways(counted, chains, grouping):
        if age < patience or joined([rows, *inside]) != joined([rows]):
            continue
        if APART in rows and not whole_blocks(of_unknown, grouping, first, month):
            continue
        cells = counted.of(grouping, first, month, rows)
        known = counted.of(grouping, first, month, without_them(rows) or rows)
        smallest = min(_smallest(cells, exposed), _smallest(known, exposed))
        if smallest < SMALLEST_COUNT:
            continue
        if not _timely(first, ends, month, plenty=smallest >= PLENTY):
            return None
        places = [counted.columns[column] for column in family.columns]
        return Block(first, month, rows, tuple(map(tuple, cells[:, places].tolist())))
    return None


def _unknowns(
    counted: Counted, family: Family, months: tuple[int, int], exposed: list[npt.NDArray[np.int64]]
) -> Block | None:
    """Return the block of the unknown of every grouping of which they may be shown; None where that is none."""
    first, last = months
    unknown = {name: counted.of(UNKNOWNS, first, last, ((name,),)) for name in counted.unknowns}
    rows = may_be_shown(
        unknown,
        lambda one, other: counted.same_unknown(one, other, last),
        lambda numbers: _smallest(numbers, exposed) >= SMALLEST_COUNT,
    )
    places = [counted.columns[column] for column in family.columns]
    counts = tuple(tuple(unknown[name][0, places].tolist()) for (name,) in rows)
    return Block(first, last, rows, counts) if rows else None


def _ways(counted: Counted, chains: Chains, grouping: str) -> list[tuple[Rows, int]]:
    """Return ways to take the groups together, and after how many months each may be taken."""
    order, names = chains.orders[grouping], counted.groups[grouping]
    if all(one.name != grouping for one in counted.nested):
        return _partitions(order, names)
    return [(rows, 1 if place < 2 else MERGE_AFTER) for place, rows in enumerate(side_by_side(order, names))]


def _parents(counted: Counted, grouping: str, family: Family, month: int) -> list[Key]:
    found = [(grouping, parent) for parent in family.parents]
    for parent, exposures in (family.same or {}).items():
        if any(_equal(counted, exposure, month) for exposure in exposures):
            found.append((grouping, parent))
    if grouping != EVERYBODY:
        found.append((EVERYBODY, family.name))
    for parent, exposure in (family.unless_nobody or {}).items():
        if not counted.nobody(exposure, month):
            found.append((EVERYBODY, parent))
    return found


def _equal(counted: Counted, exposure: Exposure, month: int) -> bool:
    """Say whether what is left of some people beside others was always nobody, and these were somebody."""
    somebody = not all(counted.nobody(Exposure({column: 1}), month) for column in exposure.terms)
    return somebody and counted.nobody(exposure, month)


def _exposed(counted: Counted, family: Family, month: int) -> list[npt.NDArray[np.int64]]:
    """Return the exposures that count people, as weights; none when the family counts nobody at all."""
    if all(counted.nobody(Exposure({column: 1}), month) for column in family.columns):
        return []
    return [
        counted.terms(exposure)
        for exposure in family.exposures
        if all(counted.nobody(Exposure({column: 1}), month) for column in exposure.only_if_nobody)
        and not counted.nobody(exposure, month)
    ]


def _smallest(cells: npt.NDArray[np.int64], exposed: list[npt.NDArray[np.int64]]) -> int:
    """Return the smallest number of people that the rows would give away; 0 when there is nothing to show."""
    if not exposed:
        return 0
    return int(np.abs(cells @ np.stack(exposed, axis=1)).min())


def _timely(first: int, ends: list[int], month: int, *, plenty: bool) -> bool:
    """Say whether a border after this month helps: a year later a window of twelve months begins at it.

    After the first year a border is put where one was a year ago; elsewhere only where enough is left for the next.
    """
    if month - ends[0] <= YEAR or month - YEAR in ends:
        return True
    coming = [end + YEAR for end in ends if end + YEAR > month]
    return not coming or (plenty and min(coming) - month > month - first)
