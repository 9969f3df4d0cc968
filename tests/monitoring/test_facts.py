"""The facts of a report hold no count below ten, are the same every time, and exist for a village and a first month."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from time import perf_counter

import pytest

from development.population.months import Plan, synthetic_months
from shared.monitoring.disclosure import Counts
from shared.monitoring.drift import drift_of_features
from shared.monitoring.facts import report_facts
from shared.monitoring.months import GroupTally, MonthTally, Stream
from shared.monitoring.quality import unknown_table
from shared.monitoring.reportfacts import Measure, Operation, ReportFacts, Trend
from tests.monitoring.rules import RULES

REFERENCE = json.loads((Path(__file__).parents[2] / "models/levensonderhoud-1.0.0/reference.json").read_text())


def facts_of(months: list[MonthTally], earlier: Mapping[str, object] | None = None) -> ReportFacts:
    """Return the facts of the last of these months."""
    return report_facts(months, REFERENCE, 0.63, RULES, earlier)


def people_in(value: object) -> Iterator[int]:
    """Yield every number of people that stands anywhere in the facts."""
    if isinstance(value, Counts):
        yield from (value.size, *value.parts, *value.guarded)
    elif isinstance(value, Trend):
        yield from (count for count in value.counts if count is not None)
    elif isinstance(value, Operation):
        return
    elif is_dataclass(value):
        for field in fields(value):
            if field.name != "released":
                yield from people_in(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from people_in(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from people_in(one)


@pytest.mark.parametrize(("per_month", "sample"), [(4, 0.0), (40, 0.1), (830, 0.0), (830, 0.05)])
def test_no_count_below_ten_stands_anywhere_in_the_facts(per_month: int, sample: float) -> None:
    months = synthetic_months(Plan(months=14, per_month=per_month, sample_share=sample), seed=6)
    for last in (1, 2, 8, 14):
        numbers = list(people_in(facts_of(months[:last])))
        assert all(number >= 10 for number in numbers)
        assert len(numbers) > 100 or per_month < 830


def test_the_same_months_give_the_same_facts_and_the_record_is_plain_json() -> None:
    months = synthetic_months(Plan(months=5), seed=7)
    facts = facts_of(months)
    assert facts_of(synthetic_months(Plan(months=5), seed=7)) == facts
    assert json.loads(json.dumps(facts.released)) == facts.released


def test_a_report_that_takes_the_one_before_into_account_says_the_same() -> None:
    months = synthetic_months(Plan(months=8, per_month=200), seed=8)
    record = None
    for last in range(1, 9):
        facts = facts_of(months[:last], record)
        record = facts.released
    assert facts == facts_of(months)


def test_rates_come_from_the_counts_that_are_shown() -> None:
    months = synthetic_months(Plan(months=13, sample_share=0.05), seed=9)
    checked = 0
    for picture in facts_of(months).year_groups:
        for row, counts in picture.outcomes.rows.items():
            if counts is None:
                continue
            cells = dict(zip(picture.outcomes.measures, counts.parts, strict=True))
            shown = picture.rates[row][Measure.PPV].value
            assert shown == round(cells["TP"] / (cells["TP"] + cells["FP"]), 3)
            assert (Measure.FPR in picture.rates[row]) == ("TN" in cells)
            checked += 1
    assert checked > 30


def test_every_group_is_compared_in_every_stream_of_a_city() -> None:
    months = synthetic_months(Plan(months=12), seed=10)
    pictures = facts_of(months).year_groups
    for stream in (Stream.MODEL, Stream.PROCES):
        for grouping in RULES:
            picture = next(one for one in pictures if (one.stream, one.grouping) == (stream, grouping))
            measures = {gap.measure for gap in picture.gaps}
            assert {Measure.SHARE_FLAGGED, Measure.PPV, Measure.FDR} <= measures, (stream, grouping)
            assert all(gap.smallest for gap in picture.gaps)
    assert all(
        one.applications.total is None and one.outcomes.total is None and not one.gaps
        for one in pictures
        if one.stream is Stream.STEEKPROEF
    )


def test_people_who_nearly_always_follow_the_signal_are_an_alarm_also_where_the_numbers_are_hidden() -> None:
    months = synthetic_months(Plan(months=3), seed=11)
    automatic = [replace(month, assessments={"1/ja": 100, "1/nee": 1}) for month in months]
    facts = facts_of(automatic)
    assert [alarm.name for alarm in facts.alarms if alarm.name.startswith("volgen")] == ["volgen gewoon"]
    assert facts.following[0].near_automatic and facts.following[0].table.total is None
    few = [replace(month, assessments={"1/ja": 15}) for month in months]
    assert not any(one.near_automatic for one in facts_of(few).following)
    assert not any(one.near_automatic for one in facts_of(months).following)


def test_a_month_in_which_nothing_happened_is_reported() -> None:
    empty = MonthTally("levensonderhoud", "levensonderhoud", "2026-11")
    facts = facts_of([empty])
    assert list(people_in(facts)) == [] and not facts.advice.stop and not facts.alarms
    months = [*synthetic_months(Plan(months=12), seed=12), empty]
    assert facts_of(months).month == "2026-11"
    # a month that was never closed between two others counts as nobody
    assert facts_of([months[0], months[2]]).trends[0].months == ("2025-11", "2026-01")


def test_a_month_of_ten_thousand_is_made_in_seconds() -> None:
    months = synthetic_months(Plan(months=13, per_month=10_000, sample_share=0.02), seed=13)
    begin = perf_counter()
    facts_of(months)
    assert perf_counter() - begin < 15


def test_the_sample_is_reported_once_there_is_enough_of_it() -> None:
    months = synthetic_months(Plan(months=12, per_month=5000, sample_share=0.1), seed=14)
    facts = facts_of(months)
    sample = next(one for one in facts.quality if one.stream is Stream.STEEKPROEF)
    assert sample.table.measures == ("TN", "FP", "FN", "TP") and sample.recall.value is not None
    compared = {gap.measure for one in facts.year_groups if one.stream is Stream.STEEKPROEF for gap in one.gaps}
    assert compared == set(Measure)


def test_who_is_unknown_cannot_be_taken_off_a_bin_that_holds_them() -> None:
    """Who has no known address is in the bin of 0 addresses, of which is shown that 62 people are in it at most."""
    month = synthetic_months(Plan(months=1), seed=16)[0]
    size = month.scored

    def table(unknown: int) -> int | None:
        changed = replace(month, unknown={"adres_onbekend": unknown}, features={"adressen": (60, size - 60)})
        (drift,) = drift_of_features(changed, {"adressen": {"edges": [1.0], "shares": [0.1, 0.9]}}, shown=True)
        assert list(drift.seen.values()) == [0.05, 0.95]
        assert not any(isinstance(number, int) for number in people_in(drift))
        row = unknown_table("adres_onbekend", changed, shown=True).rows["onbekend"]
        return None if row is None else row.size

    assert [table(unknown) for unknown in (9, 20, 52, 53, 60, 62, 63)] == [None, 20, 52, None, None, None, 63]


def test_objections_are_counted_until_there_are_ten() -> None:
    months = [
        replace(month, outcomes={**month.outcomes, "bezwaar afgehandeld/gegrond/proces": 4})
        for month in synthetic_months(Plan(months=5), seed=15)
    ]
    name = "bezwaar afgehandeld: gegrond"
    trend = next(one for one in facts_of(months).trends if one.title == name)
    assert set(trend.counts) == {None}
    tables = [table for table in facts_of(months).numbers if table.title.startswith(name)]
    assert [table.total.size for table in tables if table.total] == [12]
    assert tables[0].title.endswith("2025-11 tot en met 2026-01")


def test_a_month_in_which_people_chose_more_than_came_in_shows_the_count_and_no_share() -> None:
    """A choice counts in the month in which it is made: a backlog can be larger than what came in."""

    def month(name: str, size: int, flagged: int, chosen: int) -> MonthTally:
        streams = {
            Stream.MODEL: {"alle": {"alle": GroupTally(size, flagged)}},
            Stream.PROCES: {"alle": {"alle": GroupTally(size, chosen)}},
        }
        return MonthTally(
            "proef", "model", name, results={"MODEL": size}, scored=size, flagged=flagged, streams=streams
        )

    facts = facts_of([month("2026-01", 830, 116, 20), month("2026-02", 40, 12, 60)])
    chosen = next(trend for trend in facts.trends if trend.name == "gekozen")
    assert chosen.counts == (20, 60)
    assert chosen.rates[0].value == 0.024 and chosen.rates[1].value is None


@pytest.mark.parametrize(
    ("chosen", "assessments", "shown"),
    [
        (88, {"1/ja": 84, "1/nee": 32}, False),  # four were chosen without a signal
        (88, {"1/ja": 74, "1/nee": 42, "2/ja": 700, "2/nee": 14}, True),
        (88, {"1/ja": 70, "1/nee": 46, "2/ja": 700, "2/nee": 14}, False),  # four as an outcome told
        (130, {"1/ja": 84, "1/nee": 28}, False),  # four with a signal are not judged yet
        (130, {"1/ja": 84, "1/nee": 20}, True),
    ],
)
def test_what_people_did_with_a_signal_is_not_shown_where_a_few_others_are_left(
    chosen: int, assessments: dict[str, int], *, shown: bool
) -> None:
    streams = {
        Stream.MODEL: {"alle": {"alle": GroupTally(830, 116)}},
        Stream.PROCES: {"alle": {"alle": GroupTally(830, chosen)}},
    }
    month = MonthTally(
        "proef", "model", "2026-01", results={"MODEL": 830}, scored=830, flagged=116, streams=streams,
        assessments=assessments,
    )  # fmt: skip
    counts = {trend.name: trend.counts for trend in facts_of([month]).trends}
    assert counts["gekozen"] == (chosen,)
    judged = [counts[name] for name in counts if name.startswith("beoordeling")]
    assert all(any(one) for one in judged) == shown
    shown_of = sum(
        assessments[f"{name[-1]}/ja"] for name in counts if name.startswith("beoordeling") if counts[name][0]
    )
    others = (chosen - shown_of, 116 - assessments["1/ja"] - assessments["1/nee"])
    assert not shown_of or all(abs(number) >= 10 or number == 0 for number in others)


def test_many_attributes_that_come_too_late_are_an_alarm_without_a_number() -> None:
    months = synthetic_months(Plan(months=13, per_month=200), seed=17)
    scored = sum(month.scored for month in months[1:])

    def late(number: int, at: int = 5) -> list[str]:
        changed = [replace(month, late=number if place == at else 0) for place, month in enumerate(months)]
        return [alarm.sentence for alarm in facts_of(changed).alarms if alarm.name == "groepskenmerken te laat"]

    assert late(scored // 20) == late(scored, at=0) == []  # just below one in twenty, and longer than a year ago
    (sentence,) = late(scored // 20 + 1)
    assert str(scored // 20 + 1) not in sentence
    few = [replace(month, late=3) for month in synthetic_months(Plan(months=3, per_month=20), seed=17)]
    assert not any(alarm.name == "groepskenmerken te laat" for alarm in facts_of(few).alarms)
