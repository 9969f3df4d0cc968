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
_ROWS_AT_ONCE = 10_000

type _Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
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
    in_words = _InWords(use_case, package, scored.term_names)
    rising: list[tuple[Factor, ...]] = []
    falling: list[tuple[Factor, ...]] = []
    for start in range(0, len(scored.rows), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        frame, contributions = table.frame.iloc[scored.rows[rows]], scored.contributions[rows]
        facts = in_words.facts(frame)
        rising += in_words.factors(_largest(contributions), contributions, facts)
        falling += in_words.factors(_largest(-contributions), contributions, facts)
    unknown = _unknown(table.frame.iloc[scored.rows], table.flag_names, use_case.unknown_labels)
    return Explained(scored, table, rising, falling, unknown)


def _largest(contributions: np.ndarray) -> np.ndarray:
    """Return per row the columns of the largest values above 0, -1 where there are fewer."""
    columns = np.argsort(-contributions, axis=1, kind="stable")[:, :FACTORS_SHOWN]
    above = np.take_along_axis(contributions, columns, axis=1) > 0
    return np.where(above, columns, -1)


def _label(term: str, policy: Mapping[str, Any]) -> str:
    labels = policy.get("labels", {})
    return " × ".join(labels.get(feature, feature) for feature in term.split(PAIR))


class _InWords:
    """Fills the package's texts with the facts of rows; what is equal is put into words once."""

    def __init__(self, use_case: UseCase, package: ModelPackage, terms: Sequence[str]) -> None:
        self._rules = use_case.sentences
        self._policy = package.policy
        self._terms = [(term, _label(term, package.policy), tuple(term.split(PAIR))) for term in terms]
        self._told: dict[tuple[str, _Values], str] = {}
        self._made: dict[tuple[int, float, str], Factor] = {}

    def facts(self, frame: pd.DataFrame) -> dict[str, list[_Values]]:
        """Return per feature of the model and per row the values that its sentence is chosen by."""
        features = {feature for _, _, parts in self._terms for feature in parts}
        return {
            feature: list(zip(*(frame[name].tolist() for name in self._columns(feature)), strict=True))
            for feature in sorted(features)
        }

    def factors(
        self, chosen: np.ndarray, contributions: np.ndarray, facts: Mapping[str, Sequence[_Values]]
    ) -> list[tuple[Factor, ...]]:
        """Return per row the factors of its chosen terms (-1 is none)."""
        return [
            tuple(self._factor(term, float(contributions[row, term]), row, facts) for term in terms if term >= 0)
            for row, terms in enumerate(chosen.tolist())
        ]

    def _factor(self, position: int, contribution: float, row: int, facts: Mapping[str, Sequence[_Values]]) -> Factor:
        term, label, features = self._terms[position]
        sentence = "; ".join(self._sentence(feature, facts[feature][row]) for feature in features)
        key = (position, contribution, sentence)
        if key not in self._made:
            self._made[key] = Factor(term, label, contribution, sentence)
        return self._made[key]

    def _columns(self, feature: str) -> tuple[str, ...]:
        rule = self._rules.get(feature)
        return rule.columns if rule else (feature,)

    def _sentence(self, feature: str, values: _Values) -> str:
        if (feature, values) not in self._told:
            self._told[feature, values] = self._put(feature, values)
        return self._told[feature, values]

    def _put(self, feature: str, values: _Values) -> str:
        rule = self._rules.get(feature)
        case = rule.choose(*values) if rule else None
        template = self._policy.get("texts", {}).get(feature, {}).get(case.name) if case else None
        if case and template:
            return str(template.format(**case.facts))
        unit = self._policy.get("units", {}).get(feature, "")
        return f"{_label(feature, self._policy)}: {values[0]} {unit}".rstrip()


def _unknown(rows: pd.DataFrame, flag_names: Sequence[str], labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return per row what is unknown, in words."""
    flags = [name for name in flag_names if name in labels]
    values = zip(*(rows[name].tolist() for name in flags), strict=True) if flags else [()] * len(rows)
    return [tuple(labels[name] for name, value in zip(flags, row, strict=True) if value) for row in values]
