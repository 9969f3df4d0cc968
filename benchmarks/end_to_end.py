"""A whole night: a delivery in the mailbox becomes results in files and SQL; beside the least that anybody must do.

`python -m benchmarks.end_to_end [APPLICATIONS]`
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.measuring import Contender, Cost, in_turns, process
from benchmarks.nights import Night
from benchmarks.outcome import Goal, Measured, Outcome, share_of_time
from benchmarks.running import alone

SIZE, SMALL = 100_000, 60
_ROUNDS = 2
_APP, _FLOOR, _TEN_TIMES = "the app", "the floor", "ten times as many"
_MOST_MEGABYTES = 1_000
_ABOUT = """A delivery of twelve csv files lies in the mailbox (a folder); `python -m shared run` checks it, minimises,
pseudonymises, computes features, scores, explains, writes Parquet and JSON lines, publishes in SQLite, writes manifest,
pointers, logboek, snapshot and message, and clears the mailbox. The floor does nothing but read the same files with
pyarrow, take the HMAC of every different number once, and write the same results (taken from a finished run, the lines
just copied) as Parquet, as JSON lines and into the same tables of SQLite, with the cache that the app has and the same
indexes, which are made when all rows are in unless a key asks for them. Each turn is a fresh process; the memory is its
largest resident set. A night that did not publish every application fails."""


def measure(size: int) -> Outcome:
    """Measure a delivery of so many applications, and one of ten times as many."""
    with tempfile.TemporaryDirectory() as folder:
        one, ten = Night(Path(folder) / "one", size), Night(Path(folder) / "ten", 10 * size)
        floor = _floor(one)  # needs what the app made in its turn before
        turns = {_APP: one.turn, _FLOOR: floor, _TEN_TIMES: ten.turn}
        app, least, larger = in_turns(_ROUNDS, turns, units=size, warm=False)
    larger = replace(larger, units=10 * size)
    groups = {"one night": (app, least), _TEN_TIMES: (larger,)}
    return Outcome("End to end", _ABOUT, size, groups, _goals(app, least, larger))


def _goals(app: Measured, floor: Measured, larger: Measured) -> list[Goal]:
    return [
        share_of_time("a whole night: at most 3 × the floor", app, floor, 3.0),
        share_of_time("ten times as many: at most 11 × the time", larger, app, 11.0),
        Goal("memory of a night: at most 1,000 MB", app.most_memory, _MOST_MEGABYTES, "MB", at_most=True),
        Goal("ten times as many: at most 1,000 MB", larger.most_memory, _MOST_MEGABYTES, "MB", at_most=True),
    ]


def _floor(night: Night) -> Contender:
    def turn() -> Cost:
        with tempfile.TemporaryDirectory() as out:
            asked = (str(night.delivery), str(night.storage), out, str(night.applications))
            return process([sys.executable, "-m", "benchmarks.floor", *asked])()

    return turn


if __name__ == "__main__":
    alone("end_to_end")
