"""Where a score lies beside the threshold, as a drawing; its text says the same in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

LEFT, WIDTH = 20, 320  # of the line from 0 to 1, in units of the drawing
_NEAR = 0.2  # so close to an end that a word no longer fits around its point


@dataclass(frozen=True)
class Mark:
    """A point on the line, and to which side of it its words go."""

    x: float
    anchor: str


@dataclass(frozen=True)
class Picture:
    """The two marks of the drawing, and what it says in words."""

    score: Mark
    threshold: Mark
    words: str


def picture(score: float, threshold: float, in_words: str) -> Picture:
    """Return the drawing of a score beside its threshold."""
    return Picture(_mark(score), _mark(threshold), in_words)


def _mark(value: float) -> Mark:
    anchor = "start" if value < _NEAR else "end" if value > 1 - _NEAR else "middle"
    return Mark(round(LEFT + WIDTH * value, 1), anchor)
