"""Computes the measures of domain.md §9 from counts, with intervals, differences and ratios.

Flagged is positive and is a burden. Every share is one division of two counts, so its interval is Wilson's; of a
difference Newcombe's (from both Wilson intervals), of a ratio Katz's (on the logarithm).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from shared.monitoring.reportfacts import Band, Measure, Rate, Side

NORMAL_95 = 1.959963984540054
NORMAL_POWER_80 = 0.8416212335729143
DIFFERENCE_BAND = 0.1
RATIO_BAND = (0.8, 1.25)
_DECIMALS = 3
# Of each measure over outcomes: which cells are counted, of which.
PARTS: Mapping[Measure, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Measure.FPR: (("FP",), ("FP", "TN")),
    Measure.PPV: (("TP",), ("TP", "FP")),
    Measure.FDR: (("FP",), ("TP", "FP")),
    Measure.TPR: (("TP",), ("TP", "FN")),
    Measure.WRONGLY_FLAGGED: (("FP",), ("TN", "FP", "FN", "TP")),
    Measure.ERROR: (("FP", "FN"), ("TN", "FP", "FN", "TP")),
}


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    hits: int
    size: int


def shares_of(cells: Mapping[str, int]) -> dict[Measure, Share]:
    """Return each measure that these cells (TN, FP, FN, TP; what is hidden is left out) allow, as counts.

    A measure that would divide by zero is left out.
    """
    found = {}
    for measure, (hits, sizes) in PARTS.items():
        if all(cell in cells for cell in sizes) and (size := sum(cells[cell] for cell in sizes)):
            found[measure] = Share(sum(cells[cell] for cell in hits), size)
    return found


def wilson(share: Share) -> tuple[float, float]:
    """Return the 95 % score interval of a share.

    >>> [round(end, 4) for end in wilson(Share(10, 50))]
    [0.1124, 0.3304]
    """
    hits, size, z = share.hits, share.size, NORMAL_95
    middle = (hits + z * z / 2) / (size + z * z)
    half = z / (size + z * z) * math.sqrt(hits * (size - hits) / size + z * z / 4)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def rate(share: Share | None) -> Rate:
    """Return a share with its interval, rounded to a tenth of a percent."""
    if share is None or not share.size:
        return Rate()
    low, high = wilson(share)
    return Rate(round(share.hits / share.size, _DECIMALS), round(low, _DECIMALS), round(high, _DECIMALS))


def difference(unprivileged: Share, privileged: Share) -> Rate:
    """Return the one share less the other, with Newcombe's interval."""
    return _rounded(_difference(unprivileged, privileged))


def ratio(unprivileged: Share, privileged: Share) -> Rate:
    """Return the one share divided by the other, with Katz's interval; nothing when one of them is zero."""
    return _rounded(_ratio(unprivileged, privileged))


def band(unprivileged: Share, privileged: Share) -> tuple[Band, tuple[Side, ...]]:
    """Say where two shares lie: within both bands, beyond one, or beyond one with the whole interval; and beyond which.

    By the shares themselves, as whole numbers: what is rounded may lie on the other side of an edge.
    """
    one, other = (Fraction(share.hits, share.size) for share in (unprivileged, privileged))
    beyond = [Side.PUNTEN] if abs(one - other) > Fraction(str(DIFFERENCE_BAND)) else []
    _, low, high = _difference(unprivileged, privileged)
    clearly = low > DIFFERENCE_BAND or high < -DIFFERENCE_BAND
    times = _ratio(unprivileged, privileged)
    if times is not None:
        lowest, highest = (Fraction(str(edge)) for edge in RATIO_BAND)
        beyond += [] if lowest <= one / other <= highest else [Side.VERHOUDING]
        clearly = clearly or times[1] > RATIO_BAND[1] or times[2] < RATIO_BAND[0]
    if clearly:
        return Band.DUIDELIJK_BUITEN, tuple(beyond)
    return (Band.BUITEN if beyond else Band.BINNEN), tuple(beyond)


def _difference(unprivileged: Share, privileged: Share) -> tuple[float, float, float]:
    one, other = unprivileged.hits / unprivileged.size, privileged.hits / privileged.size
    (one_low, one_high), (other_low, other_high) = wilson(unprivileged), wilson(privileged)
    apart = one - other
    low = apart - math.hypot(one - one_low, other_high - other)
    high = apart + math.hypot(one_high - one, other - other_low)
    return apart, low, high


def _ratio(unprivileged: Share, privileged: Share) -> tuple[float, float, float] | None:
    if not unprivileged.hits or not privileged.hits:
        return None
    times = (unprivileged.hits / unprivileged.size) / (privileged.hits / privileged.size)
    spread = NORMAL_95 * math.sqrt(
        1 / unprivileged.hits - 1 / unprivileged.size + 1 / privileged.hits - 1 / privileged.size
    )
    return times, times * math.exp(-spread), times * math.exp(spread)


def _rounded(found: tuple[float, float, float] | None) -> Rate:
    return Rate() if found is None else Rate(*(round(each, _DECIMALS) for each in found))


def smallest_found(unprivileged: Share, privileged: Share) -> float:
    """Return the smallest difference that would have been found four times out of five: two-sided 5 %, power 80 %.

    (z0.975 + z0.80) · √(p(1−p)(1/n₁ + 1/n₂)), with p the share of both together.
    """
    p = (unprivileged.hits + privileged.hits) / (unprivileged.size + privileged.size)
    spread = math.sqrt(p * (1 - p) * (1 / unprivileged.size + 1 / privileged.size))
    return round((NORMAL_95 + NORMAL_POWER_80) * spread, _DECIMALS)
