"""The test over months is exact, finds nothing too often however long one looks, and finds what is there."""

from __future__ import annotations

from decimal import Decimal, localcontext
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nchypergeom_fisher

from development.population.months import Plan, synthetic_months
from shared.monitoring.measures import Share
from shared.monitoring.months import Confusion, GroupTally, MonthTally, Stream
from shared.monitoring.reportfacts import Measure
from shared.monitoring.sequential import (
    FALSE_ALARM,
    LOG_ODDS,
    TESTED,
    against,
    edges_of_band,
    gathered,
    log_likelihood_ratios,
    watch_groups,
)
from tests.monitoring.rules import RULES, Rule


@given(st.integers(1, 300), st.integers(1, 900), st.data())
def test_the_evidence_is_the_ratio_of_two_hypergeometric_likelihoods(
    size: int, others: int, data: st.DataObject
) -> None:
    hits, other_hits = data.draw(st.integers(0, size)), data.draw(st.integers(0, others))
    evidence = log_likelihood_ratios(Share(hits, size), Share(other_hits, others))
    for place in (0, 6, 13):
        assert evidence[place] == pytest.approx(
            float(
                _log_likelihood(size, others, hits, other_hits, Decimal(LOG_ODDS[place].item()))
                - _log_likelihood(size, others, hits, other_hits, Decimal(0))
            ),
            rel=1e-9,
            abs=1e-9,
        )


def _log_likelihood(size: int, others: int, hits: int, other_hits: int, log_odds: Decimal) -> Decimal:
    """Return ln P(hits) of Fisher's noncentral hypergeometric, in whole numbers and 60 digits.

    SciPy's own loses the fifth digit where all are hit on one side (230 and 526 gave -274.04693 for -274.04697).
    """
    with localcontext(prec=60):
        total = hits + other_hits
        ways = {
            at: comb(size, at) * comb(others, total - at) for at in range(max(0, total - others), min(size, total) + 1)
        }
        everything = sum(count * (log_odds * (at - hits)).exp() for at, count in ways.items())
        return (Decimal(ways[hits]) / everything).ln()


@given(st.integers(1, 40), st.integers(1, 60), st.data())
def test_the_evidence_is_one_on_average_when_the_odds_are_equal(size: int, others: int, data: st.DataObject) -> None:
    """Whatever the rate is, also when it differs from month to month: that is what makes the test always valid."""
    total = data.draw(st.integers(0, size + others))
    low, high = max(0, total - others), min(size, total)
    chance = [nchypergeom_fisher(size + others, size, total, 1.0).pmf(hits) for hits in range(low, high + 1)]
    evidence = [
        np.exp(log_likelihood_ratios(Share(hits, size), Share(total - hits, others))) for hits in range(low, high + 1)
    ]
    assert np.array(chance) @ np.array(evidence) == pytest.approx(np.ones(len(LOG_ODDS)), abs=1e-6)


def _months(group: list[tuple[int, int]], privileged: list[tuple[int, int]]) -> list[MonthTally]:
    return [
        MonthTally(
            "proef",
            "model",
            f"{2025 + at // 12}-{at % 12 + 1:02d}",
            streams={
                Stream.MODEL: {
                    "g": {"b": GroupTally(n, x, Confusion()), "a": GroupTally(n_, x_, Confusion())},
                }
            },
        )
        for at, ((x, n), (x_, n_)) in enumerate(zip(group, privileged, strict=True))
    ]


RULE = {"g": Rule("g", {"a": "a", "b": "b", "onbekend": "onbekend"}, "a")}


def test_looking_every_month_for_years_finds_nothing_more_often_than_once_in_twenty_runs() -> None:
    """One hypothesis that is tested at 5 % itself (the correction is for the others), rates that move, 60 months."""
    rng = np.random.default_rng(3)
    runs, found = 400, 0
    bar = np.log(1 / FALSE_ALARM)
    for _ in range(runs):
        rates = rng.uniform(0.05, 0.4, 60)
        evidence = np.full(len(LOG_ODDS), -np.inf)
        for number, share in enumerate(rates, start=1):
            pair = Share(int(rng.binomial(40, share)), 40), Share(int(rng.binomial(90, share)), 90)
            evidence = gathered(evidence, log_likelihood_ratios(*pair), number)
            if against(evidence, number) >= bar:
                found += 1
                break
    assert found / runs <= FALSE_ALARM + 0.01


@pytest.mark.parametrize(("shares", "direction"), [((0.30, 0.14), 1), ((0.05, 0.2), -1)])
def test_a_difference_is_found_with_its_direction_and_stays_found(shares: tuple[float, float], direction: int) -> None:
    group = [(round(200 * shares[0]), 200)] * 6
    privileged = [(round(600 * shares[1]), 600)] * 6
    found = [one for one in watch_groups(_months(group, privileged), RULE) if one.found]
    assert [(one.measure, one.direction, one.group) for one in found] == [(Measure.SHARE_FLAGGED, direction, "b")]
    again = _months(group + [(28, 200)] * 6, privileged + [(84, 600)] * 6)
    later = [one for one in watch_groups(again, RULE) if one.found]
    assert [one.since for one in later] == [one.since for one in found]


def test_of_fewer_than_ten_people_nothing_is_said() -> None:
    months = _months([(9, 9)] * 1, [(5, 600)] * 1)
    assert not any(one.found or one.judged for one in watch_groups(months, RULE))
    months = _months([(9, 9), (9, 30)], [(5, 600), (9, 600)])
    assert next(one.judged for one in watch_groups(months, RULE) if one.measure is Measure.SHARE_FLAGGED)


def test_what_needs_the_not_chosen_is_tested_in_the_sample_alone() -> None:
    tested = watch_groups(synthetic_months(Plan(months=1), 1), RULES)
    needs = {Measure.FPR, Measure.TPR, Measure.WRONGLY_FLAGGED, Measure.ERROR}
    assert {one.stream for one in tested if one.measure in needs} == {Stream.STEEKPROEF}
    groups = sum(len(set(rule.labels) - {rule.privileged, "onbekend"}) for rule in RULES.values())
    assert len(tested) == groups * sum(map(len, TESTED.values()))


def test_the_weights_of_when_it_began_are_one_together() -> None:
    evidence = np.full(len(LOG_ODDS), -np.inf)
    for number in range(1, 200):  # months that say nothing
        evidence = gathered(evidence, np.zeros(len(LOG_ODDS)), number)
        assert against(evidence, number) == pytest.approx(0.0, abs=1e-9)


def test_what_begins_after_years_of_equal_treatment_is_found_as_well() -> None:
    equal, unequal = ((28, 200), (84, 600)), ((50, 200), (84, 600))
    pairs = [equal] * 36 + [unequal] * 6
    found = watch_groups(_months([one for one, _ in pairs], [two for _, two in pairs]), RULE)
    since = next(one.since for one in found if one.measure is Measure.SHARE_FLAGGED)
    assert since is not None and "2028-01" <= since <= "2028-04"


@given(st.integers(1, 40), st.integers(1, 60), st.floats(0.02, 0.9), st.data())
def test_at_the_edge_of_the_band_or_within_it_the_evidence_is_at_most_one_on_average(
    size: int, others: int, rate: float, data: st.DataObject
) -> None:
    total = data.draw(st.integers(0, size + others))
    edges = edges_of_band(rate)
    lower, upper = edges[0], edges[-1]
    odds = np.exp(data.draw(st.sampled_from([lower, upper, 0.0, (lower + upper) / 2])))
    low, high = max(0, total - others), min(size, total)
    chance = [nchypergeom_fisher(size + others, size, total, odds).pmf(hits) for hits in range(low, high + 1)]
    pairs = [(Share(hits, size), Share(total - hits, others)) for hits in range(low, high + 1)]
    evidence = [np.exp(log_likelihood_ratios(*pair, edges)) for pair in pairs]
    assert (np.array(chance) @ np.array(evidence) <= 1 + 1e-6).all()


@pytest.mark.parametrize(("rate", "low", "high"), [(0.14, 0.112, 0.175), (0.6, 0.5, 0.7), (0.4, 0.32, 0.5)])
def test_the_edges_of_the_band_are_those_of_the_city(rate: float, low: float, high: float) -> None:
    edges = np.exp(edges_of_band(rate)) * rate / (1 - rate)
    assert (edges / (1 + edges))[[0, -1]] == pytest.approx([low, high])
