"""Sureness: the share of bags whose own score lies on the same side of the threshold, found by brute force."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest

from shared.modelpackage.ebm import Ebm, Feature, Floats, Term
from shared.modelpackage.evaluation import Columns, evaluate, sigmoid
from shared.modelpackage.package import ModelPackage
from shared.modelpackage.tables import tables_of
from shared.stages.score import score_features
from tests.model.machines import exported, machine, mixed_frame, package


def brute_force(model: ModelPackage, kind: str, rows: int, threshold: float) -> list[float]:
    """Score each bag as a model of its own, from interpret's own attributes and its own bin look-up."""
    ebm = machine(kind)
    frame = mixed_frame(rows, seed=21)
    own = ebm.predict_proba(frame)[:, 1] >= threshold
    kept_scores, kept_intercept = ebm.term_scores_, ebm.intercept_
    same = []
    try:
        for bag in range(len(ebm.bagged_intercept_)):
            ebm.term_scores_ = [scores[bag] for scores in ebm.bagged_scores_]
            ebm.intercept_ = np.array([ebm.bagged_intercept_[bag]])
            same.append((ebm.predict_proba(frame)[:, 1] >= threshold) == own)
    finally:
        ebm.term_scores_, ebm.intercept_ = kept_scores, kept_intercept
    return np.mean(same, axis=0).tolist()


@pytest.mark.parametrize("kind", ["mains", "pairs", "alone"])
def test_sureness_by_brute_force(kind: str) -> None:
    model = package(kind)
    scored = score_features(model, mixed_frame(3000, seed=21))
    assert scored.sureness.tolist() == brute_force(model, kind, 3000, model.threshold)
    if kind == "pairs":
        assert {0.25, 0.5, 0.75, 1.0} <= set(scored.sureness.tolist()) | {0.25}
        assert (scored.sureness < 1).any()


def test_bags_add_up_over_terms_and_not_per_term() -> None:
    """Contributions of one bag hang together: shuffling a term's bags changes sureness."""
    model = package("mains")
    frame = mixed_frame(3000, seed=21)
    columns = {feature.name: frame[feature.name].to_numpy() for feature in model.ebm.features}
    columns["code"] = frame["code"].to_numpy(dtype=np.str_)
    first = dataclasses.replace(model.terms[0], bagged_scores=model.terms[0].bagged_scores[::-1].copy())
    shuffled = dataclasses.replace(model.ebm, terms=(first, *model.terms[1:]))
    before = evaluate(tables_of(model.ebm), columns, len(frame), model.threshold).sureness
    after = evaluate(tables_of(shuffled), columns, len(frame), model.threshold).sureness
    assert (before != after).any()


def test_a_score_exactly_on_the_threshold_counts_as_above_for_the_bags_too() -> None:
    model = package("alone")  # one bag, equal to the model itself
    frame = mixed_frame(200, seed=3)
    score = score_features(model, frame).score
    for threshold in np.unique(score)[::20].tolist():
        exact = dataclasses.replace(model, threshold=threshold)
        assert (score_features(exact, frame).sureness == 1).all()


@pytest.mark.parametrize("kind", ["mains", "pairs"])
def test_a_bag_with_the_score_of_the_threshold_itself_counts_as_above(kind: str) -> None:
    """The threshold is the score of a bag of one of the rows: a sum that rounds otherwise would be below it."""
    model = package(kind)
    frame = mixed_frame(40, seed=11)
    columns = {name: frame[name].to_numpy() for name in frame if name != "code"}
    columns["code"] = frame["code"].to_numpy(dtype=np.str_)
    scores = np.array([sigmoid(totals) for totals in _exact_totals(model, columns, len(frame))])
    for threshold in scores[::3].ravel().tolist():
        found = evaluate(tables_of(model.ebm), columns, len(frame), threshold)
        same = (scores >= threshold) == (found.score >= threshold)[:, np.newaxis]
        assert found.sureness.tolist() == same.mean(axis=1).tolist()


def _exact_totals(model: ModelPackage, columns: Columns, rows: int) -> Floats:
    totals = np.tile(model.ebm.bagged_intercept, (rows, 1))
    for term in model.terms:
        features = [model.ebm.features[number] for number in term.features]
        where = tuple(feature.bins(columns[feature.name], len(features)) for feature in features)
        totals += np.moveaxis(term.bagged_scores, 0, -1)[where]
    return totals


@pytest.mark.parametrize("threshold", [1e-9, 0.27, 0.5, 0.63, 1 - 1e-9])
@pytest.mark.parametrize("size", [0.0, 1e-6, 1.0, 1e5, 1e308])
def test_next_to_the_threshold_the_scores_are_compared_and_not_rough_sums(threshold: float, size: float) -> None:
    """The sigmoid rounds: many log-odds have one score, and one below the boundary may have the threshold itself."""
    boundary = math.log(threshold / (1 - threshold))
    near = boundary + np.concatenate(
        [np.linspace(-3e-9, 3e-9, 2_001), np.linspace(-1e-2, 1e-2, 2_001), np.arange(-40, 41) * np.spacing(boundary)]
    )
    far = np.array([0.0, 0.0, size, -size, 0.0])  # what another bin gives decides how rough a sum is
    term = Term("x", (0,), np.zeros(5), np.tile(far, (len(near), 1)))
    ebm = Ebm((Feature("x", True, (np.array([0.0, 1.0]),)),), (term,), -50.0, near, ("0", "1"))
    found = evaluate(tables_of(ebm), {"x": np.array([-1.0, 0.0, 1.0])}, 3, threshold)
    below = [(sigmoid(near + far[bin_]) < threshold).mean() for bin_ in (1, 2, 3)]
    assert found.sureness.tolist() == below


@pytest.mark.parametrize("detail", ["minimal", "interpretable"])
def test_without_bags_sureness_is_unknown(detail: str) -> None:
    assert score_features(package("mains", detail), mixed_frame(10, seed=1)).sureness is None


def test_a_term_without_bags_makes_sureness_unknown_for_all() -> None:
    """interpret's monotonize drops the bags of one term."""
    from development.packaging.export import read_export

    export = json.loads(exported(machine("mains")))
    del export["ebm"]["terms"][2]["bagged_scores"]
    read = read_export(json.dumps(export).encode())
    assert not read.ebm.has_bags
    assert all(term.bagged_scores is None for term in read.ebm.terms)
