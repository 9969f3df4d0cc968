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
_CHUNK = 8_192  # rows at a time: the work, all bags of a row too, stays in the processor's cache
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
    def rows_of_bags(self) -> Floats:
        """The bagged scores with the bag as last axis, so that one look-up fetches all bags of a bin."""
        if self.bagged_scores is None:
            raise ValueError("this term has no bagged scores")
        return np.ascontiguousarray(np.moveaxis(self.bagged_scores, 0, -1))

    @cached_property
    def rough_rows_of_bags(self) -> npt.NDArray[np.float32]:
        """The same in single precision, which takes half the time."""
        return self.rows_of_bags.astype(np.float32)


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
    def rough_margin(self) -> float:
        """More than the sum of a bag in single precision can be off, in log-odds: a rounding for every step."""
        assert self.bagged_intercept is not None
        largest = np.abs(self.bagged_intercept).max() + sum(np.abs(term.rows_of_bags).max() for term in self.terms)
        return float(largest * (len(self.terms) + 2) * np.finfo(np.float32).eps)


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
        bins = _bins_of_terms(ebm, columns, part)
        total = np.full(part.stop - start, ebm.intercept, dtype=np.float64)
        for number, term in enumerate(ebm.terms):
            contribution = term.scores[bins[number]]
            total += contribution
            contributions[part, number] = contribution
        score[part] = sigmoid(total)
        if sureness is not None:
            above = bag_scores_above(ebm, bins, len(total), threshold)
            bags = above.shape[1]
            votes = above @ np.ones(bags, dtype=np.float32)
            sureness[part] = np.where(score[part] >= threshold, votes, bags - votes).astype(np.float64) / bags
    return Evaluation(score, contributions, sureness)


def bag_scores_above(ebm: Ebm, bins: list[Bins], rows: int, threshold: float) -> npt.NDArray[np.bool_]:
    """Return for each row and bag whether that bag's own score is at or above the threshold."""
    if ebm.bagged_intercept is None:
        raise ValueError("this model has no bags")
    boundary = math.log(threshold / (1.0 - threshold))
    rough = np.tile(ebm.bagged_intercept.astype(np.float32), (rows, 1))
    for term, where in zip(ebm.terms, bins, strict=True):
        rough += _looked_up(term.rough_rows_of_bags, where)
    above = rough > boundary
    # Only next to the threshold does it matter how sum and sigmoid round; there the scores themselves are compared.
    margin = ebm.rough_margin + _CLOSE
    bags_close = np.flatnonzero((rough > boundary - margin) & (rough < boundary + margin))
    close = np.unique(bags_close // rough.shape[1])
    if len(close):
        totals = np.tile(ebm.bagged_intercept, (len(close), 1))
        for term, where in zip(ebm.terms, bins, strict=True):
            totals += _looked_up(term.rows_of_bags, tuple(places[close] for places in where))
        above[close] = sigmoid(totals.ravel()).reshape(totals.shape) >= threshold
    return above


def _looked_up[T: np.generic](scores: npt.NDArray[T], where: Bins) -> npt.NDArray[T]:
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
