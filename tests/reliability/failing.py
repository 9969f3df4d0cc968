"""Ports that fail in five ways, where such a failure really arises: inside the adapter when the adapter tells it."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, BinaryIO, cast
from unittest import mock

from sqlalchemy import event

from shared.adapters.folder import FolderStore
from shared.adapters.sql.ledger import SqlLedger
from shared.errors import KeyUnavailable, LedgerUnavailable, StorageUnavailable
from shared.installation import Installation

_TOLD = {"blobs": StorageUnavailable, "ledger": LedgerUnavailable, "keys": KeyUnavailable}
_STREAMED, _WRITTEN = ("read", "sha256", "copy", "move"), ("write", "write_by", "copy", "move")


class Fault(StrEnum):
    """The ways in which a call fails."""

    TRANSIENT = "the port says that it may succeed later"
    TERMINAL = "access is denied"
    TIMEOUT = "no answer in time"
    SHORT = "the answer breaks off: a stream ends early, or the effect happens and its answer is lost"
    FULL = "the disk is full"


class Short:
    """A stream over a file that ends halfway."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = len(stream.read()) // 2
        stream.seek(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> Short:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        part = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(part)
        return part


@dataclass
class Faults:
    """Counts calls; fails the n-th (`at`), or every call of a method (`method`), in one way."""

    fault: Fault = Fault.TRANSIENT
    at: int = 0
    method: str = ""
    seen: list[str] = field(default_factory=list)

    def call(self, port: str, target: Any, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        self.seen.append(f"{port}.{name}")
        if len(self.seen) != self.at and self.method != f"{port}.{name}":
            return getattr(target, name)(*arguments, **named)
        work: Callable[[], Any] = lambda: getattr(target, name)(*arguments, **named)  # noqa: E731
        if self.fault is Fault.SHORT:
            return self._short(port, target, name, work)
        if self.fault is Fault.FULL:
            return self._full(port, target, name, work)
        if self.fault is Fault.TRANSIENT:
            raise _TOLD[port]("It does not answer.", next_step="Wait for the next round.")
        raise PermissionError("geen toegang") if self.fault is Fault.TERMINAL else TimeoutError("te laat")

    def _short(self, port: str, target: Any, name: str, work: Callable[[], Any]) -> Any:
        if port == "blobs" and name in _STREAMED:
            whole = FolderStore.open
            with mock.patch.object(FolderStore, "open", lambda *given: Short(whole(*given))):
                return work()
        answer = work()
        if name == "open":  # nobody has the stream that was the answer
            answer.close()
        raise _TOLD[port]("The answer was lost.", next_step="Wait for the next round.")

    def _full(self, port: str, target: Any, name: str, work: Callable[[], Any]) -> Any:
        full = OSError(errno.ENOSPC, "No space left on device")
        with ExitStack() as stack:
            if port == "ledger":
                stack.enter_context(_database_full(target))
            elif name in _WRITTEN:
                stack.enter_context(mock.patch("shared.adapters.folder.os.fsync", side_effect=full))
            return work()


@contextmanager
def _database_full(ledger: SqlLedger) -> Iterator[None]:
    def refuse(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            raise sqlite3.OperationalError("database or disk is full")

    event.listen(ledger.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(ledger.engine, "before_cursor_execute", refuse)


class Failing:
    """A port whose every call passes the faults."""

    def __init__(self, port: str, target: Any, faults: Faults) -> None:
        self._port, self._target, self._faults = port, target, faults

    def __getattr__(self, name: str) -> Any:
        if not callable(getattr(self._target, name)):
            return getattr(self._target, name)
        return lambda *given, **named: self._faults.call(self._port, self._target, name, given, named)


def failing(installation: Installation, faults: Faults) -> Installation:
    """Return the installation with faults in storage, administration and keys."""
    return replace(
        installation,
        **{port: cast(Any, Failing(port, getattr(installation, port), faults)) for port in _TOLD},
    )
