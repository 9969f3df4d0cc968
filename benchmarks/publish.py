"""How long results take into the administration, and how much memory: `python -m benchmarks.publish [RESULTS]`.

In parts as the app does it, beside one INSERT per row and the dictionaries that most people would write; and ten times
as many by the app alone. On SQLite and on a PostgreSQL of its own.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.databases import Database, postgresql, sqlite
from benchmarks.measuring import Contender, Cost, in_turns, process
from benchmarks.outcome import Goal, Measured, Outcome, times_as_fast
from benchmarks.running import alone
from shared.judging import JUDGED_AT_ONCE

SIZE, SMALL = 100_000, 200
ROUNDS = 2
TENFOLD = 10
_FACT = '"kenmerk_met_een_naam":'
_APP, _MANY, _DICTIONARIES = "in parts, as the app", "in parts, executemany", "dictionaries, all at once"
_WAYS = {_APP: "app", _MANY: "executemany", _DICTIONARIES: "dictionaries"}
_ABOUT = """Results with texts as long as those of the invented population, in the tables of the administration with
their indexes and guards. Time and memory are of a process that reads the parts back from files and publishes them. The
PostgreSQL is on the same machine and does not wait for the disk (fsync is off); SQLite does. What the app does beside
storing (one sha256 of every row, state, events) is in its time, and not in that of the dictionaries."""


def measure(size: int) -> Outcome:
    """Measure every way on both databases at this size, and the app at ten times as many."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        databases = {"SQLite": sqlite(folder), "PostgreSQL": stack.enter_context(postgresql(folder))}
        few, many = _written(folder / "few", size), _written(folder / "many", size * TENFOLD)
        rounds = ROUNDS if size > SMALL else 1
        groups: dict[str, list[Measured]] = {}
        goals: list[Goal] = []
        for name, database in databases.items():
            ways = {title: _publishing(way, database, few) for title, way in _WAYS.items()}
            found = in_turns(rounds, ways, units=size, warm=False)
            [tenfold] = in_turns(1, {_APP: _publishing("app", database, many)}, units=size * TENFOLD, warm=False)
            groups |= {f"{name}, {size:,} results": found, f"{name}, {size * TENFOLD:,} results": [tenfold]}
            app, executemany, dictionaries = found
            if name == "PostgreSQL":
                goals.append(times_as_fast("COPY, beside executemany", app, executemany, 1.5))
            goals += [
                times_as_fast(f"{name}: in parts, beside dictionaries", app, dictionaries, 1.0),
                Goal(f"{name}: time of ten times as many", tenfold.least / app.least, 11, at_most=True),
                Goal(f"{name}: memory of ten times as many", tenfold.most_memory / app.most_memory, 1.2, at_most=True),
            ]
        return Outcome("Publishing to the database", _ABOUT, size, groups, goals)


def _publishing(way: str, database: Database, folder: Path) -> Contender:
    def turn() -> Cost:
        cost = process([sys.executable, "-m", "benchmarks.publish_once", way, database(), str(folder)])()
        return Cost(float((folder / "seconds").read_text(encoding="ascii")), cost.megabytes)

    return turn


def _written(folder: Path, number: int) -> Path:
    folder.mkdir()
    for n, start in enumerate(range(0, number, JUDGED_AT_ONCE)):
        made_results(range(start, min(start + JUDGED_AT_ONCE, number))).to_parquet(folder / f"{n:05d}.parquet")
    return folder


def made_results(numbers: range) -> pd.DataFrame:
    """Return results of invented applications, as ResultSet.results has them; five in six are scored by the model."""
    names = [hashlib.sha256(f"{n}".encode()).hexdigest()[:43] for n in numbers]
    scored = np.arange(numbers.start, numbers.stop) % 6 != 0
    frame = pd.DataFrame({"aanvraagnummer": [f"{n:010d}" for n in numbers]}).assign(
        dienst=[f"k-20261119:{name}" for name in names],
        persoon=[f"k-20261119:{name[::-1]}" for name in names],
        peilmoment="2026-11-19T10:00:00",
        resultaattype=np.where(scored, 2, 3),
        reden=np.where(scored, "MODEL", "IOAW_IOAZ"),
        advies=np.where(scored, "niet onderzoekswaardig", None),
        score=np.where(scored, 0.421875, np.nan),
        intercept=np.where(scored, -1.25, np.nan),
        zekerheid=np.where(scored, 0.03125, np.nan),
        steekproef=False,
    )
    for name, text in (("kenmerken", f"{_FACT}1.25," * 20), ("bijdragen", f"{_FACT}-0.1234567," * 22)):
        frame[name] = [f'{{{text}"n":{n}}}' if of_model else None for n, of_model in zip(numbers, scored, strict=True)]
    return frame.assign(uitleg=[f'{{{_FACT}"een zin",' * 30 + f'"n":{n}}}' for n in numbers])


if __name__ == "__main__":
    alone("publish")
