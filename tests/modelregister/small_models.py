"""Models of one feature whose score is that feature, so that a test says outright what a version makes of whom."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from shared.modelpackage.ebm import Ebm, Feature, Term
from shared.modelpackage.package import ModelPackage
from shared.modelregister.port import PublishedFeatures

LEVELS = 20  # level n scores (n + 0.5) / 20


def small_model(column: str, threshold: float, version: str = "1") -> ModelPackage:
    """Return a model that scores by the level in one column."""
    cuts = np.arange(LEVELS - 1) + 0.5
    scores = [math.log(p / (1 - p)) for p in ((level + 0.5) / LEVELS for level in range(LEVELS))]
    ebm = Ebm(
        features=(Feature(column, True, (cuts,)),),
        terms=(Term(column, (0,), np.array([0.0, *scores, 0.0]), None),),
        intercept=0.0,
        bagged_intercept=None,
        classes=("0", "1"),
    )
    nothing: dict[str, Any] = {}
    return ModelPackage(
        "klein", version, "2026-11-01", version * 64, "1", threshold, 0.0, ebm, None, nothing, nothing, nothing, None
    )


def stored(levels: Sequence[tuple[int, int]], groups: Sequence[dict[str, int]]) -> list[PublishedFeatures]:
    """Return stored results: the levels for two versions (columns a and b) and the groups that each is in."""
    return [
        PublishedFeatures(f"p{place}", f"d{place}", "2026-11-02T10:00:00", json.dumps({"a": a, "b": b, **group}))
        for place, ((a, b), group) in enumerate(zip(levels, groups, strict=True))
    ]
