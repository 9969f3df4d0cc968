"""Kamiran–Calders reweighing: makes group and outcome independent in the training data."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd


def reweigh(group: pd.Series[str], outcome: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return w(g, y) = n(g)·n(y) / (N·n(g, y)) per row, over the rows whose group is known; 1 where it is unknown."""
    weights = np.ones(len(outcome))
    known = group.notna().to_numpy()
    total = int(known.sum())
    for name in group[known].unique():
        member = known & (group == name).fillna(False).to_numpy(dtype=np.bool_)
        for value in np.unique(outcome[known]):
            both = member & (outcome == value)
            if both.any():
                weights[both] = member.sum() * (known & (outcome == value)).sum() / (total * both.sum())
    return weights
