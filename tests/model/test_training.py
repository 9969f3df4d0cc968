"""Training: bins before fitting, argued directions, nobody in both parts, figures that are right."""

from __future__ import annotations

import functools
import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from development.packaging.build import build_package
from development.packaging.export import read_export
from development.packaging.guard import MIN_PEOPLE, Verdict, judge_export
from development.packaging.reference import reference_distributions
from development.training.cuts import CANDIDATES, FEATURES, choose_cuts, merged
from development.training.directions import DIRECTIONS, constraints
from development.training.labels import labels
from development.training.metrics import auc, calibration, confusion_per_group
from development.training.reweigh import reweigh
from development.training.split import split_in_time
from development.training.train import INCOME, Trained, income_mean, train, with_income
from shared.modelpackage.package import read_package
from shared.stages.score import score_features
from tests.model.conftest import CITY
from tests.model.generated import feature_rows, outcomes

CITY_POLICY = (CITY / "policy.json").read_bytes()


@functools.cache
def rows() -> pd.DataFrame:
    return feature_rows(24_000, seed=1)


@functools.cache
def groups() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {"geslacht": rng.choice(["man", "vrouw", None], len(rows()), p=[0.55, 0.4, 0.05])}, rows().index
    )


@functools.cache
def trained(reweigh_by: str | None = None) -> Trained:
    known = outcomes(rows(), 0.07, seed=2)
    return train(rows(), known, 0.63, groups=groups(), reweigh_by=reweigh_by, invented_people=True)


@pytest.mark.parametrize("reweigh_by", [None, "geslacht"])
def test_the_guard_passes_what_we_train_weighted_or_not(reweigh_by: str | None) -> None:
    report = judge_export(read_export(trained(reweigh_by).export))
    assert report.verdict is Verdict.PASSED, report.reasons


def test_training_again_gives_the_same_bytes() -> None:
    known = outcomes(rows(), 0.07, seed=2)
    shuffled = rows().sample(frac=1, random_state=3)
    again = train(shuffled, known, 0.63, groups=groups(), invented_people=True)
    assert again.export == trained().export
    assert again.facts == trained().facts


def test_reweighing_changes_the_model() -> None:
    assert trained("geslacht").export != trained().export


def test_effects_follow_the_argued_and_the_strong_published_directions() -> None:
    ebm = read_export(trained().export).ebm
    scores = {term.name: term.scores[1:-1] for term in ebm.terms}
    for name, direction in DIRECTIONS.items():
        assert (np.diff(scores[name]) * direction.sign >= 0).all()
    assert (
        scores["deelnames_started_percentage_last_year"][0]
        > 0.2
        > -0.1
        > scores["deelnames_started_percentage_last_year"][-1]
    )
    assert constraints(FEATURES).count(0) == len(FEATURES) - len(DIRECTIONS)


def test_the_bags_are_monotone_too() -> None:
    ebm = read_export(trained().export).ebm
    for term in ebm.terms:
        if term.name in DIRECTIONS:
            assert (np.diff(term.bagged_scores[:, 1:-1], axis=1) * DIRECTIONS[term.name].sign >= 0).all()


def test_a_trained_model_becomes_a_package_with_its_facts() -> None:
    facts = trained().facts
    policy = json.loads(CITY_POLICY) | {"income_mean": None}
    files = build_package(trained().export, json.dumps(policy).encode(), facts=facts)
    model = read_package(files)
    assert model.policy["income_mean"] == facts["income_mean"]
    assert model.card["invented_people"] and "verzonnen mensen" in files["card.md"].decode()
    manifest = json.loads(files["MANIFEST.json"])
    assert manifest["training_data"]["sha256"] and manifest["interpret_version"] == "0.7.8"
    assert model.unguarded_reason is None
    known = rows()[rows()[INCOME].notna()].head(20)
    assert score_features(model, known).score.shape == (20,)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 12), st.integers(0, 40)), min_size=1, max_size=400))
def test_every_bin_holds_ten_different_people(pairs: list[tuple[int, int]]) -> None:
    values, persons = (np.array(column) for column in zip(*pairs, strict=True))
    cuts = merged(values.astype(float), persons, [0.0, 1.0, 2.0, 5.0, 10.0])
    edges = [-np.inf, *cuts, np.inf]
    counts = [len(set(persons[(values >= low) & (values < high)].tolist())) for low, high in itertools.pairwise(edges)]
    assert not cuts or min(counts) >= MIN_PEOPLE
    assert set(cuts) <= {0.0, 1.0, 2.0, 5.0, 10.0}


def test_ten_rows_of_one_person_are_one_person() -> None:
    values, persons = np.repeat([0.0, 1.0], 20), np.array([*range(20), *[99] * 20])
    assert merged(values, persons, [1.0]) == []
    assert merged(values, np.arange(40), [1.0]) == [1.0]


def test_a_cut_that_is_not_rounded_cannot_be_a_candidate() -> None:
    with pytest.raises(ValueError, match="rounded"):
        merged(np.zeros(3), np.zeros(3), [2270.5])


def test_cuts_come_from_the_table_alone() -> None:
    features = with_income(rows(), 50.0)
    chosen = choose_cuts(features, rows()["persoon"])
    assert tuple(chosen) == FEATURES
    assert all(set(cuts) <= set(map(float, CANDIDATES[name])) for name, cuts in chosen.items())
    assert len(chosen["total_vermogen"]) > 8


def test_nobody_is_in_both_parts_and_the_test_comes_later() -> None:
    frame = rows()
    learn, test = split_in_time(frame["peilmoment"], frame["persoon"])
    assert not set(frame["persoon"][learn]) & set(frame["persoon"][test])
    assert frame["peilmoment"][learn].max() < frame["peilmoment"][test].min()
    assert 0.2 < test.mean() < 0.3
    left_out = ~learn & ~test
    assert left_out.any() and frame["persoon"][left_out].isin(frame["persoon"][test]).all()


def test_reweighing_by_hand() -> None:
    group = pd.Series(["a", "a", "a", "b", None])
    outcome = np.array([1, 1, 0, 0, 1])
    # N = 4 known, n(a) = 3, n(1) = 2: w(a,1) = 3*2/(4*2), w(a,0) = 3*2/(4*1), w(b,0) = 1*2/(4*1)
    assert reweigh(group, outcome).tolist() == [0.75, 0.75, 1.5, 0.5, 1.0]


def test_reweighing_makes_group_and_outcome_independent() -> None:
    rng = np.random.default_rng(1)
    outcome = rng.integers(0, 2, 500)
    group = pd.Series(np.where(rng.random(500) < 0.3 + 0.4 * outcome, "a", "b"))
    weights = reweigh(group, outcome)
    share = [np.average(outcome[group == name], weights=weights[group == name]) for name in "ab"]
    assert abs(share[0] - share[1]) < 1e-12
    assert abs(weights.sum() - 500) < 1e-9


def test_auc_and_its_interval_against_scikit_learn_and_the_bootstrap() -> None:
    rng = np.random.default_rng(7)
    outcome = rng.integers(0, 2, 600)
    score = np.round(rng.normal(outcome * 0.5, 1), 1)  # with ties
    found = auc(outcome, score)
    assert abs(found.value - roc_auc_score(outcome, score)) < 1e-12
    draws = [roc_auc_score(outcome[pick], score[pick]) for pick in rng.integers(0, 600, (800, 600))]
    low, high = np.quantile(draws, [0.025, 0.975])
    assert abs(found.low - low) < 0.012 and abs(found.high - high) < 0.012


def test_calibration_shows_no_small_groups() -> None:
    outcome = np.repeat([0, 1], 100)
    perfect = np.linspace(0, 1, 200)
    assert len(calibration(outcome, perfect)) == 1  # of five groups only the middle one has both outcomes
    mixed = np.tile([0, 1], 100)
    assert [row["uitkomst"] for row in calibration(mixed, perfect)] == [0.5] * 5


def test_confusion_hides_an_attribute_with_a_small_count_and_rounds_the_rest() -> None:
    outcome = np.tile([0, 0, 1, 1], 30)
    flagged = np.tile([True, False, True, False], 30)
    even = pd.DataFrame({"geslacht": ["man"] * 60 + ["vrouw"] * 60, "ouder": ["ja"] * 39 + ["nee"] * 81})
    found = confusion_per_group(outcome, flagged, even)
    assert {row["kenmerk"] for row in found} == {"geslacht"}  # "ja" has a count of 9
    assert all(value % 10 == 0 for row in found for name, value in row.items() if name in ("TP", "FP", "FN", "TN"))


def test_labels_are_investigated_cases_with_an_outcome_that_stood() -> None:
    kind = "onderzocht door handhaving"
    table = pd.DataFrame(
        [
            ("1", kind, "onrechtmatig"),
            ("2", kind, "rechtmatig"),
            ("3", kind, "geen medewerking"),
            ("4", kind, "onjuiste opvoer"),
            ("5", "gescreend", None),
            ("6", kind, "onrechtmatig"),
            ("6", "bezwaar ingesteld", None),
            ("6", "bezwaar afgehandeld", "gegrond"),
            ("7", kind, "onrechtmatig"),
            ("7", "bezwaar afgehandeld", "ongegrond"),
            ("8", kind, "onrechtmatig"),
            ("8", kind, "rechtmatig"),
            ("9", kind, "rechtmatig"),
            ("9", kind, "rechtmatig"),
        ],
        columns=["aanvraagnummer", "soort", "resultaat"],
    )
    assert labels(table).to_dict() == {"1": 1, "2": 0, "7": 1, "9": 0}


def test_the_income_mean_is_rounded_half_up_to_cents() -> None:
    assert income_mean(pd.Series([0.01, 0.02, np.nan])) == 0.02
    assert income_mean(pd.Series([0.0, 0.0, 0.01])) == 0.0
    assert income_mean(pd.Series([np.nan])) == 0.0


def test_reference_distributions_have_ten_people_in_every_bin() -> None:
    facts = trained().facts
    for name, spread in [*facts["reference"]["features"].items(), ("score", facts["reference"]["score"])]:
        assert len(spread["shares"]) == len(spread["edges"]) + 1, name
        assert abs(sum(spread["shares"]) - 1) < 0.006
        assert min(spread["shares"]) * len(rows()) >= 0 and all(share == round(share, 3) for share in spread["shares"])
    few = reference_distributions(read_export(trained().export).ebm, rows().head(25), np.full(25, 0.5))
    assert few["score"]["edges"] == [] and few["score"]["shares"] == [1.0]
    assert all(
        round(share * 25) >= MIN_PEOPLE
        for part in few["features"].values()
        for share in part["shares"]
        if part["edges"]
    )
