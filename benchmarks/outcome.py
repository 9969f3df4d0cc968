"""What a benchmark found, as plain data: it goes to werk/benchmarks/ as JSON and from there to docs/performance.md."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Measured:
    """What one contender took in every round. `units`: rows or applications in a round, 0 where it does not apply."""

    name: str
    seconds: tuple[float, ...]
    megabytes: tuple[float, ...] = ()
    units: int = 0

    @property
    def least(self) -> float:
        """Return the seconds of the round that was disturbed least; ratios are of these."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """Return the seconds of the round in the middle."""
        return statistics.median(self.seconds)

    @property
    def most_memory(self) -> float:
        """Return the megabytes of the round that took most; 0 where memory was not looked at."""
        return max(self.megabytes, default=0.0)


@dataclass(frozen=True)
class Goal:
    """What was asked, as a sentence, and what was found; `at_most` says on which side of the limit it should lie."""

    sentence: str
    found: float
    limit: float
    unit: str = "×"
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Say whether what was asked is so."""
        return self.found <= self.limit if self.at_most else self.found >= self.limit


@dataclass(frozen=True)
class Table:
    """A table that is no list of contenders, with its numbers as they are to be read."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Outcome:
    """Everything that one benchmark found. `about`: what was measured and how, in a few sentences (Markdown).

    `groups`: contenders that took turns with each other, by title. `asked`: the size that the goals are about; what
    was measured at less says nothing of them.
    """

    title: str
    about: str
    size: int
    groups: Mapping[str, Sequence[Measured]]
    goals: Sequence[Goal] = ()
    tables: Sequence[Table] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    surroundings: Mapping[str, str] = field(default_factory=dict)
    asked: int = 0

    @property
    def large_enough(self) -> bool:
        """Say whether it was measured at the size that the goals are about, or at more."""
        return self.size >= self.asked

    def as_json(self) -> str:
        """Return the outcome as JSON text."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the outcome that `as_json` wrote."""
        found: dict[str, Any] = json.loads(text)
        groups = {title: [_measured(each) for each in group] for title, group in found.pop("groups").items()}
        goals = [Goal(**goal) for goal in found.pop("goals")]
        tables = [
            Table(each["title"], tuple(each["header"]), tuple(map(tuple, each["rows"]))) for each in found.pop("tables")
        ]
        return cls(groups=groups, goals=goals, tables=tables, **found)


def _measured(found: Mapping[str, Any]) -> Measured:
    return Measured(found["name"], tuple(found["seconds"]), tuple(found["megabytes"]), found["units"])


def times_as_fast(sentence: str, ours: Measured, other: Measured, limit: float) -> Goal:
    """Return a goal of being at least so many times as fast as another."""
    return Goal(sentence, other.least / ours.least, limit)


def share_of_time(sentence: str, ours: Measured, other: Measured, limit: float) -> Goal:
    """Return a goal of taking at most this share of the time of another."""
    return Goal(sentence, ours.least / other.least, limit, at_most=True)


def share_of_memory(sentence: str, ours: Measured, other: Measured, limit: float) -> Goal:
    """Return a goal of taking at most this share of the memory of another."""
    return Goal(sentence, ours.most_memory / other.most_memory, limit, at_most=True)
