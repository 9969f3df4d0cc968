"""Reads what interpret's `to_json` writes, at any detail, and keeps only what scoring needs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from development.packaging.errors import PackagingRefused
from shared.errors import ModelPackageInvalid
from shared.modelpackage.ebm import Ebm
from shared.modelpackage.plain import FORMAT, ebm_from_plain

_REVERSED = ([1, 0], [True, False], ["1", "0"], ["True", "False"], [1.0, 0.0])


@dataclass(frozen=True, eq=False)
class Export:
    """An exported binary EBM: `plain` is the content of ebm.json, `counts` the weight per bin of each term.

    `counts` is None when the export holds none (detail "minimal").
    """

    plain: dict[str, Any]
    ebm: Ebm
    counts: tuple[npt.NDArray[np.float64], ...] | None


def read_export(content: bytes) -> Export:
    """Return the EBM in an export; counts, bounds and histograms never reach `plain`.

    Raises PackagingRefused when it is not a binary classifier with logit link, or not an export of interpret.
    """
    try:
        document = json.loads(content)
        exported = document["ebm"]
        plain = _plain(exported)
        counts = _counts(exported["terms"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as cause:
        raise _refused(f"it is not what interpret's to_json writes ({type(cause).__name__}).") from None
    try:
        ebm = ebm_from_plain(plain)
    except ModelPackageInvalid as cause:
        raise _refused(cause.what) from None
    if counts is not None and any(c.shape != t.scores.shape for c, t in zip(counts, ebm.terms, strict=True)):
        raise _refused("its bin weights do not fit its scores.")
    return Export(plain, ebm, counts)


def _plain(exported: Mapping[str, Any]) -> dict[str, Any]:
    classes = _classes(exported["outputs"])
    if len(exported["intercept"]) != 1:
        raise _refused("it has more than one score per row.")
    if not exported["terms"]:
        raise _refused("it has no terms.")
    bagged_intercept, bagged_scores = _bags(exported)
    terms = [
        {"features": term["term_features"], "scores": term["scores"], "bagged_scores": bags}
        for term, bags in zip(exported["terms"], bagged_scores, strict=True)
    ]
    # What no term uses is not asked for: a column less of people's data (interpret exports it without bins).
    used = {name for term in terms for name in term["features"]}
    return {
        "format": FORMAT,
        "link": "logit",
        "classes": classes,
        "intercept": exported["intercept"][0],
        "bagged_intercept": bagged_intercept,
        "features": [_feature(feature) for feature in exported["features"] if feature["name"] in used],
        "terms": terms,
    }


def _classes(outputs: Sequence[Mapping[str, Any]]) -> list[str]:
    task = outputs[0].get("task")
    classes = list(outputs[0].get("classes", ()))
    if len(outputs) != 1 or task != "classification" or len(classes) != 2 or outputs[0]["link"] != "logit":
        raise _refused(
            "it is not a binary classifier with a logit link.",
            "Train an ExplainableBoostingClassifier on an outcome with two classes; no other model has this score.",
        )
    if classes in _REVERSED:
        raise _refused(
            "its second class is 0, so its score would be turned round.",
            "Call reorder_classes([0, 1]) on the EBM and export it again.",
        )
    return [str(value) for value in classes]


def _bags(exported: Mapping[str, Any]) -> tuple[list[float] | None, list[Any]]:
    """Return the bagged intercepts and scores, or nothing at all when a part of them is missing."""
    intercepts = exported.get("bagged_intercept")
    scores = [term.get("bagged_scores") for term in exported["terms"]]
    if not intercepts or any(bags is None for bags in scores):
        return None, [None] * len(scores)
    return [value[0] if isinstance(value, list) else value for value in intercepts], scores


def _feature(feature: Mapping[str, Any]) -> dict[str, Any]:
    if feature["type"] == "continuous":
        return {"name": feature["name"], "type": "continuous", "cuts": feature["cuts"]}
    # An ordinal feature is evaluated as a nominal one: its categories are numbered in their own order.
    levels = [[group if isinstance(group, list) else [group] for group in level] for level in feature["categories"]]
    return {"name": feature["name"], "type": "nominal", "categories": levels}


def _counts(terms: Sequence[Mapping[str, Any]]) -> tuple[npt.NDArray[np.float64], ...] | None:
    weights = [term.get("bin_weights") for term in terms]
    if not weights or any(weight is None for weight in weights):
        return None
    return tuple(np.array(weight, dtype=np.float64) for weight in weights)


def _refused(what: str, next_step: str = "Export the EBM again with to_json.") -> PackagingRefused:
    return PackagingRefused(f"The EBM cannot be packaged: {what}", where="EBM export", next_step=next_step)
