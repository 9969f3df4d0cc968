"""Scores rows with the tables of a model, with numpy alone.

The sum is taken term by term in package order, intercept first, and the exponent by the C library for one number at
a time: a row has the same bits whether it is scored alone or in a million, whatever vector unit the processor has.
`interpret` is the judge of this module in the tests (docs/adr/0001).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.modelpackage.ebm import Floats, Positions
from shared.modelpackage.tables import Tables

type Columns = Mapping[str, npt.NDArray[np.generic]]

_CHUNK = 4_000  # rows at a time stay in the processor's cache; a power of two would crowd the same few lines of it


class NotUsable(ValueError):
    """A value is empty or not a finite number; whoever gave the rows can tell where."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Per row: score (n), contributions in log-odds (n by terms, package order), sureness (n, None without bags)."""

    score: Floats
    contributions: Floats
    sureness: Floats | None


def usable(values: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """Say of each value whether it is a finite number, or a text that is not empty."""
    if values.dtype.kind == "U":
        return values != ""
    return np.isfinite(values.astype(np.float64, copy=False))


def sigmoid(log_odds: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)) without overflow, with the same bits for a number alone or among others."""
    # Of real numbers numpy has an exponent of its own; that of complex ones is the C library's, one at a time.
    magnitude = np.exp((-np.abs(log_odds)).astype(np.complex128)).real
    return np.maximum(magnitude, log_odds >= 0) / (1.0 + magnitude)


def add_up(intercept: float, by_term: Floats) -> Floats:
    """Return intercept + sum of contributions (terms by n) per row, added in package order, intercept first."""
    total = np.empty(by_term.shape[1], dtype=np.float64)
    for start in range(0, len(total), _CHUNK):
        some = by_term[:, start : start + _CHUNK]
        rows = some.shape[1]
        # numpy adds line after line, but the numbers of a single column in pairs
        lines = np.ascontiguousarray(some) if rows > 1 else some.repeat(2, axis=1)
        total[start : start + rows] = np.add.reduce(lines, axis=0, initial=intercept)[:rows]
    return total


def evaluate(tables: Tables, columns: Columns, rows: int, threshold: float) -> Evaluation:
    """Return score, contributions and sureness for `rows` rows of numbers (or texts, for nominal features).

    Sureness is the share of bags whose own score lies on the same side of the threshold as the score. A value that
    is empty or not finite raises NotUsable.
    """
    by_term = np.empty((len(tables.starts) - 1, rows), dtype=np.float64)
    score = np.empty(rows, dtype=np.float64)
    bags = tables.bagged.shape[1]
    sureness = np.empty(rows, dtype=np.float64) if bags else None
    with np.errstate():  # puts the size of the buffer back, too
        np.setbufsize(256)  # with more numpy copies what it compares: five times as slow for some hundreds of rows
        for start in range(0, rows, _CHUNK):
            part = slice(start, min(start + _CHUNK, rows))
            places = _places(tables, columns, part, part.stop - start)
            found = tables.own.take(places[1:] + tables.starts[1:])
            by_term[:, part] = found
            score[part] = sigmoid(add_up(tables.own[0], found))
            if sureness is not None:
                count = np.einsum("rb->r", _bags_above(tables, places, threshold).astype(np.uint16))
                sureness[part] = np.where(score[part] >= threshold, count, bags - count) / bags
    return Evaluation(score, by_term.T, sureness)


def _places(tables: Tables, columns: Columns, part: slice, rows: int) -> Positions:
    """Return the place of each row in each term, from its start (terms by n, the intercept's first)."""
    bins = np.zeros((1 + len(tables.counted) + len(tables.others), rows), dtype=np.intp)
    if len(tables.counted):
        values = np.array([columns[name][part] for name in tables.names], dtype=np.float64)
        if not np.isfinite(values).all():
            raise NotUsable
        bins[tables.counted] = _counted(values, tables.cuts)
    for number, feature, dimensions in tables.others:
        given = columns[feature.name][part]
        if not usable(given).all():
            raise NotUsable
        bins[number] = feature.bins(given, dimensions)
    for term, axes, shape in tables.together:
        bins[term] = np.ravel_multi_index(tuple(bins[axes]), shape)
    return bins[: len(tables.starts)]


def _counted(values: Floats, cuts: tuple[Floats, ...]) -> npt.NDArray[np.uint8]:
    """Return the bins of values (axes by n): one more than the cuts up to each."""
    bins = np.ones(values.shape, dtype=np.uint8)
    for some in cuts:
        passed = values[: len(some), np.newaxis] >= some
        bins[: len(some)] += np.add.reduce(passed.view(np.uint8), axis=1, dtype=np.uint8)
    return bins


def _bags_above(tables: Tables, places: Positions, threshold: float) -> npt.NDArray[np.bool_]:
    """Say of each row and bag whether the bag's own score is at or above the threshold.

    Rough sums settle it for nearly all; what is close is added as a score is.
    """
    rough = tables.rough
    boundary = math.log(threshold / (1.0 - threshold)) / rough.unit
    groups = (rough.starts + rough.weights @ places).astype(np.intp)
    total = np.add.reduce(rough.scores.take(groups, axis=0), axis=0, dtype=np.int16)
    above: npt.NDArray[np.bool_] = total >= math.ceil(boundary + rough.doubt)
    close = np.flatnonzero(above != (total >= math.floor(boundary - rough.doubt)))
    if len(close):
        row, bag = np.divmod(close, above.shape[1])
        found = tables.bagged[places[:, row] + tables.starts, bag]
        above[row, bag] = sigmoid(add_up(0.0, found)) >= threshold
    return above
