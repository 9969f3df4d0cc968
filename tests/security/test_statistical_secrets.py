"""Attacks on a model package: no value of anybody it was trained on, and not who was among them, can be read from it.

Each attack first succeeds on a model that was made without our precautions, so that it would find something here too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from interpret.glassbox import ExplainableBoostingClassifier
from sklearn.metrics import roc_auc_score

from development.packaging.build import build_package
from development.packaging.guard import MIN_PEOPLE, is_rounded
from development.training.cuts import FEATURES
from development.training.train import INCOME, prepare, train
from shared.modelpackage.package import read_package
from tests.model.generated import feature_rows, outcomes
from tests.model.machines import exported

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("statistiek")]
# features of which a value can be of one person alone
TELLING = ("total_vermogen", "days_since_last_relocation", "days_since_last_dienst_end", INCOME)
REASON = "a test makes the package that nobody should"
POLICY = json.dumps({"name": "proef", "version": "1.0.0", "date": "2026-11-01", "threshold": 0.63}).encode()


@dataclass(frozen=True, eq=False)
class Trial:
    """Whom a model learnt from, others like them, and the two packages: ours, and one without precautions."""

    members: pd.DataFrame
    member_labels: npt.NDArray[np.int64]
    others: pd.DataFrame
    other_labels: npt.NDArray[np.int64]
    ours: Mapping[str, bytes]
    careless: Mapping[str, bytes]


@pytest.fixture(scope="module")
def trial() -> Trial:
    frame = feature_rows(6000, seed=1)
    labels = outcomes(frame, 0.3, seed=2)
    part = prepare(frame, labels)
    trained = train(frame, labels, 0.63, invented_people=True)
    members, known = part.features[part.learn], part.outcome[part.learn]
    people = feature_rows(len(members), seed=77)
    own = outcomes(people, 1.0, seed=78)
    others = people.assign(**{INCOME: people[INCOME].fillna(part.mean)})
    loose = ExplainableBoostingClassifier(
        interactions=0,
        outer_bags=2,
        max_bins=1024,
        min_samples_leaf=1,
        max_leaves=64,
        max_rounds=400,
        n_jobs=1,
        random_state=1,
    )
    loose.fit(members[list(FEATURES)], known)
    return Trial(
        members,
        known,
        others,
        own.loc[people["aanvraagnummer"]].to_numpy(),
        build_package(trained.export, POLICY, facts=trained.facts, accept_unguarded=REASON),
        build_package(exported(loose), POLICY, accept_unguarded=REASON),
    )


def numbers_in(files: Mapping[str, bytes]) -> set[float]:
    """Every number that stands in any file of a package."""
    found = set()
    for data in files.values():
        for text in re.findall(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", data.decode()):
            if len(text) < 30:
                found.add(float(text))
    return found


def rare_values(frame: pd.DataFrame, feature: str) -> set[float]:
    """Values that fewer than ten people have, and that nobody would have chosen as a round bound."""
    counted = frame[feature].value_counts()
    return {float(value) for value, people in counted.items() if people < MIN_PEOPLE and not is_rounded(float(value))}


def midpoints(frame: pd.DataFrame, feature: str) -> set[float]:
    """What lies midway between two people who follow each other: where a cut lies that follows the data."""
    values = np.unique(frame[feature].to_numpy(dtype=float))
    between = (values[:-1] + values[1:]) / 2
    return {float(value) for value in between if not is_rounded(float(value))}


def rebuilt(files: Mapping[str, bytes], frame: pd.DataFrame) -> set[float]:
    """The values of single people, or bounds between two of them, that stand in a package.

    A whole number counts where the model itself stands: elsewhere it may as well be a year or a number of rows.
    """
    sought = set().union(*(rare_values(frame, name) | midpoints(frame, name) for name in TELLING))
    of_the_model = {name: data for name, data in files.items() if name in ("ebm.json", "reference.json", "golden.json")}
    broken = {value for value in sought & numbers_in(files) if value % 1}
    return broken | (sought & numbers_in(of_the_model))


def test_no_value_of_one_person_and_no_bound_between_two_stands_in_the_package(trial: Trial) -> None:
    assert len(rebuilt(trial.careless, trial.members)) > 200, "the attack works where cuts follow the data"
    assert rebuilt(trial.ours, trial.members) == set()


def test_every_bound_in_the_package_is_one_that_a_person_would_choose(trial: Trial) -> None:
    package = read_package(dict(trial.ours))
    cuts = [
        float(cut)
        for feature in package.ebm.features
        for level in feature.levels
        if isinstance(level, np.ndarray)
        for cut in level
    ]
    assert len(cuts) > 20 and not [cut for cut in cuts if not is_rounded(cut)]


def guessed_membership(files: Mapping[str, bytes], trial: Trial) -> float:
    """How well members are told from others by how well the model knows their outcome: an AUC, 0.5 is chance."""
    package = read_package(dict(files))
    surprise = [
        _surprise(package.evaluate({name: frame[name].to_numpy(float) for name in FEATURES}, len(frame)).score, known)
        for frame, known in ((trial.members, trial.member_labels), (trial.others, trial.other_labels))
    ]
    member = np.repeat([1, 0], [len(each) for each in surprise])
    return float(roc_auc_score(member, -np.concatenate(surprise)))


def _surprise(scores: npt.NDArray[np.float64], known: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    chance = np.where(known == 1, scores, 1 - scores)
    return -np.log(np.clip(chance, 1e-12, 1))


def test_who_was_learnt_from_cannot_be_told_from_others(trial: Trial) -> None:
    assert guessed_membership(trial.careless, trial) > 0.6, "the attack works on a model that learns people by heart"
    assert abs(guessed_membership(trial.ours, trial) - 0.5) < 0.04


def test_each_bin_of_what_tells_people_apart_holds_at_least_ten_people(trial: Trial) -> None:
    """Counted again from who was learnt from: no step of the model is about fewer."""
    package = read_package(dict(trial.ours))
    for feature in package.ebm.features:
        if feature.name in TELLING:
            (cuts,) = [level for level in feature.levels if isinstance(level, np.ndarray)][:1]
            people = np.bincount(np.digitize(trial.members[feature.name], cuts), minlength=len(cuts) + 1)
            assert people.min() >= MIN_PEOPLE, feature.name
