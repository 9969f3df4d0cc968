"""Rates, intervals and gaps are what other formulas and a simulation give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from shared.monitoring.measures import (
    Share,
    band,
    difference,
    rate,
    ratio,
    shares_of,
    smallest_found,
    wilson,
)
from shared.monitoring.reportfacts import Band, Measure, Rate, Side

SHARES = st.integers(1, 5000).flatmap(lambda size: st.builds(Share, st.integers(0, size), st.just(size)))


@given(SHARES)
def test_wilson_is_where_the_score_test_stops_refusing(share: Share) -> None:
    low, high = wilson(share)
    seen, z = share.hits / share.size, norm.ppf(0.975)

    def apart(p: float) -> float:
        return float((seen - p) ** 2 - z * z * p * (1 - p) / share.size)

    assert 0 <= low <= seen + 1e-12 and seen - 1e-12 <= high <= 1
    if 0 < share.hits < share.size:
        assert low == pytest.approx(brentq(apart, 0.0, seen), abs=1e-9)
        assert high == pytest.approx(brentq(apart, seen, 1.0), abs=1e-9)


def test_newcombe_is_as_in_the_paper() -> None:
    """Newcombe (1998), method 10, the examples (a) and (c): 56/70 − 48/80 and 9/10 − 3/10."""
    assert difference(Share(56, 70), Share(48, 80)) == Rate(0.2, 0.052, 0.334)
    assert difference(Share(9, 10), Share(3, 10)) == Rate(0.6, 0.171, 0.809)


def test_the_intervals_hold_what_they_should_in_95_of_100_cases() -> None:
    rng = np.random.default_rng(1)
    group, privileged = rng.binomial(200, 0.24, 4000), rng.binomial(600, 0.14, 4000)
    inside = [
        (
            (apart := difference(Share(int(one), 200), Share(int(two), 600))).low <= 0.1 <= apart.high,
            (times := ratio(Share(int(one), 200), Share(int(two), 600))).low <= 0.24 / 0.14 <= times.high,
        )
        for one, two in zip(group, privileged, strict=True)
    ]
    assert np.mean(inside, axis=0) == pytest.approx([0.95, 0.95], abs=0.012)


def test_the_smallest_difference_is_found_four_times_out_of_five() -> None:
    """The rule of thumb of domain.md §9: about 8 points in share flagged, 30 in precision, for a group of a quarter."""
    smallest = smallest_found(Share(29, 208), Share(87, 622))
    assert smallest == pytest.approx(0.078, abs=0.002)
    assert smallest_found(Share(16, 29), Share(48, 87)) == pytest.approx(0.30, abs=0.01)
    rng = np.random.default_rng(2)
    mean = 29 / 208
    high, low = mean + smallest * 0.75, mean - smallest * 0.25  # so that both together keep their share
    found = 0
    for one, two in zip(rng.binomial(208, high, 4000), rng.binomial(622, low, 4000), strict=True):
        p = (one + two) / 830
        found += abs(one / 208 - two / 622) > 1.96 * (p * (1 - p) * (1 / 208 + 1 / 622)) ** 0.5
    assert found / 4000 == pytest.approx(0.8, abs=0.03)


POINTS, RATIO = Side.PUNTEN, Side.VERHOUDING


@pytest.mark.parametrize(
    ("group", "privileged", "expected", "outside"),
    [
        (Share(150, 1000), Share(140, 1000), Band.BINNEN, ()),
        (Share(24, 100), Share(14, 100), Band.BUITEN, (RATIO,)),
        (Share(240, 1000), Share(140, 1000), Band.DUIDELIJK_BUITEN, (RATIO,)),  # the difference is not, the ratio is
        (Share(700, 1000), Share(500, 1000), Band.DUIDELIJK_BUITEN, (POINTS, RATIO)),
        (Share(900, 1000), Share(780, 1000), Band.BUITEN, (POINTS,)),
        (Share(60, 1000), Share(140, 1000), Band.DUIDELIJK_BUITEN, (RATIO,)),
    ],
)
def test_a_band_is_left_for_certain_when_the_whole_interval_is_beyond(
    group: Share, privileged: Share, expected: Band, outside: tuple[Side, ...]
) -> None:
    assert band(group, privileged) == (expected, outside)


@pytest.mark.parametrize(
    ("group", "privileged", "expected", "outside"),
    [
        (Share(6000, 10000), Share(5000, 10000), Band.BINNEN, ()),  # in doubles .6 - .5 is less, and .24 - .14 not more
        (Share(6001, 10000), Share(5000, 10000), Band.BUITEN, (POINTS,)),  # 0,100 and 1,200 when rounded
        (Share(125, 1000), Share(100, 1000), Band.BINNEN, ()),
        (Share(12504, 100000), Share(10000, 100000), Band.BUITEN, (RATIO,)),  # 1,25 when rounded
        (Share(79996, 1000000), Share(100000, 1000000), Band.BUITEN, (RATIO,)),  # 0,800 when rounded
    ],
)
def test_a_band_is_judged_before_anything_is_rounded(
    group: Share, privileged: Share, expected: Band, outside: tuple[Side, ...]
) -> None:
    assert band(group, privileged) == (expected, outside)


def test_what_divides_by_zero_has_no_rate_and_no_ratio_to_judge() -> None:
    assert band(Share(3, 90), Share(0, 90)) == (Band.BINNEN, ())
    assert rate(None) == rate(Share(0, 0)) == ratio(Share(3, 9), Share(0, 9)) == Rate()
    assert shares_of({"FP": 0, "TP": 0}) == {}
    assert set(shares_of({"FP": 10, "TP": 30})) == {Measure.PPV, Measure.FDR}
