"""The one place that measures: seconds by the wall, and the most memory of a fresh process; contenders take turns.

On a machine that others use too, only ratios within one run mean anything: every round each contender has its turn, so
that whatever else the machine does hits all of them alike.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.outcome import Measured

ROOT = Path(__file__).parents[1]
BENCH_PYTHON = ROOT / ".venv-bench" / "bin" / "python"  # has what we are compared with, and what draws
_LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Cost:
    """What one turn took: seconds by the wall, and megabytes at most where it was a process of its own."""

    seconds: float
    megabytes: float = 0.0


type Contender = Callable[[], Cost]


class CannotRun(Exception):
    """A benchmark or a contender needs something that is not here; says what."""


def work(do: Callable[[], object], times: int = 1) -> Contender:
    """Return a contender that does some work so many times in a row in this process, and tells what one time took."""

    def turn() -> Cost:
        began = time.perf_counter()
        for _ in range(times):
            do()
        return Cost((time.perf_counter() - began) / times)

    return turn


def fresh(code: str, *, environment: Mapping[str, str] | None = None, python: str = sys.executable) -> Contender:
    """Return a contender that runs some Python in a fresh process, from the root of the project."""
    return process([python, "-c", code], environment=environment)


def process(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Contender:
    """Return a contender that is a process of its own; one that fails raises RuntimeError with what it said.

    The memory is the largest resident set of the process, or of one that it waited for.
    """

    def turn() -> Cost:
        with tempfile.TemporaryDirectory() as folder:
            said = Path(folder) / "said"
            launched = subprocess.run(
                [sys.executable, "-I", "-S", str(_LAUNCH), str(said), *command],
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            seconds, megabytes, code = launched.stdout.split()
            if code != "0":
                last = said.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"{' '.join(command)[:200]} ended with {code}: {last}")
        return Cost(float(seconds), float(megabytes))

    return turn


def in_turns(rounds: int, contenders: Mapping[str, Contender], *, units: int = 0, warm: bool = True) -> list[Measured]:
    """Return what each contender took, by turns.

    `units`: rows (or applications) in one turn. `warm`: every contender has one turn first that does not count.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    for turn in range(rounds + warm):
        for name, contender in contenders.items():
            cost = contender()
            if turn >= warm:
                costs[name].append(cost)
    return [
        Measured(name, tuple(one.seconds for one in each), tuple(one.megabytes for one in each if one.megabytes), units)
        for name, each in costs.items()
    ]
