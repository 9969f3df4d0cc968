"""What a night costs against its size, per stage; and what it would cost in money on Flex Consumption.

`python -m benchmarks.cost_of_a_night [APPLICATIONS]`: so many, and a tenth of it, four times over.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.cold_start import CLOCK, without_work
from benchmarks.measuring import Cost, fresh, in_turns
from benchmarks.nights import STAGES, Night
from benchmarks.outcome import Goal, Measured, Outcome, Table
from benchmarks.page import seconds
from benchmarks.running import alone

SIZE, SMALL = 500_000, 20
_NAMES = ("a night", "ten times as many", "a hundred times", "a thousand times", "ten thousand times")
_TURNS, _LARGE = 2, 50_000  # of a large night one turn says enough
_MEMORY_GB = 4  # of an instance: infra/parameters/productie.json
_DOLLAR_PER_GB_SECOND, _DOLLAR_PER_MILLION = 0.000026, 0.40  # on demand, West Europe; for the grants see below
_FREE_GB_SECONDS, _NIGHTS_A_MONTH = 100_000, 365 / 12
_CLOCKS_A_DAY = 19 * 6 + 2  # function_app.py: every ten minutes from four to ten in the evening, and two at night
_LEAST_BILLED = 1.0  # seconds of an execution, however short
_CLOCK_ROUNDS = 3
_ABOUT = """The same night as above, from the smallest to the largest. What a stage took is what the app itself recorded
with its events. Dollars are those of an instance of 4 GB on demand, for a machine with cores like this one: the seconds
of the night, and of the clocks that find nothing to do, times memory, times the price that was published when this was
written. Every clock is billed what it takes in a fresh process, measured here, as if no instance were ever left of the
clock before: the dearest that can be, and of a small night's year it is nearly all. The monthly grant of a subscription
(100,000 GB-seconds) is in the last column. Storage, database, logs and network are not counted: they cost the same
whatever is delivered."""


def measure(size: int) -> Outcome:
    """Measure nights of `size` applications, of a tenth of it, and so on."""
    found: dict[int, tuple[Measured, Mapping[str, float]]] = {}
    for name, number in zip(_NAMES, sorted({max(size // 10**step, 1) for step in range(len(_NAMES))}), strict=False):
        with tempfile.TemporaryDirectory() as home:
            found[number] = _measured(name, Night(Path(home), number))
    nights = [measured for measured, _ in found.values()]
    first, last = nights[0], nights[-1]
    each = (last.least / last.units) / (nights[-2].least / nights[-2].units)
    beside = "an application of the largest night, beside one of a tenth of it: at most 1.1 × the time"
    goals = [
        Goal(beside, each, 1.1, at_most=True),
        Goal("memory of the largest night: at most 1,000 MB", last.most_memory, 1_000, "MB", at_most=True),
        Goal("the smallest night: at most 10 s", first.least, 10.0, "s", at_most=True),
    ]
    tables = [_stages({number: stages for number, (_, stages) in found.items()}), money(nights, _clock())]
    return Outcome(
        "Cost of a night", _ABOUT, size, {f"nights, from {first.units:,} applications up": nights}, goals, tables
    )


def _measured(name: str, night: Night) -> tuple[Measured, Mapping[str, float]]:
    costs: list[tuple[Cost, Mapping[str, float]]] = []
    for _ in range(1 if night.applications >= _LARGE else _TURNS):
        cost = night.turn()
        costs.append((cost, night.stages(cost.seconds)))
    _, stages = min(costs, key=lambda one: one[0].seconds)
    taken, memory = tuple(cost.seconds for cost, _ in costs), tuple(cost.megabytes for cost, _ in costs)
    return Measured(name, taken, memory, night.applications), stages


def _clock() -> Measured:
    """Measure the clock by day, that finds nothing to do, in a fresh process on a storage that it knows."""
    with tempfile.TemporaryDirectory() as storage:
        clock = fresh(CLOCK, environment=without_work(storage))
        [found] = in_turns(_CLOCK_ROUNDS, {"a clock by day with nothing to do": clock})
    return found


def _stages(found: Mapping[int, Mapping[str, float]]) -> Table:
    header = ("applications", *STAGES)
    rows = tuple((f"{number:,}", *(seconds(stages[name]) for name in STAGES)) for number, stages in found.items())
    return Table("Seconds by stage", header, rows)


def money(nights: list[Measured], clock: Measured) -> Table:
    """Return what nights of each size cost, and a year of them with clocks of so many seconds."""
    idle = _CLOCKS_A_DAY * max(clock.least, _LEAST_BILLED) * _MEMORY_GB
    rows = []
    for night in nights:
        used = night.least * _MEMORY_GB
        runs = (_CLOCKS_A_DAY + 1) * _DOLLAR_PER_MILLION / 1e6
        year = ((used + idle) * _DOLLAR_PER_GB_SECOND + runs) * 365
        beyond = max((used + idle) * _NIGHTS_A_MONTH - _FREE_GB_SECONDS, 0.0) * 12 * _DOLLAR_PER_GB_SECOND
        rows.append((f"{night.units:,}", f"{used * _DOLLAR_PER_GB_SECOND:.4f}", f"{year:.2f}", f"{beyond:.2f}"))
    header = ("applications a night", "a night", "a year, with the clocks", "a year, beyond the grant")
    idle_clocks = f"{_CLOCKS_A_DAY} clocks a day with nothing to do, of {seconds(clock.least)} each"
    return Table(f"Dollars on Flex Consumption, and {idle_clocks}", header, tuple(rows))


if __name__ == "__main__":
    alone("cost_of_a_night")
