"""Draws bars that lie down, each with its name above it and its number at its end."""

from __future__ import annotations

from dataclasses import dataclass

from shared.monitoring.report.drawing import LETTER, WIDTH, Scale, box, frame, text
from shared.monitoring.report.markup import Markup

_ROW, _BAR = 38.0, 12.0


@dataclass(frozen=True)
class Bar:
    """A bar: `shown` is its number in words."""

    name: str
    value: float
    shown: str


@dataclass(frozen=True)
class Bars:
    """Bars from zero, in the order in which they are given."""

    words: str
    bars: tuple[Bar, ...]

    def drawn(self, name: str) -> Markup:
        """Return the picture as SVG."""
        highest = max((bar.value for bar in self.bars), default=0.0) or 1.0
        room = max((len(bar.shown) for bar in self.bars), default=0) * LETTER + 8
        scale = Scale(0.0, highest, 0.0, WIDTH - room)
        parts = []
        for row, bar in enumerate(self.bars):
            top = row * _ROW
            parts.append(text(0, top + 14, bar.name))
            parts.append(box(0, top + 20, max(scale.at(bar.value), 1.0), _BAR, "balk"))
            parts.append(text(scale.at(bar.value) + 6, top + 31, bar.shown, class_="maat"))
        return frame(name, len(self.bars) * _ROW + 2, self.words, parts)
