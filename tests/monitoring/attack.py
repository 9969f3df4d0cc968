"""Knows everything that a chain of reports shows and how streams are made, and solves for what they hide.

Independent of the code that decides: it reads the tables as they are rendered, and knows nothing of blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import batched, combinations

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from shared.monitoring.disclosure import SuppressedTable
from shared.monitoring.months import Stream
from tests.monitoring.invented import JUDGED, KINDS, OUTCOMES, SAMPLED, SIGNALS, UNKNOWN, World, tally

PRIME = 4_194_301  # products of two, added a thousand times, are still exact in a float64
AT_ONCE = 2_000  # of a chain of a year and a half there are 150,000, of thousands of weights each
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
    found |= {kind: np.eye(len(KINDS), dtype=np.int64)[place] for place, kind in enumerate(KINDS)}
    for part in ("out0", "out1", "drawn0", "drawn1"):
        found[part] = np.array([kind in JUDGED and kind.startswith(part) for kind in KINDS]).astype(np.int64)
    for prefix, signals in (("beoordeling", SIGNALS), ("beoordeling steekproef", SAMPLED)):
        for name, kinds in signals.items():
            found[f"{prefix}.{name}"] = np.array([kind in kinds for kind in KINDS]).astype(np.int64)
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


type Name = tuple[str, str, int, int]  # what is counted, of whom, and the first and last month


@dataclass
class Attack:
    """What is known: equations over the number of people per month, kind and what is known of them; none below nobody.

    The attacker knows how people are divided: that every division is of the same people, that groups of one grouping
    lie inside those of another, that who has no row is unknown everywhere, and of any two groupings that who is unknown
    in the one is unknown in the other.
    """

    world: World
    rows: list[np.ndarray] = field(default_factory=list)
    known: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.months, self.depth, _ = self.world.layers.shape
        parts = [*self.world.known.values(), self.world.layers]
        begins = np.cumsum([0, *(part.size for part in parts)])
        self.offsets = dict(zip((*self.world.divisions, UNKNOWN), begins.tolist(), strict=False))
        self.size = int(begins[-1])
        self.people = np.ones(self.size, dtype=bool)  # False where it is public that there is nobody
        self.truth = np.concatenate([part.reshape(-1) for part in parts])
        first, *others = self.world.divisions
        for other in others:  # every division is of the same people
            for month in range(self.months):
                for kind in np.eye(len(KINDS), dtype=np.int64):
                    self.learn(self.everybody(first, month, month, kind) - self.everybody(other, month, month, kind), 0)

    def functional(self, division: str, cells: Iterable[str], first: int, last: int, kinds: np.ndarray) -> np.ndarray:
        """Return the sum over these cells (or the unknown) and months as weights over all that is unknown."""
        names = self.world.divisions[division]
        weights = np.zeros((self.months, len(names), len(KINDS)), dtype=np.int64)
        whole = np.zeros(self.size, dtype=np.int64)
        for cell in cells:
            if cell == UNKNOWN:
                whole += self.layered(range(self.world.depth[division]), first, last, kinds)
            else:
                weights[first : last + 1, names.index(cell)] = kinds
        begin = self.offsets[division]
        whole[begin : begin + weights.size] = weights.reshape(-1)
        return whole

    def layered(self, layers: Iterable[int], first: int, last: int, kinds: np.ndarray) -> np.ndarray:
        """Return the sum over these layers of the unknown and months."""
        weights = np.zeros(self.world.layers.shape, dtype=np.int64)
        for layer in layers:
            weights[first : last + 1, layer] = kinds
        whole = np.zeros(self.size, dtype=np.int64)
        whole[self.offsets[UNKNOWN] :] = weights.reshape(-1)
        return whole

    def everybody(self, division: str, first: int, last: int, kinds: np.ndarray) -> np.ndarray:
        """Return the sum over everybody in these months."""
        return self.functional(division, (*self.world.divisions[division], UNKNOWN), first, last, kinds)

    def learn(self, weights: np.ndarray, number: int) -> None:
        """Learn one number."""
        assert int(weights @ self.truth) == number, "what is shown is not true"
        self.rows.append(weights)
        self.known.append(number)

    def learn_nobody(self) -> None:
        """Learn what is public: since when there is a sample, whether the model chooses any, what is never unknown."""
        whole = self.world.whole
        parts = (("unscored",), ("out",), ("drawn0", "drawn1"), ("by_model",), ("by_model_too",))
        parts += (("drawn_marked", "drawn_not"), ("drawn_too", "drawn_not_too"))
        for part in parts:
            kinds = np.array([kind.split("_")[0] in part or kind in part or kind[:-1] in part for kind in KINDS])
            met = np.flatnonzero(whole[:, kinds].any(axis=1))
            for month in range(int(met[0]) if len(met) else self.months):
                for division in self.world.divisions:
                    self.people[self.everybody(division, month, month, kinds.astype(np.int64)) > 0] = False
        every = np.ones(len(KINDS), dtype=np.int64)
        for layer in range(self.depth):
            if not self.world.layers[:, layer].any():
                self.people[self.layered((layer,), 0, self.months - 1, every) > 0] = False

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
            division, groups = self.world.shown.get(grouping) or next(iter(self.world.shown.values()))
            every = (*self.world.divisions[division], UNKNOWN)
            whole = not name or grouping == "alle"
            cells = (
                every if whole else [cell for group in name.split(" + ") for cell in groups.get(group) or (UNKNOWN,)]
            )
            shown = [(columns_[heading], part) for heading, part in zip(table.measures, counts.parts, strict=True)]
            if size:
                shown.append((size, counts.size))
            for column, number in shown:
                self.learn(self.functional(division, cells, *span, COLUMNS[column]), number)

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

    def small(self) -> Iterator[tuple[np.ndarray, Name]]:
        """Yield every count below ten that someone may be after: of any cells together, any months in a row.

        Not nobody, of a kind that nobody ever was of until then, or among who is unknown in one division and not in
        another where nobody ever was.
        """
        kinds = np.stack(list(COLUMNS.values()), axis=1)
        met = np.cumsum(np.abs(self.world.whole @ kinds), axis=0) > 0
        for of, cells, people, anybody in self._wanted():
            for first in range(self.months):
                for last in range(first, min(self.months, first + 13)):
                    numbers = people[first : last + 1].sum(axis=0) @ kinds
                    for place in np.flatnonzero((np.abs(numbers) < 10) & met[last] & anybody[last]):
                        weights = kinds[:, place]
                        whole = (
                            self.functional(of, cells, first, last, weights)
                            if of != UNKNOWN
                            else self.layered(map(int, cells), first, last, weights)
                        )
                        yield whole, (list(COLUMNS)[place], f"{of}: {'+'.join(cells)}", first, last)

    def _wanted(self) -> Iterator[tuple[str, tuple[str, ...], np.ndarray, np.ndarray]]:
        """Yield whom someone may be after: division, cells, months by kinds, and per month if anybody was there."""
        always = np.ones(self.months, dtype=bool)
        layers = self.world.layers
        for division, cells in self.world.divisions.items():
            depth = self.world.depth[division]
            every = (*cells, UNKNOWN) if depth else cells
            numbers = [*np.moveaxis(self.world.known[division], 1, 0), layers[:, :depth].sum(axis=1)]
            for size in range(1, len(every) + 1):
                for places in combinations(range(len(every)), size):
                    people = np.sum([numbers[at] for at in places], axis=0)
                    found = tuple(every[at] for at in places)
                    yield division, found, people, _ever(people) if found == (UNKNOWN,) else always
        for begin in range(self.depth):
            for end in range(begin + 1, self.depth + 1):
                people = layers[:, begin:end].sum(axis=1)
                yield UNKNOWN, tuple(map(str, range(begin, end))), people, _ever(people)

    def leaks(self, *, by_bounds: bool = False) -> list[Name]:
        """Return each count below ten that is the only solution; `by_bounds`: also because nobody is less than none."""
        if by_bounds:
            self.people[self.people] = self.may_be_somebody()
        reduced = self.solved().astype(np.float64)
        suspects: list[tuple[np.ndarray, Name]] = []
        for some in batched(self.small(), AT_ONCE, strict=False):
            wanted = np.array([weights[self.people] for weights, _ in some])
            left = wanted % PRIME
            multiples = left[:, self.pivots].astype(np.float64)
            rest = (left - np.round(multiples @ reduced).astype(np.int64)) % PRIME
            suspects += [(wanted[place], some[place][1]) for place in np.flatnonzero(~rest.any(axis=1))]
        basis = basis_of(self.rows_of_people()) if suspects else {}
        return [name for weights, name in suspects if in_span(basis, weights)]

    def may_be_somebody(self) -> np.ndarray:
        """Return what is more than nobody in some solution: the rest is nobody in each, so it is known.

        One linear programme: all solutions added up, times as much as it takes to see each as one or more.
        """
        matrix = np.unique(np.column_stack([self.rows_of_people(), self.known]), axis=0)
        count = matrix.shape[1] - 1
        seen = sparse.hstack([sparse.csr_array(matrix[:, :-1]), sparse.csr_array(matrix[:, :-1]), -matrix[:, -1:]])
        # a number is the sum of at most one (what is counted) and of what is more than that; all times a scale
        bounds = [(0, 1)] * count + [(0, None)] * count + [(1, None)]
        found = linprog(
            np.array([-1.0] * count + [0.0] * (count + 1)),
            A_eq=seen.tocsr(),
            b_eq=np.zeros(len(matrix)),
            bounds=bounds,
            method="highs",
        )
        assert found.status == 0, found.message
        return np.asarray(found.x[:count] > 0.5)

    def bounds(self, weights: np.ndarray) -> tuple[float, float]:
        """Return the lowest and highest value that a count can have, given all that is known."""
        matrix, known, weights = self.rows_of_people(), np.array(self.known), weights[self.people]
        ends = []
        for sign in (1, -1):
            found = linprog(sign * weights, A_eq=matrix, b_eq=known, bounds=(0, None), method="highs")
            assert found.status in (0, 3), found.message
            ends.append(sign * found.fun if found.status == 0 else float("inf"))
        return ends[0], ends[1]


def _ever(people: np.ndarray) -> np.ndarray:
    """Say per month whether there was anybody up to then."""
    return np.asarray(people.any(axis=1).cumsum() > 0)


type Basis = dict[int, dict[int, Fraction]]


def basis_of(rows: np.ndarray) -> Basis:
    """Return rows of which all are combinations, in exact fractions, each by its first place."""
    basis: Basis = {}
    for row in rows:
        left = _reduced({int(at): Fraction(int(row[at])) for at in np.flatnonzero(row)}, basis)
        if left:
            pivot = min(left)
            basis[pivot] = {at: value / left[pivot] for at, value in left.items()}
    return basis


def in_span(basis: Basis, wanted: np.ndarray) -> bool:
    """Say, in exact fractions, whether a sum is a combination of rows."""
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
