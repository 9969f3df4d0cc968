"""The privacy guard: refuses a model whose bins say something about fewer than ten people.

A published EBM with a thousand bins on three thousand people gives away nearly every person's wealth: its cuts lie
between two people's values and its scores follow one person's outcome. Counts are judged here and never packaged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from development.packaging.export import Export

MIN_PEOPLE = 10


class Verdict(StrEnum):
    """What the guard concludes."""

    PASSED = "passed"
    FAILED = "failed"
    CANNOT_JUDGE = "cannot judge"


@dataclass(frozen=True)
class GuardReport:
    """The guard's verdict and its reasons, which name features and numbers of bins, never a cut or a count."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def judge_export(export: Export) -> GuardReport:
    """Judge every bin of every term, and the roundness of every cut.

    A bin of one feature holds at least ten rows; only the bins for missing and unknown values may be empty. A cell of
    two features together may be empty (its score comes from its neighbours) but never holds one to nine rows: such a
    score follows those few outcomes.
    """
    rounded = tuple(_unrounded(export))
    if export.counts is None:
        return GuardReport(Verdict.CANNOT_JUDGE, ("the export holds no counts per bin", *rounded))
    divisor = _common_weight(export.counts)
    if divisor is None:
        return GuardReport(Verdict.CANNOT_JUDGE, ("the counts are sums of weights, not numbers of people", *rounded))
    small = tuple(
        reason
        for term, counts in zip(export.ebm.terms, export.counts, strict=True)
        if (reason := _small_bins(term.name, counts / divisor))
    )
    reasons = small + rounded
    return GuardReport(Verdict.FAILED if reasons else Verdict.PASSED, reasons)


def is_rounded(cut: float) -> bool:
    """True for a cut that a person would choose: at most three significant digits, or whole years in days.

    >>> [is_rounded(cut) for cut in (0.5, -2500.0, 3650.0, 2270.5)]
    [True, True, True, False]
    """
    return cut == 0 or cut % 365 == 0 or float(f"{cut:.3g}") == cut


def _unrounded(export: Export) -> list[str]:
    reasons = []
    for feature in export.ebm.features:
        cuts = [float(cut) for level in feature.levels if isinstance(level, np.ndarray) for cut in level]
        exact = sum(not is_rounded(cut) for cut in cuts)
        if exact:
            reasons.append(f"{feature.name}: {exact} of {len(cuts)} cuts are not rounded")
    return reasons


def _common_weight(counts: tuple[npt.NDArray[np.float64], ...]) -> float | None:
    """Return what one person counts for, at most: 1, or more when all counts have a divisor; None for real weights.

    An export does not say whether its counts are weighted. Whole counts that share a divisor may be people of that
    weight each, so they are judged as such.
    """
    flat = np.concatenate([count.ravel() for count in counts])
    if not np.isfinite(flat).all() or (flat < 0).any() or (flat != np.rint(flat)).any():
        return None
    return float(max(1, math.gcd(*flat.astype(np.int64).tolist())))


def _small_bins(name: str, counts: npt.NDArray[np.float64]) -> str:
    small = (counts > 0) & (counts < MIN_PEOPLE)
    if counts.ndim == 1:
        small[1:-1] |= counts[1:-1] == 0
    if not small.any():
        return ""
    return f"{name}: {np.count_nonzero(small)} of {counts.size} bins hold fewer than {MIN_PEOPLE} people"
