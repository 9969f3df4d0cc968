"""An Explainable Boosting Machine as plain data, and its evaluation with numpy alone.

The sum is taken term by term in package order, intercept first, and the exponent by the C library for one number at
a time: a row has the same bits whether it is scored alone or in a million, whatever vector unit the processor has.
`interpret` is the judge of this module in the tests (docs/adr/0001).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

type Floats = npt.NDArray[np.float64]
type Columns = Mapping[str, npt.NDArray[np.generic]]
type Bins = tuple[npt.NDArray[np.intp], ...]  # of rows in one term: an array for each of its features

MISSING_BIN = 0
UNKNOWN_BIN = -1  # interpret's last bin: a category that was not there in training
_CHUNK = 4_096  # rows at a time: the work, all bags of a row too, stays in the processor's cache
_CLOSE = 1e-9  # log-odds from the threshold within which rounding could matter
_FEW_CUTS, _MANY_VALUES = 32, 256  # where counting the cuts up to a value is many times faster than searching


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
        level = self._level(dimensions)
        if isinstance(level, np.ndarray):
            return len(level) + 3
        return max(level.values(), default=0) + 2

    def bins(self, values: npt.NDArray[np.generic], dimensions: int) -> npt.NDArray[np.intp]:
        """Return the bin of each value at the level of a term of so many features."""
        level = self._level(dimensions)
        if isinstance(level, np.ndarray):
            if len(level) <= _FEW_CUTS and len(values) >= _MANY_VALUES:
                passed = (np.asarray(values, dtype=np.float64) >= level[:, np.newaxis]).view(np.uint8)
                return passed.sum(axis=0, dtype=np.uint8, initial=1).astype(np.intp)
            return np.searchsorted(level, values, side="right") + 1
        uniques, inverse = np.unique(values, return_inverse=True)
        texts = map(category_text, uniques.tolist())
        return np.array([level.get(text, UNKNOWN_BIN) for text in texts], dtype=np.intp)[inverse]

    def _level(self, dimensions: int) -> Floats | Mapping[str, int]:
        return self.levels[min(len(self.levels), dimensions) - 1]


@dataclass(frozen=True, eq=False)
class Term:
    """What one feature, or several together, add to the score: log-odds per bin, and per bag when it is known."""

    name: str
    features: tuple[int, ...]
    scores: Floats
    bagged_scores: Floats | None

    @cached_property
    def look_up(self) -> Floats:
        """The scores of a bin on its last axis: the model's own, then those of the bags where they are known."""
        bags = () if self.bagged_scores is None else tuple(self.bagged_scores)
        return np.stack((self.scores, *bags), axis=-1)


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

    @cached_property
    def intercepts(self) -> Floats:
        """The model's own intercept, then those of the bags where they are known."""
        return np.append(self.intercept, () if self.bagged_intercept is None else self.bagged_intercept)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Per row: score (n), contributions in log-odds (n by terms, package order), sureness (n, None without bags)."""

    score: Floats
    contributions: Floats
    sureness: Floats | None


def category_text(value: object) -> str:
    """Return the text by which interpret knows a category: whole numbers without `.0`, booleans as 1 and 0."""
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, float | np.floating):
        text = str(float(value) + 0.0)  # + 0.0: minus zero is zero
        return text.removesuffix(".0")
    return str(value)


def sigmoid(log_odds: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)) without overflow, with the same bits for a number alone or among others."""
    magnitude = np.fromiter(map(math.exp, (-np.abs(log_odds)).tolist()), dtype=np.float64, count=len(log_odds))
    return np.where(log_odds >= 0, 1.0, magnitude) / (1.0 + magnitude)


def add_up(intercept: float, contributions: Floats) -> Floats:
    """Return intercept + sum of contributions per row, added in package order, intercept first."""
    total = np.full(len(contributions), intercept, dtype=np.float64)
    for term in range(contributions.shape[1]):
        total += contributions[:, term]
    return total


def evaluate(ebm: Ebm, columns: Columns, rows: int, threshold: float) -> Evaluation:
    """Return score, contributions and sureness for `rows` rows of finite numbers (or texts, for nominal features).

    Sureness is the share of bags whose own score lies on the same side of the threshold as the score.
    """
    contributions = np.empty((rows, len(ebm.terms)), dtype=np.float64, order="F")
    score = np.empty(rows, dtype=np.float64)
    sureness = np.empty(rows, dtype=np.float64) if ebm.has_bags else None
    for start in range(0, rows, _CHUNK):
        part = slice(start, min(start + _CHUNK, rows))
        totals = np.tile(ebm.intercepts, (part.stop - start, 1))
        for number, (term, where) in enumerate(zip(ebm.terms, _bins_of_terms(ebm, columns, part), strict=True)):
            found = _looked_up(term.look_up, where)
            totals += found
            contributions[part, number] = found[:, 0]
        score[part] = sigmoid(totals[:, 0])
        if sureness is not None:
            above = at_or_above(totals[:, 1:], threshold)
            agree = above == (score[part] >= threshold)[:, np.newaxis]
            sureness[part] = agree.sum(axis=1) / agree.shape[1]
    return Evaluation(score, contributions, sureness)


def at_or_above(log_odds: Floats, threshold: float) -> npt.NDArray[np.bool_]:
    """Say of each log-odds whether its score, its sigmoid, is at or above the threshold."""
    boundary = math.log(threshold / (1.0 - threshold))
    above = log_odds >= boundary
    close = np.abs(log_odds - boundary) < _CLOSE  # only there it matters how a sigmoid rounds
    if close.any():
        above[close] = sigmoid(log_odds[close]) >= threshold
    return above


def _looked_up(scores: Floats, where: Bins) -> Floats:
    """Return the scores at these bins; `take` is faster, and knows one feature alone."""
    return scores.take(where[0], axis=0) if len(where) == 1 else scores[where]


def _bins_of_terms(ebm: Ebm, columns: Columns, part: slice) -> list[Bins]:
    found: dict[tuple[int, int], npt.NDArray[np.intp]] = {}
    terms = []
    for term in ebm.terms:
        dimensions = len(term.features)
        for feature in term.features:
            if (feature, dimensions) not in found:
                values = columns[ebm.features[feature].name][part]
                found[feature, dimensions] = ebm.features[feature].bins(values, dimensions)
        terms.append(tuple(found[feature, dimensions] for feature in term.features))
    return terms
