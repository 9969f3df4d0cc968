"""Versions that order people alike: their flips are shown where no small number follows, and hidden where one does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from shared.adapters.packages import load_package
from shared.modelpackage.package import ModelPackage
from shared.modelregister.comparison import compare, stored_groupings
from shared.modelregister.flips import ruled_out
from shared.monitoring.disclosure import HIDDEN
from tests.modelregister.packages import CITY, folder_of_models, make_version
from tests.modelregister.small_models import small_model
from tests.modelregister.test_comparison import NAMES, attacked, many, people

NONE, PROPOSED, ACTIVE, BOTH = ((False, False), (False, True), (True, False), (True, True))
GROUPING = stored_groupings({"partner": "Partner"})
PLENTY = {(2, 2, 0): 100, (10, 2, 0): 30, (15, 2, 0): 60, (2, 2, 1): 50, (10, 2, 1): 20, (15, 2, 1): 40}


def shifted(package: ModelPackage, by: float) -> ModelPackage:
    return replace(package, ebm=replace(package.ebm, intercept=package.intercept + by))


def told(proposed: ModelPackage, numbers: dict[tuple[int, int, int], int] | None = None) -> tuple[list[Any], Any]:
    """Return how many flip in each way, in the order of the table, and the groups by whether they have a partner."""
    plain: Any = compare(many(numbers or PLENTY), small_model("a", 0.63), proposed, GROUPING, weeks=1.0).as_dict()
    assert [row["naam"] for row in plain["omslagen"]["rijen"]] == list(NAMES.values())
    (partner,) = plain["groepen"]
    return [row["aantal"] for row in plain["omslagen"]["rijen"]], partner["rijen"]


@pytest.mark.parametrize(
    ("proposed", "flips"),
    [
        (small_model("a", 0.45, "2"), [150, 50, 0, 100]),
        (small_model("a", 0.9, "2"), [HIDDEN, 0, HIDDEN, HIDDEN]),
        (shifted(small_model("a", 0.63, "2"), 1.0), [150, 50, 0, 100]),
        (small_model("a", 0.63, "2"), [200, 0, 0, 100]),  # another share of the sample, or other words
    ],
    ids=["threshold", "nobody left", "intercept", "only the sample"],
)
def test_what_flips_is_told_where_versions_order_alike(proposed: ModelPackage, flips: list[Any]) -> None:
    assert told(proposed)[0] == flips


def test_with_equal_marks_no_group_is_hidden() -> None:
    rows = told(small_model("a", 0.63, "2"))[1]
    assert [(row["naam"], row["aantal"], *list(row.values())[2:]) for row in rows] == [
        ("ja", 110, 40, 40),
        ("nee", 190, 60, 60),
    ]


def test_groups_beside_flips_that_are_shown_are_hidden_only_where_few_of_them_flip() -> None:
    assert HIDDEN not in {number for row in told(small_model("a", 0.45, "2"))[1] for number in row.values()}
    flips, rows = told(small_model("a", 0.45, "2"), PLENTY | {(10, 2, 1): 4})
    assert flips in ([150, 30, 0, 100], [150, 40, 0, 100])  # of 34: in tens, up or down
    assert {row["gemarkeerd door actief"] for row in rows} == {HIDDEN}


@pytest.mark.parametrize("few", [0, 4])
def test_a_few_that_flip_stay_hidden_as_nobody_does(few: int) -> None:
    numbers = PLENTY | {(10, 2, 0): few, (10, 2, 1): 0}
    assert told(small_model("a", 0.45, "2"), numbers)[0] == [HIDDEN, HIDDEN, 0, HIDDEN]


@settings(max_examples=40, deadline=None)
@given(people())
def test_nothing_below_ten_can_be_found_beside_the_flips_that_are_shown(results: Any) -> None:
    attacked(results, "a")


def test_what_the_packages_rule_out_follows_from_them_alone(tmp_path: Path) -> None:
    models, city = folder_of_models(tmp_path), load_package(CITY)

    def version(**changed: Any) -> ModelPackage:
        return load_package(make_version(models, "1.1.0", **changed))

    assert ruled_out(city, version(sample_share=0.05, sample_salt="z")) == (PROPOSED, ACTIVE)
    assert ruled_out(city, version(threshold=0.65)) == (PROPOSED,)
    assert ruled_out(city, version(threshold=0.6)) == (ACTIVE,)
    assert ruled_out(city, version(shift=0.1)) == (ACTIVE,)
    assert ruled_out(city, version(shift=-0.1)) == (PROPOSED,)
    assert ruled_out(small_model("a", 0.5), small_model("b", 0.5)) == ()
    terms = tuple(replace(term, scores=term.scores * 1.5) for term in city.ebm.terms)
    assert ruled_out(city, replace(city, ebm=replace(city.ebm, terms=terms))) == ()
    assert city.imputation is not None
    assert ruled_out(city, replace(city, imputation=replace(city.imputation, value=1.0))) == ()
