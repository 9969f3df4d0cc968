"""Decides which numbers about people may be shown, once: the report and the dossier accept only `SuppressedTable`.

No count below ten is shown, none can be found by subtracting what is shown, and hidden is marked (domain.md §9). A row
of a table is shown whole or hidden whole. Hidden rows are always two or more, and together they would pass the same
test as a shown row: so a hidden row can be anything from nobody to all of them, whatever is subtracted from the totals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import add, sub

from shared.errors import SlimmeCheckError

SMALLEST_COUNT = 10
HIDDEN = "verborgen"
TO = "–"


class DisclosureRefused(SlimmeCheckError):
    """A table would show a number that is too small, or let it be found by subtraction."""

    code = "SC-570"


@dataclass(frozen=True)
class Counts:
    """How many people a row is about, and how many of them each measure counts.

    `guarded`: numbers that are not shown, but could be found from those that are; they must be large enough too.
    """

    size: int
    parts: tuple[int, ...] = ()
    guarded: tuple[int, ...] = ()

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.size + other.size, _by_place(add, self.parts, other.parts), _by_place(add, self.guarded, other.guarded)
        )

    def __sub__(self, other: Counts) -> Counts:
        return Counts(
            self.size - other.size, _by_place(sub, self.parts, other.parts), _by_place(sub, self.guarded, other.guarded)
        )

    @property
    def showable(self) -> bool:
        """Say whether the row, every part of it and what is left of it beside each part are large enough."""
        return self.at_least(SMALLEST_COUNT)

    def at_least(self, smallest: int) -> bool:
        """Say whether each of these is so many people or more."""
        numbers = (self.size, *self.parts, *(self.size - part for part in self.parts), *self.guarded)
        return min(numbers) >= smallest


@dataclass(frozen=True)
class SuppressedTable:
    """Counts of groups that together are everybody in the table, of which what is too small is hidden (None).

    `measures` names the parts that are counted in every row; `total` is None where even that is too small. Raises
    DisclosureRefused when what it holds would give away a hidden row: it cannot be made wrong.
    """

    title: str
    measures: tuple[str, ...]
    total: Counts | None
    rows: Mapping[str, Counts | None]

    def __post_init__(self) -> None:
        shown = [counts for counts in self.rows.values() if counts is not None]
        hidden = len(self.rows) - len(shown)
        known = [*shown, *([self.total] if self.total else [])]
        fitting = all(len(counts.parts) == len(self.measures) and counts.showable for counts in known)
        if self.total is None:
            safe = not shown
        elif hidden:
            left = self.total
            for counts in shown:
                left -= counts
            safe = hidden > 1 and left.showable
        else:
            safe = not shown or _sum(shown) == self.total
        if not (fitting and safe):
            raise DisclosureRefused(
                "A table shows what must stay hidden.",
                where=f"tabel {self.title}",
                next_step="Make the table with `suppress` or `merge_bins`.",
            )

    def as_dict(self, rounded: Callable[[str, int], int] = lambda _, number: number) -> dict[str, object]:
        """Return the table as plain JSON; what is hidden says so. `rounded`: of a column and a number what is shown."""
        columns = ("aantal", *self.measures)
        return {
            "titel": self.title,
            "kolommen": list(columns),
            "totaal": _plain(self.total, columns, rounded),
            "rijen": [{"naam": name, **_plain(counts, columns, rounded)} for name, counts in self.rows.items()],
        }


def suppress(
    title: str, measures: Sequence[str], rows: Mapping[str, Counts], smallest: int = SMALLEST_COUNT
) -> SuppressedTable:
    """Return the table of these groups, which do not overlap, with as few rows hidden as the rule allows.

    `smallest`: of how many people a number is large enough, ten or more. Hidden are the rows that are too small, and
    then the smallest others until nothing can be found by subtraction.
    """
    total = _sum(list(rows.values())) if rows else Counts(0, (0,) * len(measures))
    if not total.at_least(smallest):
        return SuppressedTable(title, tuple(measures), None, dict.fromkeys(rows))
    by_size = sorted(rows, key=lambda name: (rows[name].size, min(rows[name].parts, default=0), name))
    hidden = [name for name in by_size if not rows[name].at_least(smallest)]
    waiting = [name for name in by_size if name not in hidden]
    while hidden and waiting and not (len(hidden) > 1 and _sum([rows[name] for name in hidden]).at_least(smallest)):
        hidden.append(waiting.pop(0))
    shown = {name: None if name in hidden else counts for name, counts in rows.items()}
    return SuppressedTable(title, tuple(measures), total, shown)


def all_or_nothing(title: str, rows: Mapping[str, int], smallest: int = SMALLEST_COUNT) -> SuppressedTable:
    """Return the table with every row shown, or every row hidden where one of them is too small.

    For cells that other tables of the same report add up in other ways: one of them would then give away all.
    """
    counts = {name: Counts(number) for name, number in rows.items()}
    total = _sum(list(counts.values()))
    if not total.at_least(smallest):
        return SuppressedTable(title, (), None, dict.fromkeys(rows))
    whole = all(one.at_least(smallest) for one in counts.values())
    return SuppressedTable(title, (), total, {name: one if whole else None for name, one in counts.items()})


def merge_bins(
    title: str, edges: Sequence[str], counts: Sequence[int], keep: Sequence[str], smallest: int = SMALLEST_COUNT
) -> SuppressedTable:
    """Return a distribution in which neighbouring bins are taken together until each is large enough.

    `edges`: the borders, one more than there are bins, in order. The borders to `keep` stay, the first of them first,
    where what lies between them is large enough. A border that is gone is hidden: both its sides are one bin.
    """
    borders = [0, len(counts)]
    for name in keep:
        tried = sorted({*borders, list(edges).index(name)})
        if all(sum(counts[begin:end]) >= smallest for begin, end in pairwise(tried)):
            borders = tried
    merged = [bin_ for begin, end in pairwise(borders) for bin_ in _merged(counts, begin, end, smallest)]
    rows = {f"{edges[first]}{TO}{edges[last]}": Counts(sum(counts[first:last])) for first, last in merged}
    return suppress(title, (), rows, smallest)


def borders_of(table: SuppressedTable) -> dict[str, int]:
    """Return per border that a distribution shows how many are at it or above it; the lowest border is everybody."""
    found: dict[str, int] = {}
    above = 0
    for name, counts in reversed(list(table.rows.items())):
        if counts is None:
            return {}
        above += counts.size
        found[name.split(TO)[0]] = above
    return found


def _merged(counts: Sequence[int], begin: int, end: int, smallest: int) -> list[tuple[int, int]]:
    """Return bins that are large enough, each as its first and last border; the last takes what is left."""
    found: list[tuple[int, int]] = []
    first = begin
    for border in range(begin + 1, end + 1):
        if sum(counts[first:border]) >= smallest:
            found.append((first, border))
            first = border
    if first < end:
        if found:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def _by_place(what: Callable[[int, int], int], some: tuple[int, ...], others: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(what(one, other) for one, other in zip(some, others, strict=True))


def _sum(rows: Sequence[Counts]) -> Counts:
    total = rows[0]
    for counts in rows[1:]:
        total += counts
    return total


def _plain(counts: Counts | None, columns: Sequence[str], rounded: Callable[[str, int], int]) -> dict[str, int | str]:
    if counts is None:
        return dict.fromkeys(columns, HIDDEN)
    numbers = zip(columns, (counts.size, *counts.parts), strict=True)
    return {column: rounded(column, number) for column, number in numbers}
