"""Hears everything that a piece of work lets out while it runs, but for what it stores: that is looked at afterwards.

Every record of every log with its arguments and traceback, every error of ours that is made (also one that nobody
tells), what is printed, spans and metrics, every name of a file that is opened, made or moved, every program that is
started with its arguments and environment, and every address that is looked up.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from shared.errors import SlimmeCheckError
from shared.logs import configure_logging
from tests.audit.test_telemetry import Collected
from tests.canary.places import Piece

_CALLS = ("open", "os.", "shutil.", "subprocess.", "socket.", "sqlite3.", "tempfile.", "urllib.", "http.", "pty.")
# moments, durations and numbers drawn for a span are nobody's: in very many of their digits any eight stand some time
_CLOCKS = re.compile(r'"(start_)?time_unix_nano": \d{19}|"0x[0-9a-f]{16,32}"|\b\d+\.\d{9,}\b')
_OF_THE_CLOCK = ("created", "msecs", "relativeCreated", "thread", "process")
_hearing: list[Heard] = []


def _audited(event: str, arguments: tuple[Any, ...]) -> None:
    """Pass on what the interpreter says of itself; such a hook cannot be taken away, so it asks who listens."""
    if _hearing and event.startswith(_CALLS):
        _hearing[-1].tell(f"call of {event}", repr(arguments))


sys.addaudithook(_audited)


@dataclass
class Heard(logging.Handler):
    """What was heard, by where."""

    told: dict[str, list[str]] = field(default_factory=dict)
    telemetry: Collected = field(default_factory=Collected)

    def __post_init__(self) -> None:
        super().__init__(logging.NOTSET)

    __hash__ = logging.Handler.__hash__

    def tell(self, place: str, text: str) -> None:
        self.told.setdefault(place, []).append(text)

    def emit(self, record: logging.LogRecord) -> None:
        said = {name: value for name, value in vars(record).items() if name not in _OF_THE_CLOCK}
        self.tell(f"log {record.name}", f"{record.getMessage()} {said}")
        if record.exc_info and record.exc_info[1] is not None:
            self.failed(record.exc_info[1], f"log {record.name}")

    def failed(self, cause: BaseException, place: str = "failure") -> None:
        """Keep everything that an error says, of itself and of those that it came from."""
        self.tell(f"{place} (traceback)", "".join(traceback.format_exception(cause)))
        for one in chain_of(cause):
            self.tell(place, f"{one} {one!r} {one.args!r} {vars(one)!r} {getattr(one, '__notes__', [])}")

    def pieces(self) -> Iterator[Piece]:
        """Return what was heard, by where."""
        for place, texts in self.told.items():
            yield place, "\n".join(texts).encode(errors="surrogateescape")
        yield "telemetry", _CLOCKS.sub("", self.telemetry.everything()).encode()


def chain_of(cause: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it came from, as far as anybody is shown them, and the members of a group."""
    yield cause
    if isinstance(cause, BaseExceptionGroup):
        for one in cause.exceptions:
            yield from chain_of(one)
    before = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    if before is not None:
        yield from chain_of(before)


@contextlib.contextmanager
def listening() -> Iterator[Heard]:
    """Listen to everything that this process does inside the block, with logs as talkative as a setting makes them."""
    heard, root, before = Heard(), logging.getLogger(), logging.getLogger().level
    made = SlimmeCheckError.__init__

    def making(error: SlimmeCheckError, *given: Any, **named: Any) -> None:
        made(error, *given, **named)
        heard.tell("error of ours", f"{error} {error.args!r} {vars(error)!r}")

    out = io.StringIO()
    configure_logging("DEBUG")
    logging.captureWarnings(True)
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    _hearing.append(heard)
    try:
        with (
            mock.patch.object(SlimmeCheckError, "__init__", making),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(out),
        ):
            yield heard
    finally:
        _hearing.pop()
        root.removeHandler(heard)
        root.setLevel(before)
        logging.captureWarnings(False)
        heard.tell("printed", out.getvalue())
        heard.tell("environment", repr(dict(os.environ)))
