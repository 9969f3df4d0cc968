"""Draws the shape of an effect: a step for each group of values, with how far the model's versions differ about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.monitoring.report.drawing import (
    LETTER,
    WIDTH,
    Scale,
    box,
    frame,
    line,
    room_for,
    round_steps,
    shortened,
    text,
    value_axis,
)
from shared.monitoring.report.markup import Markup

_RIGHT, _TOP, _PLOT = 6.0, 12.0, 150.0
_MOST_LETTERS = 18


@dataclass(frozen=True)
class Steps:
    """Per group of values, in order: what it adds, and between which values it lies; None without uncertainty."""

    words: str
    names: tuple[str, ...]
    values: tuple[float, ...]
    between: tuple[tuple[float, float], ...] | None
    lowest: float  # of the axis: the same for pictures that are compared
    highest: float

    def drawn(self, name: str) -> Markup:
        """Return the picture as SVG."""
        steps = round_steps(min(self.lowest, 0.0), max(self.highest, 0.0))
        left = room_for(steps)
        scale = Scale(steps[0], steps[-1], _TOP + _PLOT, _TOP)
        width = (WIDTH - left - _RIGHT) / len(self.values)
        edges = [left + index * width for index in range(len(self.values) + 1)]
        parts = value_axis(steps, scale, left, WIDTH - _RIGHT)
        parts += self._bands(scale, edges)
        parts += self._line(scale, edges)
        labels, depth = _labels(self.names, edges, _TOP + _PLOT)
        return frame(name, _TOP + _PLOT + depth, self.words, [*parts, *labels])

    def _bands(self, scale: Scale, edges: Sequence[float]) -> list[Markup]:
        if self.between is None:
            return []
        return [
            box(edges[at], scale.at(high), edges[at + 1] - edges[at], scale.at(low) - scale.at(high), "marge")
            for at, (low, high) in enumerate(self.between)
        ]

    def _line(self, scale: Scale, edges: Sequence[float]) -> list[Markup]:
        parts = []
        for at, value in enumerate(self.values):
            y = scale.at(value)
            parts.append(line(edges[at], y, edges[at + 1], y, "lijn"))
            if at:
                parts.append(line(edges[at], scale.at(self.values[at - 1]), edges[at], y, "lijn dun"))
        return parts


def _labels(names: Sequence[str], edges: Sequence[float], bottom: float) -> tuple[list[Markup], float]:
    """Return the names below the steps and how deep they go: on their side where they do not fit."""
    names = [shortened(name, _MOST_LETTERS) for name in names]
    room = edges[1] - edges[0]
    longest = max(len(name) for name in names)
    middles = [(begin + end) / 2 for begin, end in pairwise(edges)]
    if longest * LETTER <= room:
        return [text(x, bottom + 17, name, "middle", "maat") for x, name in zip(middles, names, strict=True)], 24.0
    turned = [text(x + 4, bottom + 8, name, "end", "maat", -90) for x, name in zip(middles, names, strict=True)]
    return turned, longest * LETTER + 14
