"""An Explainable Boosting Machine as plain data, and the bins of its features. How it scores: `evaluation.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

type Floats = npt.NDArray[np.float64]
type Positions = npt.NDArray[np.intp]

MISSING_BIN = 0


@dataclass(frozen=True, eq=False)
class Feature:
    """A feature and its bins, per level: main effects use the first level, pairs the second when there is one.

    A continuous level is an ascending array of cuts, of which each belongs to the bin above it; a nominal level maps
    a category's text to its bin.
    """

    name: str
    continuous: bool
    levels: tuple[Floats | Mapping[str, int], ...]

    def bin_count(self, dimensions: int) -> int:
        """Return the number of bins at the level of a term of so many features, missing and unknown included."""
        level = self.level(dimensions)
        if isinstance(level, np.ndarray):
            return len(level) + 3
        return max(level.values(), default=0) + 2

    def bins(self, values: npt.NDArray[np.generic], dimensions: int) -> npt.NDArray[np.intp]:
        """Return the bin of each value at the level of a term of so many features."""
        level = self.level(dimensions)
        if isinstance(level, np.ndarray):
            return np.searchsorted(level, values, side="right") + 1
        uniques, inverse = np.unique(values, return_inverse=True)
        texts = map(category_text, uniques.tolist())
        unknown = self.bin_count(dimensions) - 1  # interpret's last bin: a category that was not there in training
        return np.array([level.get(text, unknown) for text in texts], dtype=np.intp)[inverse]

    def level(self, dimensions: int) -> Floats | Mapping[str, int]:
        """Return the cuts or categories in a term of so many features."""
        return self.levels[min(len(self.levels), dimensions) - 1]


@dataclass(frozen=True, eq=False)
class Term:
    """What one feature, or several together, add to the score: log-odds per bin, and per bag when it is known."""

    name: str
    features: tuple[int, ...]
    scores: Floats
    bagged_scores: Floats | None


@dataclass(frozen=True, eq=False)
class Ebm:
    """A binary EBM with logit link; positive is the second of `classes`."""

    features: tuple[Feature, ...]
    terms: tuple[Term, ...]
    intercept: float
    bagged_intercept: Floats | None
    classes: tuple[str, str]

    @property
    def has_bags(self) -> bool:
        """True when every term carries its bagged scores."""
        return self.bagged_intercept is not None


def category_text(value: object) -> str:
    """Return the text by which interpret knows a category: whole numbers without `.0`, booleans as 1 and 0."""
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, float | np.floating):
        text = str(float(value) + 0.0)  # + 0.0: minus zero is zero
        return text.removesuffix(".0")
    return str(value)
