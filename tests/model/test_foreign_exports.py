"""EBMs as other people make them: merged, edited, with privacy noise, weighted, on every kind of column."""

from __future__ import annotations

import copy
import functools
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from interpret.glassbox import ExplainableBoostingClassifier, merge_ebms
from interpret.privacy import DPExplainableBoostingClassifier

from development.packaging.build import build_package
from shared.modelpackage.package import read_package
from shared.stages.score import score_features
from tests.model.machines import POLICY, REASON, exported, mixed_frame, outcome

ROWS = 1200


@functools.cache
def table() -> tuple[pd.DataFrame, pd.Series]:
    frame = mixed_frame(ROWS, seed=1)
    return frame, outcome(frame, seed=2)


def fitted(frame: pd.DataFrame, y: Any, seed: int = 1, **settings: Any) -> ExplainableBoostingClassifier:
    small: dict[str, Any] = {"outer_bags": 2, "max_rounds": 40, "interactions": 1, "n_jobs": 1, "random_state": seed}
    return ExplainableBoostingClassifier(**(small | settings)).fit(frame, y)


@functools.cache
def plain() -> ExplainableBoostingClassifier:
    return fitted(*table())


def edited(edit) -> ExplainableBoostingClassifier:
    ebm = copy.deepcopy(plain())
    edit(ebm)
    return ebm


def merged() -> ExplainableBoostingClassifier:
    frame, y = table()
    return merge_ebms([fitted(frame[:600], y[:600]), fitted(frame[600:], y[600:], seed=2)])


def with_empties() -> ExplainableBoostingClassifier:
    frame, y = table()
    holes = frame.astype({"code": "object"})
    holes.loc[::9, "wealth"] = np.nan
    holes.loc[::5, "code"] = None
    return fitted(holes, y)


def on_other_types() -> ExplainableBoostingClassifier:
    frame, y = table()
    return fitted(frame.astype({"code": "category", "flag": "bool", "share": "float32"}), y)


def ordinal() -> ExplainableBoostingClassifier:
    order = ["x, y", "01", "1", "Ĳ", "-1"]
    kinds = ["continuous", "continuous", "continuous", order, "continuous", "continuous"]
    return fitted(*table(), feature_types=kinds)


def weighted() -> ExplainableBoostingClassifier:
    frame, y = table()
    weights = np.random.default_rng(1).uniform(0.5, 2, ROWS)
    return ExplainableBoostingClassifier(outer_bags=2, max_rounds=40, interactions=0, n_jobs=1).fit(frame, y, weights)


def private() -> DPExplainableBoostingClassifier:
    return DPExplainableBoostingClassifier(max_rounds=40, n_jobs=1, random_state=1).fit(*table())


# what was made -> (how, whether its bags are known, what the guard says)
FOREIGN = {
    "merged": (merged, True, "cannot judge"),
    "monotonized": (lambda: edited(lambda ebm: ebm.monotonize(0)), False, "failed"),
    "scaled": (lambda: edited(lambda ebm: ebm.scale("wealth", 0.5)), True, "failed"),
    "a term removed": (lambda: edited(lambda ebm: ebm.remove_terms(["code"])), True, "failed"),
    "trained with empty values": (with_empties, True, "failed"),
    "categories, booleans and singles": (on_other_types, True, "failed"),
    "ordinal": (ordinal, True, "failed"),
    "weighted": (weighted, True, "cannot judge"),
    "differentially private": (private, True, "cannot judge"),
    "true or false": (lambda: fitted(table()[0], table()[1].astype(bool)), True, "failed"),
}


@pytest.mark.filterwarnings("ignore::UserWarning")  # interpret warns of few bags, missing privacy bounds and the like
@pytest.mark.parametrize("name", FOREIGN)
def test_it_is_packaged_and_scored_as_interpret_does(name: str) -> None:
    make, bags, verdict = FOREIGN[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ebm = make()
    frame = mixed_frame(3000, seed=9)
    frame.loc[::7, "code"] = "unseen"
    for detail in ("minimal", "all"):
        model = read_package(build_package(exported(ebm, detail), POLICY, accept_unguarded=REASON))
        scored = score_features(model, frame)
        expected = ebm.predict_proba(frame[ebm.feature_names_in_])[:, 1]
        assert np.abs(scored.score - expected).max() <= 1e-12
        assert (scored.sureness is not None) is (bags and detail == "all")
    assert model.card["guard"]["verdict"] == verdict
