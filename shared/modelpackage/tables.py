"""The scores of a model laid out so that a few calls of numpy find those of many rows in all terms."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from shared.modelpackage.ebm import Ebm, Feature, Floats, Positions

_FEW_CUTS = 32  # counting these up to a value is many times faster than searching
_GROUP = 4_096  # places of terms together: with all bags they stay in the processor's cache
_LARGEST = int(np.iinfo(np.int16).max)


@dataclass(frozen=True, eq=False)
class Tables:
    """The scores of all terms one below another. The intercept comes first, as a term with one place.

    An axis is a feature in a term of so many. They are numbered from 1: the first of each term, in package order; then
    those that terms have more; then features without a term, whose values are checked all the same.
    """

    own: Floats  # of each place
    bagged: Floats  # of each place, and bag; no bags where they are not known
    starts: Positions  # the first place of each term, in a column
    counted: Positions  # the axes with few cuts, that with most first,
    names: tuple[str, ...]  # their features,
    cuts: tuple[Floats, ...]  # and their cuts: the first four, then more of those axes that have more
    others: tuple[tuple[int, Feature, int], ...]
    together: tuple[tuple[int, list[int], tuple[int, ...]], ...]  # terms with more axes than one: these, and its shape
    rough: Rough


@dataclass(frozen=True, eq=False)
class Rough:
    """What bags give some terms together: added beforehand, in whole units of which no sum is too large."""

    scores: npt.NDArray[np.int16]  # of each place in each group of terms, and bag
    starts: Floats  # the first place of each group, in a column
    weights: Floats  # how many places further a row is in a group (lines) for one place in a term (columns)
    unit: float  # in log-odds
    doubt: float  # in units: more than a sum may differ from what is right


def tables_of(ebm: Ebm) -> Tables:
    """Return the tables of a model."""
    own = [np.array([ebm.intercept]), *(term.scores.ravel() for term in ebm.terms)]
    bagged = [np.zeros((len(scores), 0)) for scores in own]
    if ebm.bagged_intercept is not None:
        each = (ebm.bagged_intercept, *(term.bagged_scores for term in ebm.terms))
        bagged = [scores.reshape(len(scores), -1).T.copy() for scores in each if scores is not None]
    axes, together = _axes(ebm)
    few = {number: cuts for number, axis in axes.items() if (cuts := _few_cuts(*axis)) is not None}
    counted = sorted(few, key=lambda number: -len(few[number]))
    return Tables(
        own=np.concatenate(own),
        bagged=np.concatenate(bagged),
        starts=np.cumsum([0, *map(len, own[:-1])])[:, np.newaxis],
        counted=np.array(counted, dtype=np.intp),
        names=tuple(axes[number][0].name for number in counted),
        cuts=tuple(_blocks([few[number] for number in counted])),
        others=tuple((number, *axis) for number, axis in axes.items() if number not in few),
        together=tuple(together),
        rough=_rough(bagged),
    )


def _axes(ebm: Ebm) -> tuple[dict[int, tuple[Feature, int]], list[tuple[int, list[int], tuple[int, ...]]]]:
    """Return the axes by their number, and which of them a term has together."""
    axes = [(ebm.features[term.features[0]], len(term.features)) for term in ebm.terms]
    together = []
    for number, term in enumerate(ebm.terms, start=1):
        more = [(ebm.features[feature], len(term.features)) for feature in term.features[1:]]
        if more:
            together.append((number, [number, *range(len(axes) + 1, len(axes) + 1 + len(more))], term.scores.shape))
        axes += more
    used = {feature.name for feature, _ in axes}
    axes += [(feature, 1) for feature in ebm.features if feature.name not in used]
    return dict(enumerate(axes, start=1)), together


def _few_cuts(feature: Feature, dimensions: int) -> Floats | None:
    level = feature.level(dimensions)
    return level if isinstance(level, np.ndarray) and len(level) <= _FEW_CUTS else None


def _blocks(cuts: list[Floats]) -> Iterator[Floats]:
    """Yield the first four cuts of each axis, then the next twelve and so on; infinity where others have more."""
    for first, end in pairwise((0, 4, 16, _FEW_CUTS)):
        some = [each[first:end] for each in cuts if len(each) > first]
        if some:
            block = np.full((len(some), len(some[0]), 1), np.inf)
            for line, known in zip(block, some, strict=True):
                line[: len(known), 0] = known
            yield block


def _rough(bagged: list[Floats]) -> Rough:
    """Return rough sums of terms, as many together as have few places; of each term the scores by place and bag."""
    groups: list[list[int]] = [[]]
    for term, scores in enumerate(bagged):
        if math.prod(len(bagged[other]) for other in groups[-1]) * len(scores) > _GROUP:
            groups.append([])
        groups[-1].append(term)
    largest = sum(float(np.abs(scores).max(initial=0.0)) for scores in bagged)
    unit = max(largest, 1.0) / (_LARGEST - len(groups))
    weights = np.zeros((len(groups), len(bagged)))
    summed = []
    for line, group in zip(weights, groups, strict=True):
        places = np.zeros((1, bagged[0].shape[1]))
        for term in group:
            size = len(bagged[term])
            places = (places[:, np.newaxis] + bagged[term] / unit).reshape(len(places) * size, places.shape[1])
            line[group] *= size
            line[term] = 1.0
        summed.append(np.rint(places).astype(np.int16))
    starts = np.cumsum([0.0, *map(len, summed[:-1])])[:, np.newaxis]
    doubt = len(groups) / 2 + 1  # half a unit for each that was rounded; what doubles round is far less than the one
    return Rough(np.concatenate(summed), starts, weights, unit, doubt)
