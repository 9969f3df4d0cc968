"""From features to published results, beside the code that most people would write.

`python -m benchmarks.from_features [APPLICATIONS]`
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.databases import Database, postgresql, sqlite
from benchmarks.measuring import Contender, Cost, in_turns, process
from benchmarks.nights import PERIOD
from benchmarks.outcome import Measured, Outcome, times_as_fast
from benchmarks.running import alone
from development.population import write_delivery

SIZE, SMALL = 100_000, 200
_WAYS = {"the app": "app", "what most people would write": "typical"}
_ABOUT = """Both begin with the features of the same applications and end with Parquet, JSON lines and rows in a
database on the same machine: SQLite, as without Azure, or PostgreSQL, as in Azure (here it does not wait for the disk).
The documents are equal, key by key (`tests/performance/test_typical.py`). What most people would write asks interpret
for `predict_proba` and `explain_local`, of each bag too, makes a dictionary of every application with its sentences,
and stores these with `json.dumps`, pandas and `executemany`. The app does more in its time: a check that each
explanation adds up, one sha256 of every row, and the state and event of the run in the same transaction."""


def measure(size: int) -> Outcome:
    """Measure both on an invented delivery of so many applications, with either database."""
    groups: dict[str, list[Measured]] = {}
    goals = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        databases = {"SQLite": sqlite(folder), "PostgreSQL": stack.enter_context(postgresql(folder))}
        delivery = folder / "delivery"
        write_delivery(delivery, applications=size, period=PERIOD, seed=3, format="parquet")
        for name, database in databases.items():
            ways = {title: _way(way, delivery, database) for title, way in _WAYS.items()}
            found = in_turns(2 if size > SMALL else 1, ways, units=size, warm=False)
            groups[f"features to results, {name}"] = found
            goals.append(times_as_fast(f"{name}: at least 5 × as fast as what most people would write", *found, 5.0))
    return Outcome("From features to results", _ABOUT, size, groups, goals)


def _way(name: str, delivery: Path, database: Database) -> Contender:
    def turn() -> Cost:
        with tempfile.TemporaryDirectory() as storage:
            command = [sys.executable, "-m", "benchmarks.from_features_once", name, str(delivery), storage]
            settings = {"SLIMME_CHECK_OPSLAG": storage, "SLIMME_CHECK_DATABASE": database()}
            process(command, environment=settings)()
            return Cost(float((Path(storage) / "seconds").read_text(encoding="ascii")))

    return turn


if __name__ == "__main__":
    alone("from_features")
