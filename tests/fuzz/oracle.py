"""What may come of any input: it is taken, or refused with a code; and no value of it is told.

A seed is full of values that can be recognised. Whatever is told by a finding, an error or a log is held against them.
"""

from __future__ import annotations

import json
import logging
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from shared.errors import SlimmeCheckError
from shared.records import Finding
from shared.stages.rules import RULES

# one fits where a number, an amount or a text is read, the other where a date is; neither can be the name of a column
NUMBER, DAY = "9182736455", "1987-06-05"
TOKENS = (NUMBER, DAY)
_CODE = re.compile(r"SC-[0-9]{3}")


class Told(AssertionError):
    """A value of the input stands in what was told of it."""


@dataclass(frozen=True)
class Target:
    """One reader. `one` reads an input and raises what may not come of it; `seeds` makes what changing begins with.

    `change` changes an input by its form instead of by its bytes, `words` are put into it; `runs`: by day, at night.
    """

    one: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    runs: tuple[int, int]
    change: Callable[[bytes, random.Random], bytes | None] | None = None
    words: Sequence[str] = ()
    longest: int = 4096


def silent(where: str, text: str) -> None:
    """Raise Told when a text repeats a value of the input."""
    if any(token in text for token in TOKENS):
        raise Told(where)


def judge_findings(findings: Sequence[Finding]) -> None:
    """Raise unless every finding has a code that is documented, and tells no value."""
    for found in findings:
        if found.code not in RULES:
            raise AssertionError("a code that no rule has")
        silent(found.code, f"{found!r} {found} {json.dumps(found.as_dict())}")


def refused(cause: SlimmeCheckError) -> None:
    """Raise unless a refusal has a code, says what to do, and tells no value."""
    if not _CODE.fullmatch(cause.code) or not cause.what:
        raise AssertionError(f"{type(cause).__name__} has no code or does not say what is wrong") from None
    silent(cause.code, f"{cause} {cause!r} {cause.where} {cause.next_step}")


@dataclass
class Listening(logging.Handler):
    """Hears every line of every log; `heard` is what was said since it was last looked at."""

    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin to listen."""
        super().__init__(logging.DEBUG)
        logging.getLogger().addHandler(self)
        logging.getLogger().setLevel(logging.DEBUG)

    def __hash__(self) -> int:
        """Return its own identity, as logging wants."""
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, with the trace of an error that goes with it."""
        self.heard.append(logging.Formatter().format(record))

    def judge(self) -> None:
        """Raise Told when a value of the input was logged."""
        lines, self.heard[:] = "\n".join(self.heard), []
        silent("a log", lines)
