"""Reads `ebm.json`: our own plain form of an EBM, without counts, minima or maxima."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from shared.errors import ModelPackageInvalid
from shared.modelpackage.ebm import Ebm, Feature, Floats, Term

FORMAT = "slimme-check/ebm/1"
EBM_FILE = "ebm.json"
RESERVED = ("score", "intercept")
RESERVED_PREFIX = "bijdrage_"


def ebm_from_plain(document: object) -> Ebm:
    """Return the EBM that a parsed ebm.json describes, after checking shapes, order and finiteness."""
    try:
        return _read(document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as cause:
        raise _invalid(f"its layout is not that of {FORMAT} ({type(cause).__name__}).") from None


def _read(document: Any) -> Ebm:
    if document["format"] != FORMAT:
        raise _invalid(f"it is not in the format {FORMAT}.")
    features = tuple(_feature(plain) for plain in document["features"])
    names = [feature.name for feature in features]
    if len(set(names)) != len(names):
        raise _invalid("two features have the same name.")
    index = {name: position for position, name in enumerate(names)}
    bagged_intercept = _bagged_intercept(document["bagged_intercept"])
    bags = None if bagged_intercept is None else len(bagged_intercept)
    terms = tuple(_term(plain, features, index, bags) for plain in document["terms"])
    if len({term.name for term in terms}) != len(terms):
        raise _invalid("two terms have the same name.")
    intercept = document["intercept"]
    if not isinstance(intercept, int | float) or not math.isfinite(intercept):
        raise _invalid("the intercept is not a number.")
    first, second = document["classes"]
    return Ebm(features, terms, float(intercept), bagged_intercept, (str(first), str(second)))


def _feature(plain: Mapping[str, Any]) -> Feature:
    name = plain["name"]
    if not isinstance(name, str) or not name:
        raise _invalid("a feature has no name.")
    if name in RESERVED or name.startswith(RESERVED_PREFIX):
        raise _invalid(f"the feature name {name!r} is reserved for what the model adds to a table.")
    if plain["type"] == "continuous":
        cuts = tuple(_floats(level, f"the cuts of {name}") for level in plain["cuts"])
        if not cuts or any(level.ndim != 1 or (np.diff(level) <= 0).any() for level in cuts):
            raise _invalid(f"the cuts of {name} do not ascend.")
        return Feature(name, True, cuts)
    if plain["type"] == "nominal":
        levels = tuple(_categories(level, name) for level in plain["categories"])
        if not levels:
            raise _invalid(f"{name} has no categories.")
        return Feature(name, False, levels)
    raise _invalid(f"the type of {name} is neither continuous nor nominal.")


def _categories(groups: Sequence[Sequence[str]], name: str) -> Mapping[str, int]:
    bins: dict[str, int] = {}
    for position, group in enumerate(groups, start=1):
        for category in group:
            if not isinstance(category, str) or category in bins:
                raise _invalid(f"a category of {name} is no text or occurs twice.")
            bins[category] = position
    return bins


def _term(plain: Mapping[str, Any], features: tuple[Feature, ...], index: dict[str, int], bags: int | None) -> Term:
    names: list[str] = plain["features"]
    name = "__".join(names)
    used = tuple(index[feature] for feature in names)
    if not used:
        raise _invalid("a term has no features.")
    shape = tuple(features[feature].bin_count(len(used)) for feature in used)
    scores = _floats(plain["scores"], f"the scores of {name}")
    if scores.shape != shape:
        raise _invalid(f"the scores of {name} do not fit its bins.")
    bagged: Floats | None = None
    if bags is not None:
        bagged = _floats(plain["bagged_scores"], f"the bagged scores of {name}")
        if bagged.shape != (bags, *shape):
            raise _invalid(f"the bagged scores of {name} do not fit its bins or bags.")
    elif plain["bagged_scores"] is not None:
        raise _invalid(f"{name} has bagged scores while the model has no bags.")
    return Term(name, used, scores, bagged)


def _bagged_intercept(plain: object) -> Floats | None:
    if plain is None:
        return None
    intercepts = _floats(plain, "the bagged intercepts")
    if intercepts.ndim != 1 or len(intercepts) == 0:
        raise _invalid("the bagged intercepts are not a list of numbers.")
    return intercepts


def _floats(plain: object, what: str) -> Floats:
    try:
        numbers = np.array(plain, dtype=np.float64)
    except (TypeError, ValueError):
        raise _invalid(f"{what} are not numbers in a regular shape.") from None
    if not np.isfinite(numbers).all():
        raise _invalid(f"{what} are not all finite.")
    numbers.setflags(write=False)
    return numbers


def _invalid(what: str) -> ModelPackageInvalid:
    return ModelPackageInvalid(
        f"The model cannot be used: {what}", where=EBM_FILE, next_step="Package the model again from its EBM export."
    )
