"""What is measured of a run, and where it may go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Step:
    """One step of a run: what, and from when till when."""

    handeling: str
    begin: datetime
    end: datetime


@dataclass(frozen=True)
class RunMeasured:
    """One attempt at a run. `bevindingen`: how many by (code, ernst); `fout`: the code of what went wrong."""

    run: str
    dataset: str
    model: str
    toestand: str
    reden: str
    fout: str
    aanvragen: int
    begin: datetime
    end: datetime
    bevindingen: Mapping[tuple[str, str], int]
    stappen: tuple[Step, ...]


class Telemetry(Protocol):
    """Where measurements go."""

    def measured(self, dataset: str, runs: Sequence[RunMeasured], waiting: int, incomplete: int) -> None:
        """Take in what a round did, and how many deliveries are in the mailbox after it, complete or not yet."""
