"""At 830 applications a month: what is planted is found in time, and what is not planted is not found. Twenty seeds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from development.population.months import Plan, synthetic_months
from shared.monitoring.alarms import has_moved
from shared.monitoring.blocks import number_of
from shared.monitoring.drift import drift_of_features, drift_of_score
from shared.monitoring.months import MonthTally, Stream
from shared.monitoring.reportfacts import Drift, Measure
from shared.monitoring.sequential import watch_groups
from tests.monitoring.rules import RULES
from tests.monitoring.test_facts import REFERENCE, facts_of

SEEDS = range(20)
CALM = 6  # months before anything is planted


def found_after(plan: Plan, stream: Stream, grouping: str) -> list[int]:
    """Return per seed after how many months the share flagged was found to differ; 99 = not."""
    found = []
    for seed in SEEDS:
        months = synthetic_months(plan, seed)
        watched = [one for one in watch_groups(months, RULES) if one.found and one.measure is Measure.SHARE_FLAGGED]
        since = [one.since for one in watched if (one.stream, one.grouping) == (stream, grouping) and one.since]
        planted = number_of(months[0].month) + plan.planted_from
        assert all(number_of(month) >= planted for month in since), "found before it was there"
        found.append(min(number_of(month) - planted + 1 for month in since) if since else 99)
    return sorted(found)


def moved(months: Sequence[MonthTally]) -> list[set[str]]:
    """Return per month what has drifted."""
    before: tuple[Drift, ...] = ()
    found = []
    for month in months:
        drifts = (
            drift_of_score(month, REFERENCE["score"], 0.63, shown=True),
            *drift_of_features(month, REFERENCE["features"], shown=True),
        )
        found.append({drift.name for drift in drifts if has_moved(drift, before)})
        before = drifts
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_where_nothing_is_planted_nothing_is_found(seed: int) -> None:
    months = synthetic_months(Plan(months=12), seed)
    facts = facts_of(months)
    assert not facts.alarms and not facts.advice.stop
    assert not any(one.found for one in facts.sequential)
    assert moved(months) == [set()] * 12


@pytest.mark.parametrize(
    ("grouping", "group", "extra", "half", "all_"),
    [
        ("geslacht", "vrouw", 0.10, 3, 6),
        ("nederlandse_nationaliteit", "nee", 0.10, 4, 8),
        ("geslacht", "vrouw", 0.05, 9, 99),
    ],
)
def test_unequal_treatment_by_the_model_is_found(grouping: str, group: str, extra: float, half: int, all_: int) -> None:
    plan = Plan(months=18, unequal={(grouping, group): extra}, planted_from=CALM)
    after = found_after(plan, Stream.MODEL, grouping)
    print(f"{group} +{extra:.0%}: found after {after} months")
    assert after[len(after) // 2 - 1] <= half and after[-1] <= all_


def test_unequal_treatment_by_people_is_found_and_is_not_held_against_the_model() -> None:
    plan = Plan(months=18, unequal_people={("nederlandse_nationaliteit", "nee"): 0.10}, planted_from=CALM)
    after = found_after(plan, Stream.PROCES, "nederlandse_nationaliteit")
    print(f"people, +10%: found after {after} months")
    assert after[9] <= 4 and after[-1] <= 8
    for seed in range(3):
        facts = facts_of(synthetic_months(plan, seed))
        assert {one.stream for one in facts.sequential if one.found} == {Stream.PROCES}
        assert not facts.advice.stop
        assert all(alarm.name.startswith("ongelijk proces") for alarm in facts.alarms) and facts.alarms


@pytest.mark.parametrize(
    ("drift", "size", "within"), [("total_vermogen", 0.10, 1), ("score", 0.05, 1), ("score", 0.02, 3)]
)
def test_drift_is_found(drift: str, size: float, within: int) -> None:
    for seed in SEEDS:
        months = moved(synthetic_months(Plan(months=CALM + 4, drift={drift: size}, planted_from=CALM), seed))
        assert months[:CALM] == [set()] * CALM
        assert any(drift in month for month in months[CALM : CALM + within])
        assert set().union(*months) == {drift}


@pytest.mark.parametrize(("extra", "half", "all_"), [(0.15, 3, 5), (0.10, 7, 10)])
def test_the_advice_to_stop_comes_when_the_band_is_left_for_certain(extra: float, half: int, all_: int) -> None:
    plan = Plan(months=CALM + 10, unequal={("geslacht", "vrouw"): extra}, planted_from=CALM)
    after = []
    for seed in SEEDS:
        months = synthetic_months(plan, seed)
        beyond = [one for one in watch_groups(months, RULES) if one.beyond_band_since]
        # people follow most signals, and with them the difference: that is theirs too, and no reason to stop the model
        assert {(one.group, one.measure) for one in beyond} == {("vrouw", Measure.SHARE_FLAGGED)}
        (of_model,) = (one for one in beyond if one.stream is Stream.MODEL)
        after.append(number_of(of_model.beyond_band_since or "") - number_of(months[CALM].month) + 1)
    print(f"vrouw +{extra:.0%}: advice to stop after {sorted(after)} months")
    assert min(after) >= 1 and sorted(after)[len(after) // 2] <= half and max(after) <= all_


def test_the_report_advises_to_stop_in_words() -> None:
    plan = Plan(months=6, unequal={("geslacht", "vrouw"): 0.15})
    facts = facts_of(synthetic_months(plan, 0))
    assert facts.advice.stop
    assert facts.advice.reasons[0].startswith("Geslacht: ‘Aandeel gemarkeerd’ ligt bij vrouw hoger dan bij man")
    names = [alarm.name for alarm in facts.alarms]
    assert names[0] == "stopadvies" and "ongelijk model geslacht vrouw aandeel_gemarkeerd" in names


def test_a_difference_within_the_band_is_found_but_is_no_reason_to_stop() -> None:
    plan = Plan(months=24, per_month=5000, unequal={("geslacht", "vrouw"): 0.025})
    facts = facts_of(synthetic_months(plan, 1))
    assert any(one.found for one in facts.sequential) and not facts.advice.stop
