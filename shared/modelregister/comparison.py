"""Compares two model versions on results that were published: what would change, for how many, and for which groups.

Both versions score the stored features again. Nothing but suppressed tables leaves this module: no count below ten,
and none that can be found by subtraction, also not by who knows that one version flags everybody the other flags. What
a dossier shows of them is rounded to tens (`tens`), so that it cannot be taken off another dossier.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import batched
from typing import Any

import numpy as np
import pandas as pd

from shared.modelpackage.package import ModelPackage
from shared.modelregister.flips import Flip, keeps_flips, ruled_out
from shared.modelregister.port import PublishedFeatures
from shared.modelregister.tens import EXPLAINED, Drawn, Tens
from shared.monitoring.disclosure import (
    HIDDEN,
    SMALLEST_COUNT,
    Counts,
    SuppressedTable,
    all_or_nothing,
    borders_of,
    merge_bins,
    suppress,
)
from shared.stages.score import score_features

ROWS_AT_ONCE = 5_000
STEPS = 20  # a threshold every 0.05
MEASURES = ("gemarkeerd door actief", "gemarkeerd door voorstel")
_FLIPS = {
    (False, False): "geen van beide markeert",
    (False, True): "alleen het voorstel markeert",
    (True, False): "alleen de actieve versie markeert",
    (True, True): "beide markeren",
}


@dataclass(frozen=True)
class Grouping:
    """Divides applications into groups. `labels`: every label there can be; `of`: one for every row of a batch.

    A batch has a column per stored feature and flag, and `persoon`, the pseudonym, for what is stored elsewhere.
    """

    title: str
    labels: tuple[str, ...]
    of: Callable[[pd.DataFrame], Sequence[str]]


@dataclass(frozen=True)
class Rounding:
    """What rounds each kind of number of one dossier.

    `known`: numbers that stand in more than one place, of all people or of a version, and are the same in each, unless
    both versions flag equally many.
    """

    people: Tens
    active: Tens
    proposed: Tens
    other: Tens
    known: Mapping[int, Tens]

    def of_groups(self, column: str, number: int) -> int:
        """Return what a table of groups shows."""
        return dict(zip(MEASURES, (self.active, self.proposed), strict=True)).get(column, self.people)(number)

    def of_scores(self, _: str, number: int) -> int:
        """Return what a distribution, a threshold or the flips show."""
        return self.known.get(number, self.other)(number)


@dataclass(frozen=True)
class Comparison:
    """What two versions do with the same applications; numbers about people in suppressed tables alone.

    `never`: the flips that the versions themselves rule out, whosoever is judged; they are no row of `flips`.
    """

    weeks: float
    flips: SuppressedTable
    never: tuple[str, ...]
    groups: tuple[SuppressedTable, ...]
    active_scores: SuppressedTable
    proposed_scores: SuppressedTable
    thresholds: tuple[str, ...]
    rounding: Rounding

    def as_dict(self) -> dict[str, object]:
        """Return the comparison as plain JSON: every count in tens, and rates from those."""
        scores = {"actief": self.active_scores, "voorstel": self.proposed_scores}
        return {
            "toelichting": EXPLAINED,
            "aantal": self.rounding.people(self.flips.total.size) if self.flips.total else HIDDEN,
            "weken": round(self.weeks, 1),
            "omslagen": self._flips(),
            "groepen": [table.as_dict(self.rounding.of_groups) for table in self.groups],
            "scoreverdeling": {name: table.as_dict(self.rounding.of_scores) for name, table in scores.items()},
            "per_drempel": [self._at(threshold) for threshold in self.thresholds],
        }

    def _flips(self) -> dict[str, object]:
        shown = self.flips.as_dict(self.rounding.of_scores)
        known: dict[str, object] = dict.fromkeys(self.never, 0)  # by the versions alone: no fact about people
        known |= {row["naam"]: row["aantal"] for row in shown["rijen"]}  # type: ignore[attr-defined]
        return {**shown, "rijen": [{"naam": name, "aantal": known[name]} for name in _FLIPS.values()]}

    def _at(self, threshold: str) -> dict[str, object]:
        shown = {"actief": borders_of(self.active_scores), "voorstel": borders_of(self.proposed_scores)}
        line: dict[str, object] = {"drempel": threshold}
        for name, borders in shown.items():
            found = borders.get(threshold)
            cases = None if found is None else self.rounding.of_scores("aantal", found)
            line[f"{name}_aantal"] = HIDDEN if cases is None else cases
            line[f"{name}_per_week"] = HIDDEN if cases is None else round(cases / self.weeks, 1)
        return line


@dataclass
class _Tally:
    """Counts of one pass over all batches."""

    edges: tuple[float, ...]
    active: np.ndarray = field(init=False)
    proposed: np.ndarray = field(init=False)
    flips: dict[tuple[bool, bool], int] = field(default_factory=lambda: dict.fromkeys(_FLIPS, 0))
    groups: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    same_scores: bool = True
    drawn: Drawn = field(default_factory=Drawn)
    smallest: int = SMALLEST_COUNT  # that is shown

    def __post_init__(self) -> None:
        self.active = np.zeros(len(self.edges) - 1, dtype=np.int64)
        self.proposed = self.active.copy()


def stored_groupings(columns: Mapping[str, str]) -> tuple[Grouping, ...]:
    """Return a grouping in yes and no for each stored feature or flag of 0 and 1; `columns`: its title by its name."""

    def divide(name: str) -> Callable[[pd.DataFrame], Sequence[str]]:
        return lambda batch: np.where(batch[name].to_numpy(dtype=np.float64) == 1.0, "ja", "nee").tolist()

    return tuple(Grouping(title, ("ja", "nee"), divide(name)) for name, title in columns.items())


def compare(
    results: Iterable[PublishedFeatures],
    active: ModelPackage,
    proposed: ModelPackage,
    groupings: Sequence[Grouping],
    *,
    weeks: float,
) -> Comparison:
    """Return what would change in these results of so many weeks.

    ScoreInputInvalid when a version needs a feature that is not stored.
    """
    thresholds = sorted({*(round(step / STEPS, 2) for step in range(1, STEPS)), active.threshold, proposed.threshold})
    tally = _Tally((0.0, *thresholds, 1.0))
    for grouping in groupings:
        tally.groups |= {(grouping.title, label): np.zeros(4, dtype=np.int64) for label in grouping.labels}
    for batch in batched(results, ROWS_AT_ONCE, strict=False):
        _add(tally, batch, active, proposed, groupings)
    return _suppressed(tally, active, proposed, groupings, weeks)


def _add(
    tally: _Tally,
    batch: Sequence[PublishedFeatures],
    active: ModelPackage,
    proposed: ModelPackage,
    groupings: Sequence[Grouping],
) -> None:
    frame = pd.DataFrame([json.loads(result.features) for result in batch])
    frame["persoon"] = [result.person for result in batch]
    now, then = score_features(active, frame).score, score_features(proposed, frame).score
    was, would = now >= active.threshold, then >= proposed.threshold
    tally.same_scores = tally.same_scores and bool(np.array_equal(now, then))
    places = _binned(tally.edges, now), _binned(tally.edges, then)
    tally.active += np.bincount(places[0], minlength=len(tally.active))
    tally.proposed += np.bincount(places[1], minlength=len(tally.proposed))
    for key in _FLIPS:
        tally.flips[key] += int(np.count_nonzero((was == key[0]) & (would == key[1])))
    marks = np.stack([np.ones(len(frame), dtype=bool), was, would, was != would])
    divided = [grouping.of(frame) for grouping in groupings]
    for grouping, found in zip(groupings, divided, strict=True):
        labels = np.asarray(found)
        for label in grouping.labels:
            tally.groups[grouping.title, label] += np.count_nonzero(marks & (labels == label), axis=1)
    stored = ((result.person, result.application, result.features) for result in batch)
    rows = ((*row, *labels) for row, *labels in zip(stored, *divided, strict=True))
    tally.drawn.take(rows, was.tobytes(), would.tobytes(), np.stack(places, axis=1).tobytes())


def _binned(edges: tuple[float, ...], score: np.ndarray[Any, Any]) -> np.ndarray:
    """Return in which bin each lies; a score at a border lies above it, as a score at the threshold does."""
    return np.clip(np.searchsorted(edges, score, side="right") - 1, 0, len(edges) - 2)


def _suppressed(
    tally: _Tally, active: ModelPackage, proposed: ModelPackage, groupings: Sequence[Grouping], weeks: float
) -> Comparison:
    tally.smallest = tally.drawn.both().smallest(SMALLEST_COUNT)
    # one version flags everybody that the other flags: who knows that, finds the flips as a difference
    nested = min(tally.flips[False, True], tally.flips[True, False]) == 0
    never = ruled_out(active, proposed)
    if any(tally.flips[key] for key in never):  # a sum that lies on the border to its last bit
        never = ()
    flips, tables = _together(tally, groupings, nested, never)
    distributions = _distributions(tally, active, proposed, nested)
    return Comparison(
        weeks=weeks,
        flips=flips,
        never=tuple(_FLIPS[key] for key in never),
        groups=tables,
        active_scores=distributions[0],
        proposed_scores=distributions[1],
        thresholds=tuple(_text(edge) for edge in tally.edges[1:-1]),
        rounding=_rounding(tally),
    )


def _rounding(tally: _Tally) -> Rounding:
    drawn = tally.drawn
    people, mine, theirs = drawn.people(), drawn.active(), drawn.proposed()
    both = tally.flips[True, True]
    flagged = {both + tally.flips[False, True]: theirs, both + tally.flips[True, False]: mine}
    return Rounding(people, mine, theirs, drawn.both(), {**flagged, sum(tally.flips.values()): people})


def _together(
    tally: _Tally, groupings: Sequence[Grouping], nested: bool, never: Collection[Flip]
) -> tuple[SuppressedTable, tuple[SuppressedTable, ...]]:
    """Return the flips of everybody and the tables of the groups, so that neither gives away what the other hides."""
    tables = []
    for grouping in groupings:
        rows = {}
        for label in grouping.labels:
            size, was, would, moved = (int(number) for number in tally.groups[grouping.title, label])
            rows[label] = Counts(size, (was, would), (moved,) if nested and len(never) < 2 else ())
        tables.append(suppress(grouping.title, MEASURES, rows, tally.smallest))
    numbers = {name: tally.flips[key] for key, name in _FLIPS.items() if key not in never}
    flips = all_or_nothing("omslagen", numbers, tally.smallest)
    if never:  # the flips of a group follow from what each version flags in it: they are guarded above
        return flips, tuple(tables)
    shown = all(counts is not None for counts in flips.rows.values())
    if shown and not all(keeps_flips(tables, tally.flips[True, True], tally.smallest)):
        flips, shown = replace(flips, rows=dict.fromkeys(flips.rows)), False
    both = tally.flips[True, True] if shown else None
    while not all(kept := keeps_flips(tables, both, tally.smallest)):  # each turn hides a table whole
        at = kept.index(False)
        tables[at] = replace(tables[at], total=None, rows=dict.fromkeys(tables[at].rows))
    return flips, tuple(tables)


def _distributions(
    tally: _Tally, active: ModelPackage, proposed: ModelPackage, nested: bool
) -> tuple[SuppressedTable, SuppressedTable]:
    edges = [_text(edge) for edge in tally.edges]
    mine, theirs = _text(active.threshold), _text(proposed.threshold)
    numbers = tally.active.tolist()
    if tally.same_scores:
        one = merge_bins("scores, bij beide versies gelijk", edges, numbers, [mine, theirs], tally.smallest)
        return one, one
    changed = tally.flips[False, True] + tally.flips[True, False]
    found = nested and changed < tally.smallest  # the proposal's own border would give the difference away
    also = _without(edges, tally.proposed, theirs if found else "")
    return (
        merge_bins("scores van de actieve versie", edges, numbers, [mine], tally.smallest),
        merge_bins("scores van het voorstel", *also, [] if found else [theirs], tally.smallest),
    )


def _without(edges: Sequence[str], counts: np.ndarray, border: str) -> tuple[list[str], list[int]]:
    """Return a distribution in which the bins at both sides of a border are one."""
    numbers = [int(number) for number in counts]
    if border not in edges:
        return list(edges), numbers
    at = edges.index(border)
    return [*edges[:at], *edges[at + 1 :]], [*numbers[: at - 1], numbers[at - 1] + numbers[at], *numbers[at + 1 :]]


def _text(threshold: float) -> str:
    return f"{threshold:.2f}" if round(threshold, 2) == threshold else repr(threshold)
