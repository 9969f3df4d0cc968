"""Explains every score: what raised it, what lowered it, in words with value and unit, and what is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from shared.modelpackage.package import ModelPackage
from shared.records import FeatureTable
from shared.stages.score import Scored
from shared.usecase import UseCase

FACTORS_SHOWN = 3
PAIR = "__"


@dataclass(frozen=True)
class Factor:
    """One reason that a case worker sees first. `bijdrage`: log-odds."""

    term: str
    label: str
    bijdrage: float
    zin: str


@dataclass(frozen=True, eq=False)
class Explained:
    """Scores with their reasons, all per scored row."""

    scored: Scored
    table: FeatureTable
    verhogend: list[tuple[Factor, ...]]
    verlagend: list[tuple[Factor, ...]]
    onbekend: list[tuple[str, ...]]


def explain(scored: Scored, table: FeatureTable, use_case: UseCase, package: ModelPackage) -> Explained:
    """Return up to three raising and three lowering factors of every score, by size, ties in package order."""
    rising = _largest(scored.contributions)
    falling = _largest(-scored.contributions)
    sentences = _Sentences(table.frame.iloc[scored.rows], use_case, package)
    return Explained(
        scored,
        table,
        _factors(rising, scored, sentences, package),
        _factors(falling, scored, sentences, package),
        _unknown(table.frame.iloc[scored.rows], table.flag_names, use_case.unknown_labels),
    )


def _largest(contributions: np.ndarray) -> np.ndarray:
    """Return per row the columns of the largest values above 0, -1 where there are fewer."""
    columns = np.argsort(-contributions, axis=1, kind="stable")[:, :FACTORS_SHOWN]
    above = np.take_along_axis(contributions, columns, axis=1) > 0
    return np.where(above, columns, -1)


def _factors(
    chosen: np.ndarray, scored: Scored, sentences: _Sentences, package: ModelPackage
) -> list[tuple[Factor, ...]]:
    labels = [_label(name, package.policy) for name in scored.term_names]
    contributions = scored.contributions
    return [
        tuple(
            Factor(
                scored.term_names[term],
                labels[term],
                float(contributions[row, term]),
                sentences.of(scored.term_names[term], row),
            )
            for term in terms
            if term >= 0
        )
        for row, terms in enumerate(chosen.tolist())
    ]


def _label(term: str, policy: Mapping[str, Any]) -> str:
    labels = policy.get("labels", {})
    return " × ".join(labels.get(feature, feature) for feature in _features(term))


def _features(term: str) -> list[str]:
    return term.split(PAIR)


class _Sentences:
    """Fills the package's texts with the facts of a row; equal facts are put into words once."""

    def __init__(self, rows: pd.DataFrame, use_case: UseCase, package: ModelPackage) -> None:
        self._rows = rows
        self._rules = use_case.sentences
        self._texts: Mapping[str, Mapping[str, str]] = package.policy.get("texts", {})
        self._policy = package.policy
        self._values: dict[str, Sequence[tuple[Any, ...]]] = {}
        self._told: dict[tuple[str, tuple[Any, ...]], str] = {}

    def of(self, term: str, row: int) -> str:
        """Return the sentence of a term for one row; of two features together, both sentences."""
        return "; ".join(self._sentence(feature, row) for feature in _features(term))

    def _sentence(self, feature: str, row: int) -> str:
        if feature not in self._values:
            rule = self._rules.get(feature)
            columns = rule.columns if rule else (feature,)
            self._values[feature] = list(zip(*(self._rows[name].tolist() for name in columns), strict=True))
        values = self._values[feature][row]
        if (feature, values) not in self._told:
            self._told[feature, values] = self._in_words(feature, values)
        return self._told[feature, values]

    def _in_words(self, feature: str, values: tuple[Any, ...]) -> str:
        rule = self._rules.get(feature)
        case = rule.choose(*values) if rule else None
        template = self._texts.get(feature, {}).get(case.name) if case else None
        if case and template:
            return template.format(**case.facts)
        unit = self._policy.get("units", {}).get(feature, "")
        return f"{_label(feature, self._policy)}: {values[0]} {unit}".rstrip()


def _unknown(rows: pd.DataFrame, flag_names: Sequence[str], labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return per row what is unknown, in words."""
    flags = [name for name in flag_names if name in labels]
    values = zip(*(rows[name].tolist() for name in flags), strict=True) if flags else [()] * len(rows)
    return [tuple(labels[name] for name, value in zip(flags, row, strict=True) if value) for row in values]
