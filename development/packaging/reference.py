"""Reference distributions: how features and score were spread in training, too coarse to point at anyone."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from development.packaging.guard import MIN_PEOPLE
from shared.modelpackage.ebm import Ebm, Floats

MAX_BINS = 10
SCORE_EDGES = tuple(round(edge / 20, 2) for edge in range(1, 20))


def reference_distributions(ebm: Ebm, frame: pd.DataFrame, score: Floats) -> dict[str, Any]:
    """Return the content of reference.json: per continuous feature and for the score, edges and shares.

    A value belongs to the first bin whose upper edge lies above it. Edges are the model's own cuts, merged until
    every bin holds at least ten rows and there are at most ten; shares are rounded to three decimals.
    """
    features = {
        feature.name: _distribution(frame[feature.name].dropna().to_numpy(dtype=np.float64), level)
        for feature in ebm.features
        if isinstance(level := feature.levels[0], np.ndarray)
    }
    return {"features": features, "score": _distribution(score, np.array(SCORE_EDGES))}


def _distribution(values: npt.NDArray[np.float64], edges: Floats) -> dict[str, list[float]]:
    kept = edges[_evenly(len(edges))] if len(edges) >= MAX_BINS else edges
    counts = np.bincount(np.searchsorted(kept, values, side="right"), minlength=len(kept) + 1)
    merged_edges: list[float] = []
    merged_counts = [0]
    for position, count in enumerate(counts.tolist()):
        merged_counts[-1] += count
        rest = int(counts[position + 1 :].sum())
        if position < len(kept) and merged_counts[-1] >= MIN_PEOPLE and rest >= MIN_PEOPLE:
            merged_edges.append(float(kept[position]))
            merged_counts.append(0)
    total = max(1, len(values))
    return {"edges": merged_edges, "shares": [round(count / total, 3) for count in merged_counts]}


def _evenly(length: int) -> npt.NDArray[np.intp]:
    return np.unique(np.linspace(0, length - 1, MAX_BINS - 1).round().astype(np.intp))
