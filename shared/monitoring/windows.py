"""Makes suppressed tables of a month or of twelve months from the blocks that may be shown, and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from shared.monitoring.blocks import YEAR, Block, Chains, Key, ends_of, joined, month_of
from shared.monitoring.disclosure import Counts, SuppressedTable
from shared.monitoring.nested import Nested, Rows
from shared.monitoring.reportfacts import Window

TOGETHER = " + "  # between the names of groups that are one row
STALE = 6  # months; a full window that ended longer ago gives way to a newer one


@dataclass(frozen=True)
class Shown:
    """The numbers of a window: per row (groups taken together) and column. Sums of blocks alone."""

    window: Window
    rows: Rows
    counts: Mapping[tuple[str, ...], Mapping[str, int]]


def shown_in(
    chains: Chains, grouping: str, columns: Mapping[str, Sequence[str]], asked: int, month: int
) -> Shown | None:
    """Return what may be shown of these families (name -> its columns) over one window, or None.

    Of one month: that month. Of twelve: the newest twelve that begin and end at a border, or, where these ended more
    than half a year ago, the longest shorter window up to the newest border of the last half year.
    """
    around = next((one for one in chains.nested if grouping in one.groupings), None)
    keys: list[Key] = [(grouping if around is None else around.name, family) for family in columns]
    shared = set.intersection(*(set(ends_of(chains, key)) for key in keys))
    borders = sorted(border for border in shared if border <= month)
    blocks_of = {key: chains.blocks.get(key, ()) for key in keys}
    spans = _month(borders, month) if asked == 1 else _year(borders, month)
    span = next((span for span in spans if all(_covers(blocks, *span) for blocks in blocks_of.values())), None)
    if span is None:
        return None
    before, last = span
    inside = {
        key: [block for block in chains.blocks[key] if before < block.first and block.last <= last] for key in keys
    }
    rows = joined([block.rows for blocks in inside.values() for block in blocks])
    counts: dict[tuple[str, ...], dict[str, int]] = {row: {} for row in rows}
    for (_, family), blocks in inside.items():
        for place, column in enumerate(columns[family]):
            for row in rows:
                counts[row][column] = sum(_count(block, row, place) for block in blocks)
    shown = Shown(Window(month_of(before + 1), month_of(last), last - before, asked), rows, counts)
    return shown if around is None else _of_bands(shown, around, grouping)


def table_of(
    title: str, shown: Shown | None, size: str | None, parts: Mapping[str, str], names: Mapping[str, str]
) -> SuppressedTable:
    """Return the table of these columns (column -> heading); columns that count nobody are left out.

    `size`: the column with the number of people, or None where the parts together are everybody. Hidden whole when
    nothing is shown, or fewer than two columns are left. `names`: groups in words.
    """
    hidden = SuppressedTable(title, tuple(parts.values()), None, dict.fromkeys(names.values()))
    if shown is None:
        return hidden
    kept = [column for column in parts if any(shown.counts[row][column] for row in shown.rows)]
    rows = {}
    for row in shown.rows:
        numbers = tuple(shown.counts[row][column] for column in kept)
        rows[in_words(row, names)] = Counts(shown.counts[row][size] if size else sum(numbers), numbers)
    total = reduce(Counts.__add__, rows.values())
    if (size is None and len(kept) < 2) or not kept or not all(counts.showable for counts in rows.values()):
        return hidden
    return SuppressedTable(title, tuple(parts[column] for column in kept), total, rows)


def _of_bands(shown: Shown, around: Nested, grouping: str) -> Shown:
    """Return what is shown of bands as sums: the groups of a grouping that is made of them."""
    groups = {row: tuple(dict.fromkeys(around.group(grouping, band) for band in row)) for row in shown.rows}
    rows = joined([tuple(groups.values())])
    counts: dict[tuple[str, ...], dict[str, int]] = {}
    for row in rows:
        inside = [shown.counts[bands] for bands, found in groups.items() if set(found) <= set(row)]
        counts[row] = {column: sum(one[column] for one in inside) for column in inside[0]}
    return Shown(shown.window, rows, counts)


def in_words(row: Sequence[str], names: Mapping[str, str]) -> str:
    """Return the name of a row: its groups, with a plus between them."""
    return TOGETHER.join(names.get(group, group) for group in row)


def _count(block: Block, row: tuple[str, ...], place: int) -> int:
    return sum(counts[place] for part, counts in zip(block.rows, block.counts, strict=True) if set(part) <= set(row))


def _covers(blocks: Sequence[Block], before: int, last: int) -> bool:
    """Say whether every month after the one and up to the other is in a block."""
    inside = [block for block in blocks if before < block.first and block.last <= last]
    return sum(block.last - block.first + 1 for block in inside) == last - before


def _month(borders: Sequence[int], month: int) -> list[tuple[int, int]]:
    return [(month - 1, month)] if month in borders and month - 1 in borders else []


def _year(borders: Sequence[int], month: int) -> list[tuple[int, int]]:
    """Return the windows that can be, the best first: whole ones, the newest first, and then shorter ones."""
    recent = [last for last in reversed(borders) if month - last <= STALE]
    whole = [(last - YEAR, last) for last in recent if last - YEAR in borders]
    shorter = [(before, last) for last in recent for before in borders if last - YEAR < before < last]
    return whole + shorter
