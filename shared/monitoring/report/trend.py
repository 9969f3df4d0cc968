"""Draws numbers per month as lines; each line has its own form of points, and a month that is hidden is a gap."""

from __future__ import annotations

from dataclasses import dataclass

from shared.monitoring.report.drawing import (
    WIDTH,
    Scale,
    box,
    frame,
    line,
    room_for,
    round_steps,
    text,
    value_axis,
)
from shared.monitoring.report.markup import Markup, element

_RIGHT, _PLOT, _LEGEND = 8.0, 140.0, 20.0
_MARKS = ("rond", "vierkant", "ruit", "driehoek", "kruis")


@dataclass(frozen=True)
class Line:
    """A number per month; None where it is hidden or absent."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Trend:
    """Lines over the same months; `limits`: borders with their name, such as of a band."""

    words: str
    months: tuple[str, ...]
    lines: tuple[Line, ...]
    suffix: str = ""
    limits: tuple[tuple[str, float], ...] = ()

    def drawn(self, name: str) -> Markup:
        """Return the picture as SVG."""
        known = [value for each in self.lines for value in each.values if value is not None]
        known += [value for _, value in self.limits]
        steps = round_steps(0.0, max(known, default=1.0) or 1.0)
        left = room_for(steps, self.suffix)
        top = len(self.lines) * _LEGEND + 10 if len(self.lines) > 1 else 10.0
        up = Scale(steps[0], steps[-1], top + _PLOT, top)
        room = (WIDTH - left - _RIGHT) / len(self.months)
        places = [left + (at + 0.5) * room for at in range(len(self.months))]
        parts = self._legend() + value_axis(steps, up, left, WIDTH - _RIGHT, self.suffix)
        for said, value in self.limits:
            parts.append(line(left, up.at(value), WIDTH - _RIGHT, up.at(value), "drempel"))
            parts.append(text(WIDTH - _RIGHT, up.at(value) - 4, said, "end", "maat"))
        for at, each in enumerate(self.lines):
            parts += _line(each, places, up, at)
        bottom = top + _PLOT
        parts += [
            text(x + 4, bottom + 8, said, "end", "maat", -90) for x, said in zip(places, self.months, strict=True)
        ]
        return frame(name, bottom + 56, self.words, parts)

    def _legend(self) -> list[Markup]:
        if len(self.lines) < 2:
            return []
        parts = []
        for at, each in enumerate(self.lines):
            y = at * _LEGEND + 11
            parts.append(line(0, y, 28, y, f"lijn reeks{at % len(_MARKS)}"))
            parts.append(_mark(14, y, at))
            parts.append(text(36, y + 4, each.name, class_="maat"))
        return parts


def _line(each: Line, places: list[float], up: Scale, series: int) -> list[Markup]:
    """Return the points of a line and what joins them; where a value is missing nothing does."""
    found = []
    for at, value in enumerate(each.values):
        if value is None:
            continue
        before = each.values[at - 1] if at else None
        if before is not None:
            found.append(
                line(places[at - 1], up.at(before), places[at], up.at(value), f"lijn reeks{series % len(_MARKS)}")
            )
        found.append(_mark(places[at], up.at(value), series))
    return found


def _mark(x: float, y: float, series: int) -> Markup:
    kind = _MARKS[series % len(_MARKS)]
    if kind == "rond":
        return element("circle", cx=x, cy=y, r=4, class_="punt")
    if kind == "vierkant":
        return box(x - 4, y - 4, 8, 8, "punt open")
    paths = {
        "ruit": f"M {x:.1f} {y - 6:.1f} l 6 6 l -6 6 l -6 -6 Z",
        "driehoek": f"M {x:.1f} {y - 6:.1f} l 6 10 l -12 0 Z",
        "kruis": f"M {x - 4:.1f} {y - 4:.1f} l 8 8 M {x - 4:.1f} {y + 4:.1f} l 8 -8",
    }
    return element("path", d=paths[kind], class_="punt kruis" if kind == "kruis" else "punt open")
