"""Tests every month, for as long as the model runs, whether a group is treated otherwise; wrong once in twenty runs.

Per group and measure the hypothesis is: in every month this group has the same rate as the privileged group, whatever
that rate is. Given how many of both together were hit, the number of hits in the group is then a draw without
replacement (hypergeometric), also when counts are small. The evidence against it is the likelihood of what was seen if
the odds of the group were ψ times those of the privileged group, divided by the likelihood under the hypothesis; it is
multiplied over the months and averaged over a fixed list of ψ and over every month in which unequal treatment may have
begun. Such an average is 1 under the hypothesis and stays below 1/ε for ever with probability 1 − ε (Ville), so looking
every month costs nothing. Holm's correction over all groups, measures and streams keeps the chance of any false
finding, ever, at 2.5 %.

Whether the city's band is left for certain is tested in the same way and at 2.5 % too, with the edge of the band in the
place of equal odds: the difference of 0.1 or the ratio of 1.25 or 0.8, whichever is nearer, from the privileged group's
rate so far. That rate is itself an estimate, so of this half the 2.5 % is measured by simulation and not proved. Both
together are one family of 5 %.

The closed months are read unsuppressed; what leaves is found or not found, and since which month, and only where both
groups have ten hits and ten misses or more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from shared.monitoring.columns import EVERYBODY
from shared.monitoring.disclosure import SMALLEST_COUNT
from shared.monitoring.measures import DIFFERENCE_BAND, RATIO_BAND, Share, shares_of
from shared.monitoring.months import UNKNOWN_GROUP, GroupTally, MonthTally, Stream
from shared.monitoring.pictures import GroupRule
from shared.monitoring.reportfacts import Measure, Sequential

FALSE_ALARM = 0.05  # over the whole run, all streams, groups and measures, and both questions together
_OF_EACH = FALSE_ALARM / 2  # unequal treatment, and leaving the band
_LOG_ODDS = np.array([0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5])
LOG_ODDS = np.concatenate([-_LOG_ODDS, _LOG_ODDS])
# Only the sample has outcomes that nobody chose. In the other streams who was looked at decides who is in the
# negatives, so a measure that needs them would find how people choose, and call it the model's doing.
TESTED: Mapping[Stream, tuple[Measure, ...]] = {
    Stream.MODEL: (Measure.SHARE_FLAGGED, Measure.PPV),
    Stream.PROCES: (Measure.SHARE_FLAGGED, Measure.PPV),
    Stream.STEEKPROEF: (Measure.FPR, Measure.PPV, Measure.TPR, Measure.WRONGLY_FLAGGED, Measure.ERROR),
}


@dataclass(frozen=True)
class _Hypothesis:
    stream: Stream
    grouping: str
    group: str
    privileged: str
    measure: Measure


class _Run:
    """The evidence of every hypothesis so far, and since which month each is rejected."""

    def __init__(self, count: int) -> None:
        self.evidence = np.full((count, len(LOG_ODDS)), -np.inf)
        self.smallest_p = np.ones(count)
        self.since: dict[int, str] = {}

    def add(self, ratios: npt.NDArray[np.float64], number: int, month: str) -> None:
        """Take in the logarithms of the likelihood ratios of one more month."""
        self.evidence = gathered(self.evidence, ratios, number)
        p = np.exp(-np.clip(against(self.evidence, number), 0.0, 700.0))
        self.smallest_p = np.minimum(self.smallest_p, p)
        for place in _rejected(self.smallest_p):
            self.since.setdefault(place, month)


def watch_groups(months: Sequence[MonthTally], rules: Mapping[str, GroupRule]) -> tuple[Sequential, ...]:
    """Return what the test says after these months, of every group beside its privileged group."""
    hypotheses = list(_hypotheses(rules))
    equal, within = _Run(len(hypotheses)), _Run(len(hypotheses))
    so_far = [Share(0, 0)] * len(hypotheses)
    for number, month in enumerate(months, start=1):
        unequal, beyond = np.zeros_like(equal.evidence), np.zeros_like(within.evidence)
        for place, hypothesis in enumerate(hypotheses):
            pair = _shares(month, hypothesis)
            if pair is not None:
                privileged = so_far[place] = Share(so_far[place].hits + pair[1].hits, so_far[place].size + pair[1].size)
                unequal[place] = log_likelihood_ratios(*pair)
                beyond[place] = log_likelihood_ratios(*pair, edges_of_band(privileged.hits / privileged.size))
        equal.add(unequal, number, month.month)
        within.add(beyond, number, month.month)
    return tuple(
        _verdict(hypothesis, months, rules[hypothesis.grouping], (equal, within), place)
        for place, hypothesis in enumerate(hypotheses)
    )


def edges_of_band(rate: float) -> npt.NDArray[np.float64]:
    """Return per ψ the logarithm of the odds ratio at the edge of the band on its side, from a privileged rate."""
    rate = min(max(rate, 1e-4), 1 - 1e-4)
    high = min(rate + DIFFERENCE_BAND, rate * RATIO_BAND[1], 1 - 1e-9)
    low = max(rate - DIFFERENCE_BAND, rate * RATIO_BAND[0])
    upper, lower = (math.log(edge / (1 - edge)) - math.log(rate / (1 - rate)) for edge in (high, low))
    return np.where(LOG_ODDS > 0, upper, lower)


def log_likelihood_ratios(
    group: Share, privileged: Share, edges: npt.NDArray[np.float64] | float = 0.0
) -> npt.NDArray[np.float64]:
    """Return per ψ the logarithm of how much better it explains these two shares than equal odds do.

    With `edges` (per ψ, the logarithm of an odds ratio): how much better ψ times that explains them than that.
    """
    hits = group.hits + privileged.hits
    factorials = _log_factorials(group.size + privileged.size)
    at = np.arange(max(0, hits - privileged.size), min(group.size, hits) + 1)
    ways = (
        factorials[group.size] - factorials[at] - factorials[group.size - at]
        + factorials[privileged.size] - factorials[hits - at] - factorials[privileged.size - hits + at]
    )  # fmt: skip
    weights = ways - _log_sum(ways)
    edges = np.broadcast_to(edges, LOG_ODDS.shape)
    tilted = weights[:, None] + at[:, None] * np.concatenate([LOG_ODDS + edges, edges])
    peak = tilted.max(axis=0)
    sums = peak + np.log(np.exp(tilted - peak).sum(axis=0))
    return group.hits * LOG_ODDS - (sums[: len(LOG_ODDS)] - sums[len(LOG_ODDS) :])


def gathered(
    evidence: npt.NDArray[np.float64], ratios: npt.NDArray[np.float64], number: int
) -> npt.NDArray[np.float64]:
    """Return the logarithms of the evidence after one more month, the first of which is number 1.

    Unequal treatment may begin in month k with weight 1/(k(k+1)); these weights add up to 1 over all months to come.
    """
    begins = -math.log(number * (number + 1))
    added: npt.NDArray[np.float64] = np.logaddexp(evidence, begins) + ratios
    return added


def against(evidence: npt.NDArray[np.float64], number: int) -> npt.NDArray[np.float64]:
    """Return the logarithm of the evidence against equal treatment, averaged over ψ and over when it began.

    What may still begin after this month weighs 1/(number + 1), and has seen nothing yet.
    """
    peak = np.maximum(evidence.max(axis=-1, keepdims=True), -math.log(number + 1))
    mean = np.exp(evidence - peak).mean(axis=-1) + np.exp(-math.log(number + 1) - peak[..., 0])
    found: npt.NDArray[np.float64] = peak[..., 0] + np.log(mean)
    return found


def _hypotheses(rules: Mapping[str, GroupRule]) -> Iterator[_Hypothesis]:
    for grouping, rule in rules.items():
        if grouping == EVERYBODY:
            continue
        for stream, measures in TESTED.items():
            for group in rule.labels:
                if group not in (rule.privileged, UNKNOWN_GROUP):
                    for measure in measures:
                        yield _Hypothesis(stream, grouping, group, rule.privileged, measure)


def _shares(month: MonthTally, hypothesis: _Hypothesis) -> tuple[Share, Share] | None:
    groups = month.streams.get(hypothesis.stream, {}).get(hypothesis.grouping, {})
    found = [_share(groups.get(name), hypothesis.measure) for name in (hypothesis.group, hypothesis.privileged)]
    return (found[0], found[1]) if found[0] is not None and found[1] is not None else None


def _share(tally: GroupTally | None, measure: Measure) -> Share | None:
    if tally is None:
        return None
    if measure is Measure.SHARE_FLAGGED:
        # a choice of people can become known in a later month than the application
        return Share(min(tally.flagged, tally.applications), tally.applications) if tally.applications else None
    cells = {"TN": tally.outcomes.tn, "FP": tally.outcomes.fp, "FN": tally.outcomes.fn, "TP": tally.outcomes.tp}
    return shares_of(cells).get(measure)


def _verdict(
    hypothesis: _Hypothesis,
    months: Sequence[MonthTally],
    rule: GroupRule,
    runs: tuple[_Run, _Run],
    place: int,
) -> Sequential:
    pairs = [pair for month in months if (pair := _shares(month, hypothesis)) is not None]
    judged = all(
        min(sum(pair[side].hits for pair in pairs), sum(pair[side].size - pair[side].hits for pair in pairs))
        >= SMALLEST_COUNT
        for side in (0, 1)
    )
    since, beyond = (run.since.get(place) if judged else None for run in runs)
    evidence = runs[0].evidence[place]
    lower, higher = _log_sum(evidence[LOG_ODDS < 0]), _log_sum(evidence[LOG_ODDS > 0])
    return Sequential(
        hypothesis.stream,
        hypothesis.grouping,
        rule.labels.get(hypothesis.group, hypothesis.group),
        rule.labels.get(hypothesis.privileged, hypothesis.privileged),
        hypothesis.measure,
        judged,
        since is not None,
        since,
        0 if since is None else 1 if higher > lower else -1,
        beyond,
    )


def _rejected(smallest_p: npt.NDArray[np.float64]) -> list[int]:
    """Return which hypotheses Holm's step-down rejects."""
    rejected = []
    for step, place in enumerate(np.argsort(smallest_p, kind="stable").tolist()):
        if smallest_p[place] > _OF_EACH / (len(smallest_p) - step):
            break
        rejected.append(place)
    return rejected


def _log_sum(values: npt.NDArray[np.float64]) -> float:
    peak = float(values.max())
    return peak + math.log(float(np.exp(values - peak).sum()))


def _log_factorials(size: int) -> npt.NDArray[np.float64]:
    """Return the logarithms of 0! … size! (and some more)."""
    return _log_factorials_to(1 << max(size, 1).bit_length())


@lru_cache(maxsize=8)
def _log_factorials_to(size: int) -> npt.NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size + 1)))])
