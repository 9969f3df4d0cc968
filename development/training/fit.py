"""Fits the EBM on bins that are already chosen."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from interpret.glassbox import ExplainableBoostingClassifier

from development.training.directions import constraints

SEED = 20_261_101
OUTER_BAGS = 16


def fit(
    features: pd.DataFrame,
    outcome: npt.NDArray[np.int64],
    cuts: Mapping[str, list[float]],
    weights: npt.NDArray[np.float64] | None = None,
) -> ExplainableBoostingClassifier:
    """Return an EBM without interactions, on these cuts alone; the same input gives the same model.

    One thread and a fixed seed. The counts that the model keeps per bin are numbers of rows, also when rows are
    weighted, so that the privacy guard judges people and not weights.
    """
    names = list(cuts)
    table = features[names].astype("float64")
    ebm = ExplainableBoostingClassifier(
        feature_names=names,
        feature_types=[cuts[name] for name in names],
        monotone_constraints=constraints(names),
        interactions=0,
        outer_bags=OUTER_BAGS,
        learning_rate=0.02,
        max_leaves=2,  # one cut at a time: small steps on few bins
        n_jobs=1,
        random_state=SEED,
    )
    ebm.fit(table, outcome, sample_weight=weights)
    for term, name in enumerate(names):
        bins = np.searchsorted(np.array(cuts[name]), table[name].to_numpy(), side="right") + 1
        ebm.bin_weights_[term] = np.bincount(bins, minlength=len(cuts[name]) + 3).astype(np.float64)
    return ebm


def export(ebm: ExplainableBoostingClassifier) -> bytes:
    """Return the EBM as interpret's JSON with every detail; the packager takes out what may not leave."""
    buffer = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="JSON formats are in beta", category=UserWarning)
        ebm.to_json(buffer, detail="all")
    return buffer.getvalue().encode()
