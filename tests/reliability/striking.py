"""Hooks that end or freeze a worker at the n-th effect: before it, right after it, or inside the adapter."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from shared.installation import Installation
from tests.shell.crashing import Fuse, Fused

_FILE_EVENTS = {"open": 0, "os.rename": 0, "os.remove": 0, "os.rmdir": 0, "os.mkdir": 0}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(frozen=True)
class Strike:
    """Where a worker is hit. `inside`: counts files touched and statements sent, not calls of ports."""

    at: int
    after: bool = False
    inside: bool = False
    freeze: bool = False

    def __str__(self) -> str:
        """Say it in a few words."""
        kind = "frozen" if self.freeze else "killed"
        return f"{kind} {'inside' if self.inside else 'after' if self.after else 'before'} {self.at}"

    def hit(self) -> None:
        """End or freeze this process, really."""
        os.kill(os.getpid(), signal.SIGSTOP if self.freeze else signal.SIGKILL)
        while not self.freeze:
            time.sleep(1)  # never reached


@dataclass
class Deadly(Fuse):
    """A fuse that is a real signal to this process."""

    strike: Strike = field(default_factory=lambda: Strike(0))

    def burn(self, name: str, effect: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        self.seen.append(name)
        struck = len(self.seen) == self.strike.at and not self.strike.inside
        if struck and not self.strike.after:
            self.strike.hit()
        outcome = effect(*arguments, **named)
        if struck and self.strike.after:
            self.strike.hit()
        return outcome


def armed(installation: Installation, strike: Strike | None) -> tuple[Installation, Deadly]:
    """Return the installation with ports that strike, and the list of effects that they keep."""
    fuse = Deadly(strike=strike or Strike(0))
    return replace(installation, blobs=Fused(installation.blobs, fuse), ledger=Fused(installation.ledger, fuse)), fuse


def watch_inside(engine: Engine, root: Path, strike: Strike) -> list[str]:
    """Count what this process does to files under the root and to the database, and strike at one of them.

    The hooks stay for as long as the process lives: only for workers that are about to end.
    """
    seen: list[str] = []

    def count(what: str) -> None:
        seen.append(what)
        if len(seen) == strike.at:
            strike.hit()

    def touched(name: str, arguments: tuple[Any, ...]) -> None:
        if name in _FILE_EVENTS and _is_write(name, arguments) and str(arguments[0]).startswith(str(root)):
            count(name)

    sys.addaudithook(touched)
    event.listen(engine, "before_cursor_execute", _statement(count))
    event.listen(engine, "commit", lambda _: count("commit"))
    return seen


def _is_write(name: str, arguments: tuple[Any, ...]) -> bool:
    return name != "open" or bool(isinstance(arguments[2], int) and arguments[2] & _WRITING)


def _statement(count: Callable[[str], None]) -> Callable[..., None]:
    def before(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        word = statement.split(None, 1)[0].upper()
        if word in ("INSERT", "UPDATE", "DELETE"):
            count(word)

    return before
