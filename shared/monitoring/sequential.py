"""Tests every month, for as long as the model runs, whether a group is treated otherwise; wrong once in twenty runs.

Per group and measure the hypothesis is: in every month this group has the same rate as the privileged group, whatever
that rate is. Given how many of both together were hit, the number of hits in the group is then a draw without
replacement (hypergeometric), also when counts are small. The evidence against it is the likelihood of what was seen if
the odds of the group were ψ times those of the privileged group, divided by the likelihood under the hypothesis; it is
multiplied over the months and averaged over a fixed list of ψ and over every month in which unequal treatment may have
begun. Such an average is 1 under the hypothesis and stays below 1/ε for ever with probability 1 − ε (Ville), so looking
every month costs nothing. Holm's correction over all groups, measures and streams keeps the chance of any false
finding, ever, at 5 %.

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
from shared.monitoring.measures import Share, shares_of
from shared.monitoring.months import UNKNOWN_GROUP, GroupTally, MonthTally, Stream
from shared.monitoring.pictures import GroupRule
from shared.monitoring.reportfacts import Measure, Sequential

FALSE_ALARM = 0.05  # over the whole run, all streams, groups and measures together
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


def watch_groups(months: Sequence[MonthTally], rules: Mapping[str, GroupRule]) -> tuple[Sequential, ...]:
    """Return what the test says after these months, of every group beside its privileged group."""
    hypotheses = list(_hypotheses(rules))
    evidence = np.full((len(hypotheses), len(LOG_ODDS)), -np.inf)
    smallest_p = np.ones(len(hypotheses))
    since: dict[int, str] = {}
    for number, month in enumerate(months, start=1):
        ratios = np.zeros_like(evidence)
        for place, hypothesis in enumerate(hypotheses):
            pair = _shares(month, hypothesis)
            if pair is not None:
                ratios[place] = log_likelihood_ratios(*pair)
        evidence = gathered(evidence, ratios, number)
        smallest_p = np.minimum(smallest_p, np.exp(-np.clip(against(evidence, number), 0.0, 700.0)))
        for place in _rejected(smallest_p):
            since.setdefault(place, month.month)
    return tuple(
        _verdict(hypothesis, months, rules[hypothesis.grouping], since.get(place), evidence[place])
        for place, hypothesis in enumerate(hypotheses)
    )


def log_likelihood_ratios(group: Share, privileged: Share) -> npt.NDArray[np.float64]:
    """Return per ψ the logarithm of how much better it explains these two shares than equal odds do."""
    hits = group.hits + privileged.hits
    factorials = _log_factorials(group.size + privileged.size)
    at = np.arange(max(0, hits - privileged.size), min(group.size, hits) + 1)
    ways = (
        factorials[group.size] - factorials[at] - factorials[group.size - at]
        + factorials[privileged.size] - factorials[hits - at] - factorials[privileged.size - hits + at]
    )  # fmt: skip
    weights = ways - _log_sum(ways)
    tilted = weights[:, None] + at[:, None] * LOG_ODDS
    peak = tilted.max(axis=0)
    return group.hits * LOG_ODDS - (peak + np.log(np.exp(tilted - peak).sum(axis=0)))


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
    since: str | None,
    evidence: npt.NDArray[np.float64],
) -> Sequential:
    pairs = [pair for month in months if (pair := _shares(month, hypothesis)) is not None]
    judged = all(
        min(sum(pair[side].hits for pair in pairs), sum(pair[side].size - pair[side].hits for pair in pairs))
        >= SMALLEST_COUNT
        for side in (0, 1)
    )
    found = since is not None and judged
    lower, higher = _log_sum(evidence[LOG_ODDS < 0]), _log_sum(evidence[LOG_ODDS > 0])
    return Sequential(
        hypothesis.stream,
        hypothesis.grouping,
        rule.labels.get(hypothesis.group, hypothesis.group),
        rule.labels.get(hypothesis.privileged, hypothesis.privileged),
        hypothesis.measure,
        judged,
        found,
        since if found else None,
        (1 if higher > lower else -1) if found else 0,
    )


def _rejected(smallest_p: npt.NDArray[np.float64]) -> list[int]:
    """Return which hypotheses Holm's step-down rejects."""
    rejected = []
    for step, place in enumerate(np.argsort(smallest_p, kind="stable").tolist()):
        if smallest_p[place] > FALSE_ALARM / (len(smallest_p) - step):
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
