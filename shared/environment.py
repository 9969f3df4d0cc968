"""Variables of the environment as this product reads them: what each means, and everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "SLIMME_CHECK_"


@dataclass(frozen=True)
class Setting:
    """One variable of the environment: what it means to a person, and what holds when it is absent."""

    name: str
    default: str
    meaning: str

    @property
    def variable(self) -> str:
        """Return the name of the environment variable."""
        return PREFIX + self.name


@dataclass
class Reading:
    """The environment while it is read, and everything that turned out to be wrong."""

    given: Mapping[str, str]
    problems: list[str]

    def has(self, name: str) -> bool:
        """Say whether this variable was given."""
        return PREFIX + name in self.given

    def value(self, name: str, default: str) -> str:
        """Return what was given, or the default."""
        return self.given.get(PREFIX + name, default)

    def checked(self, name: str, default: str, allowed: Callable[[str], object], rule: str) -> str:
        """Return what was given where it is allowed; the default where it is not, which is noted."""
        text = self.value(name, default)
        if not allowed(text):
            self.problems.append(f"{PREFIX}{name} must be {rule}")
            return default
        return text

    def refuse(self, name: str, rule: str) -> None:
        """Note that this variable breaks its rule."""
        self.problems.append(f"{PREFIX}{name} must be {rule}")

    def path(self, name: str, default: Path) -> Path:
        """Return a place on disk."""
        return Path(self.value(name, str(default))).expanduser().absolute()
