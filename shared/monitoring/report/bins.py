"""Names the groups of values that the model tells apart, in words that a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from shared.modelpackage.ebm import Feature, Floats
from shared.monitoring.report.words import SPACE, number

YES_NO = "ja of nee"
_THOUSANDTHS = "duizendsten van een procent"
_SHARE = "van 0 tot 1"
_SMALLEST = {_THOUSANDTHS: 1.0}  # the smallest step of a value; of others a hundredth
_EXACT = 1e-9
MORE = "meer dan 0"


def names_of(feature: Feature, unit: str, no_value: tuple[float, str] | None = None) -> tuple[str, ...]:
    """Return the names of the groups of values of a feature, in order; `no_value`: a number that is none, in words."""
    level = feature.levels[0]
    if isinstance(level, Mapping):
        return _categories(level)
    names = _ranges(level, unit)
    if no_value is not None:
        at = sum(1 for cut in level if no_value[0] >= cut)
        names[at] = f"{names[at]}, of {no_value[1]}"
    return tuple(names)


def unit_shown(unit: str) -> str:
    """Return the unit in which the names of groups of values are."""
    return "procent" if unit in (_THOUSANDTHS, _SHARE) else unit


def _ranges(cuts: Floats, unit: str) -> list[str]:
    edges = [float(cut) for cut in cuts]
    if unit == YES_NO and edges == [1.0]:
        return ["nee", "ja"]
    if edges == [float(at) for at in range(1, len(edges) + 1)]:  # numbers of things
        return [*(str(at) for at in range(len(edges))), f"{len(edges)} of meer"]
    smallest = _SMALLEST.get(unit, 0.01)
    shown = _shown(edges, unit)
    # what begins one smallest step above nothing is everything above nothing
    begins = [MORE if abs(edge - smallest) < _EXACT else first for edge, first in zip(edges, shown, strict=True)]
    between = [
        begins[at] if high - low <= smallest + _EXACT else f"{begins[at]} tot {shown[at + 1]}"
        for at, (low, high) in enumerate(pairwise(edges))
    ]
    lowest = "0" if begins[0] == MORE else f"minder dan {shown[0]}"
    return [lowest, *between, MORE if begins[-1] == MORE else f"{shown[-1]} of meer"]


def _shown(edges: Sequence[float], unit: str) -> list[str]:
    if unit == _THOUSANDTHS:
        return [_plain(edge / 1000) for edge in edges]
    if unit == _SHARE:
        return [_plain(edge * 100) for edge in edges]
    return [_plain(edge) for edge in edges]


def _plain(value: float) -> str:
    places = next(places for places in range(4) if places == 3 or abs(round(value, places) - value) < _EXACT)
    return number(value, places).replace(" ", SPACE)


def _categories(level: Mapping[str, int]) -> tuple[str, ...]:
    found: dict[int, list[str]] = {}
    for category, at in level.items():
        found.setdefault(at, []).append(category)
    return tuple(", ".join(found[at]) for at in sorted(found))
