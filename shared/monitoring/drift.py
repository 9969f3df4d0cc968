"""Measures how far the scores and each feature of a month have moved from the reference in the model's package.

Over bins that are large enough to be shown, and from their shown counts alone: PSI, and the largest distance between
both cumulative shares at the borders of these bins. That distance is a lower bound of Kolmogorov–Smirnov's on the
values themselves (between two borders it cannot be seen), so what it finds is there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from shared.monitoring.disclosure import SMALLEST_COUNT, TO, Counts, SuppressedTable, merge_bins
from shared.monitoring.months import SCORE_STEPS, MonthTally
from shared.monitoring.reportfacts import Drift, Shift

PSI_NOTICEABLE, PSI_STRONG = 0.1, 0.25
_SMALLEST_SHARE = 0.001  # the reference is rounded to this
_KS_1_PERCENT = 1.628  # of the distance times the root of the number of people
_LOWEST, _HIGHEST = "laagste", "hoogste"


def drift_of_score(month: MonthTally, reference: Mapping[str, Any], threshold: float, *, shown: bool) -> Drift:
    """Return how the scores moved. `shown`: the number scored in this month may be shown.

    Of a border of 0.05 is shown how many lie above it only when that differs enough from how many are flagged.
    """
    edges = [f"{step / SCORE_STEPS:.2f}" for step in range(SCORE_STEPS + 1)]
    counts = list(month.scores)
    for border in range(SCORE_STEPS - 1, 0, -1):
        above = sum(month.scores[border:])
        at_threshold = math.isclose(border / SCORE_STEPS, threshold)
        if not at_threshold and abs(above - month.flagged) < SMALLEST_COUNT:
            edges.pop(border)
            counts[border - 1 : border + 1] = [counts[border - 1] + counts[border]]
    wanted = [f"{edge:.2f}" for edge in (threshold, *reference["edges"]) if f"{edge:.2f}" in edges[1:-1]]
    finer = merge_bins("scores", edges, counts, wanted) if shown else _hidden("scores", edges)
    known = {edge: share for edge, share in _cumulated(reference, lambda edge: f"{edge:.2f}").items() if edge in edges}
    known |= {edges[0]: 0.0, edges[-1]: 1.0}
    return replace(_drift("score", _coarser(finer, known), known), finer=finer)


def drift_of_features(month: MonthTally, reference: Mapping[str, Any], *, shown: bool) -> tuple[Drift, ...]:
    """Return how each feature moved, by name; the unknown are in no bin, and are shown only where they are ten."""
    return tuple(
        _of_feature(name, counts, month.scored, reference[name], shown=shown)
        for name, counts in sorted(month.features.items())
        if name in reference
    )


def _of_feature(name: str, counts: Sequence[int], scored: int, reference: Mapping[str, Any], *, shown: bool) -> Drift:
    edges = [_LOWEST, *(_text(edge) for edge in reference["edges"]), _HIGHEST]
    unknown = scored - sum(counts)
    if len(counts) != len(edges) - 1 or not shown or 0 < unknown < SMALLEST_COUNT:
        return _drift(name, _hidden(name, edges), {})
    table = merge_bins(name, edges, counts, [])
    return _drift(name, table, {**_cumulated(reference, _text), _LOWEST: 0.0, _HIGHEST: 1.0})


def shift_of(psi: float | None) -> Shift:
    """Return the band that a PSI lies in."""
    if psi is None:
        return Shift.ONBEKEND
    if psi < PSI_NOTICEABLE:
        return Shift.STABIEL
    return Shift.MERKBAAR if psi < PSI_STRONG else Shift.STERK


def _coarser(table: SuppressedTable, known: Mapping[str, float]) -> SuppressedTable:
    """Return a distribution with the rows between two known borders added up."""
    if table.total is None or any(counts is None for counts in table.rows.values()):
        return table
    rows: dict[str, Counts] = {}
    begin, size = "", 0
    for row, first, last in _borders(table):
        counts = table.rows[row]
        begin, size = begin or first, size + (counts.size if counts else 0)
        if last in known:
            rows[f"{begin}{TO}{last}"] = Counts(size)
            begin, size = "", 0
    return SuppressedTable(table.title, (), table.total, rows)


def _drift(name: str, table: SuppressedTable, below: Mapping[str, float]) -> Drift:
    """Return the drift over the rows of a table; `below`: share of the reference below each border."""
    reference = {row: below[last] - below[first] for row, first, last in _borders(table) if {first, last} <= set(below)}
    sizes = {row: counts.size for row, counts in table.rows.items() if counts is not None}
    if table.total is None or len(sizes) < 2 or set(sizes) != set(reference):
        return Drift(name, table, reference, None, Shift.ONBEKEND, None, False)
    pairs = [(size / table.total.size, reference[row]) for row, size in sizes.items()]
    psi = round(sum((seen - known) * math.log(seen / max(known, _SMALLEST_SHARE)) for seen, known in pairs), 3)
    sums = zip(accumulate(seen for seen, _ in pairs), accumulate(known for _, known in pairs), strict=True)
    distance = max(abs(seen - known) for seen, known in sums)
    found = distance > _KS_1_PERCENT / math.sqrt(table.total.size)
    reference = {row: round(share, 3) for row, share in reference.items()}
    return Drift(name, table, reference, psi, shift_of(psi), round(distance, 3), found)


def _borders(table: SuppressedTable) -> list[tuple[str, str, str]]:
    return [(row, *row.split(TO, 1)) for row in table.rows]  # type: ignore[misc]


def _cumulated(reference: Mapping[str, Any], text: Callable[[float], str]) -> dict[str, float]:
    """Return per border of the reference the share below it; the shares are rounded, so they are made to add up."""
    shares = reference["shares"]
    sums = list(accumulate(shares))
    return {text(edge): total / sums[-1] for edge, total in zip(reference["edges"], sums, strict=False)}


def _text(edge: float) -> str:
    return f"{edge:g}" if abs(edge) < 1e6 else str(round(edge))


def _hidden(title: str, edges: Sequence[str]) -> SuppressedTable:
    return SuppressedTable(title, (), None, {f"{edges[0]}{TO}{edges[-1]}": None})
