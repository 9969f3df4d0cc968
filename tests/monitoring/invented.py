"""Invents closed months of any size from people of every kind, so that the truth behind each count is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shared.monitoring.blocks import month_of, number_of
from shared.monitoring.months import Confusion, GroupTally, MonthTally, Stream
from shared.monitoring.nested import Nested

FIRST = "2025-01"
UNKNOWN = "onbekend"
# Of applications: not scored; drawn or not, flagged or not, and whether people judged it as the signal says (yes), in
# another way (no) or not yet (open); and whom people chose of whom only an outcome tells (told, counted apart).
JUDGED = tuple(
    f"{way}{flagged}_{did}" for way in ("out", "drawn") for flagged in (0, 1) for did in ("yes", "no", "open")
)
APPLICATIONS = ("unscored", *JUDGED, "told")
# Of outcomes, worth it (1) or not (0): how the case came to be looked at, and whether a person chose it as well.
WAYS = (
    "people_marked",
    "people_not",
    "by_model",
    "by_model_too",
    "drawn_marked",
    "drawn_not",
    "drawn_too",
    "drawn_not_too",
)
OUTCOMES = tuple(f"{kind}{actual}" for kind in WAYS for actual in (0, 1))
KINDS = (*APPLICATIONS, *OUTCOMES)
OUTCOME_RATES = [0.02, 0.025, 0.02, 0.02, 0.015, 0.015, 0.01, 0.01, 0.003, 0.003, 0.01, 0.01, 0.003, 0.003, 0.01, 0.01]


type Cells = tuple[str, ...]


@dataclass(frozen=True)
class World:
    """People by what is known of them: numbers are months by cells by kinds.

    A division puts everybody in one of its cells, or in the unknown. `layers`: who is unknown; the first has no row of
    attributes and is unknown everywhere, a next one is unknown in the divisions that are as deep (`depth`). A grouping
    that is shown has groups that are cells of a division taken together; `nested`: those that lie inside each other.
    """

    divisions: Mapping[str, Cells]
    known: Mapping[str, np.ndarray]
    layers: np.ndarray
    depth: Mapping[str, int]
    shown: Mapping[str, tuple[str, Mapping[str, Cells]]]
    nested: tuple[Nested, ...] = ()

    @property
    def whole(self) -> np.ndarray:
        """Everybody: months by kinds."""
        name = next(iter(self.divisions))
        return np.asarray(self.known[name].sum(axis=1) + self.layers[:, : self.depth[name]].sum(axis=1))

    @property
    def months(self) -> list[MonthTally]:
        """The closed months."""
        return [self._month(at) for at in range(len(self.layers))]

    def of(self, grouping: str, group: str) -> np.ndarray:
        """Return of a group that is shown: months by kinds."""
        division, groups = self.shown[grouping]
        if group == UNKNOWN:
            return np.asarray(self.layers[:, : self.depth[division]].sum(axis=1))
        places = [self.divisions[division].index(cell) for cell in groups[group]]
        return np.asarray(self.known[division][:, places].sum(axis=1))

    def _month(self, at: int) -> MonthTally:
        whole = self.whole[at]
        streams = {
            stream: {"alle": {"alle": tally(stream, whole)}}
            | {
                grouping: {group: tally(stream, self.of(grouping, group)[at]) for group in groups}
                for grouping, (_, groups) in self.shown.items()
            }
            for stream in Stream
        }
        n = dict(zip(KINDS, map(int, whole), strict=True))
        scored = sum(n[kind] for kind in JUDGED)
        ordinary, drawn = (
            {name: sum(n[kind] for kind in kinds) for name, kinds in signals.items()} for signals in (SIGNALS, SAMPLED)
        )
        return MonthTally(
            "proef",
            "model",
            month_of(number_of(FIRST) + at),
            results={"MODEL": scored, "GEEN_DIENST": n["unscored"]},
            scored=scored,
            streams=streams,
            assessments={name: number for name, number in ordinary.items() if number},
            sampled_assessments={name: number for name, number in drawn.items() if number},
        )


# what people did with a signal; who was drawn is shown to them as if flagged
SIGNALS = {
    "1/ja": ("out1_yes",),
    "1/nee": ("out1_no",),
    "2/ja": ("out0_yes",),
    "2/nee": ("out0_no",),
}
SAMPLED = {"1/ja": ("drawn0_yes", "drawn1_yes"), "1/nee": ("drawn0_no", "drawn1_no")}
CHOSEN = ("out1_yes", "out0_no", "drawn0_yes", "drawn1_yes", "told")


def tally(stream: Stream, row: np.ndarray) -> GroupTally:
    """Return what a stream counts of these people."""
    n = dict(zip(KINDS, map(int, row), strict=True))
    scored = sum(n[kind] for kind in JUDGED)
    if stream is Stream.MODEL:
        not_marked = ("people_not", "drawn_not", "drawn_not_too")
        marked = ("people_marked", "by_model", "by_model_too", "drawn_marked", "drawn_too")
        cells = [[sum(n[f"{way}{y}"] for way in ways) for y in (0, 1)] for ways in (not_marked, marked)]
        size, flagged = scored, sum(n[kind] for kind in JUDGED if "1" in kind)
    elif stream is Stream.PROCES:
        left = ("by_model", "drawn_marked", "drawn_not")
        chosen = ("people_marked", "people_not", "by_model_too", "drawn_too", "drawn_not_too")
        cells = [[sum(n[f"{way}{y}"] for way in ways) for y in (0, 1)] for ways in (left, chosen)]
        size, flagged = scored + n["unscored"], sum(n[kind] for kind in CHOSEN)
    else:
        drawn = (("drawn_not", "drawn_not_too"), ("drawn_marked", "drawn_too"))
        cells = [[sum(n[f"{way}{y}"] for way in ways) for y in (0, 1)] for ways in drawn]
        size, flagged = (sum(n[kind] for kind in JUDGED if kind.startswith(way)) for way in ("drawn", "drawn1"))
    (tn, fn), (fp, tp) = cells
    return GroupTally(size, flagged, Confusion(tn, fp, fn, tp))


def invent(seed: int, months: int) -> World:
    """Return a world of random size: a village or a city, groups of all sizes, a sample or none, months that differ."""
    rng = np.random.default_rng([5, seed, months])
    whole = _whole(rng, float(rng.choice([2, 8, 30, 120, 830, 830])), months)
    divisions: dict[str, Cells] = {"een": ("ja", "nee")}
    shown: dict[str, tuple[str, Mapping[str, Cells]]] = {}
    nested: tuple[Nested, ...] = ()
    if rng.random() < 0.5:
        divisions["twee"] = ("a", "b", "c")[: rng.integers(2, 4)]
    if rng.random() < 0.3:
        divisions["leeftijd"] = ("jong", "midden", "oud")
        nested = (Nested(("onder_30", "onder_40")),)
    unknown = bool(rng.random() < 0.8)
    groups = {UNKNOWN: ()} if unknown else {}
    for name, cells in divisions.items():
        if name == "leeftijd":
            shown["onder_30"] = name, {"ja": cells[:1], "nee": cells[1:], **groups}
            shown["onder_40"] = name, {"ja": cells[:2], "nee": cells[2:], **groups}
        else:
            shown[name] = name, {**{cell: (cell,) for cell in cells}, **groups}
    depth = {name: int(rng.integers(1, 4)) if unknown else 0 for name in divisions}
    shares = [rng.choice([0, 0.01, 0.05, 0.3]), *rng.choice([0, 0, 0.004, 0.02, 0.1], 2)]
    apart = rng.multinomial(whole, [*shares, 1 - sum(shares)])
    layers = np.moveaxis(apart[..., :-1] * unknown, -1, 1)
    known = {}
    for name, cells in divisions.items():
        left = whole - layers[:, : depth[name]].sum(axis=1)
        known[name] = np.moveaxis(rng.multinomial(left, rng.dirichlet(np.full(len(cells), 1.0))), -1, 1)
    return World(divisions, known, layers, depth, shown, nested)


def _whole(rng: np.random.Generator, scale: float, months: int) -> np.ndarray:
    did = [0.0, 0.0, 1.0] if rng.random() < 0.6 else [0.75, 0.2, 0.05]  # people judge nothing here, or nearly all
    judged = [rate * share for rate in (0.8, 0.14, 0.04, 0.01) for share in did]
    rates = np.array([0.1, *judged, 0.06, *OUTCOME_RATES])
    rates = rates * rng.choice([0.2, 1, 1, 3], len(rates)) * scale
    for way, too in (("by_model", ("by_model_too",)), ("drawn", ("drawn_too", "drawn_not_too"))):
        also = rng.choice(["never", "always", "at times"])  # whether people choose what was chosen already
        here = np.array([kind[:-1] in too for kind in OUTCOMES])
        there = np.array([kind.startswith(way) for kind in OUTCOMES]) & ~here
        silent = {"never": here, "always": there, "at times": np.zeros(len(OUTCOMES), dtype=bool)}[str(also)]
        rates[len(APPLICATIONS) :][silent] = 0
    sample = np.array(["drawn" in kind for kind in KINDS])
    begins = int(rng.choice([0, months // 2, months]))
    rates = np.tile(rates, (months, 1)) * rng.choice([0.5, 1, 1, 1.5], (months, 1))
    rates[:begins, sample] = 0
    if rng.random() < 0.2:  # only people choose
        rates[:, [kind.startswith("by_model") for kind in KINDS]] = 0
    if rng.random() < 0.3:  # everybody is scored
        rates[:, 0] = 0
    return rng.poisson(rates)
