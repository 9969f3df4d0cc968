"""Invents closed months of any size from people of every kind, so that the truth behind each count is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shared.monitoring.blocks import month_of, number_of
from shared.monitoring.months import Confusion, GroupTally, MonthTally, Stream

FIRST = "2025-01"
# Of applications: not scored; drawn or not, and flagged or not; and who of them people chose (counted apart).
APPLICATIONS = ("unscored", "out0", "out1", "drawn0", "drawn1", "chosen")
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


@dataclass(frozen=True)
class World:
    """People per grouping: numbers[grouping] is months by groups by kinds; every grouping adds up to the same."""

    groups: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, np.ndarray]

    @property
    def months(self) -> list[MonthTally]:
        """The closed months."""
        count = len(next(iter(self.numbers.values())))
        return [self._month(at) for at in range(count)]

    def _month(self, at: int) -> MonthTally:
        whole = next(iter(self.numbers.values()))[at].sum(axis=0)
        streams = {}
        for stream in Stream:
            everybody = {"alle": {"alle": tally(stream, whole)}}
            streams[stream] = everybody | {
                grouping: {
                    group: tally(stream, row) for group, row in zip(names, self.numbers[grouping][at], strict=True)
                }
                for grouping, names in self.groups.items()
            }
        scored = int(whole[1:5].sum())
        results = {"MODEL": scored, "GEEN_DIENST": int(whole[0])}
        return MonthTally(
            "proef", "model", month_of(number_of(FIRST) + at), results=results, scored=scored, streams=streams
        )


def tally(stream: Stream, row: np.ndarray) -> GroupTally:
    """Return what a stream counts of these people."""
    n = dict(zip(KINDS, map(int, row), strict=True))
    scored = n["out0"] + n["out1"] + n["drawn0"] + n["drawn1"]
    if stream is Stream.MODEL:
        not_marked = ("people_not", "drawn_not", "drawn_not_too")
        marked = ("people_marked", "by_model", "by_model_too", "drawn_marked", "drawn_too")
        cells = [[sum(n[f"{way}{y}"] for way in ways) for y in (0, 1)] for ways in (not_marked, marked)]
        size, flagged = scored, n["out1"] + n["drawn1"]
    elif stream is Stream.PROCES:
        left = ("by_model", "drawn_marked", "drawn_not")
        chosen = ("people_marked", "people_not", "by_model_too", "drawn_too", "drawn_not_too")
        cells = [[sum(n[f"{way}{y}"] for way in ways) for y in (0, 1)] for ways in (left, chosen)]
        size, flagged = scored + n["unscored"], n["chosen"]
    else:
        drawn = (("drawn_not", "drawn_not_too"), ("drawn_marked", "drawn_too"))
        cells = [[sum(n[f"{way}{y}"] for way in ways) for y in (0, 1)] for ways in drawn]
        size, flagged = n["drawn0"] + n["drawn1"], n["drawn1"]
    (tn, fn), (fp, tp) = cells
    return GroupTally(size, flagged, Confusion(tn, fp, fn, tp))


def invent(seed: int, months: int) -> World:
    """Return a world of random size: a village or a city, groups of all sizes, a sample or none, months that differ."""
    rng = np.random.default_rng([5, seed, months])
    scale = float(rng.choice([2, 8, 30, 120, 830]))
    groupings = {"een": ("ja", "nee", "onbekend")[: rng.integers(2, 4)]}
    if rng.random() < 0.25:
        groupings["twee"] = ("a", "b", "c", "onbekend")[: rng.integers(2, 5)]
    rates = np.array([0.1, 0.8, 0.14, 0.04, 0.01, 0.06, *OUTCOME_RATES])
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
    whole = rng.poisson(rates)
    numbers = {}
    for grouping, names in groupings.items():
        shares = rng.dirichlet(np.full(len(names), 1.0))
        numbers[grouping] = np.moveaxis(rng.multinomial(whole, shares), -1, 1)
    return World(groupings, numbers)
