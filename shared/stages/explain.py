"""Explains every score: what raised it, what lowered it, in words with value and unit, and what is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from shared.modelpackage.package import ModelPackage
from shared.records import FeatureTable
from shared.stages.score import Scored
from shared.usecase import UseCase

FACTORS_SHOWN = 3
PAIR = "__"
# one reason that a case worker sees first; `bijdrage` in log-odds
FACTOR = pa.struct({"kenmerk": pa.string(), "label": pa.string(), "bijdrage": pa.float64(), "zin": pa.string()})


@dataclass(frozen=True, eq=False)
class Explained:
    """Scores with their reasons: per scored row a list, of FACTOR (raising, lowering) or of words (unknown)."""

    scored: Scored
    table: FeatureTable
    verhogend: pa.ListArray
    verlagend: pa.ListArray
    onbekend: pa.ListArray


def explain(scored: Scored, table: FeatureTable, use_case: UseCase, package: ModelPackage) -> Explained:
    """Return up to three raising and three lowering factors of every score, by size, ties in package order."""
    frame = table.frame.iloc[scored.rows]
    in_words = _InWords(use_case, package, scored.term_names, frame)
    rising = in_words.factors(_largest(scored.contributions), scored.contributions)
    falling = in_words.factors(_largest(-scored.contributions), scored.contributions)
    return Explained(scored, table, rising, falling, _unknown(frame, table.flag_names, use_case.unknown_labels))


def _largest(contributions: np.ndarray) -> np.ndarray:
    """Return per row the columns of the largest values above 0, -1 where there are fewer."""
    columns = np.argsort(-contributions, axis=1, kind="stable")[:, :FACTORS_SHOWN]
    above = np.take_along_axis(contributions, columns, axis=1) > 0
    return np.where(above, columns, -1)


def _lists(lengths: np.ndarray, values: pa.Array) -> pa.ListArray:
    """Return the values, which are in order, as one list per row."""
    return pa.ListArray.from_arrays(pa.array(np.append(0, np.cumsum(lengths)), type=pa.int32()), values)


def _label(term: str, policy: Mapping[str, Any]) -> str:
    labels = policy.get("labels", {})
    return " × ".join(labels.get(feature, feature) for feature in term.split(PAIR))


class _InWords:
    """Fills the package's texts with the facts of rows; what is equal is put into words once."""

    def __init__(self, use_case: UseCase, package: ModelPackage, terms: Sequence[str], frame: pd.DataFrame) -> None:
        self._rules = use_case.sentences
        self._policy = package.policy
        self._terms = terms
        self._frame = frame
        self._told: dict[str, dict[tuple[Any, ...], str]] = {}

    def factors(self, chosen: np.ndarray, contributions: np.ndarray) -> pa.ListArray:
        """Return per row the factors of its chosen terms (-1 is none)."""
        is_one = chosen >= 0
        rows, terms = np.nonzero(is_one)[0], chosen[is_one]
        sentences = np.empty(len(rows), dtype=object)
        for position, term in enumerate(self._terms):
            places = np.flatnonzero(terms == position)
            told = [self._sentences(feature, rows[places]) for feature in term.split(PAIR)]
            sentences[places] = ["; ".join(parts) for parts in zip(*told, strict=True)]
        labels = [_label(term, self._policy) for term in self._terms]
        members = [
            pa.array(self._terms, type=pa.string()).take(pa.array(terms)),
            pa.array(labels, type=pa.string()).take(pa.array(terms)),
            pa.array(contributions[rows, terms]),
            pa.array(sentences, type=pa.string()),
        ]
        return _lists(is_one.sum(axis=1), pa.StructArray.from_arrays(members, fields=list(FACTOR)))

    def _sentences(self, feature: str, rows: np.ndarray) -> list[str]:
        rule = self._rules.get(feature)
        columns = rule.columns if rule else (feature,)
        facts = list(zip(*(self._frame[name].to_numpy()[rows].tolist() for name in columns), strict=True))
        told = self._told.setdefault(feature, {})
        for values in facts:
            if values not in told:
                told[values] = self._put(feature, values)
        return [told[values] for values in facts]

    def _put(self, feature: str, values: tuple[Any, ...]) -> str:
        rule = self._rules.get(feature)
        case = rule.choose(*values) if rule else None
        template = self._policy.get("texts", {}).get(feature, {}).get(case.name) if case else None
        if case and template:
            return str(template.format(**case.facts))
        unit = self._policy.get("units", {}).get(feature, "")
        return f"{_label(feature, self._policy)}: {values[0]} {unit}".rstrip()


def _unknown(rows: pd.DataFrame, flag_names: Sequence[str], labels: Mapping[str, str]) -> pa.ListArray:
    """Return per row what is unknown, in words."""
    flags = [name for name in flag_names if name in labels]
    raised = rows[flags].to_numpy(dtype=bool)
    words = pa.array([labels[name] for name in flags], type=pa.string())
    return _lists(raised.sum(axis=1), words.take(pa.array(np.nonzero(raised)[1])))
