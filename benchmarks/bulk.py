"""Bulk re-scoring with 1, 2 and 4 tasks at once, beside a night of one machine: `python -m benchmarks.bulk [SIZE]`.

And what a country would take and cost: by the time of the processor, which does not depend on how busy the machine was.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.measuring import ROOT, CannotRun, Cost, in_turns
from benchmarks.nights import must_have_published
from benchmarks.outcome import Measured, Outcome, Table, times_as_fast
from benchmarks.page import seconds
from benchmarks.running import alone
from development.population import write_delivery
from shared.usecases import datasets

SIZE, SMALL = 16_000, 40
DELIVERIES = 8
TASKS = (1, 2, 4)
ROUNDS = 2
PYTHON = ROOT / ".venv-bulk" / "bin" / "python"
NIGHT = "a night of one machine"
COUNTRY = 100_000_000
EURO_PER_CORE_HOUR = 0.06  # assumed: a general-purpose core of a cloud, on demand, with its memory; not an offer
CORES = (1, 16, 64, 256)
_GOAL = "2 tasks at once, beside 1, on two cores"
_ABOUT = """Eight deliveries of Parquet with invented people, judged by `bulk/` on Spark in one process with so many
tasks at once, beside `python -m shared run` on the same deliveries with SQLite. Starting Java, Spark and its Pythons is
not counted, and told apart; the time of the night is of its whole process, with its start. Rows are those delivered. A
delivery costs something whatever its size: few applications in each make an application dear."""


@dataclass(frozen=True)
class _Told:
    """Of one turn: seconds of the processor, and those by the wall until Spark had started."""

    processor: float
    starting: float


def measure(size: int) -> Outcome:
    """Measure the same deliveries in every way, in turns."""
    if not PYTHON.is_file() or shutil.which("java") is None:
        raise CannotRun("make bulk-tools, with Java 17")
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        every, rounds, deliveries = (TASKS, ROUNDS, DELIVERIES) if size > SMALL else (TASKS[:2], 1, 2)
        rows = _delivered(folder / "post", deliveries, size // deliveries)
        told: dict[int, list[_Told]] = {tasks: [] for tasks in every}
        ways: dict[str, Callable[[], Cost]] = {NIGHT: partial(_night, folder, size)}
        for tasks in every:
            ways[_named(tasks)] = partial(_bulk, folder, tasks, told[tasks])
        found = in_turns(rounds, ways, units=rows, warm=False)
    per_application = min(one.processor for each in told.values() for one in each) / size
    _, one, two, *_ = found
    goals = [times_as_fast(_GOAL, two, one, 1.4)]
    tables = [_rates(found, size, rows, told), _country(per_application)]
    return Outcome("Bulk", _ABOUT, size, {f"{size:,} applications, {rows:,} rows": found}, goals, tables)


def _named(tasks: int) -> str:
    return f"bulk, {tasks} task{'s' if tasks > 1 else ''} at once"


def _delivered(root: Path, deliveries: int, applications: int) -> int:
    """Write deliveries of consecutive days, and return how many rows they have."""
    rows = 0
    for day in range(deliveries):
        van = datetime(2026, 11, 1) + timedelta(days=day)
        path = write_delivery(
            root / "brievenbus" / datasets()[0] / str((van + timedelta(days=1)).date()),
            applications=applications,
            period=(van, van + timedelta(days=1)),
            seed=day,
            format="parquet",
        )
        rows += sum(resource["rijen"] for resource in json.loads(path.read_bytes())["resources"])
    return rows


def _turn(folder: Path, command: list[str | Path]) -> tuple[float, str]:
    """Run a command on a storage of its own with the deliveries; returns the seconds and what it said last."""
    storage = folder / "werk"
    shutil.rmtree(storage, ignore_errors=True)
    shutil.copytree(folder / "post", storage, copy_function=os.link)
    environment = {**os.environ, "SLIMME_CHECK_OPSLAG": str(storage), "PYTHONPATH": str(ROOT)}
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, start_new_session=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return time.perf_counter() - began, done.stdout.splitlines()[-1]


def _night(folder: Path, applications: int) -> Cost:
    cost = Cost(_turn(folder, [sys.executable, "-m", "shared", "run"])[0])
    must_have_published(folder / "werk", applications)
    return cost


def _bulk(folder: Path, tasks: int, told: list[_Told]) -> Cost:
    whole, said = _turn(folder, [PYTHON, "-m", "benchmarks.bulk_once", str(tasks)])
    found = json.loads(said)
    told.append(_Told(found["processor"], whole - found["seconds"]))
    return Cost(found["seconds"])


def _rates(found: list[Measured], size: int, rows: int, told: dict[int, list[_Told]]) -> Table:
    lines = []
    for tasks, each in told.items():
        (one,) = (measured for measured in found if measured.name == _named(tasks))
        used = min(turn.processor for turn in each)
        lines.append(
            (
                str(tasks),
                f"{rows / one.least:,.0f}",
                f"{size / one.least:,.0f}",
                f"{1_000 * used / size:.2f} ms",
                f"{used / one.least:.1f}",
                seconds(min(turn.starting for turn in each)),
            )
        )
    header = ("rows a second", "applications a second", "processor per application", "cores kept busy", "start, apart")
    return Table("Speed by the number of tasks", ("tasks", *header), tuple(lines))


def _country(per_application: float) -> Table:
    hours = COUNTRY * per_application / 3600
    lines = [(f"{cores:,}", f"{hours / cores:,.1f} hours", f"€ {hours * EURO_PER_CORE_HOUR:,.2f}") for cores in CORES]
    title = (
        f"{COUNTRY:,} applications: {hours:,.0f} hours of one core, at € {EURO_PER_CORE_HOUR:.2f} per core and hour "
        "(assumed), by the least processor time above; without storage, traffic and idle machines"
    )
    return Table(title, ("cores", "takes", "costs"), tuple(lines))


if __name__ == "__main__":
    alone("bulk")
