"""The same model for those we are compared with: made from the package itself, so that nobody has another one."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from interpret.glassbox import ExplainableBoostingClassifier

from benchmarks.measuring import ROOT
from shared.adapters.packages import load_package
from shared.modelpackage.package import ModelPackage

type Floats = npt.NDArray[np.float64]


def package_in_use() -> ModelPackage:
    """Return the packaged model, verified."""
    (folder,) = (path.parent for path in (ROOT / "models").glob("*/MANIFEST.json"))
    return load_package(folder)


def interpret_model(package: ModelPackage) -> ExplainableBoostingClassifier:
    """Return interpret's own model with the terms of a package; of one with numbers alone."""
    exported = package.ebm
    model = ExplainableBoostingClassifier()
    fitted = {
        "feature_names_in_": list(package.feature_names),
        "n_features_in_": len(exported.features),
        "feature_types_in_": ["continuous"] * len(exported.features),
        "bins_": [list(feature.levels) for feature in exported.features],
        "term_features_": [term.features for term in exported.terms],
        "term_names_": list(package.term_names),
        "term_scores_": [term.scores for term in exported.terms],
        "bin_weights_": [np.ones(term.scores.shape) for term in exported.terms],
        "intercept_": np.array([exported.intercept]),
        "classes_": np.array([0, 1]),
        "link_": "logit",
        "link_param_": float("nan"),
        "has_fitted_": True,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, value in fitted.items():
            setattr(model, name, value)
    return model


def each_bag(package: ModelPackage, model: Any) -> Iterator[Any]:
    """Yield interpret's model with the terms of each bag in turn; afterwards it is as it was."""
    kept = model.term_scores_, model.intercept_
    assert package.ebm.bagged_intercept is not None
    for bag, intercept in enumerate(package.ebm.bagged_intercept):
        model.term_scores_ = [term.bagged_scores[bag] for term in package.terms]
        model.intercept_ = np.array([intercept])
        yield model
    model.term_scores_, model.intercept_ = kept


def rows_of(package: ModelPackage, size: int, seed: int = 8) -> dict[str, Floats]:
    """Return columns of rows as the package's reference says that people are, each feature drawn by itself.

    The same seed gives the same rows.
    """
    drawn = np.random.default_rng(seed)
    columns = {}
    for name in package.feature_names:
        reference = package.reference["features"][name]
        edges, shares = np.array(reference["edges"]), np.array(reference["shares"])
        values = np.concatenate([edges[:1] - 1.0, edges])
        columns[name] = drawn.choice(values, size, p=shares / shares.sum())
    return columns
