"""How a delivery is cut in parts: the next so many applications by number, each with every row that may be needed.

Which row belongs to whom is told by `mark`, a hash of its numbers: rows of others whose marks are equal travel along
and are left out again by `select`, which compares the numbers themselves. But an application is in one part alone, so
work orders, which make a number an application, go by the number itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shared.levensonderhoud.applications import find_applications
from shared.levensonderhoud.pairs import in_runs
from shared.levensonderhoud.select import PERSON_COLUMN
from shared.records import Period
from shared.stages.memory import as_one, give_back
from shared.stages.rowstore import NOWHERE
from shared.stages.rowtypes import joined
from shared.usecase import Columns

type Needed = tuple[np.ndarray, np.ndarray]


def mark(numbers: pd.Series) -> np.ndarray:
    """Return 64 bits per number of a categorical, equal for equal numbers; 0 where it is empty."""
    return np.append(_marks(numbers.cat.categories), np.uint64(0))[numbers.cat.codes.to_numpy()]


def _marks(different: pd.Index) -> np.ndarray:
    return pd.util.hash_array(different.array, categorize=False)


class _Directory:
    """In which parts each mark is needed."""

    def __init__(self, marks: np.ndarray, parts: np.ndarray) -> None:
        filled = marks != 0
        marks, parts = marks[filled], parts[filled].astype(np.int32)  # of millions it is half
        order = np.lexsort([parts, marks])
        marks, parts = marks[order], parts[order]
        first = _differs(marks) | _differs(parts)
        marks, self._parts = marks[first], parts[first]
        begins = np.flatnonzero(_differs(marks))
        # each once, for they are searched by the million; before them the mark of what is empty, which no part needs
        self._marks = np.append(np.uint64(0), marks[begins])
        self._begins = np.concatenate([[0], begins, [len(marks)]]).astype(np.int32)

    def find(self, marks: np.ndarray) -> Needed:
        """Return (place in `marks`, part) for every part in which a mark is needed."""
        nearest = np.searchsorted(self._marks, marks, side="right") - 1
        first = self._begins[nearest]
        count = np.where(self._marks[nearest] == marks, self._begins[nearest + 1] - first, 0)
        found, places = in_runs(first, count)
        return places, self._parts[found]

    def with_all_of(self, *others: _Directory) -> _Directory:
        """Return one directory of what stands in this one and in others."""
        each = (self, *others)
        marks = np.concatenate([np.repeat(one._marks, np.diff(one._begins)) for one in each])
        return _Directory(marks, np.concatenate([one._parts for one in each]))


def _differs(ordered: np.ndarray) -> np.ndarray:
    """Say of each whether it differs from the one before it, as the first does."""
    differs = np.ones(len(ordered), dtype=bool)
    differs[1:] = ordered[1:] != ordered[:-1]
    return differs


@dataclass(frozen=True)
class Parts:
    """Where each row goes: with the applications of its person, its party or its service."""

    parts: int
    applications: int
    size: int
    numbers: pd.Index
    places: _Directory  # of the numbers, by mark
    persons: _Directory
    parties: _Directory
    services: _Directory  # those applied for, and all that persons and parties have

    def of(self, table: str, rows: pd.DataFrame) -> Needed:
        """Return (place in `rows`, part) of every row in every part that needs it."""
        if table == "werkopdrachten":
            return self._of_orders(rows["dienstnr"])
        if table == "dienstsubjecten":
            return self.parties.find(mark(rows["subjectnr"]))
        if table == "diensten":
            return self.services.find(mark(rows["dienstnr"]))  # also its rows that name another client
        return self.persons.find(mark(rows[PERSON_COLUMN[table]]))

    def _of_orders(self, numbers: pd.Series) -> Needed:
        different = numbers.cat.categories
        found, places = self.places.find(_marks(different))
        same = np.asarray(different.take(found) == self.numbers.take(places), dtype=bool)
        parts = np.full(len(different) + 1, NOWHERE)
        parts[found[same]] = places[same] // self.size
        of_rows = parts[numbers.cat.codes.to_numpy()]
        needed = np.flatnonzero(of_rows != NOWHERE)
        return needed, of_rows[needed]


def divide(columns: Columns, period: Period, size: int) -> Parts:
    """Return where rows go when every part has `size` applications.

    Services lead to their clients, clients to their other services and their parties, and parties to the services
    that they hold.
    """
    numbers = _applied_for(columns, period)
    give_back()  # it was found among all work orders
    marks, places = _marks(numbers), np.arange(len(numbers))
    applied = _Directory(marks, places // size)
    persons = _next(columns, applied, "diensten", "dienstnr", "subjectnrklant")
    parties = _next(columns, persons, "partijen", "persoonnr", "partijnr")
    own = _next(columns, persons, "diensten", "subjectnrklant", "dienstnr")
    held = _next(columns, parties, "dienstsubjecten", "subjectnr", "dienstnr")
    return Parts(
        parts=max(-(-len(numbers) // size), 1),
        applications=len(numbers),
        size=size,
        numbers=numbers,
        places=_Directory(marks, places),
        persons=persons,
        parties=parties,
        services=applied.with_all_of(own, held),
    )


def _applied_for(columns: Columns, period: Period) -> pd.Index:
    orders = joined(columns("werkopdrachten", "dienstnr", "dtopvoer"))
    return pd.Index(find_applications({"werkopdrachten": orders}, period)["aanvraagnummer"], dtype="str")


def _next(columns: Columns, known: _Directory, table: str, by: str, to: str) -> _Directory:
    """Return the parts of the numbers in column `to`, where those in column `by` are known."""
    marks, parts = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int32)]
    for rows in columns(table, by, to):
        places, found = known.find(mark(rows[by]))
        marks.append(mark(rows[to])[places])
        parts.append(found)
    return _Directory(as_one(marks), as_one(parts))
