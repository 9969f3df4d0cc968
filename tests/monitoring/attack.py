"""Knows everything that a chain of reports shows and how streams are made, and solves for what they hide.

Independent of the code that decides: it reads the tables as they are rendered, and knows nothing of blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

import numpy as np
from scipy.optimize import linprog

from shared.monitoring.disclosure import SuppressedTable
from shared.monitoring.months import Stream
from tests.monitoring.invented import KINDS, OUTCOMES, World, tally

PRIME = 4_194_301  # products of two, added a thousand times, are still exact in a float64
MEASURES = ("applications", "flagged", "tn", "fp", "fn", "tp")


def columns() -> dict[str, np.ndarray]:
    """Return each number that could be shown, and each kind of people, as a sum of kinds."""
    found: dict[str, np.ndarray] = {}
    for stream in Stream:
        for name in MEASURES:
            weights = np.zeros(len(KINDS), dtype=np.int64)
            for place in range(len(KINDS)):
                counted = tally(stream, np.eye(len(KINDS), dtype=np.int64)[place])
                cells = counted.outcomes
                weights[place] = getattr(counted, name) if name in ("applications", "flagged") else getattr(cells, name)
            found[f"{stream}.{name}"] = weights
    found |= {kind: np.eye(len(KINDS), dtype=np.int64)[place] for place, kind in enumerate(KINDS) if kind != "chosen"}
    for actual in "01":
        marked = found[f"model.{'tp' if actual == '1' else 'fp'}"]
        chosen = found[f"proces.{'tp' if actual == '1' else 'fp'}"]
        everybody = np.array([kind in OUTCOMES and kind.endswith(actual) for kind in KINDS]).astype(np.int64)
        found |= {
            f"marked and chosen {actual}": marked * chosen,
            f"marked and not chosen {actual}": marked * (everybody - chosen),
            f"chosen and not marked {actual}": chosen * (everybody - marked),
            f"neither {actual}": (everybody - marked) * (everybody - chosen),
        }
    found["not flagged"] = found["model.applications"] - found["model.flagged"]
    return found


COLUMNS = columns()


@dataclass
class Attack:
    """What is known: equations over the number of people per grouping, month, group and kind; none is below nobody."""

    world: World
    rows: list[np.ndarray] = field(default_factory=list)
    known: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.months = len(next(iter(self.world.numbers.values())))
        self.offsets: dict[str, int] = {}
        self.size = 0
        for grouping, names in self.world.groups.items():
            self.offsets[grouping] = self.size
            self.size += self.months * len(names) * len(KINDS)
        self.people = np.ones(self.size, dtype=bool)  # False where it is public that there is nobody
        self.truth = np.concatenate([self.world.numbers[grouping].reshape(-1) for grouping in self.world.groups])
        first, *others = self.world.groups
        for grouping in others:  # every grouping divides the same people
            for month in range(self.months):
                for kind in np.eye(len(KINDS), dtype=np.int64):
                    one = self.functional(first, self.world.groups[first], month, month, kind)
                    other = self.functional(grouping, self.world.groups[grouping], month, month, kind)
                    self.learn(one - other, 0)

    def functional(self, grouping: str, groups: Iterable[str], first: int, last: int, kinds: np.ndarray) -> np.ndarray:
        """Return the sum over these groups and months as weights over all that is unknown."""
        names = self.world.groups[grouping]
        weights = np.zeros((self.months, len(names), len(KINDS)), dtype=np.int64)
        for group in groups:
            weights[first : last + 1, names.index(group)] = kinds
        whole = np.zeros(self.size, dtype=np.int64)
        begin = self.offsets[grouping]
        whole[begin : begin + weights.size] = weights.reshape(-1)
        return whole

    def learn(self, weights: np.ndarray, number: int) -> None:
        """Learn one number."""
        assert int(weights @ self.truth) == number, "what is shown is not true"
        self.rows.append(weights)
        self.known.append(number)

    def learn_nobody(self) -> None:
        """Learn what is public of how cases come to be: since when there is a sample, whether the model chooses any."""
        whole = next(iter(self.world.numbers.values())).sum(axis=1)
        parts = (("unscored",), ("out",), ("drawn0", "drawn1"), ("by_model",), ("by_model_too",))
        parts += (("drawn_marked", "drawn_not"), ("drawn_too", "drawn_not_too"))
        for part in parts:
            kinds = np.array([kind in part or kind[:-1] in part for kind in KINDS])
            met = np.flatnonzero(whole[:, kinds].any(axis=1))
            for month in range(int(met[0]) if len(met) else self.months):
                for grouping, names in self.world.groups.items():
                    self.people[self.functional(grouping, names, month, month, kinds.astype(np.int64)) > 0] = False

    def learn_table(
        self,
        table: SuppressedTable,
        grouping: str,
        columns_: Mapping[str, str],
        size: str | None,
        span: tuple[int, int],
    ) -> None:
        """Learn every number of a rendered table; a row is one group or several with a plus between them."""
        for name, counts in {**table.rows, "": table.total}.items():
            if counts is None:
                continue
            where = grouping if grouping in self.world.groups else next(iter(self.world.groups))
            whole = not name or grouping == "alle"
            groups = self.world.groups[where] if whole else tuple(name.split(" + "))
            shown = [(columns_[heading], part) for heading, part in zip(table.measures, counts.parts, strict=True)]
            if size:
                shown.append((size, counts.size))
            for column, number in shown:
                self.learn(self.functional(where, groups, *span, COLUMNS[column]), number)

    def solved(self) -> np.ndarray:
        """Return the reduced rows of all that is known, modulo a prime, with their pivots in `self.pivots`."""
        matrix = np.unique(self.rows_of_people() % PRIME, axis=0)
        self.pivots: list[int] = []
        at = 0
        for column in range(matrix.shape[1]):
            below = np.flatnonzero(matrix[at:, column])
            if not len(below):
                continue
            pivot = at + int(below[0])
            matrix[[at, pivot]] = matrix[[pivot, at]]
            matrix[at] = matrix[at] * pow(int(matrix[at, column]), -1, PRIME) % PRIME
            hit = np.flatnonzero(matrix[:, column])
            hit = hit[hit != at]
            matrix[hit] = (matrix[hit] - matrix[hit, column][:, None] * matrix[at]) % PRIME
            self.pivots.append(column)
            at += 1
            if at == len(matrix):
                break
        return matrix[:at]

    def rows_of_people(self) -> np.ndarray:
        """Return all that is known, over what may be somebody."""
        return np.array(self.rows, dtype=np.int64).reshape(-1, self.size)[:, self.people]

    def small(self) -> tuple[np.ndarray, list[tuple[str, str, int, int]]]:
        """Return every count below ten that someone may be after: of any groups together, any months in a row.

        Not nobody, of a kind that nobody ever was of until then.
        """
        found, names = [], []
        kinds = np.stack(list(COLUMNS.values()), axis=1)
        met = np.cumsum(np.abs(next(iter(self.world.numbers.values())).sum(axis=1) @ kinds), axis=0) > 0
        for grouping, groups in self.world.groups.items():
            sets = [one for size in range(1, len(groups) + 1) for one in combinations(groups, size)]
            for groups_ in sets:
                people = self.world.numbers[grouping][:, [groups.index(group) for group in groups_]].sum(axis=1)
                for first in range(self.months):
                    for last in range(first, min(self.months, first + 13)):
                        numbers = people[first : last + 1].sum(axis=0) @ kinds
                        for place in np.flatnonzero((np.abs(numbers) < 10) & met[last]):
                            column = list(COLUMNS)[place]
                            found.append(self.functional(grouping, groups_, first, last, kinds[:, place]))
                            names.append((column, "+".join(groups_), first, last))
        return np.array(found).reshape(-1, self.size), names

    def leaks(self) -> list[tuple[str, str, int, int]]:
        """Return each count below ten that is the only solution."""
        reduced = self.solved()
        wanted, names = self.small()
        wanted = wanted[:, self.people]
        left = wanted % PRIME
        multiples = left[:, self.pivots].astype(np.float64)
        rest = (left - np.round(multiples @ reduced.astype(np.float64)).astype(np.int64)) % PRIME
        rows = list(self.rows_of_people())
        return [names[place] for place in np.flatnonzero(~rest.any(axis=1)) if in_span(rows, wanted[place])]

    def bounds(self, weights: np.ndarray) -> tuple[float, float]:
        """Return the lowest and highest value that a count can have, given all that is known."""
        matrix, known, weights = self.rows_of_people(), np.array(self.known), weights[self.people]
        ends = []
        for sign in (1, -1):
            found = linprog(sign * weights, A_eq=matrix, b_eq=known, bounds=(0, None), method="highs")
            assert found.status in (0, 3), found.message
            ends.append(sign * found.fun if found.status == 0 else float("inf"))
        return ends[0], ends[1]


def in_span(rows: list[np.ndarray], wanted: np.ndarray) -> bool:
    """Say, in exact fractions, whether a sum is a combination of rows."""
    basis: dict[int, dict[int, Fraction]] = {}
    for row in rows:
        left = _reduced({int(at): Fraction(int(row[at])) for at in np.flatnonzero(row)}, basis)
        if left:
            pivot = min(left)
            basis[pivot] = {at: value / left[pivot] for at, value in left.items()}
    return not _reduced({int(at): Fraction(int(wanted[at])) for at in np.flatnonzero(wanted)}, basis)


def _reduced(row: dict[int, Fraction], basis: Mapping[int, Mapping[int, Fraction]]) -> dict[int, Fraction]:
    done: dict[int, Fraction] = {}
    while row:
        at = min(row)
        value = row.pop(at)
        if at not in basis:
            done[at] = value
            continue
        for other, times in basis[at].items():
            if other != at:
                left = row.get(other, Fraction(0)) - value * times
                if left:
                    row[other] = left
                else:
                    row.pop(other, None)
    return done
