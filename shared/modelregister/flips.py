"""Says whether what two versions do with a group can be found from numbers that are large enough by themselves.

Of a group are shown: how many it holds, how many the active version flags and how many the proposal flags. How many
flip is not shown; it depends on one more number, how many both flag. That number lies between bounds, which are tighter
where the flips of everybody are shown beside the groups. No flip may be bounded to less than may be shown.

Versions that differ in intercept, threshold or sample alone order people alike: one of them flags everybody that the
other flags, whoever is looked at. That nobody flips the other way then says nothing about people, and the rest is known
from how many each version flags.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shared.modelpackage.ebm import Ebm, Feature, Floats
from shared.modelpackage.package import ModelPackage
from shared.monitoring.disclosure import Counts, SuppressedTable

type Level = Floats | Mapping[str, int]
type Flip = tuple[bool, bool]  # flagged by the active version, by the proposal


@dataclass(frozen=True)
class _Bounds:
    """Between which numbers lies how many in a group both versions flag."""

    low: int
    high: int


def ruled_out(active: ModelPackage, proposed: ModelPackage) -> tuple[Flip, ...]:
    """Return the flips that cannot be, whosoever is judged, by the packages alone: one way, both ways, or nothing."""
    if active.imputation != proposed.imputation or not _same_contributions(active.ebm, proposed.ebm):
        return ()
    if (active.threshold, active.intercept) == (proposed.threshold, proposed.intercept):
        return (False, True), (True, False)
    border, proposed_border = _border(active), _border(proposed)
    if border is None or proposed_border is None or border == proposed_border:
        return ()
    return ((False, True),) if proposed_border > border else ((True, False),)


def _border(package: ModelPackage) -> float | None:
    """Return from which sum of contributions on a version flags."""
    threshold = package.threshold
    return math.log(threshold / (1 - threshold)) - package.intercept if 0 < threshold < 1 else None


def _same_contributions(one: Ebm, other: Ebm) -> bool:
    return (
        len(one.features) == len(other.features)
        and len(one.terms) == len(other.terms)
        and all(_same_bins(mine, theirs) for mine, theirs in zip(one.features, other.features, strict=True))
        and all(
            mine.features == theirs.features and np.array_equal(mine.scores, theirs.scores)
            for mine, theirs in zip(one.terms, other.terms, strict=True)
        )
    )


def _same_bins(one: Feature, other: Feature) -> bool:
    same = (one.name, one.continuous, len(one.levels)) == (other.name, other.continuous, len(other.levels))
    return same and all(_same_level(mine, theirs) for mine, theirs in zip(one.levels, other.levels, strict=True))


def _same_level(one: Level, other: Level) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    return not isinstance(one, np.ndarray) and not isinstance(other, np.ndarray) and one == other


def keeps_flips(tables: Sequence[SuppressedTable], both: int | None, smallest: int) -> list[bool]:
    """Say of each table of groups whether no flip in it can be found to be fewer than the smallest that may be shown.

    `both`: how many of everybody both versions flag, where that is shown. The tables are about the same people.
    """
    everybody = _bounds_of_everybody(tables, both)
    return [_keeps(table, everybody, smallest) for table in tables]


def _bounds_of_everybody(tables: Sequence[SuppressedTable], both: int | None) -> _Bounds | None:
    if both is not None:
        return _Bounds(both, both)
    found = [_sum([_bounds(counts) for counts in _parts(table)]) for table in tables if table.total is not None]
    if not found:
        return None
    return _Bounds(max(one.low for one in found), min(one.high for one in found))


def _keeps(table: SuppressedTable, everybody: _Bounds | None, smallest: int) -> bool:
    if table.total is None or everybody is None:
        return True
    groups = _parts(table)
    bounds = [_bounds(counts) for counts in groups]
    whole = _sum(bounds)
    for counts, own in zip(groups, bounds, strict=True):
        rest = _Bounds(whole.low - own.low, whole.high - own.high)
        low = max(own.low, everybody.low - rest.high)
        high = min(own.high, everybody.high - rest.low)
        was, would = counts.parts
        at_most = (high, was - low, would - low, counts.size - was - would + high)
        if min(at_most) < smallest:
            return False
    return True


def _parts(table: SuppressedTable) -> list[Counts]:
    """Return what is known of everybody in a table: the shown rows, and the hidden ones together."""
    assert table.total is not None
    shown = [counts for counts in table.rows.values() if counts is not None]
    if len(shown) == len(table.rows):
        return shown
    left = table.total
    for counts in shown:
        left -= counts
    return [*shown, left]


def _bounds(counts: Counts) -> _Bounds:
    was, would = counts.parts
    return _Bounds(max(0, was + would - counts.size), min(was, would))


def _sum(bounds: Sequence[_Bounds]) -> _Bounds:
    return _Bounds(sum(one.low for one in bounds), sum(one.high for one in bounds))
