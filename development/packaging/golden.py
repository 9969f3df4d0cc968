"""Fifty golden cases: made from the model's own bins, so that they hold nobody's values, and judged by interpret."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from development.packaging.errors import PackagingRefused
from development.packaging.judge import judged
from shared.modelpackage.ebm import Ebm, Feature
from shared.modelpackage.evaluation import evaluate
from shared.modelpackage.imputation import Imputation
from shared.modelpackage.package import GOLDEN_TOLERANCE
from shared.modelpackage.tables import tables_of

CASES = 50


def golden_cases(plain: dict[str, Any], ebm: Ebm, imputation: Imputation | None, threshold: float) -> dict[str, Any]:
    """Return the content of golden.json: feature values, and the score and contributions that interpret gives.

    Values lie on, below and between cuts and beyond the outer ones; categories include one that does not exist, and
    an income that is unknown. Refuses when our own evaluation differs from interpret's.
    """
    names = [feature.name for feature in ebm.features]
    values = {feature.name: _spread(feature, imputation) for feature in ebm.features}
    columns: dict[str, npt.NDArray[np.generic]] = {
        feature.name: np.array([np.nan if value is None else value for value in values[feature.name]], dtype=np.float64)
        if feature.continuous
        else np.array(values[feature.name], dtype=np.str_)
        for feature in ebm.features
    }
    if imputation is not None:
        columns = imputation.apply(columns)  # interpret knows nothing of it: it lives outside the EBM
    frame = pd.DataFrame({name: pd.Series(columns[name].tolist(), dtype=_dtype(columns[name])) for name in names})
    score, contributions = judged(plain, frame)
    own = evaluate(tables_of(ebm), columns, CASES, threshold)
    differs = max(np.abs(own.score - score).max(), np.abs(own.contributions - contributions).max(initial=0.0))
    if not differs <= GOLDEN_TOLERANCE:
        raise PackagingRefused(
            "Our evaluation of this EBM differs from that of interpret.",
            where="golden cases",
            next_step="Report this as a defect and attach the export.",
        )
    terms = [term.name for term in ebm.terms]
    return {
        "cases": [
            {
                "features": {name: values[name][case] for name in names},
                "score": float(score[case]),
                "contributions": dict(zip(terms, contributions[case].tolist(), strict=True)),
            }
            for case in range(CASES)
        ]
    }


def _dtype(column: npt.NDArray[np.generic]) -> str:
    return "object" if column.dtype.kind == "U" else "float64"


def _spread(feature: Feature, imputation: Imputation | None) -> list[Any]:
    """Return one value per case: first all there are to try, each feature from another start, then mixed by a hash."""
    tries = _continuous_values(feature) if feature.continuous else _category_values(feature)
    if imputation is not None and feature.name == imputation.feature:
        tries = [None, *tries]
    return [tries[_pick(feature.name, case) % len(tries)] for case in range(CASES)]


def _pick(name: str, case: int) -> int:
    start = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])
    if case < CASES // 2:
        return start + case
    return int.from_bytes(hashlib.sha256(f"{name}/{case}".encode()).digest()[:4])


def _continuous_values(feature: Feature) -> list[Any]:
    cuts = sorted({float(cut) for level in feature.levels if isinstance(level, np.ndarray) for cut in level})
    if not cuts:
        return [0.0, 1.0]
    between = [(low + high) / 2 for low, high in itertools.pairwise(cuts)]
    below = [float(np.nextafter(cut, -np.inf)) for cut in cuts]
    return [cuts[0] - 1, *cuts, *between, *below, cuts[-1] + 1]


def _category_values(feature: Feature) -> list[Any]:
    known = sorted({category for level in feature.levels if not isinstance(level, np.ndarray) for category in level})
    return [*known, "(niet voorgekomen)"]
