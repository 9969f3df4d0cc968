"""Small EBMs of every kind that the packager may meet, fitted once per test run."""

from __future__ import annotations

import functools
import io
import json
import warnings

import numpy as np
import pandas as pd
from interpret.glassbox import ExplainableBoostingClassifier

from development.packaging.build import build_package
from shared.modelpackage.package import ModelPackage, read_package

KINDS = ("mains", "pairs", "triple", "auto", "alone", "words")
DETAILS = ("minimal", "interpretable", "mergeable", "all")
REASON = "invented people, made for a test"
POLICY = json.dumps({"name": "proef", "version": "1.2.3", "date": "2026-11-01", "threshold": 0.4}).encode()


def mixed_frame(rows: int, seed: int) -> pd.DataFrame:
    """Numbers, counts, flags, codes and words; also values outside of what was seen in training."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "wealth": np.round(rng.normal(0, 3000, rows), 2),
            "share": rng.integers(0, 5, rows) / 4,
            "flag": rng.integers(0, 2, rows),
            "code": rng.choice(["01", "1", "x, y", "Ĳ", "-1"], rows),
            "level": rng.choice([0.5, 1.0, 2.0, 1e16, -0.0], rows),
            "days": rng.exponential(900, rows),
        }
    )


def outcome(frame: pd.DataFrame, seed: int) -> pd.Series:
    rng = np.random.default_rng(seed)
    drive = frame["wealth"] / 4000 - frame["share"] + frame["flag"] * (frame["days"] > 500) + (frame["code"] == "01")
    return (drive + rng.logistic(size=len(frame)) > 0).astype(int)


TYPES = ["continuous", "nominal", "nominal", "nominal", "nominal", "continuous"]


@functools.cache
def machine(kind: str) -> ExplainableBoostingClassifier:
    """Return one of KINDS; `auto` lets interpret choose types and pairs, `alone` has one term and one bag."""
    frame = mixed_frame(1500, seed=1)
    y = outcome(frame, seed=2)
    settings = {"outer_bags": 4, "max_rounds": 60, "n_jobs": 1, "random_state": 3, "feature_types": TYPES}
    extra: dict[str, object] = {
        "mains": {"interactions": 0},
        "pairs": {"interactions": [(0, 5), (2, 5), (3, 4), (1, 3)], "max_interaction_bins": 8},
        "triple": {"interactions": [(0, 2, 5), (1, 3)], "max_interaction_bins": 6},
        "auto": {"interactions": 3, "feature_types": None},
        "alone": {"interactions": 0, "outer_bags": 1, "exclude": [(n,) for n in range(1, 6)]},
        "words": {"interactions": 1},
    }[kind]
    if kind == "words":
        y = y.map({0: "gewoon", 1: "onderzoek"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # interpret warns about few bags and about its own JSON format
        return ExplainableBoostingClassifier(**(settings | extra)).fit(frame, y)


def exported(ebm: ExplainableBoostingClassifier, detail: str = "all") -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        buffer = io.StringIO()
        ebm.to_json(buffer, detail=detail)
    return buffer.getvalue().encode()


@functools.cache
def package_files(kind: str, detail: str = "all") -> dict[str, bytes]:
    return build_package(exported(machine(kind), detail), POLICY, accept_unguarded=REASON)


@functools.cache
def package(kind: str, detail: str = "all") -> ModelPackage:
    return read_package(package_files(kind, detail))
