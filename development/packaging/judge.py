"""interpret as the judge: rebuilds the classifier from a plain EBM and lets interpret itself evaluate it.

interpret's own `_from_json` is private and only reads detail "all"; these are the attributes that predicting needs.
"""

from __future__ import annotations

from typing import Any

import interpret
import numpy as np
import pandas as pd
from interpret.glassbox import ExplainableBoostingClassifier

from shared.modelpackage.ebm import Floats

JUDGE = f"interpret-core {interpret.__version__}"


def rebuild_classifier(plain: dict[str, Any]) -> ExplainableBoostingClassifier:
    """Return interpret's classifier with the bins, scores and intercept of a plain EBM."""
    names = [feature["name"] for feature in plain["features"]]
    classifier = ExplainableBoostingClassifier()
    classifier.bins_ = [_bins(feature) for feature in plain["features"]]
    classifier.feature_names_in_ = names
    classifier.feature_types_in_ = [feature["type"] for feature in plain["features"]]
    classifier.n_features_in_ = len(names)
    classifier.term_features_ = [tuple(names.index(name) for name in term["features"]) for term in plain["terms"]]
    classifier.term_scores_ = [np.array(term["scores"], dtype=np.float64) for term in plain["terms"]]
    classifier.intercept_ = np.array([plain["intercept"]], dtype=np.float64)
    classifier.link_ = plain["link"]
    classifier.link_param_ = np.nan
    classifier.classes_ = np.array([0, 1])
    classifier.has_fitted_ = True
    return classifier


def judged(plain: dict[str, Any], frame: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the score and the contributions (rows by terms) that interpret gives to the rows of a frame."""
    classifier = rebuild_classifier(plain)
    score: Floats = classifier.predict_proba(frame)[:, 1]
    contributions: Floats = classifier.eval_terms(frame)
    return score, contributions


def _bins(feature: dict[str, Any]) -> list[Any]:
    if feature["type"] == "continuous":
        return [np.array(level, dtype=np.float64) for level in feature["cuts"]]
    return [
        {category: position for position, group in enumerate(level, start=1) for category in group}
        for level in feature["categories"]
    ]
