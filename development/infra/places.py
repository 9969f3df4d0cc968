"""Where something stands in a file, and what is wrong there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Place:
    """A line of a file, the file relative to the root of the repository."""

    file: str
    line: int

    def __str__(self) -> str:
        """Return the place as editors and people read it."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, and where to mend it."""

    place: Place
    rule: str
    sentence: str

    def __str__(self) -> str:
        """Return one line for a person."""
        return f"{self.place}: [{self.rule}] {self.sentence}"


class Unreadable(Exception):
    """A file cannot be read as Bicep; says where and why."""

    def __init__(self, place: Place, sentence: str) -> None:
        """Say what is wrong at this place."""
        super().__init__(f"{place}: {sentence}")
        self.problem = Problem(place, "bicep", sentence)


class Properties(dict[str, Any]):
    """An object as written, with the place of each of its members."""

    def __init__(self, at: Place) -> None:
        """Begin an empty object that stands at this place."""
        super().__init__()
        self.at = at
        self.places: dict[str, Place] = {}

    def put(self, name: str, value: Any, at: Place) -> None:
        """Set a member that is written at this place."""
        self[name] = value
        self.places[name] = at

    def place(self, *path: str) -> Place:
        """Return where a member inside members is written, or the nearest object around it."""
        here: Any = self
        found = self.at
        for name in path:
            if not isinstance(here, Properties) or name not in here:
                return found
            found = here.places[name]
            here = here[name]
        return found
