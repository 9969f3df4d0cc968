"""Which rows of a table are equal, value by value, to an earlier one; few of them are in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pandas as pd

from shared.stages.rowstore import RowStore

_AT_ONCE = 250_000


def marks_of(rows: pd.DataFrame, sha256: str) -> np.ndarray:
    """Return a number per row, the same for equal rows and rarely for others; `sha256`: of the file that they are from.

    With a key that is known beforehand, who delivers could make millions of rows with one mark, which are compared all
    together. Who makes rows cannot know the digest of the file that they will be in.
    """
    keyed = rows.copy(deep=False)
    for place, name in enumerate(rows):  # texts are hashed with a key, numbers are not
        if rows[name].dtype.kind in "iM":
            keyed[name] = _as_whole(rows[name]) ^ _key_of(sha256, place)
    return pd.util.hash_pandas_object(keyed, index=False, hash_key=sha256[:16]).to_numpy()


def _key_of(sha256: str, column: int) -> np.int64:
    return np.int64(int(hashlib.sha256(f"{sha256} {column}".encode()).hexdigest()[:15], 16))


def _as_whole(values: pd.Series[Any]) -> np.ndarray:
    """Return 64 bits for each number, date or moment; an empty one has those of a number that stands nowhere."""
    if values.dtype.kind == "M":
        return values.to_numpy(dtype="datetime64[us]").astype(np.int64)
    return values.to_numpy(dtype=np.int64, na_value=np.iinfo(np.int64).min)


def equal_rows(store: RowStore, positions: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """Return the positions in the file of rows that are equal to an earlier one, ascending.

    `positions`: of the rows in the store, ascending; `marks`: of each as it was delivered. Rows with other marks are
    not equal, whatever the store holds of them.
    """
    # the few that have the mark of another, also without being equal, are compared as they are
    ordered = np.sort(marks)
    again = ordered[1:] == ordered[:-1]
    if not again.any():
        return np.zeros(0, dtype=np.int64)
    del ordered
    order = np.argsort(marks, kind="stable")
    suspect = order[np.append(again, False) | np.append(False, again)]
    del order, again
    groups = _groups(marks[suspect])
    by_place = np.argsort(suspect)
    own_marks = marks[suspect[by_place]]
    suspect, groups = positions[suspect[by_place]], groups[by_place]
    del by_place

    def marked(some: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        # a mark is of the row as it was delivered, of which the store may hold less
        return (rows.assign(_mark=own_marks[np.searchsorted(suspect, rows.index.to_numpy())]) for rows in some)

    found = [_equal(marked(rows)) for rows in _grouped(store, suspect, groups)]
    return np.sort(np.concatenate(found))


def _groups(ordered: np.ndarray) -> np.ndarray:
    """Return per mark, given in order, the number of its group: of so many or more, equal marks always together."""
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    sizes = np.diff(np.append(begins, len(ordered)))
    return np.repeat((begins // _AT_ONCE).astype(np.int32), sizes)


def _grouped(store: RowStore, positions: np.ndarray, groups: np.ndarray) -> Iterator[Iterable[pd.DataFrame]]:
    """Yield the rows of every group, some at a time and in their order."""
    if len(groups) <= _AT_ONCE:
        yield [store.at(positions)]
        return

    def destinations(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        return np.arange(len(rows)), groups[np.searchsorted(positions, rows.index.to_numpy())]

    with closing(RowStore(store.scratch, destinations)) as cut:
        for rows in store.blocks():
            cut.add(rows[np.isin(rows.index.to_numpy(), positions)])
        for number in np.unique(groups).tolist():
            yield cut.some_of(number, _AT_ONCE)


def _equal(some: Iterable[pd.DataFrame]) -> np.ndarray:
    found = []
    kept: pd.DataFrame | None = None
    for rows in some:
        known = rows if kept is None else pd.concat([kept, rows])
        equal = known.duplicated().to_numpy()
        found.append(known.index.to_numpy()[equal])
        kept = known[~equal]
    return np.concatenate(found)
