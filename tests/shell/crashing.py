"""Ports that die at the n-th effect: before it happens, or right after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import BlobWithheld, StorageUnavailable
from shared.installation import Installation
from shared.sweep import run_waiting
from tests.shell.workshop import Crash, Workshop

EFFECTS = frozenset(
    {"write", "write_by", "copy", "delete"}
    | {"claim", "move", "publish", "record_output", "note", "release", "request_run", "expire", "stop", "resume"}
)


@dataclass
class Fuse:
    """Counts effects and dies at one of them; with `at` 0 it only counts."""

    at: int = 0
    after: bool = False
    seen: list[str] = field(default_factory=list)

    def burn(self, name: str, effect: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        self.seen.append(name)
        last = len(self.seen) == self.at
        if last and not self.after:
            raise Crash
        outcome = effect(*arguments, **named)
        if last:
            raise Crash
        return outcome


class Fused:
    """A port whose effects pass a fuse."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self._port = port
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name not in EFFECTS:
            return found
        return lambda *arguments, **named: self._fuse.burn(name, found, arguments, named)


@dataclass(frozen=True)
class Refusing:
    """A storage in which an effect on some blobs of a container fails, or ends the worker: `cause` says which.

    `effect`: how the names of the calls begin that fail; `named`: says by its name whether a blob is one of these.
    """

    blobs: Any
    container: str
    cause: Callable[[], BaseException]
    effect: str = "write"
    named: Callable[[str], bool] = lambda _: True

    def __getattr__(self, name: str) -> Any:
        known = getattr(self.blobs, name)

        def effect(container: str, blob: str, *rest: Any, **more: Any) -> Any:
            if container == self.container and self.named(blob):
                raise self.cause()
            return known(container, blob, *rest, **more)

        return effect if name.startswith(self.effect) and name != "written_at" else known


def no_answer() -> StorageUnavailable:
    """A storage that is away."""
    return StorageUnavailable("No answer.")


def not_handed_out() -> BlobWithheld:
    """A storage that has a blob and does not hand it out."""
    return BlobWithheld("Archived.")


def fused(workshop: Workshop, fuse: Fuse) -> Installation:
    """Return the workshop's installation with a fuse on storage and administration."""
    installation = workshop.installation
    return workshop.with_(blobs=Fused(installation.blobs, fuse), ledger=Fused(installation.ledger, fuse)).installation


def died(
    workshop: Workshop, deadly: Installation, times: int, work: Callable[[Installation], object] = run_waiting
) -> None:
    """Let so many workers of an installation end, each when the lease of the one before is over."""
    for _ in range(times):
        with pytest.raises(Crash):
            work(deadly)
        workshop.clock.pass_by(timedelta(minutes=40))
