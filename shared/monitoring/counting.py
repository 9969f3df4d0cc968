"""Counts one month: the only place where groups of people and scores meet, and only numbers leave it. Pure.

* An application counts in the month in which it was published first, with the mark that it had then.
* An outcome counts in the month in which it arrived, with the mark and the group of its application at that moment; the
  same outcome that arrives again counts no more, also with another date. Of several clear outcomes of one application
  the first counts. An outcome that is there before its application counts when that is published.
* What people chose counts in the month in which that became known, by an assessment or an outcome, whichever was first.
* An outcome whose objection was upheld, by the end of the month in which it arrives, is in no comparison. An objection
  that is upheld later counts as such in its own month: what was counted is not taken back.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from shared.monitoring.monthrows import Judged, Outcome, Weighed
from shared.monitoring.months import SCORE_STEPS, UNKNOWN_GROUP, Confusion, Groups, GroupTally, MonthTally, Stream
from shared.usecase import Grouping, OutcomeRules

EVERYBODY = "alle"
WITHOUT_APPLICATION = "uitkomst zonder aanvraag"
CHANGED = "uitkomst gewijzigd"
CONTRADICTED = "uitkomst tegenstrijdig"


@dataclass(frozen=True)
class MonthRows:
    """Everything that is known by the end of a month, each in order of its moment; groups by pseudonym of a person.

    `described`: when the first attributes of a person came. `strangers`: how many outcomes came in the month, under the
    newest key, that are left out of `outcomes`: of applications that are in no result.
    """

    results: Sequence[Judged]
    outcomes: Sequence[Outcome]
    assessments: Sequence[Weighed]
    attributes: Mapping[str, Mapping[str, Any]]
    described: Mapping[str, datetime] = field(default_factory=dict)
    strangers: int = 0
    deliveries: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    operation: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CountingRules:
    """Which month of which model is counted, and how. `reference`: of the package of `reference_version`."""

    dataset: str
    model: str
    month: str
    since: datetime
    outcomes: OutcomeRules
    groupings: Mapping[str, Grouping]
    flags: Sequence[str]
    reference: Mapping[str, Any]
    reference_version: str
    sampling: bool = False

    @property
    def year(self) -> int:
        """Return the year of the month, by which ages are counted."""
        return int(self.month[:4])


def count_month(rows: MonthRows, rules: CountingRules) -> MonthTally:
    """Return the counts of the month; the same rows give the same counts."""
    applications = _applications(rows.results, rules.since)
    scored = [one for one in applications if one.score is not None]
    known = _Known(rows.results)
    rows = replace(rows, outcomes=known.awaited(rows.outcomes))
    arrived, without = _arrived(rows, rules, known)
    told = _Told(rows, rules, known, arrived)
    details = [json.loads(one.kenmerken) for one in scored if one.kenmerken is not None]
    return MonthTally(
        dataset=rules.dataset,
        model=rules.model,
        month=rules.month,
        versions=_counted(one.version for one in applications),
        results=_counted(one.reden for one in applications),
        scored=len(scored),
        flagged=sum(one.flagged for one in scored),
        unknown={flag: sum(int(one.get(flag) or 0) for one in details) for flag in rules.flags},
        scores=_scores([one.score for one in scored if one.score is not None]),
        features={
            name: _binned([one.get(name) for one in details], spread["edges"])
            for name, spread in sorted(rules.reference["features"].items())
        },
        reference=rules.reference_version,
        late=_late(rows, rules),
        streams=_streams(scored, told, rows.attributes, rules),
        outcomes=_counted(f"{one.soort}/{one.resultaat}/{one.selectie}" for one, _ in arrived),
        assessments=_assessments(rows.assessments, rules, sampled=False),
        sampled_assessments=_assessments(rows.assessments, rules, sampled=True),
        deliveries=dict(sorted(rows.deliveries.items())),
        findings=dict(sorted(rows.findings.items())),
        operation=_counted(
            [
                *Counter(rows.operation).elements(),
                *[WITHOUT_APPLICATION] * without,
                *[CHANGED] * told.changed,
                *[CONTRADICTED] * told.contradicted,
            ]
        ),
    )


def _late(rows: MonthRows, rules: CountingRules) -> int:
    """Return how many applications of closed months got the attributes of their applicant only now: too late."""
    came = {person for person, moment in rows.described.items() if moment >= rules.since}
    return sum(
        one.persoon in came and one.score is not None and one.published < rules.since for one in _first(rows.results)
    )


def versions_that_scored(results: Sequence[Judged], since: datetime) -> Mapping[str, int]:
    """Return how many applications of the month that begins `since` each version of the model scored."""
    return _counted(one.version for one in _applications(results, since) if one.score is not None)


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _applications(results: Sequence[Judged], since: datetime) -> list[Judged]:
    """Return the applications of the month, as they were published first."""
    return [one for one in _first(results) if one.published >= since]


def _first(results: Sequence[Judged]) -> list[Judged]:
    first: dict[str, Judged] = {}
    for one in results:
        first.setdefault(one.aanvraag, one)
    return list(first.values())


class _Known:
    """The published results by the pseudonym of their application, to find which was current at a moment."""

    def __init__(self, results: Sequence[Judged]) -> None:
        self._of: dict[str, list[Judged]] = {}
        for one in results:
            self._of.setdefault(one.dienst, []).append(one)

    def at(self, dienst: str, moment: datetime) -> Judged | None:
        """Return the result of an application that was current at this moment; None when there was none."""
        return next((one for one in reversed(self._of.get(dienst, ())) if one.published <= moment), None)

    def awaited(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Return the outcomes in order, where one that was there first arrives when its application is published."""
        since = {dienst: results[0].published for dienst, results in self._of.items()}
        met = [
            replace(one, arrived=since[one.dienst]) if one.arrived < since.get(one.dienst, one.arrived) else one
            for one in outcomes
        ]
        return sorted(met, key=lambda one: one.arrived)


def _arrived(rows: MonthRows, rules: CountingRules, known: _Known) -> tuple[list[tuple[Outcome, Judged]], int]:
    """Return the outcomes that arrived in the month and not before, and how many are of no application of ours."""
    seen: set[tuple[str, ...]] = set()
    found: list[tuple[Outcome, Judged]] = []
    newest, matched = rows.strangers, 0
    for one in rows.outcomes:
        result = known.at(one.dienst, one.arrived)
        now = one.arrived >= rules.since
        newest += now and one.newest_key
        if result is None:
            continue
        matched += now
        key = (result.aanvraag, one.soort, one.resultaat, one.selectie)  # a date may be corrected
        if key not in seen and now:
            found.append((one, result))
        seen.add(key)
    return found, max(0, newest - matched)


class _Told:
    """What became known in the month of applications that the model scored."""

    def __init__(
        self, rows: MonthRows, rules: CountingRules, known: _Known, arrived: list[tuple[Outcome, Judged]]
    ) -> None:
        self._read(rows, rules, known)
        chosen = self._chosen.values()
        self.chosen = [one for moment, one in chosen if moment >= rules.since and one.score is not None]
        self.changed = self.contradicted = 0
        self.outcomes: list[tuple[Judged, Outcome]] = []
        done: set[str] = set()
        for one, result in arrived:
            of = self._clear.get(result.aanvraag, {})
            if of.get(one.resultaat) is not one or result.aanvraag in done | self._overturned or result.score is None:
                continue
            done.add(result.aanvraag)
            if any(other.arrived < rules.since for other in of.values()):
                self.changed += 1
            elif len(of) > 1:
                self.contradicted += 1
            else:
                self.outcomes.append((result, one))

    def _read(self, rows: MonthRows, rules: CountingRules, known: _Known) -> None:
        words = rules.outcomes
        self._clear: dict[str, dict[str, Outcome]] = {}  # application -> result -> its first outcome
        self._overturned: set[str] = set()
        self._chosen: dict[str, tuple[datetime, Judged]] = {}  # application -> when people's choice became known
        for one in rows.outcomes:
            result = known.at(one.dienst, one.arrived)
            if result is None:
                continue
            if one.resultaat == words.overturned:
                self._overturned.add(result.aanvraag)
            if one.soort == words.investigated and one.selectie == words.people:
                self._note(result, one.arrived)
            if one.soort == words.investigated and one.resultaat in (words.worth, words.not_worth):
                self._clear.setdefault(result.aanvraag, {}).setdefault(one.resultaat, one)
        for assessment in rows.assessments:
            result = known.at(assessment.dienst, assessment.moment)
            if result is not None and assessment.route == words.route:
                self._note(result, assessment.moment)

    def _note(self, result: Judged, moment: datetime) -> None:
        before = self._chosen.get(result.aanvraag)
        if before is None or moment < before[0]:
            self._chosen[result.aanvraag] = moment, result

    def by_people(self, result: Judged) -> bool:
        """Say whether it is known by now that people chose this application."""
        return result.aanvraag in self._chosen


def _streams(
    scored: Sequence[Judged], told: _Told, attributes: Mapping[str, Mapping[str, Any]], rules: CountingRules
) -> dict[Stream, Groups]:
    words = rules.outcomes

    def confusion(outcomes: Iterable[tuple[Judged, Outcome]], *, people: bool) -> list[tuple[str, bool, bool]]:
        return [
            (one.persoon, told.by_people(one) if people else one.flagged, outcome.resultaat == words.worth)
            for one, outcome in outcomes
        ]

    everybody = [one.persoon for one in scored]
    groups = _Grouped(attributes, rules)
    found = {
        Stream.MODEL: groups.tally(
            everybody, [one.persoon for one in scored if one.flagged], confusion(told.outcomes, people=False)
        ),
        Stream.PROCES: groups.tally(
            everybody, [one.persoon for one in told.chosen], confusion(told.outcomes, people=True)
        ),
    }
    sampled = [one for one in scored if one.sampled]
    drawn = [(one, outcome) for one, outcome in told.outcomes if outcome.selectie == words.sample]
    if rules.sampling or sampled or drawn:
        found[Stream.STEEKPROEF] = groups.tally(
            [one.persoon for one in sampled],
            [one.persoon for one in sampled if one.flagged],
            confusion(drawn, people=False),
        )
    return found


class _Grouped:
    """Counts people by group; who has no attributes, or is not known, is in the group `onbekend`."""

    def __init__(self, attributes: Mapping[str, Mapping[str, Any]], rules: CountingRules) -> None:
        self._attributes = attributes
        self._rules = rules

    def tally(
        self, applications: Iterable[str], flagged: Iterable[str], outcomes: Iterable[tuple[str, bool, bool]]
    ) -> Groups:
        """Return the counts per grouping and group. `outcomes`: person, flagged, worth it."""
        of, marked, cells = list(applications), list(flagged), list(outcomes)
        groupings: dict[str, list[str]] = {EVERYBODY: [EVERYBODY]}
        groupings |= {name: list(grouping.labels) for name, grouping in self._rules.groupings.items()}
        found: dict[str, dict[str, GroupTally]] = {}
        for name, groups in groupings.items():
            everyone = Counter(self._group(name, person) for person in of)
            flags = Counter(self._group(name, person) for person in marked)
            came = Counter((self._group(name, person), mark, worth) for person, mark, worth in cells)
            found[name] = {
                group: GroupTally(
                    everyone[group],
                    flags[group],
                    Confusion(
                        tn=came[group, False, False],
                        fp=came[group, True, False],
                        fn=came[group, False, True],
                        tp=came[group, True, True],
                    ),
                )
                for group in groups
            }
        return found

    def _group(self, name: str, person: str) -> str:
        if name == EVERYBODY:
            return EVERYBODY
        known = self._attributes.get(person)
        if known is None:
            return UNKNOWN_GROUP
        grouping = self._rules.groupings[name]
        group = grouping.of(known, self._rules.year)
        return group if group in grouping.labels else UNKNOWN_GROUP


def _assessments(assessments: Sequence[Weighed], rules: CountingRules, *, sampled: bool) -> dict[str, int]:
    """Count who followed the advice, of every application one assessment: the newest of the month.

    Of what was drawn the first ever: it opens the score, and so it alone was blind.
    """
    counts: dict[str, Weighed] = {}
    for one in assessments:
        if one.sampled == sampled and (sampled or one.moment >= rules.since):
            counts[one.dienst] = counts.get(one.dienst, one) if sampled else one
    return _counted(
        f"{one.resultaattype}/{'ja' if one.gevolgd else 'nee'}"
        for one in counts.values()
        if one.gevolgd is not None and one.moment >= rules.since
    )


def _scores(scores: list[float]) -> tuple[int, ...]:
    steps = np.minimum((np.array(scores, dtype=np.float64) * SCORE_STEPS).astype(np.int64), SCORE_STEPS - 1)
    return tuple(np.bincount(steps, minlength=SCORE_STEPS).tolist())


def _binned(values: list[Any], edges: Sequence[float]) -> tuple[int, ...]:
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    return tuple(np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1).tolist())
