"""Brings each application together with the rows of its applicant, whatever the number of either."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shared.levensonderhoud.moments import Mask, Moments, alive, known, latest_moment_known, runs_at

_MOST_PAIRS = 500_000  # of applications and rows of one table, in memory at a time


def codes_in(numbers: pd.Series, index: pd.Index) -> np.ndarray:
    """Return for each number of a categorical its position in an index, -1 where it is empty or not in there."""
    return np.append(positions_in(numbers.cat.categories, index), -1)[numbers.cat.codes.to_numpy()]


def positions_in(numbers: Iterable[str], index: pd.Index) -> np.ndarray:
    """Return for each number its first position in an index, -1 where it is not in there."""
    # Arrow does it in a quarter of the time that pandas takes for texts
    found = pc.index_in(pa.array(numbers, pa.large_string()), value_set=pa.array(index, pa.large_string()))
    return pc.fill_null(found, -1).to_numpy().astype(np.int64)


def match(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions (i, j) of all pairs with left[i] == right[j] >= 0, by j and then i."""
    order = np.argsort(left, kind="stable")
    ordered = left[order]
    first = np.searchsorted(ordered, right, side="left")
    count = np.where(right >= 0, np.searchsorted(ordered, right, side="right") - first, 0)
    i, j = in_runs(first, count)
    return order[i], j


def in_runs(first: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of all runs, each of `count` from `first` on, and for each number the place of its run."""
    j = np.repeat(np.arange(len(first)), count)
    step = np.arange(len(j)) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(first, count) + step, j


@dataclass(frozen=True)
class Pairs:
    """All (application, row) pairs of a table: for each the row, and its application's position and ref.

    Rows are taken from the table a column at a time, when somebody asks: pairs can be far more than rows.
    """

    table: pd.DataFrame
    row: np.ndarray
    application: np.ndarray
    ref: Moments

    def __getitem__(self, column: str) -> pd.Series:
        """Return a column of the rows."""
        return self.table[column].take(self.row)

    def moments(self, column: str) -> Moments:
        """Return a date or time column as datetime64[us]."""
        return self.table[column].to_numpy(dtype="datetime64[us]")[self.row]

    def known_and_alive(self) -> Mask:
        """Say which rows had been entered and not withdrawn at ref."""
        return known(self.moments("dtopvoer"), self.ref) & alive(self.moments("dtafvoer"), self.ref)

    def current(self) -> Mask:
        """Say which rows with a dtbegin and dteinde were known, alive and running at ref."""
        return self.known_and_alive() & runs_at(self.moments("dtbegin"), self.moments("dteinde"), self.ref)

    def where(self, mask: Mask) -> Pairs:
        """Return the pairs that a mask keeps, or those at certain places."""
        return Pairs(self.table, self.row[mask], self.application[mask], self.ref[mask])


def pair(applications: pd.DataFrame, application_codes: np.ndarray, rows: pd.DataFrame, row_codes: np.ndarray) -> Pairs:
    """Return every pair of an application and a row with the same code."""
    application, row = match(application_codes, row_codes)
    refs = applications["peilmoment"].to_numpy(dtype="datetime64[us]")
    return Pairs(rows, row, application, refs[application])


class Applicants:
    """The applicants of applications, each once; who applied is not known of every application.

    `whose`: per table the numbers that say whose its rows are.
    """

    def __init__(self, applications: pd.DataFrame, whose: Mapping[str, pd.Series]) -> None:
        """Look them up; what is asked for later is found by their place among them."""
        self._applications = applications
        self.persons = pd.Index(applications["persoon"].unique(), dtype="str").drop("", errors="ignore")
        self._codes = positions_in(applications["persoon"], self.persons)
        self.of_rows = {name: codes_in(numbers, self.persons) for name, numbers in whose.items()}

    def pairs(self, name: str, table: pd.DataFrame, counted: Mask | None = None) -> Pairs:
        """Return every pair of an application and a row of its applicant, of the rows that count."""
        of_rows = self.of_rows[name]
        codes = of_rows if counted is None else np.where(counted, of_rows, -1)
        return pair(self._applications, self._codes, table, codes)

    def most_rows(self) -> np.ndarray:
        """Return of each person how many rows the table has that has most of theirs."""
        most = np.zeros(len(self.persons), dtype=np.int64)
        for codes in self.of_rows.values():
            most = np.maximum(most, count(codes[codes >= 0], len(most)))
        return most

    def different(self, name: str, numbers: pd.Series) -> np.ndarray:
        """Return of each person how many different numbers there are in a column of their rows of a table."""
        return count_different(self.of_rows[name], numbers.cat.codes.to_numpy(), len(self.persons))

    def reached(self, name: str, other: pd.Series, links: pd.Series) -> np.ndarray:
        """Return of each person how many `links` name what a row of theirs in a table names in its column `other`."""
        of_other = codes_in(links, other.cat.categories)
        number = np.append(count(of_other[of_other >= 0], len(other.cat.categories)), 0)[other.cat.codes.to_numpy()]
        codes = self.of_rows[name]
        return exact_sums(number[codes >= 0], codes[codes >= 0], len(self.persons))

    def of_applications(self, values: np.ndarray) -> np.ndarray:
        """Return for each application the value of its applicant; of nobody it is nothing."""
        return np.append(values, np.zeros(1, values.dtype))[self._codes]

    def pieces(self, rows_of: np.ndarray) -> Iterator[tuple[slice, Applicants]]:
        """Yield all applications, so many at a time that their pairs fit in memory; mostly that is one piece.

        `rows_of`: of each person how many rows are paired with each of their applications, at most.
        """
        pairs = np.cumsum(self.of_applications(rows_of))
        begin, number = 0, len(self._codes)
        while True:
            done = pairs[begin - 1] if begin else 0
            end = max(int(np.searchsorted(pairs, done + _MOST_PAIRS, side="right")), min(begin + 1, number))
            yield slice(begin, end), self._some(slice(begin, end))
            if end == number:
                return
            begin = end

    def _some(self, at: slice) -> Applicants:
        some = copy(self)
        some._applications, some._codes = self._applications.iloc[at], self._codes[at]
        return some


def is_valid(rows: pd.DataFrame) -> Mask:
    """Say which rows of a table are valid; tables of Raak know no validity."""
    return (rows["geldig"] == 1).to_numpy(dtype=bool) if "geldig" in rows else np.ones(len(rows), dtype=bool)


def count(application: np.ndarray, applications: int) -> np.ndarray:
    """Return how many pairs each application has (int64)."""
    return np.bincount(application, minlength=applications).astype(np.int64)


def count_different(groups: np.ndarray, codes: np.ndarray, number: int) -> np.ndarray:
    """Return how many different codes each group has (int64), of which -1 is one too; group -1 is left out."""
    codes = codes.astype(np.int64) + 1
    spread = 1 + codes.max(initial=0)
    seen = pd.unique(groups * spread + codes)
    return count(seen[seen >= 0] // spread, number)


def exists(application: np.ndarray, applications: int) -> np.ndarray:
    """Say which applications have a pair at all."""
    found = np.zeros(applications, dtype=bool)
    found[application] = True
    return found


def exact_sums(numbers: np.ndarray, application: np.ndarray, applications: int) -> np.ndarray:
    """Return the sum per application, exact whatever its size (int64 where that is safe, else Python integers)."""
    largest = int(np.abs(numbers.astype(np.float64)).max()) if len(numbers) else 0
    dtype = np.int64 if largest * max(len(numbers), 1) < 2**53 else object
    sums = np.zeros(applications, dtype=dtype)
    np.add.at(sums, application, numbers.astype(dtype))
    return sums


def divided(numerators: np.ndarray, denominators: np.ndarray, default: float) -> np.ndarray:
    """Return one division in double per application; `default` where the denominator is 0."""
    # Python divides integers of any size to the nearest double; numpy would round them first
    pairs = zip(numerators.tolist(), denominators.tolist(), strict=True)
    return np.array([n / d if d else default for n, d in pairs], dtype=np.float64) + 0.0


def euros(cents: np.ndarray) -> np.ndarray:
    """Return whole cents as euro, the nearest double."""
    return divided(cents, np.full(len(cents), 100), default=0.0)


# the order in which rows compete when a rule picks the earliest or the latest (domain.md §2, ties)
TIE_BREAKERS = ("technischesleutel", "productnr", "besluit", "dtaanvraag", "begin", "einde", "dtafvoer")


def rank(column: pd.Series) -> np.ndarray:
    """Return int64 values in the order of a column, where empty lies below every value."""
    lowest = np.iinfo(np.int64).min
    if column.dtype.kind == "M":
        return column.to_numpy(dtype="datetime64[us]").astype(np.int64)  # NaT is the lowest int64
    return column.to_numpy(dtype=np.int64, na_value=lowest)


def best_per_group(
    groups: np.ndarray, rows: pd.DataFrame | Pairs, first: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return the positions of the winning row of each group, in the order of the groups.

    `first` turns dtopvoer (as int64) into what must be greatest; ties go to the greater value of TIE_BREAKERS.
    """
    order = _in_order(groups, rows, first)
    ordered = groups[order]
    last = np.append(ordered[1:] != ordered[:-1], True) if len(ordered) else np.zeros(0, dtype=bool)
    return order[last]


def latest_known(groups: np.ndarray, rows: pd.DataFrame, wanted: np.ndarray, refs: Moments) -> np.ndarray:
    """Return for each wanted group the position of its latest row that was known at ref, -1 where there is none.

    Found in the order of the rows instead of among all pairs of both, of which there can be a great many.
    """
    entered = rows["dtopvoer"].to_numpy(dtype="datetime64[us]")
    rows_of = np.flatnonzero((groups >= 0) & ~np.isnat(entered))
    rows_of = rows_of[_in_order(groups[rows_of], rows.take(rows_of), lambda dtopvoer: dtopvoer)]
    moments = np.unique(entered[rows_of])
    spread = len(moments) + 1
    places = groups[rows_of] * spread + np.searchsorted(moments, entered[rows_of]) + 1
    until = wanted * spread + np.searchsorted(moments, latest_moment_known(refs), side="right")
    found = np.searchsorted(places, until, side="right") - 1
    found = np.append(rows_of, -1)[found]
    return np.where((found >= 0) & (np.append(groups, -1)[found] == wanted), found, -1)


def _in_order(groups: np.ndarray, rows: pd.DataFrame | Pairs, first: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    keys = [rank(rows[name]) for name in reversed(TIE_BREAKERS)]
    return np.lexsort([*keys, first(rank(rows["dtopvoer"])), groups])
