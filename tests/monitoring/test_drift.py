"""Drift is measured on what may be shown, against the package's reference, and says when it cannot be."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from shared.monitoring.alarms import has_moved
from shared.monitoring.disclosure import SMALLEST_COUNT, borders_of
from shared.monitoring.drift import drift_of_features, drift_of_score, shift_of
from shared.monitoring.months import MonthTally
from shared.monitoring.reportfacts import Shift

REFERENCE = {"edges": [1.0, 2.0, 3.0], "shares": [0.4, 0.3, 0.2, 0.1]}
SCORES = {"edges": [0.4, 0.5, 0.6, 0.75], "shares": [0.1, 0.4, 0.2, 0.25, 0.05]}


def _feature(*counts: int, scored: int | None = None) -> MonthTally:
    return MonthTally("proef", "model", "2026-01", scored=scored or sum(counts), features={"x": counts})


def test_psi_is_as_worked_out_by_hand() -> None:
    drift = drift_of_features(_feature(630, 900, 880, 590), {"x": REFERENCE}, shown=True)[0]
    # .21, .51 and .8033 lie below the borders: of whole percents .215, .515 and .805 come closest to the reference
    # (.215−.4)ln(.215/.4) + 0 + (.29−.2)ln(1.45) + (.195−.1)ln 1.95
    assert drift.psi == pytest.approx(0.11485 + 0.03344 + 0.06344, abs=0.001)
    assert drift.shift is Shift.MERKBAAR
    assert drift.ks == 0.185 and drift.ks_found
    assert list(drift.reference.values()) == [0.4, 0.3, 0.2, 0.1]
    assert list(drift.seen) == ["laagste–1", "1–2", "2–3", "3–hoogste"]
    assert list(drift.seen.values()) == pytest.approx([0.21, 0.3, 0.29, 0.2])
    assert drift.table.total is None


@pytest.mark.parametrize(
    ("psi", "shift"), [(0.099, Shift.STABIEL), (0.1, Shift.MERKBAAR), (0.25, Shift.STERK), (None, Shift.ONBEKEND)]
)
def test_the_bands_of_psi(psi: float | None, shift: Shift) -> None:
    assert shift_of(psi) is shift


def test_the_distance_on_bins_is_never_larger_than_that_on_values() -> None:
    rng = np.random.default_rng(4)
    for _ in range(50):
        values = rng.beta(2, rng.uniform(1.5, 3), 400)
        shares = np.diff([0.0, *(edge**2 * (3 - 2 * edge) for edge in (0.25, 0.5, 0.75)), 1.0])  # beta(2, 2)
        counts = np.histogram(values, [0, 0.25, 0.5, 0.75, 1])[0].tolist()
        reference = {"x": {"edges": [0.25, 0.5, 0.75], "shares": shares.tolist()}}
        drift = drift_of_features(_feature(*counts), reference, shown=True)[0]
        assert drift.ks is not None and drift.ks <= kstest(values, "beta", args=(2, 2)).statistic + 0.0005


def test_without_drift_chance_is_hardly_ever_called_drift() -> None:
    rng = np.random.default_rng(5)
    drifts = [
        drift_of_features(_feature(*rng.multinomial(830, REFERENCE["shares"]).tolist()), {"x": REFERENCE}, shown=True)[
            0
        ]
        for _ in range(500)
    ]
    assert all(drift.shift is Shift.STABIEL for drift in drifts)
    assert sum(drift.ks_found for drift in drifts) <= 10
    assert not any(has_moved(later, [drift]) for drift, later in pairwise(drifts))


def test_ks_must_find_it_two_months_in_a_row_and_psi_once() -> None:
    small = drift_of_features(_feature(1000, 900, 690, 410), {"x": REFERENCE}, shown=True)[0]
    large = drift_of_features(_feature(100, 300, 300, 300), {"x": REFERENCE}, shown=True)[0]
    assert small.ks_found and small.shift is Shift.STABIEL
    assert not has_moved(small, []) and has_moved(small, [small]) and has_moved(large, [])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 120), min_size=20, max_size=20), st.data())
def test_the_scores_do_not_tell_who_lies_between_a_border_and_the_threshold(
    bins: list[int], data: st.DataObject
) -> None:
    flagged = sum(bins[13:]) + data.draw(st.integers(0, bins[12]))  # the threshold lies in a bin
    month = MonthTally("proef", "model", "2026-01", scored=sum(bins), flagged=flagged, scores=tuple(bins))
    drift = drift_of_score(month, SCORES, 0.63, shown=True)
    for table in (drift.table, drift.finer):
        assert table is not None
        above = 0
        for row in reversed(list(table.rows.values())[1:]):
            if row is not None:
                assert row.size >= SMALLEST_COUNT
                above += row.size
                assert abs(above - flagged) >= SMALLEST_COUNT


@pytest.mark.parametrize(
    ("more", "versions", "shown"),
    [(0, {"2": 400}, True), (3, {"2": 400}, False), (0, {"1": 100, "2": 300}, False), (10, {"1": 1, "2": 399}, True)],
    ids=["all by this threshold", "by another version", "by two that differ by nobody", "by two that differ enough"],
)
def test_the_border_at_the_threshold_is_shown_when_it_tells_of_nobody_who_was_flagged_by_another(
    more: int, versions: dict[str, int], shown: bool
) -> None:
    above = 7 * 20
    month = MonthTally(
        "proef", "model", "2026-01", versions=versions, scored=400, flagged=above + more, scores=(20,) * 20
    )
    finer = drift_of_score(month, SCORES, 0.65, shown=True).finer
    assert finer is not None and ("0.65" in borders_of(finer)) is shown


def test_nothing_is_shown_of_a_month_of_which_the_number_is_hidden() -> None:
    month = replace(_feature(200, 300, 300, 200), scores=(50,) * 20)
    assert not drift_of_features(month, {"x": REFERENCE}, shown=False)[0].seen
    drift = drift_of_score(month, SCORES, 0.63, shown=False)
    assert drift.table.total is None and drift.psi is None
    assert drift.finer is not None and drift.finer.total is None


def test_a_feature_whose_bins_are_other_ones_is_not_compared() -> None:
    assert drift_of_features(_feature(100, 200, 300), {"x": REFERENCE}, shown=True)[0].shift is Shift.ONBEKEND
    assert drift_of_features(_feature(1, 2), {}, shown=True) == ()
