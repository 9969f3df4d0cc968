"""Invents closed months as the monitoring counts them, with drift and unequal treatment of a stated size in them.

For simulations of years: people are drawn as columns, no delivery is written and no model is run. Every application is
assessed in its month, and what is assessed for enforcement is what people chose: they see the signal and mostly follow
it. Where nothing is planted, neither the mark of the model nor the choice of people has anything to do with a group.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from shared.monitoring.months import SCORE_STEPS, Confusion, GroupTally, MonthTally, Stream

from .frames import Bools, Floats, Ints, Rng
from .groups import draw_groups
from .marginals import INCOME_UNKNOWN

_PACKAGE: Final = Path(__file__).parents[2] / "models" / "levensonderhoud-1.0.0"
FLAGGED: Final = 0.14
# Worth it, over everybody, and how much more so at the highest rank of the score than at the lowest: an AUC near 0.63.
_WORTH, _SLOPE = 0.38, 0.40
_CHOSEN: Final = {True: 0.7, False: 0.03}  # by people, with a signal and without
_TAKEN_UP = 0.5  # of whom people chose: with the next, about seven of a hundred applications are investigated
_BY_MODEL = 0.2  # of the signals that people did not follow, and that are investigated all the same
_DELAYS: Final = {0: 0.1, 1: 0.4, 2: 0.35, 3: 0.15}  # months until an outcome arrives
_UNKNOWN: Final = {"adres_onbekend": 0.014, "vermogen_onbekend": 0.26, "geen_deelnames": 0.11}
type Planted = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Plan:
    """What months to invent; shares are fractions.

    * `unequal`: (grouping, group) -> how much larger the share flagged by the model is for that group.
    * `unequal_people`: the same for the share that people choose to investigate, with a signal and without.
    * `drift`: feature -> share of the applications that get the highest value of the reference; `score` -> added.
    * `planted_from`: number of the first month (0 …) in which unequal treatment and drift are there.
    """

    months: int = 12
    first: str = "2025-11"
    per_month: int = 830
    unequal: Planted = field(default_factory=dict)
    unequal_people: Planted = field(default_factory=dict)
    drift: Mapping[str, float] = field(default_factory=dict)
    planted_from: int = 0
    sample_share: float = 0.0
    dataset: str = "levensonderhoud"
    model: str = "levensonderhoud"
    version: str = "1.0.0"


@dataclass(frozen=True)
class _People:
    """The applicants of one month. `chosen`: by people; `arrives`: after how many months the outcome is there."""

    groups: Mapping[str, tuple[Ints, tuple[str, ...]]]
    score: Floats
    flagged: Bools
    worth: Bools
    drawn: Bools
    chosen: Bools
    selected: Ints  # investigated: 0 not, 1 by people, 2 by the model's mark, 3 by the random sample
    arrives: Ints


def synthetic_months(plan: Plan, seed: int = 0) -> list[MonthTally]:
    """Return the months of the plan, the oldest first; the same plan and seed give the same months.

    Outcomes arrive up to three months after the application, so the first months have few.
    """
    people = [_applicants(np.random.default_rng([seed, month]), plan, month) for month in range(plan.months)]
    return [_tally(np.random.default_rng([seed, month, 1]), plan, people, month) for month in range(plan.months)]


def _applicants(rng: Rng, plan: Plan, month: int) -> _People:
    count = int(rng.poisson(plan.per_month))
    groups = draw_groups(rng, count)
    rank = rng.random(count)
    worth = rng.random(count) < _WORTH + _SLOPE * (rank - 0.5)
    planted = month >= plan.planted_from
    drawn = rng.random(count)
    for (grouping, group), extra in plan.unequal.items() if planted else ():
        # of those not flagged, so many are flagged whatever they did that the group's share grows by `extra`
        hit = _members(groups, grouping, group) & (rank < 1 - FLAGGED) & (drawn < extra / (1 - FLAGGED))
        rank = np.where(hit, 1 - FLAGGED * rng.random(count), rank)
    scores = _scores()
    score = np.interp(rank, list(scores), list(scores.values()))
    score = np.clip(score + (plan.drift.get("score", 0.0) if planted else 0.0), 0.0, 1.0)
    flagged = score >= scores[1 - FLAGGED]
    by_sample = rng.random(count) < plan.sample_share
    # a drawn application has the signal too; who is more often worth it is chosen a little more often
    chance = np.where(flagged | by_sample, _CHOSEN[True], _CHOSEN[False]) * np.where(worth, 1.1, 0.88)
    for (grouping, group), extra in plan.unequal_people.items() if planted else ():
        chance = chance + extra * _members(groups, grouping, group)
    chosen = rng.random(count) < chance
    by_people = chosen & (rng.random(count) < _TAKEN_UP)
    by_model = flagged & ~chosen & (rng.random(count) < _BY_MODEL)
    selected = np.select([by_sample, by_people, by_model], [3, 1, 2], 0)
    arrives = rng.choice(list(_DELAYS), size=count, p=list(_DELAYS.values()))
    return _People(groups, score, flagged, worth, by_sample, chosen, selected, arrives)


def _members(groups: Mapping[str, tuple[Ints, tuple[str, ...]]], grouping: str, group: str) -> Bools:
    codes, names = groups[grouping]
    return np.asarray(codes == names.index(group))


def _tally(rng: Rng, plan: Plan, people: list[_People], month: int) -> MonthTally:
    now = people[month]
    count = len(now.score)
    year, number = divmod(int(plan.first[:4]) * 12 + int(plan.first[5:]) - 1 + month, 12)
    elsewhere = int(rng.binomial(count, 0.12))
    return MonthTally(
        dataset=plan.dataset,
        model=plan.model,
        month=f"{year}-{number + 1:02d}",
        versions={plan.version: count + elsewhere},
        results={"BUITEN_GEMEENTE": elsewhere, "MODEL": count},
        scored=count,
        flagged=int(now.flagged.sum()),
        unknown={
            "inkomen_onbekend": int(rng.binomial(count, INCOME_UNKNOWN)),
            **{name: int(rng.binomial(count, share)) for name, share in _UNKNOWN.items()},
        },
        scores=tuple(np.bincount(_step(now.score), minlength=SCORE_STEPS).tolist()),
        features=_features(rng, plan, count, planted=month >= plan.planted_from),
        reference=plan.version,
        streams=_streams(plan, people, month),
        outcomes=_outcomes(people, month),
        assessments=_assessments(now, sampled=False),
        sampled_assessments=_assessments(now, sampled=True),
        deliveries={"geaccepteerd": 21, "aangehouden": int(rng.random() < 0.1)},
        findings={"LEV-206": int(rng.poisson(2)), "LEV-305": 0},
        operation={},
    )


def _step(score: Floats) -> Ints:
    return np.minimum((score * SCORE_STEPS).astype(np.int64), SCORE_STEPS - 1)


@lru_cache(maxsize=2)
def _packaged(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_PACKAGE / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _scores() -> dict[float, float]:
    """Gives the score by its rank: the reference distribution, with 14 of 100 at or above the package's threshold."""
    threshold = _packaged("policy")["threshold"]
    return {0.0: 0.2, 0.038: 0.4, 0.549: 0.5, 0.68: 0.6, 1 - FLAGGED: threshold, 0.994: 0.75, 1.0: 0.9}


def _features(rng: Rng, plan: Plan, count: int, *, planted: bool) -> dict[str, tuple[int, ...]]:
    found = {}
    for name, spread in sorted(_packaged("reference")["features"].items()):
        shares = np.array(spread["shares"]) / sum(spread["shares"])
        moved = plan.drift.get(name, 0.0) if planted else 0.0
        shares = shares * (1 - moved) + moved * np.eye(len(shares))[-1]
        known = int(rng.binomial(count, 1 - INCOME_UNKNOWN)) if name == "sum_inkomen_bruto_value" else count
        found[name] = tuple(rng.multinomial(known, shares).tolist())
    return found


def _streams(plan: Plan, people: list[_People], month: int) -> dict[Stream, dict[str, dict[str, GroupTally]]]:
    streams = [Stream.MODEL, Stream.PROCES, *([Stream.STEEKPROEF] if plan.sample_share else [])]
    return {
        stream: {
            grouping: _groups(stream, people, month, grouping) for grouping in ("alle", *sorted(people[month].groups))
        }
        for stream in streams
    }


def _groups(stream: Stream, people: list[_People], month: int, grouping: str) -> dict[str, GroupTally]:
    names = ("alle",) if grouping == "alle" else people[month].groups[grouping][1]
    numbers = np.zeros((len(names), 6), dtype=np.int64)
    for earlier in range(max(0, month - max(_DELAYS)), month + 1):
        one = people[earlier]
        codes = np.zeros(len(one.score), dtype=np.int64) if grouping == "alle" else one.groups[grouping][0]
        marked = one.chosen if stream is Stream.PROCES else one.flagged
        inside = one.drawn if stream is Stream.STEEKPROEF else np.ones(len(codes), dtype=np.bool_)
        if earlier == month:
            numbers[:, 0] = np.bincount(codes[inside], minlength=len(names))
            numbers[:, 1] = np.bincount(codes[inside & marked], minlength=len(names))
        arrived = inside & (one.selected > 0) & (one.arrives == month - earlier)
        cells = codes[arrived] * 4 + marked[arrived] * 2 + one.worth[arrived]
        tn, fn, fp, tp = np.bincount(cells, minlength=4 * len(names)).reshape(len(names), 4).T
        numbers[:, 2:] += np.stack([tn, fp, fn, tp], axis=1)
    return {
        name: GroupTally(row[0], row[1], Confusion(*row[2:])) for name, row in zip(names, numbers.tolist(), strict=True)
    }


def _outcomes(people: list[_People], month: int) -> dict[str, int]:
    found: Counter[str] = Counter()
    for earlier in range(max(0, month - max(_DELAYS)), month + 1):
        one = people[earlier]
        for chosen, selection in enumerate(("proces", "model", "steekproef"), start=1):
            here = (one.selected == chosen) & (one.arrives == month - earlier)
            for worth, result in ((True, "onrechtmatig"), (False, "rechtmatig")):
                found[f"onderzocht door handhaving/{result}/{selection}"] += int((here & (one.worth == worth)).sum())
    return dict(sorted((name, number) for name, number in found.items() if number))


def _assessments(now: _People, *, sampled: bool) -> dict[str, int]:
    """Count who did as the signal says: with one, whom people chose; without one, whom they did not choose."""
    inside, signal = now.drawn == sampled, now.flagged | now.drawn
    ways = {"1/ja": signal & now.chosen, "1/nee": signal & ~now.chosen, "2/ja": ~signal & ~now.chosen}
    found = {way: int((inside & who).sum()) for way, who in {**ways, "2/nee": ~signal & now.chosen}.items()}
    return {way: number for way, number in sorted(found.items()) if number}
