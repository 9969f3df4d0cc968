"""What the report says of the model is what the package does: each shape, its margin, its weight, and its names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shared.levensonderhoud.sentences import NO_VALUES
from shared.modelpackage.ebm import Feature
from shared.modelpackage.package import ModelPackage, read_package
from shared.monitoring.report.about_model import shape
from shared.monitoring.report.bins import names_of
from shared.monitoring.report.document import Figure
from shared.monitoring.report.effects import Effect, by_importance, effects_of
from tests.house.repository import ROOT


@pytest.fixture(scope="module")
def package() -> ModelPackage:
    (folder,) = Path(ROOT / "models").glob("*-1.0.0")
    return read_package({path.name: path.read_bytes() for path in folder.iterdir()})


@pytest.fixture(scope="module")
def effects(package: ModelPackage) -> tuple[Effect, ...]:
    return effects_of(package, NO_VALUES)


def test_every_shape_is_what_the_model_adds(package: ModelPackage, effects: tuple[Effect, ...]) -> None:
    assert len(effects) == 15
    usual = {feature.name: 0.0 for feature in package.ebm.features}
    for at, effect in enumerate(effects):
        cuts = np.asarray(package.ebm.features[at].levels[0])
        inside = [float(cuts[0]) - 1, *(float(cut) for cut in cuts)]  # a cut belongs to the bin above it
        columns = {name: np.full(len(inside), value) for name, value in usual.items()}
        columns[effect.name] = np.array(inside)
        added = package.evaluate(columns, len(inside)).contributions[:, at]
        assert effect.values == tuple(added)
        assert len(effect.bins) == len(effect.values)
        assert len(set(effect.bins)) == len(effect.bins)


def test_the_margin_is_where_the_bags_lie(package: ModelPackage, effects: tuple[Effect, ...]) -> None:
    for term, effect in zip(package.terms, effects, strict=True):
        assert term.bagged_scores is not None
        assert effect.between is not None
        known = term.bagged_scores[:, 1:-1]
        assert [low for low, _ in effect.between] == known.min(axis=0).tolist()
        assert [high for _, high in effect.between] == known.max(axis=0).tolist()


def test_a_package_without_bags_has_no_margin_and_the_table_says_so(package: ModelPackage) -> None:
    terms = tuple(replace(term, bagged_scores=None) for term in package.terms)
    bare = replace(package, ebm=replace(package.ebm, terms=terms, bagged_intercept=None))
    (*_, last) = effects_of(bare, {})
    assert last.between is None
    figure = shape(last, -1, 1).blocks[-1]
    assert isinstance(figure, Figure)
    assert "Hoe zeker" in figure.table.note


def test_the_weight_is_the_mean_size_over_the_reference(package: ModelPackage, effects: tuple[Effect, ...]) -> None:
    by_name = {effect.name: effect for effect in effects}
    partner = by_name["has_partner"]  # two bins, both in the reference
    shares = package.reference["features"]["has_partner"]["shares"]
    expected = sum(share * abs(value) for share, value in zip(shares, partner.values, strict=True)) / sum(shares)
    assert partner.importance == pytest.approx(expected)
    ordered = [effect.importance for effect in by_importance(effects)]
    assert ordered == sorted(ordered, key=lambda weight: -(weight or 0))


def test_bins_that_the_reference_took_together_count_alike(package: ModelPackage, effects: tuple[Effect, ...]) -> None:
    income = next(effect for effect in effects if effect.name == "sum_inkomen_bruto_value")
    shares = package.reference["features"]["sum_inkomen_bruto_value"]["shares"]
    zero, some, more, most = (abs(value) for value in income.values)
    known = shares[0] * zero + shares[1] * (some + more) / 2 + shares[2] * most
    unknown = package.reference["features"]["sum_inkomen_bruto_was_mean_imputed"]["shares"][1]
    assert income.importance == pytest.approx((1 - unknown) * known / sum(shares) + unknown * some, abs=1e-3)


def test_a_number_that_is_no_value_is_not_shown_as_one(effects: tuple[Effect, ...]) -> None:
    by_name = {effect.name: effect.bins for effect in effects}
    assert by_name["days_since_last_relocation"][-1] == "50.000 of meer, of geen gegevens"
    assert by_name["days_since_last_dienst_end"][-1] == "365 of meer, of geen eerdere uitkering"


@pytest.mark.parametrize(
    ("cuts", "unit", "names"),
    [
        ([1.0], "ja of nee", ("nee", "ja")),
        ([1.0, 2.0], "adressen", ("0", "1", "2 of meer")),
        ([30.0, 1095.0], "dagen", ("minder dan 30", "30 tot 1.095", "1.095 of meer")),
        (
            [-500.0, 0.0, 0.01, 500.0],
            "euro",
            ("minder dan −500", "−500 tot 0", "0", "meer dan 0 tot 500", "500 of meer"),
        ),
        ([0.01, 0.5], "van 0 tot 1", ("0", "meer dan 0 tot 50", "50 of meer")),
        ([1.0, 30000.0], "duizendsten van een procent", ("0", "meer dan 0 tot 30", "30 of meer")),
    ],
)
def test_groups_of_values_have_names_that_a_person_reads(cuts: list[float], unit: str, names: tuple[str, ...]) -> None:
    assert names_of(Feature("x", True, (np.array(cuts),)), unit) == names


def test_a_category_is_named_by_what_is_in_it() -> None:
    assert names_of(Feature("x", False, ({"rood": 1, "geel": 2, "oranje": 1},)), "") == ("rood, oranje", "geel")
