"""The package that the city's use case serves: what it holds, what it learned, and how it is made again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from development.model import POLICY, invented_package
from development.packaging.guard import Verdict, is_rounded
from development.packaging.policy import read_policy
from development.training.cuts import FEATURES
from shared.modelpackage.package import ModelPackage, read_package
from tests.model.conftest import CITY


def test_it_holds_everything_that_the_contract_asks_for(city: ModelPackage) -> None:
    assert city.feature_names == city.term_names == FEATURES
    assert city.threshold == 0.63 and city.policy["threshold_reason"]
    assert city.sample_share == 0 and city.policy["sample_share_reason"]
    assert city.policy["product_codes"] == [131, 135, 227]
    assert set(city.policy["labels"]) == set(city.policy["units"]) == set(FEATURES)
    assert city.imputation is not None and city.imputation.value > 0
    assert city.ebm.has_bags and city.unguarded_reason is None
    assert set(city.reference["features"]) == set(FEATURES) and city.reference["score"]["shares"]
    manifest = json.loads((CITY / "MANIFEST.json").read_bytes())
    assert manifest["interpret_version"] and manifest["training_data"]["sha256"]
    assert len(json.loads((CITY / "golden.json").read_bytes())["cases"]) == 50


def test_its_card_says_that_it_learned_from_invented_people(city: ModelPackage) -> None:
    page = (CITY / "card.md").read_text(encoding="utf-8")
    assert city.card["invented_people"]
    assert "verzonnen mensen" in page and "Vervang het" in page and "AUC" in page


def test_its_policy_is_the_one_in_development(city: ModelPackage) -> None:
    """After a change of the policy: `python -m development model`."""
    source = read_policy(POLICY.read_bytes(), trained_mean=city.policy["income_mean"])
    assert city.policy == source


def test_the_guard_passed_it_and_every_cut_is_rounded(city: ModelPackage) -> None:
    assert city.card["guard"]["verdict"] == Verdict.PASSED
    cuts = [cut for feature in city.ebm.features for level in feature.levels for cut in np.asarray(level).tolist()]
    assert cuts and all(map(is_rounded, cuts))


# What moves from the first to the second value, and which way (domain.md §8).
DIRECTIONS = {
    "deelnames_started_percentage_last_year": (0.0, 1.0, -1),
    "active_address_count": (1.0, 2.0, 1),
    "days_since_last_relocation": (400.0, 31.0 * 365, -1),
    "has_medebewoner": (0.0, 1.0, 1),
    "avg_percentage_maatregel": (0.0, 30_000.0, 1),
    "total_vermogen": (0.0, -30_000.0, -1),
    "afspraken_no_show_count_last_year": (0.0, 1.0, 1),
    "has_partner": (0.0, 1.0, -1),
    "applied_for_same_product_last_year": (0.0, 1.0, 1),
    "received_same_product_last_year": (0.0, 1.0, -1),
    "afspraken_no_contact_count_last_year": (0.0, 1.0, -1),
    "sum_inkomen_bruto_value": (0.0, 600.0, -1),
}


@pytest.mark.parametrize("name", DIRECTIONS)
def test_its_effects_follow_the_published_directions(name: str, city: ModelPackage) -> None:
    before, after, sign = DIRECTIONS[name]
    columns = {feature: np.zeros(2) for feature in FEATURES} | {name: np.array([before, after])}
    effect = np.diff(city.evaluate(columns, 2).contributions[:, FEATURES.index(name)])
    assert effect * sign > 0


def test_a_second_no_show_weighs_more_than_one(city: ModelPackage) -> None:
    columns = {name: np.zeros(3) for name in FEATURES} | {"afspraken_no_show_count_last_year": np.array([0.0, 1, 2])}
    effect = city.evaluate(columns, 3).contributions[:, FEATURES.index("afspraken_no_show_count_last_year")]
    assert effect[0] < effect[1] < effect[2]


def test_one_command_makes_such_a_package_from_invented_deliveries() -> None:
    policy = POLICY.read_bytes()
    files = invented_package(policy, applications=6000, seed=2)
    model = read_package(files)
    assert model.card["guard"]["verdict"] == Verdict.PASSED
    assert model.card["quality"]["AUC"]
    assert invented_package(policy, applications=6000, seed=2) == files
    other = invented_package(policy, applications=6000, seed=3)
    assert other["ebm.json"] != files["ebm.json"]
