"""Who reads the scores of a month beside its other numbers finds no few people, also when a new threshold took over."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from shared.monitoring import drift
from shared.monitoring.disclosure import TO, SuppressedTable
from shared.monitoring.drift import drift_of_score
from shared.monitoring.months import SCORE_STEPS, MonthTally
from tests.modelregister.attacking import Attacker

MONTHS = 40
THRESHOLDS = ((0.6, 0.65), (0.65, 0.65), (0.63, 0.65), (0.7, 0.63), (0.62, 0.63))
REFERENCE = {"edges": [0.4, 0.5, 0.6, 0.75], "shares": [0.1, 0.4, 0.2, 0.25, 0.05]}

type Cell = tuple[int, float]  # which version scored, and where a bin or a part of a bin begins


class World:
    """Applications of one month by score, of the version that began it and of the one that took over."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.thresholds = THRESHOLDS[seed % len(THRESHOLDS)]
        self.borders = sorted({*(step / SCORE_STEPS for step in range(SCORE_STEPS)), *self.thresholds})
        scale = float(rng.choice([1.5, 4, 15, 40]))
        share = (1.0, float(rng.choice([0, 0.1, 1, 1])))
        self.cells: dict[Cell, int] = {
            (version, border): int(rng.poisson(scale * part))
            for version, part in enumerate(share)
            for border in self.borders
        }

    def flagged(self, cell: Cell) -> bool:
        version, border = cell
        return border > self.thresholds[version] or math.isclose(border, self.thresholds[version])

    def month(self) -> MonthTally:
        scores = [sum(self.cells[cell] for cell in self.inside(at, at + 1)) for at in range(SCORE_STEPS)]
        versions = {str(one): sum(n for (by, _), n in self.cells.items() if by == one) for one in (0, 1)}
        return MonthTally(
            "proef",
            "model",
            "2026-01",
            versions={version: number for version, number in versions.items() if number},
            scored=sum(scores),
            flagged=sum(number for cell, number in self.cells.items() if self.flagged(cell)),
            scores=tuple(scores),
        )

    def inside(self, first: float, last: float) -> list[Cell]:
        """Return the cells from one border of 0.05 to another, as numbers of such steps."""
        return [cell for cell in self.cells if first - 1e-9 <= cell[1] * SCORE_STEPS < last - 1e-9]


def name(cell: Cell) -> str:
    return f"{cell[0]}/{cell[1]}"


def attack(world: World) -> list[str]:
    """Return each few people who are found from what a report shows of a month: how many, how many flagged, scores."""
    month, threshold = world.month(), world.thresholds[1]
    rest = month.scored - month.flagged
    attacker = Attacker()
    for cell in world.cells:  # each is there, also where nothing is shown of it
        attacker.knows({f"{name(cell)}": 1, f"{name(cell)} again": -1}, 0)
        if not any(number for (version, _), number in world.cells.items() if version == cell[0]):
            attacker.knows({name(cell): 1}, 0)  # which versions scored in a month is told
    if min(month.flagged, rest) < 10:
        return []  # then nothing is shown of this month: `shown` is False
    attacker.knows({name(cell): 1 for cell in world.cells}, month.scored)
    attacker.knows({name(cell): 1 for cell in world.cells if world.flagged(cell)}, month.flagged)
    seen = drift_of_score(month, REFERENCE, threshold, shown=True)
    assert seen.finer is not None
    for table in (seen.table, seen.finer):
        learn(attacker, world, table)
    found = []
    for wanted in after(world):
        number = sum(times * world.cells[cell] for cell, times in wanted.items())
        if 0 < abs(number) < 10:
            low, high = attacker.bounds({name(cell): times for cell, times in wanted.items()})
            assert low <= number <= high
            if max(abs(low), abs(high)) < 10:
                found.append(f"{number} of {sorted(wanted)}")
    return found


def learn(attacker: Attacker, world: World, table: SuppressedTable) -> None:
    for row, counts in table.rows.items():
        if counts is not None:
            first, last = (float(border) * SCORE_STEPS for border in row.split(TO))
            attacker.knows({name(cell): 1 for cell in world.inside(first, last)}, counts.size)


def after(world: World) -> Iterator[dict[Cell, int]]:
    """Yield whom somebody may be after: between two borders, of one version or both, and what two thresholds differ."""
    by: Sequence[tuple[int, ...]] = ((0,), (1,), (0, 1))
    for versions in by:
        for one, other in itertools.combinations([*world.borders, 2.0], 2):
            yield {cell: 1 for cell in world.cells if cell[0] in versions and one <= cell[1] < other}
    for step in range(1, SCORE_STEPS):
        above = world.inside(step, SCORE_STEPS)
        signs = {cell: int(cell in above) - int(world.flagged(cell)) for cell in world.cells}
        yield {cell: sign for cell, sign in signs.items() if sign}


@pytest.mark.slow
def test_no_few_people_are_found_from_the_scores_of_a_month() -> None:
    found = {seed: attack(World(seed)) for seed in range(MONTHS)}
    assert not any(found.values()), found


@pytest.mark.slow
def test_the_attacker_finds_a_few_where_the_border_at_the_threshold_is_always_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def careless(month: MonthTally, above: int, *, at_threshold: bool) -> bool:
        return not at_threshold and abs(above - month.flagged) < 10

    monkeypatch.setattr(drift, "tells_of_few", careless)
    assert sum(bool(attack(World(seed))) for seed in range(MONTHS)) >= 3
