"""Draws how scores are spread, with the threshold; bins that were taken together are drawn as wide as they are."""

from __future__ import annotations

from dataclasses import dataclass

from shared.monitoring.report.drawing import WIDTH, Scale, box, frame, line, room_for, round_steps, text, value_axis
from shared.monitoring.report.markup import Markup
from shared.monitoring.report.words import HIDDEN, number

_RIGHT, _TOP, _PLOT, _BOTTOM = 8.0, 26.0, 150.0, 42.0
_STEP = 0.05


@dataclass(frozen=True)
class Bin:
    """Applications with a score from `low` up to `high`; `count` is None where it is hidden."""

    low: float
    high: float
    count: int | None

    @property
    def height(self) -> float:
        """Return the number per 0.05 of score: the surface of a bar is its number."""
        return (self.count or 0) * _STEP / (self.high - self.low)


@dataclass(frozen=True)
class Histogram:
    """The bins from 0 to 1, and the threshold, of which a score at it lies above it."""

    words: str
    bins: tuple[Bin, ...]
    threshold: float

    def drawn(self, name: str) -> Markup:
        """Return the picture as SVG."""
        steps = round_steps(0.0, max((bin_.height for bin_ in self.bins), default=1.0))
        left = room_for(steps)
        across = Scale(0.0, 1.0, left, WIDTH - _RIGHT)
        up = Scale(0.0, steps[-1], _TOP + _PLOT, _TOP)
        parts, said = value_axis(steps, up, left, WIDTH - _RIGHT), []
        for bin_ in self.bins:
            begin, end = across.at(bin_.low), across.at(bin_.high)
            if bin_.count is None:
                parts.append(box(begin, _TOP + _PLOT - 18, end - begin, 18, "onbekend"))
                said.append(text((begin + end) / 2, _TOP + _PLOT - 22, HIDDEN, "middle", "maat"))
            else:
                above = bin_.low >= self.threshold - 1e-9
                y = up.at(bin_.height)
                parts.append(box(begin, y, end - begin, _TOP + _PLOT - y, "staaf boven" if above else "staaf"))
        at = across.at(self.threshold)
        parts.append(line(at, _TOP - 8, at, _TOP + _PLOT, "drempel"))
        anchor = "end" if self.threshold > 0.5 else "start"
        parts.append(text(at, _TOP - 12, f"drempel {number(self.threshold, 2)}", anchor, "maat"))
        for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
            place = "start" if tick == 0 else "end" if tick == 1 else "middle"
            parts.append(text(across.at(tick), _TOP + _PLOT + 16, number(tick, 2), place, "maat"))
        parts.append(text((left + WIDTH - _RIGHT) / 2, _TOP + _PLOT + 34, "score", "middle", "maat"))
        return frame(name, _TOP + _PLOT + _BOTTOM, self.words, [*parts, *said])
