"""How good a model is: AUC with confidence interval, calibration, and errors per group; no small numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from development.packaging.guard import MIN_PEOPLE

type Floats = npt.NDArray[np.float64]
type Outcomes = npt.NDArray[np.int64]
type Mask = npt.NDArray[np.bool_]

_Z95 = 1.959963984540054


@dataclass(frozen=True)
class Auc:
    """The area under the ROC curve and its 95% confidence interval."""

    value: float
    low: float
    high: float


def auc(outcome: Outcomes, score: Floats) -> Auc:
    """Return the AUC with DeLong's interval: the variance of each case's share of rightly ordered pairs."""
    positive, negative = score[outcome == 1], score[outcome == 0]
    if len(positive) < 2 or len(negative) < 2:
        raise ValueError("an AUC needs at least two cases of each outcome")
    ranks = rankdata(np.concatenate([positive, negative]))
    wins = (ranks[: len(positive)] - rankdata(positive)) / len(negative)
    losses = 1 - (ranks[len(positive) :] - rankdata(negative)) / len(positive)
    value = float(wins.mean())
    deviation = math.sqrt(wins.var(ddof=1) / len(positive) + losses.var(ddof=1) / len(negative))
    return Auc(value, max(0.0, value - _Z95 * deviation), min(1.0, value + _Z95 * deviation))


def calibration(outcome: Outcomes, score: Floats, bins: int = 5) -> list[dict[str, Any]]:
    """Return per group of equal size, from low scores to high: mean score and share of positive outcomes, rounded."""
    rows = []
    for part in np.array_split(np.argsort(score, kind="stable"), bins):
        if min(outcome[part].sum(), len(part) - outcome[part].sum()) >= MIN_PEOPLE:
            rows.append(
                {
                    "gemiddelde score": round(float(score[part].mean()), 2),
                    "uitkomst": round(float(outcome[part].mean()), 2),
                }
            )
    return rows


def confusion(outcome: Outcomes, flagged: Mask) -> dict[str, int]:
    """Return the four counts TP, FP, FN and TN; positive is flagged as worth an investigation."""
    return {
        "TP": int((flagged & (outcome == 1)).sum()),
        "FP": int((flagged & (outcome == 0)).sum()),
        "FN": int((~flagged & (outcome == 1)).sum()),
        "TN": int((~flagged & (outcome == 0)).sum()),
    }


def confusion_per_group(outcome: Outcomes, flagged: Mask, groups: pd.DataFrame) -> list[dict[str, Any]]:
    """Return per attribute and group the confusion counts, rounded to tens.

    An attribute of which any group has a count below ten is left out as a whole, and rounding hides the rest: no
    hidden count can be found by subtracting.
    """
    rows: list[dict[str, Any]] = []
    for attribute in groups.columns:
        column = groups[attribute].astype("object")
        found = {str(name): confusion(outcome[here], flagged[here]) for name, here in _members(column)}
        if len(found) > 1 and min(min(counts.values()) for counts in found.values()) >= MIN_PEOPLE:
            rows += [{"kenmerk": attribute, "groep": name, **_tens(counts)} for name, counts in sorted(found.items())]
    return rows


def _members(column: pd.Series[Any]) -> list[tuple[Any, Mask]]:
    names = column.dropna().unique()
    return [(name, (column == name).to_numpy(dtype=np.bool_)) for name in names]


def _tens(counts: dict[str, int]) -> dict[str, int]:
    return {name: 10 * round(count / 10) for name, count in counts.items()}
