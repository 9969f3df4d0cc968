"""Measures how far the scores and each feature of a month have moved from the reference in the model's package.

From what is shown alone: of the scores the counts of bins that are large enough, of a feature the rounded shares
(`rough`). PSI, and the largest distance between both cumulative shares at the borders of the bins. That distance is a
lower bound of Kolmogorov–Smirnov's on the values themselves: between two borders it cannot be seen, and of all that was
rounded to the same shares the nearest to the reference is taken. So what it finds is there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any

from shared.monitoring.disclosure import SMALLEST_COUNT, TO, Counts, SuppressedTable, merge_bins
from shared.monitoring.months import SCORE_STEPS, MonthTally
from shared.monitoring.reportfacts import Drift, Shift
from shared.monitoring.rough import roughly

PSI_NOTICEABLE, PSI_STRONG = 0.1, 0.25
_SMALLEST_SHARE = 0.001  # the reference is rounded to this
_KS_1_PERCENT = 1.628  # of the distance times the root of the number of people
_LOWEST, _HIGHEST = "laagste", "hoogste"


def drift_of_score(month: MonthTally, reference: Mapping[str, Any], threshold: float, *, shown: bool) -> Drift:
    """Return how the scores moved. `shown`: the number scored in this month may be shown.

    Of a border of 0.05 is shown how many lie above it only when that, beside how many are flagged, tells of no few.
    """
    edges = [f"{step / SCORE_STEPS:.2f}" for step in range(SCORE_STEPS + 1)]
    counts = list(month.scores)
    for border in range(SCORE_STEPS - 1, 0, -1):
        at_threshold = math.isclose(border / SCORE_STEPS, threshold)
        if tells_of_few(month, sum(month.scores[border:]), at_threshold=at_threshold):
            edges.pop(border)
            counts[border - 1 : border + 1] = [counts[border - 1] + counts[border]]
    wanted = [f"{edge:.2f}" for edge in (threshold, *reference["edges"]) if f"{edge:.2f}" in edges[1:-1]]
    finer = merge_bins("scores", edges, counts, wanted) if shown else _hidden("scores", edges)
    known = {edge: share for edge, share in _cumulated(reference, lambda edge: f"{edge:.2f}").items() if edge in edges}
    known |= {edges[0]: 0.0, edges[-1]: 1.0}
    return replace(_drift("score", _coarser(finer, known), known), finer=finer)


def tells_of_few(month: MonthTally, above: int, *, at_threshold: bool) -> bool:
    """Say whether how many lie above a border, beside how many are flagged, tells of fewer than ten people.

    At the threshold both are the same people, so it tells of nobody, as long as one version scored the whole month with
    it. Where another threshold took over they differ by who lies between the two.
    """
    if at_threshold and above == month.flagged and len(month.versions) < 2:
        return False
    return abs(above - month.flagged) < SMALLEST_COUNT


def drift_of_features(month: MonthTally, reference: Mapping[str, Any], *, shown: bool) -> tuple[Drift, ...]:
    """Return how each feature moved, by name, over those of whom it is known; no count of it is shown."""
    return tuple(
        _of_feature(name, counts, month.scored, reference[name], shown=shown)
        for name, counts in sorted(month.features.items())
        if name in reference
    )


def _of_feature(name: str, counts: Sequence[int], scored: int, reference: Mapping[str, Any], *, shown: bool) -> Drift:
    edges = [_LOWEST, *(_text(edge) for edge in reference["edges"]), _HIGHEST]
    rows = [f"{first}{TO}{last}" for first, last in pairwise(edges)]
    hidden = _hidden(name, edges)
    seen = roughly(counts, scored) if shown and len(counts) == len(rows) else None
    if seen is None:
        return Drift(name, hidden, {}, None, Shift.ONBEKEND, None, False)
    below = tuple(_cumulated(reference, _text).values())
    then = _shares(below)
    nearest = seen.nearest(below)
    psi = _psi(list(zip(_shares(nearest), then, strict=True)))
    distance = max(abs(one - other) for one, other in zip(nearest, below, strict=True))
    found = distance > _KS_1_PERCENT / math.sqrt(seen.size)
    return Drift(
        name,
        hidden,
        {row: round(share, 3) for row, share in zip(rows, then, strict=True)},
        psi,
        shift_of(psi),
        round(distance, 3),
        found,
        seen=dict(zip(rows, seen.shares, strict=True)),
    )


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
    psi = _psi(pairs)
    sums = zip(accumulate(seen for seen, _ in pairs), accumulate(known for _, known in pairs), strict=True)
    distance = max(abs(seen - known) for seen, known in sums)
    found = distance > _KS_1_PERCENT / math.sqrt(table.total.size)
    reference = {row: round(share, 3) for row, share in reference.items()}
    seen_of = {row: round(size / table.total.size, 3) for row, size in sizes.items()}
    return Drift(name, table, reference, psi, shift_of(psi), round(distance, 3), found, seen=seen_of)


def _psi(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the PSI of shares seen and known; a share of nobody counts as the smallest there is."""
    least = _SMALLEST_SHARE
    return round(sum((seen - known) * math.log(max(seen, least) / max(known, least)) for seen, known in pairs), 3)


def _shares(below: Sequence[float]) -> list[float]:
    return [high - low for low, high in pairwise((0.0, *below, 1.0))]


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
