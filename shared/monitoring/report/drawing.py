"""What every picture is made of: a frame that says in words what it shows, scales, and an axis with round numbers.

A picture is 320 units wide, so that its words can still be read on a screen of 320 pixels. Colour never says anything
alone: a form, a line or a word says it too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.monitoring.report.markup import Markup, element
from shared.monitoring.report.words import number

WIDTH = 320.0
LETTER = 6.6  # mean width of a letter in the size of an axis
LETTER_OF_NAME = 7.4  # and in that of a name


class Picture(Protocol):
    """Something that can be drawn."""

    def drawn(self, name: str) -> Markup:
        """Return the picture as SVG; `name` is no other's in the document."""


@dataclass(frozen=True)
class Scale:
    """Maps numbers from `low` to `high` on positions from `begin` to `end`; what lies beyond stays at the edge."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Return the position of a number."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)


def round_steps(low: float, high: float, steps: int = 4) -> tuple[float, ...]:
    """Return round numbers, evenly apart, of which the first is at most `low` and the last at least `high`."""
    if high - low < 1e-6:
        high = low + 1.0
    raw = (high - low) / steps
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(index * step, 10) for index in range(first, last + 1))


def places_of(steps: Sequence[float]) -> int:
    """Return how many decimals round steps need."""
    return next((places for places in range(4) if all(abs(round(s, places) - s) < 1e-9 for s in steps)), 4)


def frame(name: str, height: float, words: str, parts: Sequence[Markup]) -> Markup:
    """Return a picture of these parts; `words` is what somebody hears who does not see it."""
    said = element("title", words, id=f"{name}-t")
    return element(
        "svg",
        (said, *parts),
        viewBox=f"0 0 {WIDTH:.0f} {height:.0f}",
        role="img",
        aria_labelledby=f"{name}-t",
        class_="plaat",
        preserveAspectRatio="xMinYMin meet",
    )


def text(x: float, y: float, words: str, anchor: str = "start", class_: str | None = None, turn: int = 0) -> Markup:
    """Return words at a place; `turn` in degrees."""
    turned = f"rotate({turn} {x:.1f} {y:.1f})" if turn else None
    return element("text", words, x=x, y=y, text_anchor=anchor, class_=class_, transform=turned)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """Return a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def box(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """Return a rectangle."""
    return element("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), class_=class_)


def value_axis(steps: Sequence[float], scale: Scale, left: float, right: float, suffix: str = "") -> list[Markup]:
    """Return a line across the picture for each step, with its number at the left."""
    places = places_of(steps)
    parts = []
    for step in steps:
        y = scale.at(step)
        parts.append(line(left, y, right, y, "as nul" if step == 0 else "as"))
        parts.append(text(left - 5, y + 4, f"{number(step, places)}{suffix}", "end", "maat"))
    return parts


def room_for(steps: Sequence[float], suffix: str = "") -> float:
    """Return how far from the left an axis begins, so that its numbers fit."""
    places = places_of(steps)
    return max(len(f"{number(step, places)}{suffix}") for step in steps) * LETTER + 9


def shortened(words: str, most: int) -> str:
    """Return words that fit; the table beside the picture has all of them."""
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
