"""The privacy guard finds every planted small bin, and says when it cannot judge."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from development.packaging.build import build_package
from development.packaging.errors import PackagingRefused
from development.packaging.export import read_export
from development.packaging.guard import Verdict, is_rounded, judge_export
from development.training.cuts import CANDIDATES
from tests.model.machines import DETAILS, POLICY, exported, machine

GOOD: dict[str, Any] = {
    "version": "1.0",
    "ebm": {
        "outputs": [{"task": "classification", "classes": [0, 1], "link": "logit", "link_param": "nan"}],
        "intercept": [0.1],
        "bagged_intercept": [0.1, 0.2],
        "features": [
            {"name": "a", "type": "continuous", "cuts": [[-500.0, 0.01, 365.0]]},
            {"name": "b", "type": "nominal", "categories": [["0", "1"]]},
        ],
        "terms": [
            {
                "term_features": ["a"],
                "scores": [0.0, 0.1, 0.2, 0.3, -0.2, 0.0],
                "bagged_scores": [[0.0, 0.1, 0.2, 0.3, -0.2, 0.0], [0.0, 0.2, 0.1, 0.3, -0.3, 0.0]],
                "bin_weights": [0.0, 10.0, 31.0, 40.0, 59.0, 0.0],
            },
            {
                "term_features": ["b"],
                "scores": [0.0, 0.4, -0.4, 0.0],
                "bagged_scores": [[0.0, 0.4, -0.4, 0.0], [0.0, 0.5, -0.5, 0.0]],
                "bin_weights": [0.0, 11.0, 129.0, 0.0],
            },
            {
                "term_features": ["a", "b"],
                "scores": np.zeros((6, 4)).tolist(),
                "bagged_scores": np.zeros((2, 6, 4)).tolist(),
                "bin_weights": [
                    [0, 0, 0, 0],
                    [0, 0, 10, 0],
                    [0, 11, 20, 0],
                    [0, 0, 40, 0],
                    [0, 0, 59, 0],
                    [0, 0, 0, 0],
                ],
            },
        ],
    },
}


def verdict_after(change) -> tuple[Verdict, str]:
    export = deepcopy(GOOD)
    change(export["ebm"])
    report = judge_export(read_export(json.dumps(export).encode()))
    return report.verdict, "; ".join(report.reasons)


def weights(term: int, *at: int, value: float):
    def change(ebm: dict[str, Any]) -> None:
        place = ebm["terms"][term]["bin_weights"]
        for index in at[:-1]:
            place = place[index]
        place[at[-1]] = value

    return change


def test_ten_people_in_every_bin_and_rounded_cuts_pass() -> None:
    assert verdict_after(lambda _: None) == (Verdict.PASSED, "")


@pytest.mark.parametrize(("term", "at"), [(0, (1,)), (0, (2,)), (0, (3,)), (0, (4,)), (1, (1,)), (1, (2,))])
@pytest.mark.parametrize("people", [0, 1, 9])
def test_a_planted_small_bin_is_caught_wherever_it_lies(term: int, at: tuple[int, ...], people: int) -> None:
    verdict, reasons = verdict_after(weights(term, *at, value=people))
    assert verdict is Verdict.FAILED
    assert reasons.startswith("ab"[term])


@pytest.mark.parametrize("at", [0, 5])
@pytest.mark.parametrize(("people", "expected"), [(0, Verdict.PASSED), (9, Verdict.FAILED), (10, Verdict.PASSED)])
def test_the_bins_for_missing_and_unknown_may_only_be_empty_or_large(at: int, people: int, expected: Verdict) -> None:
    assert verdict_after(weights(0, at, value=people))[0] is expected


@pytest.mark.parametrize(("people", "expected"), [(0, Verdict.PASSED), (1, Verdict.FAILED), (9, Verdict.FAILED)])
def test_a_cell_of_two_features_is_empty_or_large(people: int, expected: Verdict) -> None:
    verdict, reasons = verdict_after(weights(2, 3, 1, value=people))
    assert verdict is expected
    assert ("a__b" in reasons) is (expected is Verdict.FAILED)


def test_weighted_counts_cannot_be_judged() -> None:
    assert verdict_after(weights(0, 1, value=10.5))[0] is Verdict.CANNOT_JUDGE


def test_people_with_a_weight_of_ten_each_are_not_taken_for_ten_people() -> None:
    def tenfold(ebm: dict[str, Any]) -> None:
        for term in ebm["terms"]:
            term["bin_weights"] = (np.array(term["bin_weights"]) // 10 * 10).tolist()

    assert verdict_after(tenfold)[0] is Verdict.FAILED


def test_no_counts_cannot_be_judged() -> None:
    verdict, reasons = verdict_after(lambda ebm: ebm["terms"][1].pop("bin_weights"))
    assert verdict is Verdict.CANNOT_JUDGE
    assert "no counts" in reasons


@pytest.mark.parametrize("cut", [480.51, 0.015625, 364.25, 2271.0])
def test_a_cut_that_follows_the_data_is_caught_and_not_repeated(cut: float) -> None:
    def plant(ebm: dict[str, Any]) -> None:
        ebm["features"][0]["cuts"] = [sorted([*ebm["features"][0]["cuts"][0][:2], cut + 1000])]

    verdict, reasons = verdict_after(plant)
    assert verdict is Verdict.FAILED
    assert "1 of 3 cuts" in reasons
    assert str(cut) not in reasons


def test_every_candidate_cut_of_ours_is_rounded() -> None:
    assert all(is_rounded(cut) for cuts in CANDIDATES.values() for cut in cuts)


@pytest.mark.parametrize("detail", DETAILS)
def test_a_default_ebm_is_refused_at_every_detail_and_a_reason_is_carried(detail: str) -> None:
    export = exported(machine("mains"), detail)
    with pytest.raises(PackagingRefused, match="accept-unguarded") as found:
        build_package(export, POLICY)
    assert ("cannot judge" in str(found.value)) is (detail == "minimal")
    with pytest.raises(PackagingRefused):
        build_package(export, POLICY, accept_unguarded="   ")
    files = build_package(export, POLICY, accept_unguarded="the city of X accepts this")
    for name in ("card.json", "card.md", "MANIFEST.json"):
        assert b"the city of X accepts this" in files[name]


def test_a_model_that_passes_carries_no_reason() -> None:
    files = build_package(json.dumps(GOOD).encode(), POLICY, accept_unguarded="not needed")
    assert json.loads(files["MANIFEST.json"])["unguarded_reason"] is None
    assert b"not needed" not in b"".join(files.values())


def test_no_counts_bounds_or_histograms_are_packaged() -> None:
    files = build_package(exported(machine("pairs")), POLICY, accept_unguarded="test")
    for word in (
        b"bin_weights",
        b"histogram",
        b"num_unique",
        b'"min"',
        b'"max"',
        b"standard_deviations",
        b"bag_weights",
    ):
        assert not any(word in content for content in files.values())
