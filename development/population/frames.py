"""Holds rows as plain number columns, so that a million of them fit in little memory.

A frame maps column names to numpy arrays of one length. Numbers of people, parties and services are running indices
and texts are codes into a vocabulary until they are written; empty is `EMPTY` for whole numbers and NaT for dates.
The column `episode` tells whose application needs the row; it is never delivered.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

EMPTY = np.iinfo(np.int64).min
DAY = np.timedelta64(1, "D")
NO_DAY = np.datetime64("NaT", "D")
NO_MOMENT = np.datetime64("NaT", "s")

type Ints = NDArray[np.int64]
type Bools = NDArray[np.bool_]
type Floats = NDArray[np.float64]
type Dates = NDArray[np.datetime64]
type Frame = dict[str, NDArray[Any]]
type Rng = np.random.Generator


def rows(frame: Frame) -> int:
    """Counts the rows of a frame."""
    return len(next(iter(frame.values())))


def take(frame: Frame, which: NDArray[Any]) -> Frame:
    """Selects rows by mask or by position."""
    return {name: column[which] for name, column in frame.items()}


def stack(frames: Iterable[Frame]) -> Frame:
    """Puts frames with the same columns under each other."""
    parts = list(frames)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def changed(frame: Frame, **columns: NDArray[Any]) -> Frame:
    """Returns the frame with some columns replaced."""
    return {**frame, **columns}


def full(count: int, value: int) -> Ints:
    """Fills a whole-number column with one value."""
    return np.full(count, value, dtype=np.int64)


def no_days(count: int) -> Dates:
    """Fills a date column with nothing."""
    return np.full(count, NO_DAY, dtype="M8[D]")


def no_moments(count: int) -> Dates:
    """Fills a timestamp column with nothing."""
    return np.full(count, NO_MOMENT, dtype="M8[s]")


def days(values: NDArray[Any]) -> NDArray[np.timedelta64]:
    """Turns numbers into spans of whole days."""
    return np.asarray(values).astype(np.int64).astype("m8[D]")


def seconds(values: NDArray[Any]) -> NDArray[np.timedelta64]:
    """Turns numbers into spans of whole seconds."""
    return np.asarray(values).astype(np.int64).astype("m8[s]")


def chance(rng: Rng, count: int, share: float) -> Bools:
    """Draws yes with the given share."""
    return rng.random(count) < share


def choose(rng: Rng, count: int, weights: dict[int, float]) -> Ints:
    """Draws whole numbers by weight (the weights need not add up to one)."""
    share = np.array(list(weights.values()))
    return rng.choice(np.array(list(weights), dtype=np.int64), size=count, p=share / share.sum())


def even_ranks(rng: Rng, count: int) -> Floats:
    """Draws ranks 0–1 of which each equal slice holds one: few draws already follow the curve they are put through."""
    return np.asarray((rng.permutation(count) + rng.uniform(0.001, 0.999, count)) / max(count, 1))


def per_row(rng: Rng, episodes: Ints, mean: float) -> Ints:
    """Repeats each episode a Poisson number of times: the owners of rows without meaning for a feature."""
    return np.repeat(episodes, rng.poisson(mean, len(episodes)))
