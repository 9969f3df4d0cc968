"""Splits a pseudonymised delivery into parts that can be judged each by itself, on any machine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
import pandas as pd

from shared.dataset import NUMBER_CLASSES
from shared.records import PseudonymisedDelivery
from shared.stages.rowtypes import without_traces

_NUMBERS = tuple(str(klasse) for klasse in NUMBER_CLASSES)
_NONE = -1


def split(delivery: PseudonymisedDelivery, size: int) -> Iterator[PseudonymisedDelivery]:
    """Yield parts of some `size` applications, at least one, each with every row that its applications can need.

    Rows that share a person, party or service are of one household, and so is whatever shares one with those: no
    feature can reach a row of another part, by whatever joins over numbers it goes. Rows about nobody, of a code
    table, are in every part. The same delivery gives the same parts.
    """
    of_people = {name: frame for name, frame in delivery.tables.items() if _columns(frame)}
    households = _households([delivery.applications, *of_people.values()])
    part_of = _parts(households[0], size)
    applications, *tables = (_rows_by_part(rows, part_of) for rows in households)
    found = dict(zip(of_people, tables, strict=True))
    for part, mine in enumerate(applications):
        yield PseudonymisedDelivery(
            delivery.applications.take(mine).reset_index(drop=True),
            {
                name: without_traces(frame.take(found[name][part])) if name in found else frame
                for name, frame in delivery.tables.items()
            },
            tuple(delivery.aanvraagnummers[row] for row in mine.tolist()),
            delivery.key_id,
        )


def _columns(frame: pd.DataFrame) -> list[str]:
    return [name for name in _NUMBERS if name in frame]


def _households(frames: list[pd.DataFrame]) -> list[np.ndarray]:
    """Return for every row of every table its household: a number, equal for whatever is connected, -1 without any."""
    columns = [[frame[name].astype("category").cat for name in _columns(frame)] for frame in frames]
    names = dict.fromkeys(name for found in columns for column in found for name in column.categories)
    names.pop("", None)  # a person whom nobody knows is not one person
    places = {name: place for place, name in enumerate(names)}
    codes = [
        [
            np.array([*(places.get(name, _NONE) for name in column.categories), _NONE])[column.codes.to_numpy()]
            for column in found
        ]
        for found in columns
    ]
    pairs = [np.stack(pair) for found in codes for pair in combinations(found, 2)]
    lowest = np.append(_connected(len(places), [pair[:, (pair >= 0).all(axis=0)] for pair in pairs]), _NONE)
    return [lowest[np.max(np.stack(found), axis=0)] for found in codes]


def _connected(number_of: int, pairs: list[np.ndarray]) -> np.ndarray:
    """Return for each of so many things the lowest one that it is connected with, by any way."""
    one, other = np.concatenate([np.zeros((2, 0), dtype=np.int64), *pairs], axis=1)
    lowest = np.arange(number_of)
    while True:
        before = lowest.copy()
        least = np.minimum(lowest[one], lowest[other])
        for end in (one, other):
            np.minimum.at(lowest, before[end], least)
        lowest = lowest[lowest]
        if np.array_equal(before, lowest):
            return lowest


def _parts(households: np.ndarray, size: int) -> dict[int, int]:
    """Return the part of every household that has an application, filled in the order of the applications."""
    found, first, number_of = np.unique(households, return_index=True, return_counts=True)
    order = np.argsort(first)
    before = np.cumsum(number_of[order]) - number_of[order]
    _, part = np.unique(before // size, return_inverse=True)
    return dict(zip(found[order].tolist(), part.tolist(), strict=True))


def _rows_by_part(households: np.ndarray, part_of: dict[int, int]) -> list[np.ndarray]:
    """Return the rows of every part, in their own order; a row of nobody who applies is in none."""
    found, inverse = np.unique(households, return_inverse=True)
    part = np.array([part_of.get(one, _NONE) for one in found.tolist()], dtype=np.int64)[inverse]
    order = np.argsort(part, kind="stable")
    number_of = max(part_of.values(), default=0) + 1
    edges = np.searchsorted(part[order], np.arange(number_of + 1))
    return [order[start:end] for start, end in pairwise(edges)]
