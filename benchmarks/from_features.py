"""From features to published results, beside the code that most people would write.

`python -m benchmarks.from_features [APPLICATIONS]`
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Contender, Cost, in_turns, process
from benchmarks.nights import PERIOD
from benchmarks.outcome import Outcome, times_as_fast
from benchmarks.running import alone
from development.population import write_delivery

SIZE, SMALL = 20_000, 200
_APP, _TYPICAL = "the app", "what most people would write"
_ABOUT = """Both begin with the features of the same applications and end with Parquet, JSON lines and rows in SQLite;
the documents are equal, key by key (`tests/performance/test_typical.py`). What most people would write asks interpret
for `predict_proba` and `explain_local`, of each bag too, makes a dictionary of every application with its sentences,
and stores these with `json.dumps`, pandas and `executemany`. The app does more in its time: a check that each
explanation adds up, one sha256 of every row, and the state and event of the run in the same transaction."""


def measure(size: int) -> Outcome:
    """Measure both on an invented delivery of so many applications."""
    with tempfile.TemporaryDirectory() as folder:
        delivery = Path(folder) / "delivery"
        write_delivery(delivery, applications=size, period=PERIOD, seed=3, format="parquet")
        ways = {_APP: _way("app", delivery), _TYPICAL: _way("typical", delivery)}
        ours, typical = in_turns(3 if size > SMALL else 1, ways, units=size, warm=False)
    goal = times_as_fast("at least 5 × as fast as what most people would write", ours, typical, 5.0)
    return Outcome("From features to results", _ABOUT, size, {"features to results": [ours, typical]}, [goal])


def _way(name: str, delivery: Path) -> Contender:
    def turn() -> Cost:
        with tempfile.TemporaryDirectory() as storage:
            command = [sys.executable, "-m", "benchmarks.from_features_once", name, str(delivery), storage]
            process(command, environment={"SLIMME_CHECK_OPSLAG": storage})()
            return Cost(float((Path(storage) / "seconds").read_text(encoding="ascii")))

    return turn


if __name__ == "__main__":
    alone("from_features")
