"""Invented months hold what was planted in them, in the stated size, and nothing else."""

from collections import Counter
from collections.abc import Mapping
from functools import reduce

import pytest

from development.population.marginals import INVESTIGATED, WORTH_IT
from development.population.months import FLAGGED, Plan, synthetic_months
from shared.monitoring.months import GroupTally, MonthTally, Stream, month_tally


def whole(months: list[MonthTally], stream: Stream, grouping: str, group: str) -> GroupTally:
    return reduce(GroupTally.__add__, (month.streams[stream][grouping][group] for month in months))


def share(months: list[MonthTally], grouping: str, group: str, stream: Stream = Stream.MODEL) -> float:
    found = whole(months, stream, grouping, group)
    return found.flagged / found.applications


def test_the_same_plan_and_seed_give_the_same_months() -> None:
    plan = Plan(months=3, sample_share=0.05)
    assert synthetic_months(plan, seed=4) == synthetic_months(plan, seed=4) != synthetic_months(plan, seed=5)
    assert [month.month for month in synthetic_months(plan)] == ["2025-11", "2025-12", "2026-01"]


def test_a_month_survives_being_written() -> None:
    for month in synthetic_months(Plan(months=2, sample_share=0.05)):
        assert month_tally(month.as_dict()) == month


def test_groups_of_every_grouping_are_everybody() -> None:
    for month in synthetic_months(Plan(months=5, sample_share=0.05)):
        for groupings in month.streams.values():
            everybody = groupings["alle"]["alle"]
            for groups in groupings.values():
                assert reduce(GroupTally.__add__, groups.values()) == everybody
        everybody = month.streams[Stream.MODEL]["alle"]["alle"]
        assert (everybody.applications, everybody.flagged) == (month.scored, month.flagged)
        cells = everybody.outcomes
        assert cells.tn + cells.fp + cells.fn + cells.tp == sum(month.outcomes.values())


@pytest.mark.parametrize("seed", range(3))
def test_unequal_treatment_has_the_planted_size(seed: int) -> None:
    plan = Plan(months=24, per_month=8_000, unequal={("geslacht", "vrouw"): 0.10}, planted_from=12)
    months = synthetic_months(plan, seed)
    before, after = months[:12], months[12:]
    assert share(before, "geslacht", "vrouw") == pytest.approx(share(before, "geslacht", "man"), abs=0.01)
    assert share(before, "alle", "alle") == pytest.approx(FLAGGED, abs=0.01)
    gap = share(after, "geslacht", "vrouw") - share(after, "geslacht", "man")
    assert gap == pytest.approx(0.10, abs=0.01)
    before, after = (
        share(part, "geslacht", "vrouw", Stream.PROCES) - share(part, "geslacht", "man", Stream.PROCES)
        for part in (before, after)
    )
    assert before == pytest.approx(0.0, abs=0.01)
    assert after == pytest.approx(0.07, abs=0.015), "people follow seven of ten signals, and with them the difference"


@pytest.mark.parametrize("sample_share", [0.0, 0.1])
def test_people_chose_whom_they_assessed_for_enforcement(sample_share: float) -> None:
    for month in synthetic_months(Plan(months=5, sample_share=sample_share)):
        chosen = sum(found.get(way, 0) for found in _assessed(month) for way in ("1/ja", "2/nee"))
        assert month.streams[Stream.PROCES]["alle"]["alle"].flagged == chosen
        assert sum(sum(found.values()) for found in _assessed(month)) == month.scored
        drawn = sum(month.sampled_assessments.values())
        sample = month.streams.get(Stream.STEEKPROEF, {}).get("alle", {}).get("alle", GroupTally())
        assert sample.applications == drawn


def _assessed(month: MonthTally) -> tuple[Mapping[str, int], Mapping[str, int]]:
    return month.assessments, month.sampled_assessments


def test_about_as_many_are_investigated_as_in_the_city_and_half_of_them_are_worth_it() -> None:
    months = synthetic_months(Plan(months=24, per_month=8_000))[3:]
    results = Counter[str]()
    for month in months:
        for name, number in month.outcomes.items():
            results[name.split("/")[1]] += number
    investigated = sum(results.values())
    assert investigated / sum(month.scored for month in months) == pytest.approx(INVESTIGATED, abs=0.01)
    assert results["onrechtmatig"] / investigated == pytest.approx(WORTH_IT, abs=0.05)


def test_what_people_choose_unequally_leaves_the_model_alone() -> None:
    plan = Plan(per_month=8_000, unequal_people={("nederlandse_nationaliteit", "nee"): 0.05})
    months = synthetic_months(plan)
    grouping = "nederlandse_nationaliteit"
    gap = share(months, grouping, "nee", Stream.PROCES) - share(months, grouping, "ja", Stream.PROCES)
    assert gap == pytest.approx(0.05, abs=0.01)
    assert share(months, grouping, "nee") == pytest.approx(share(months, grouping, "ja"), abs=0.01)


def test_drift_has_the_planted_size() -> None:
    plan = Plan(months=2, per_month=50_000, drift={"has_partner": 0.2, "score": 0.05}, planted_from=1)
    before, after = synthetic_months(plan)

    def with_partner(month: MonthTally) -> float:
        return month.features["has_partner"][-1] / month.scored

    assert with_partner(after) == pytest.approx(0.2 + 0.8 * with_partner(before), abs=0.01)
    assert after.flagged / after.scored > before.flagged / before.scored + 0.05
