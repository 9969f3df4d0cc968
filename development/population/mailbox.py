"""Writes mailboxes: a few days of deliveries for a demonstration, or years of history with outcomes for training."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from .delivery import Tables, delivery_tables, write_tables
from .flaws import truncate, with_findings, without_rows
from .groups import groepskenmerken
from .moments import Period
from .numbers import person_text
from .outcomes import outcome_period, uitkomsten
from .staged import on_stage, staged
from .world import World, make_world

DATASET: Final = "levensonderhoud"
_FORMATS: Final = ("csv", "parquet", "csv;", "mixed", "csv")
_EXPECTED: Final = (
    "accepted",
    "accepted",
    "accepted, with findings",
    "held: afspraken without rows",
    "rejected: a file broken off",
)
_PER_DAY: Final = 32


@dataclass(frozen=True)
class Written:
    """One delivery in a mailbox and what should become of it."""

    folder: Path
    expected: str


def write_mailbox(root: Path, *, seed: int, day: date) -> list[Written]:
    """Writes five deliveries of consecutive days, the first one named `day`; their periods join up exactly.

    Two are clean (csv, parquet), one has findings, one must be held and the last one must be rejected. That order
    matters: a delivery after one that was not accepted would be held for the gap between their periods.
    """
    first = datetime.combine(day, datetime.min.time()) - timedelta(days=1)
    days = [Period.between(first + timedelta(days=n), first + timedelta(days=n + 1)) for n in range(len(_EXPECTED))]
    world = make_world(seed, _PER_DAY * len(days), Period(days[0].van, days[-1].tot), stage=staged)
    return list(_days(root, world, days))


def write_follow_ups(root: Path, *, seed: int, day: date) -> list[Written]:
    """Writes what follows the five days of `write_mailbox`: their outcomes, and the groups of who applied in them.

    An outcome takes months; these are dated as the invented people have them, and delivered as if they were there.
    """
    first = datetime.combine(day, datetime.min.time()) - timedelta(days=1)
    period = Period.between(first, first + timedelta(days=len(_EXPECTED)))
    world = make_world(seed, _PER_DAY * len(_EXPECTED), period, stage=staged)
    written = []
    for dataset, table in (("groepskenmerken", groepskenmerken(world)), ("uitkomsten", uitkomsten(world))):
        folder = root / "brievenbus" / dataset / _name(period)
        write_tables(folder, {dataset: table}, period=period, dataset=dataset)
        written.append(Written(folder, "accepted"))
    return written


def write_history(
    root: Path, *, applications: int, period: tuple[datetime, datetime], seed: int, format: str = "parquet"
) -> dict[str, Path]:
    """Writes one delivery of a long period and, each in its own mailbox, its outcomes and group attributes.

    Returns the folder of each dataset: levensonderhoud, uitkomsten, groepskenmerken.
    """
    world = make_world(seed, applications, Period.between(*period))
    datasets: dict[str, tuple[Tables, Period]] = {
        DATASET: (delivery_tables(world, world.period), world.period),
        "uitkomsten": ({"uitkomsten": uitkomsten(world)}, outcome_period(world)),
        "groepskenmerken": ({"groepskenmerken": groepskenmerken(world)}, world.period),
    }
    folders = {}
    for dataset, (tables, covered) in datasets.items():
        folders[dataset] = root / "brievenbus" / dataset / _name(covered)
        chosen = format if dataset == DATASET else "csv"
        write_tables(folders[dataset], tables, period=covered, format=chosen, dataset=dataset)
    return folders


def _days(root: Path, world: World, days: list[Period]) -> Iterator[Written]:
    for period, expected, format in zip(days, _EXPECTED, _FORMATS, strict=True):
        tables = delivery_tables(world, period)
        if "findings" in expected:
            tables = with_findings(tables, _steady_person(world, period))
        if "held" in expected:
            tables = without_rows(tables, "afspraken")
        folder = root / "brievenbus" / DATASET / _name(period)
        write_tables(folder, tables, period=period, format=format)
        if "rejected" in expected:
            truncate(folder, "diensten")
        yield Written(folder, expected)


def _steady_person(world: World, period: Period) -> str:
    """Gives the number of a person of this day who surely has a row in vermogens."""
    person = on_stage(world.moments, period.van.astype("M8[D]"))["niet onderzoekswaardig"]
    return str(person_text(np.array([person]), world.seed)[0].as_py())


def _name(period: Period) -> str:
    """Names a delivery by the day after its period, on which it is made."""
    return str(period.tot.astype("M8[D]"))
