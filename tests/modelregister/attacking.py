"""Tries to find what a report hides: every number between its lowest and highest value, given all that is shown.

Of what is shown in tens it knows between which numbers it lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog


@dataclass
class Attacker:
    """Knows linear equations between counts, between what some of them lie, and that no count is below 0."""

    names: dict[str, int] = field(default_factory=dict)
    equations: list[tuple[Mapping[str, int], int]] = field(default_factory=list)
    spans: list[tuple[Mapping[str, int], int, int]] = field(default_factory=list)

    def knows(self, counts: Mapping[str, int], number: int) -> None:
        """Learn that these counts (with their signs) add up to a number."""
        for name in counts:
            self.names.setdefault(name, len(self.names))
        self.equations.append((counts, number))

    def knows_between(self, counts: Mapping[str, int], low: int, high: int) -> None:
        """Learn that these counts add up to a number from the one up to and including the other."""
        for name in counts:
            self.names.setdefault(name, len(self.names))
        self.spans.append((counts, low, high))

    def _row(self, counts: Mapping[str, int]) -> np.ndarray:
        row = np.zeros(len(self.names))
        for name, sign in counts.items():
            row[self.names[name]] += sign
        return row

    def bounds(self, wanted: Mapping[str, int]) -> tuple[int, float]:
        """Return the lowest and highest value that some counts together can have."""
        matrix = np.array([self._row(counts) for counts, _ in self.equations]).reshape(-1, len(self.names))
        numbers = np.array([number for _, number in self.equations], dtype=float)
        sums = np.array([self._row(counts) for counts, _, _ in self.spans]).reshape(-1, len(self.names))
        between = np.array([(-low, high) for _, low, high in self.spans], dtype=float).reshape(-1, 2)
        most, limits = np.concatenate([-sums, sums]), between.T.reshape(-1)
        goal = self._row(wanted)
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * goal, A_ub=most, b_ub=limits, A_eq=matrix, b_eq=numbers, bounds=(0, None), method="highs"
            )
            assert found.status in (0, 3), found.message
            ends.append(sign * found.fun if found.status == 0 else float("inf"))
        return int(np.ceil(ends[0] - 1e-6)), np.floor(ends[1] + 1e-6) if ends[1] != float("inf") else ends[1]
