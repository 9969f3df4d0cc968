"""What one month counts: applications when published first, outcomes when they arrive, people's choice when known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.levensonderhoud import LEVENSONDERHOUD
from shared.monitoring.counting import (
    CHANGED,
    CONTRADICTED,
    WITHOUT_APPLICATION,
    CountingRules,
    MonthRows,
    count_month,
)
from shared.monitoring.monthrows import Judged, Outcome, Weighed
from shared.monitoring.months import Confusion, GroupTally, MonthTally, Stream, month_tally

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
BEFORE, NOW = SINCE - timedelta(days=20), SINCE + timedelta(days=3)
REFERENCE = {"features": {"bedrag": {"edges": [0.0, 100.0]}, "vlag": {"edges": [1.0]}}, "score": {"edges": []}}
assert LEVENSONDERHOUD.outcome_rules is not None
RULES = CountingRules(
    dataset="proef",
    model="proefmodel",
    month="2026-11",
    since=SINCE,
    outcomes=LEVENSONDERHOUD.outcome_rules,
    groupings=LEVENSONDERHOUD.group_rules,
    flags=("bedrag_onbekend",),
    reference=REFERENCE,
    reference_version="1.0.0",
)
WOMAN = {
    "geslacht": "vrouw",
    "geboortejaar": 1990,
    "nederlandse_nationaliteit": "nee",
    "geboren_in_nederland": "nee",
    "burgerlijke_staat": "gehuwd",
    "ouderschap": "geen",
}
MAN = WOMAN | {"geslacht": "man", "geboortejaar": None}


def judged(number: int, *, flagged: bool = False, at: datetime = NOW, **changes: Any) -> Judged:
    details = json.dumps({"bedrag": 50.0 * number, "vlag": 1, "bedrag_onbekend": 0})
    made = Judged(
        aanvraag=f"a{number}",
        dienst=f"k:d{number}",
        persoon=f"k:p{number}",
        version="1.0.0",
        reden="MODEL",
        resultaattype=1 if flagged else 2,
        score=0.7 if flagged else 0.4,
        flagged=flagged,
        sampled=False,
        published=at,
        kenmerken=details if at >= SINCE else None,
    )
    return replace(made, **changes)


def outcome(
    number: int, resultaat: str = "onrechtmatig", *, at: datetime = NOW + timedelta(days=1), **changes: Any
) -> Outcome:
    made = Outcome(f"k:d{number}", "onderzocht door handhaving", resultaat, "proces", "2026-11-04", at)
    return replace(made, **changes)


def weighed(number: int, gevolgd: bool | None = True, *, at: datetime = NOW, **changes: Any) -> Weighed:
    return replace(Weighed(f"k:d{number}", 1, False, gevolgd, "inkomensconsulent", at), **changes)


def count(
    results: list[Judged] | None = None,
    outcomes: list[Outcome] | None = None,
    assessments: list[Weighed] | None = None,
    attributes: dict[str, dict[str, Any]] | None = None,
    **rest: Any,
) -> MonthTally:
    return count_month(MonthRows(results or [], outcomes or [], assessments or [], attributes or {}, **rest), RULES)


def cells(tally: MonthTally, stream: Stream = Stream.MODEL, grouping: str = "alle", group: str = "alle") -> Confusion:
    return tally.streams[stream][grouping][group].outcomes


def test_an_application_counts_when_it_was_published_first_with_the_mark_that_it_had_then() -> None:
    tally = count([judged(1, at=BEFORE), judged(1, flagged=True), judged(2, flagged=True), judged(2, flagged=False)])
    assert (tally.scored, tally.flagged, tally.versions) == (1, 1, {"1.0.0": 1})


def test_what_was_not_scored_counts_by_its_reason_alone() -> None:
    tally = count([judged(1), judged(2, reden="GEEN_DIENST", score=None, resultaattype=4, kenmerken=None)])
    assert tally.results == {"GEEN_DIENST": 1, "MODEL": 1}
    assert (tally.scored, sum(tally.scores)) == (1, 1)
    assert tally.streams[Stream.MODEL]["alle"]["alle"].applications == 1


def test_scores_and_features_are_counted_in_bins_and_unknown_apart() -> None:
    unknown = json.dumps({"bedrag": None, "vlag": 0, "bedrag_onbekend": 1})
    tally = count([judged(1, score=0.63), judged(2, score=1.0), judged(3, kenmerken=unknown, score=0.049)])
    assert [step for step, number in enumerate(tally.scores) if number] == [0, 12, 19]
    assert tally.features == {"bedrag": (0, 1, 1), "vlag": (1, 2)}
    assert tally.unknown == {"bedrag_onbekend": 1}


@pytest.mark.parametrize(
    ("flagged", "resultaat", "expected"),
    [
        (True, "onrechtmatig", Confusion(tp=1)),
        (True, "rechtmatig", Confusion(fp=1)),
        (False, "onrechtmatig", Confusion(fn=1)),
        (False, "rechtmatig", Confusion(tn=1)),
        (True, "geen medewerking", Confusion()),
        (True, "", Confusion()),
    ],
)
def test_an_outcome_is_compared_with_the_mark_of_its_application(
    flagged: bool, resultaat: str, expected: Confusion
) -> None:
    tally = count([judged(1, flagged=flagged)], [outcome(1, resultaat)])
    assert cells(tally) == expected
    assert tally.outcomes == {f"onderzocht door handhaving/{resultaat}/proces": 1}


def test_the_mark_is_that_of_the_moment_on_which_the_outcome_arrived() -> None:
    late = outcome(1, at=NOW + timedelta(days=2))
    results = [judged(1, at=BEFORE), judged(1, flagged=True, at=NOW), judged(1, at=NOW + timedelta(days=5))]
    assert cells(count(results, [late])) == Confusion(tp=1)


def test_an_outcome_of_an_earlier_month_or_one_that_arrived_before_counts_no_more() -> None:
    results = [judged(1, at=BEFORE)]
    earlier = outcome(1, at=BEFORE + timedelta(days=1))
    again = replace(earlier, arrived=NOW)
    tally = count(results, [earlier, again])
    assert (cells(tally), tally.outcomes) == (Confusion(), {})


def test_an_objection_whose_date_is_corrected_counts_once() -> None:
    made = outcome(1, "", soort="bezwaar ingesteld", selectie="", datum="2026-11-04")
    corrected = replace(made, datum="2026-11-05", arrived=made.arrived + timedelta(days=1))
    assert count([judged(1)], [made, corrected]).outcomes == {"bezwaar ingesteld//": 1}
    earlier = replace(made, arrived=BEFORE + timedelta(days=1))
    assert count([judged(1, at=BEFORE)], [earlier, corrected]).outcomes == {}


def test_an_outcome_that_is_there_before_its_application_counts_when_that_is_published() -> None:
    early = outcome(1, at=NOW - timedelta(days=1))
    before = outcome(2, at=BEFORE)
    results = [judged(1, flagged=True), judged(2, at=NOW + timedelta(days=1)), judged(2, flagged=True, at=NOW)]
    tally = count(sorted(results, key=lambda one: one.published), [before, early])
    assert (cells(tally), tally.operation) == (Confusion(tp=2), {})
    assert tally.streams[Stream.PROCES]["alle"]["alle"].flagged == 2
    again = replace(early, arrived=NOW + timedelta(days=2))
    assert cells(count(results[:1], [early, again])) == Confusion(tp=1), "when it comes again too it counts once"
    later = count([judged(1, at=BEFORE)], [replace(early, arrived=BEFORE - timedelta(days=1))])
    assert cells(later) == Confusion(), "it counted in the month of its application"


def test_an_outcome_that_changes_afterwards_is_told_and_not_counted_again() -> None:
    first, later = outcome(1, at=BEFORE + timedelta(days=1)), outcome(1, "rechtmatig")
    tally = count([judged(1, at=BEFORE)], [first, later])
    assert (cells(tally), tally.operation) == (Confusion(), {CHANGED: 1})


def test_two_outcomes_of_one_month_that_contradict_each_other_are_left_out() -> None:
    tally = count([judged(1)], [outcome(1), outcome(1, "rechtmatig")])
    assert (cells(tally), tally.operation) == (Confusion(), {CONTRADICTED: 1})


def test_an_outcome_whose_objection_was_upheld_does_not_stand() -> None:
    upheld = outcome(1, "gegrond", soort="bezwaar afgehandeld", selectie="", at=NOW + timedelta(days=9))
    tally = count([judged(1, flagged=True)], [outcome(1), upheld])
    assert cells(tally) == Confusion()
    assert tally.outcomes == {"bezwaar afgehandeld/gegrond/": 1, "onderzocht door handhaving/onrechtmatig/proces": 1}


def test_an_outcome_of_no_application_of_ours_is_only_counted() -> None:
    under_older_key = replace(outcome(9), dienst="oud:d9", newest_key=False)
    tally = count([judged(1)], [outcome(9), under_older_key])
    assert (tally.outcomes, tally.operation) == ({}, {WITHOUT_APPLICATION: 1})


def test_an_outcome_under_an_older_key_finds_its_application_and_is_not_counted_twice() -> None:
    results = [judged(1, dienst="oud:d1", flagged=True)]
    rows = [outcome(1), replace(outcome(1), dienst="oud:d1", newest_key=False)]
    tally = count(results, rows)
    assert (cells(tally), tally.operation) == (Confusion(tp=1), {})


def test_groups_are_counted_with_their_application_and_unknown_is_a_group() -> None:
    people = {"k:p1": WOMAN, "k:p2": MAN}
    tally = count([judged(1, flagged=True), judged(2), judged(3)], [outcome(1)], attributes=people)
    sexes = tally.streams[Stream.MODEL]["geslacht"]
    assert sexes["vrouw"] == GroupTally(1, 1, Confusion(tp=1))
    assert (sexes["man"].applications, sexes["onbekend"].applications) == (1, 1)
    ages = tally.streams[Stream.MODEL]["leeftijd_onder_40"]
    assert {group: one.applications for group, one in ages.items()} == {"ja": 1, "nee": 0, "onbekend": 2}
    for groups in tally.streams[Stream.MODEL].values():
        assert sum(one.applications for one in groups.values()) == 3


def test_people_chose_what_they_assessed_so_or_what_an_outcome_says_once() -> None:
    results = [judged(1, at=BEFORE), judged(2), judged(3, flagged=True), judged(4)]
    assessments = [
        weighed(1, route="handhaving", at=BEFORE + timedelta(days=1)),
        weighed(2, route="handhaving"),
        weighed(3, route="inkomensconsulent"),
    ]
    outcomes = [outcome(1), outcome(2), outcome(4, "rechtmatig"), outcome(3, selectie="model")]
    tally = count(results, outcomes, assessments)
    assert tally.streams[Stream.PROCES]["alle"]["alle"] == GroupTally(3, 2, Confusion(fp=1, fn=1, tp=2))
    assert cells(tally) == Confusion(tn=1, fn=2, tp=1)


def test_the_random_sample_counts_by_itself() -> None:
    drawn = [judged(1, sampled=True, resultaattype=1), judged(2, sampled=True, flagged=True), judged(3)]
    outcomes = [outcome(1, "rechtmatig", selectie="steekproef"), outcome(2, selectie="steekproef"), outcome(3)]
    tally = count(drawn, outcomes)
    assert tally.streams[Stream.STEEKPROEF]["alle"]["alle"] == GroupTally(2, 1, Confusion(tn=1, tp=1))
    assert Stream.STEEKPROEF not in count([judged(3)]).streams


def test_of_several_assessments_in_the_month_the_newest_counts_and_none_where_nothing_was_advised() -> None:
    assessments = [
        weighed(1, False),
        weighed(1, True),
        weighed(2, False, resultaattype=2),
        weighed(3, None, resultaattype=4),
        weighed(4, True, sampled=True),
        weighed(5, True, at=BEFORE),
    ]
    tally = count([judged(number) for number in range(1, 6)], assessments=assessments)
    assert tally.assessments == {"1/ja": 1, "2/nee": 1}
    assert tally.sampled_assessments == {"1/ja": 1}


def test_a_month_holds_no_pseudonym_and_survives_being_written() -> None:
    tally = count(
        [judged(1, flagged=True)], [outcome(1)], [weighed(1)], {"k:p1": WOMAN}, deliveries={"geaccepteerd": 1}
    )
    text = json.dumps(tally.as_dict())
    assert not [name for name in ("k:p1", "k:d1", "a1") if f'"{name}' in text]
    assert month_tally(json.loads(text)) == tally


def test_the_same_rows_in_another_place_give_the_same_counts() -> None:
    results, outcomes = [judged(1, flagged=True), judged(2)], [outcome(1), outcome(2, "rechtmatig")]
    people = {"k:p1": WOMAN, "k:p2": MAN}
    turned = dict(reversed(people.items()))
    assert count(results, outcomes, [], people) == count(results[::-1], outcomes[::-1], [], turned)


def test_attributes_that_come_after_their_month_are_late_once_and_only_of_what_was_scored() -> None:
    results = [
        judged(1, at=BEFORE),
        judged(1, at=NOW),  # published again: of the month before
        judged(2, at=BEFORE),
        judged(3, at=BEFORE, score=None),
        judged(4, at=NOW),
    ]
    described = {"k:p1": NOW, "k:p2": BEFORE, "k:p3": NOW, "k:p4": NOW}
    assert count(results, attributes=dict.fromkeys(described, WOMAN), described=described).late == 1
