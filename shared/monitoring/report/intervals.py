"""Draws estimates with their interval, one below the other, beside the band within which it is called fair."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from shared.monitoring.report.drawing import (
    LETTER,
    LETTER_OF_NAME,
    WIDTH,
    Scale,
    box,
    frame,
    line,
    places_of,
    round_steps,
    shortened,
    text,
)
from shared.monitoring.report.markup import Markup, element
from shared.monitoring.report.words import HIDDEN, number

_LEFT, _RIGHT, _ROW, _FOOT = 14.0, 14.0, 44.0, 26.0
_MIDDLE, _STRIP = 31.0, 9.0  # of a row: where its interval lies, and how far lines reach above and below it
_NOTE = 16.0  # more for a row that says by what it lies outside the band


@dataclass(frozen=True)
class Interval:
    """A group with its estimate and where the true value may lie; all None where it is hidden.

    `shown`: the estimate in words. `reference`: others are compared with this group; drawn as a square. `outside`:
    by what the estimate lies outside the band, in words; drawn as a diamond above these words. Empty when it does not.
    """

    name: str
    estimate: float | None
    low: float | None
    high: float | None
    shown: str
    reference: bool = False
    outside: str = ""

    @property
    def height(self) -> float:
        """Return how much room it takes."""
        return _ROW + (_NOTE if self.outside else 0.0)


@dataclass(frozen=True)
class Intervals:
    """Groups below one another; `band`: what is called fair, None where there is no band."""

    words: str
    rows: tuple[Interval, ...]
    band: tuple[float, float] | None = None
    suffix: str = ""

    def drawn(self, name: str) -> Markup:
        """Return the picture as SVG."""
        known = [value for row in self.rows for value in (row.low, row.high, row.estimate) if value is not None]
        known += self.band or ()
        steps = round_steps(min(known, default=0.0), max(known, default=1.0))
        scale = Scale(steps[0], steps[-1], _LEFT, WIDTH - _RIGHT)
        tops = [0.0, *accumulate(row.height for row in self.rows)]
        depth = tops.pop() + 6
        parts: list[Markup] = []
        if self.band:
            begin, end = scale.at(self.band[0]), scale.at(self.band[1])
            parts.append(box(begin, 0, end - begin, depth, "band"))
        for top in tops:  # no line runs through words
            above, below = top + _MIDDLE - _STRIP, top + _MIDDLE + _STRIP
            parts += [line(scale.at(step), above, scale.at(step), below, "as") for step in steps]
            if self.band:
                parts += [line(scale.at(edge), above, scale.at(edge), below, "bandrand") for edge in self.band]
        for row, top in zip(self.rows, tops, strict=True):
            parts += _row(row, scale, top)
        places = places_of(steps)
        for at, step in enumerate(steps):
            anchor = "start" if at == 0 else "end" if at == len(steps) - 1 else "middle"
            x = scale.at(step) + (-_LEFT if at == 0 else _RIGHT if at == len(steps) - 1 else 0)
            parts.append(text(x, depth + 16, f"{number(step, places)}{self.suffix}", anchor, "maat"))
        return frame(name, depth + _FOOT, self.words, parts)


def _row(row: Interval, scale: Scale, top: float) -> list[Markup]:
    room = WIDTH - (len(row.shown) + 1) * LETTER  # the table beside has the whole name
    name = text(0, top + 17, shortened(row.name, int(room / LETTER_OF_NAME)))
    shown = text(WIDTH, top + 17, row.shown, "end", "maat")
    y = top + _MIDDLE
    if row.estimate is None or row.low is None or row.high is None:
        return [name, text(_LEFT, y + 5, HIDDEN, class_="maat verborgen")]
    low, high, at = scale.at(row.low), scale.at(row.high), scale.at(row.estimate)
    parts = [name, shown, line(low, y, high, y, "interval")]
    parts += [line(end, y - 4, end, y + 4, "interval") for end in (low, high)]
    if row.reference:
        parts.append(box(at - 5, y - 5, 10, 10, "punt"))
    elif row.outside:
        diamond = f"M {at:.1f} {y - 8:.1f} l 8 8 l -8 8 l -8 -8 Z"
        parts.append(element("path", d=diamond, class_="punt buiten"))
        parts.append(text(_LEFT, y + _STRIP + 12, row.outside, class_="maat"))
    else:
        parts.append(element("circle", cx=at, cy=y, r=5, class_="punt"))
    return parts
