"""What the model itself says: the shape of each effect with its uncertainty, and how much each one matters. Pure.

These are numbers about the model and not about people: they come from its package, as it was approved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shared.modelpackage.ebm import Feature, Floats, Term
from shared.modelpackage.package import ModelPackage
from shared.monitoring.report.bins import names_of, unit_shown

type NoValues = Mapping[str, tuple[float, str]]  # per feature: the number that stands for no value, and what it means


@dataclass(frozen=True)
class Effect:
    """One term: per group of values what it adds (log-odds) and between which values the bags lie.

    `importance`: the mean size of what it adds, over the applications that the package was made from; None where the
    package does not say how they were spread. A term of two features has `bins` of both.
    """

    name: str
    label: str
    unit: str
    bins: tuple[str, ...]
    values: tuple[float, ...]
    between: tuple[tuple[float, float], ...] | None
    importance: float | None


def effects_of(package: ModelPackage, no_values: NoValues) -> tuple[Effect, ...]:
    """Return the effects of a package, in its order."""
    return tuple(_effect(package, term, no_values) for term in package.terms)


def by_importance(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """Return effects from the one that matters most to the one that matters least; those of unknown weight last."""
    return tuple(sorted(effects, key=lambda effect: (-(effect.importance or 0.0), effect.label)))


def _effect(package: ModelPackage, term: Term, no_values: NoValues) -> Effect:
    features = [package.ebm.features[at] for at in term.features]
    labels, units = package.policy.get("labels", {}), package.policy.get("units", {})
    named = [names_of(each, units.get(each.name, ""), no_values.get(each.name)) for each in features]
    bins = named[0]
    for more in named[1:]:
        bins = tuple(f"{one}; {other}" for one in bins for other in more)
    bags = term.bagged_scores
    values = _known(term.scores, features)
    between = None
    if bags is not None:
        spread = np.stack([_known(bag, features) for bag in bags])
        between = tuple(zip(spread.min(axis=0).tolist(), spread.max(axis=0).tolist(), strict=True))
    return Effect(
        name=term.name,
        label=" en ".join(labels.get(each.name, each.name) for each in features),
        unit="; ".join(unit_shown(units.get(each.name, "")) for each in features),
        bins=bins,
        values=tuple(values.tolist()),
        between=between,
        importance=_importance(package, term) if len(features) == 1 else None,
    )


def _known(scores: Floats, features: Sequence[Feature]) -> Floats:
    """Return the scores of the bins that have a name: without those of a missing and of a never seen value."""
    for axis, _ in enumerate(features):
        scores = scores.take(range(1, scores.shape[axis] - 1), axis=axis)
    return scores.reshape(-1)


def _importance(package: ModelPackage, term: Term) -> float | None:
    """Return the mean size of an effect by how values were spread; where bins were taken together, each counts alike.

    Where a value is unknown the model uses one number in its place; how often stands in the flag beside it.
    """
    feature = package.ebm.features[term.features[0]]
    spread = package.reference.get("features", {}).get(feature.name)
    if spread is None or not feature.continuous:
        return None
    cuts = feature.levels[0]
    sizes = np.abs(_known(term.scores, [feature]))
    at = np.searchsorted(np.asarray(spread["edges"]), [-np.inf, *cuts], side="right")
    shares = np.asarray(spread["shares"], dtype=np.float64)
    means = np.array([sizes[at == number].mean() if (at == number).any() else 0.0 for number in range(len(shares))])
    known = float((shares * means).sum() / shares.sum())
    return _with_unknown(package, term, feature, known)


def _with_unknown(package: ModelPackage, term: Term, feature: Feature, known: float) -> float:
    rule = package.imputation
    if rule is None or rule.feature != feature.name or rule.flag is None:
        return known
    flags = package.reference.get("features", {}).get(rule.flag)
    if flags is None or len(flags["shares"]) != 2:
        return known
    unknown = flags["shares"][1] / sum(flags["shares"])
    (bin_,) = feature.bins(np.array([rule.value]), 1)
    return (1 - unknown) * known + unknown * abs(float(term.scores[bin_]))
