"""Scores rows with a packaged model. Columns are matched by name; what the model never learned from is refused.

Numbers are scored without pandas, which is imported for a table alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shared.errors import ExplanationBroken, ScoreInputInvalid
from shared.modelpackage.ebm import Floats, category_text
from shared.modelpackage.evaluation import Columns, NotUsable, add_up, usable
from shared.modelpackage.package import ModelPackage
from shared.records import FeatureTable

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 1e-12


@dataclass(frozen=True, eq=False)
class Scored:
    """The outcome of the model, row by row, in the order in which the rows were given.

    `score` (n), `contributions` (n by terms, log-odds, package order), `sureness` (n, the share of bags on the same
    side of the threshold; None when the package has no bags), `rows` (n): position of each row in the table it came
    from.
    """

    score: Floats
    contributions: Floats
    sureness: Floats | None
    intercept: float
    term_names: tuple[str, ...]
    rows: npt.NDArray[np.intp]


def score_features(package: ModelPackage, frame: pd.DataFrame) -> Scored:
    """Return score, contributions and sureness of every row of a table that has the model's feature columns.

    An empty income takes the package's mean and its flag becomes 1. A missing column, any other empty value and
    anything that is not a finite number raises ScoreInputInvalid with column and row number (1 = first row).
    Score and contributions are checked to add up on every row.
    """
    names = list(frame.columns)
    _check_names(package, names)
    _refuse_doubled(package, names)
    columns = {
        feature.name: _numbers(frame[feature.name]) if feature.continuous else _categories(frame[feature.name])
        for feature in package.ebm.features
    }
    return score_columns(package, columns, len(frame))


def score_columns(package: ModelPackage, columns: Columns, rows: int) -> Scored:
    """Return what `score_features` does, of rows that are given as one array per feature: NaN or "" where empty."""
    _check_names(package, columns)
    try:
        found = package.evaluate(columns, rows)
    except NotUsable:
        _refuse_unusable(package, columns)
        raise
    check_adds_up(found.score, package.intercept, found.contributions)
    return Scored(
        found.score,
        found.contributions,
        found.sureness,
        package.intercept,
        package.term_names,
        np.arange(rows, dtype=np.intp),
    )


def score_applications(package: ModelPackage, table: FeatureTable) -> Scored:
    """Return the scores of the applications that the model decides on; `rows` are their positions in the table."""
    rows = np.flatnonzero(table.frame["resultaattype"].to_numpy() == 0)
    scored = score_features(package, table.frame.iloc[rows])
    return Scored(scored.score, scored.contributions, scored.sureness, scored.intercept, scored.term_names, rows)


def check_adds_up(score: Floats, intercept: float, contributions: Floats) -> None:
    """Raise ExplanationBroken unless score = sigmoid(intercept + sum of contributions) on every row, to 1e-12."""
    log_odds = add_up(intercept, contributions.T)
    expected = 0.5 + 0.5 * np.tanh(0.5 * log_odds)  # the sigmoid, written in another way
    same = np.abs(score - expected) <= TOLERANCE  # a NaN is not the same
    if not same.all():
        raise ExplanationBroken(
            f"Score and contributions do not add up on {np.count_nonzero(~same)} of {len(score)} rows.",
            where=f"row {int(np.argmin(same)) + 1}",
            next_step="Publish nothing; check the model package and report this as a defect.",
        )


def _check_names(package: ModelPackage, names: Collection[str]) -> None:
    missing = [name for name in package.feature_names if name not in names]
    if missing:
        raise ScoreInputInvalid(
            f"The table lacks {len(missing)} of the model's {len(package.feature_names)} columns.",
            where=", ".join(missing),
            next_step="Add the columns by these exact names; their order does not matter.",
        )


def _refuse_doubled(package: ModelPackage, names: Sequence[str]) -> None:
    doubled = [name for name in package.feature_names if names.count(name) > 1]
    if doubled:
        raise ScoreInputInvalid(
            "The table has a column more than once.", where=", ".join(doubled), next_step="Keep one of each."
        )


def _refuse_unusable(package: ModelPackage, columns: Columns) -> None:
    rule = package.imputation
    unknown_income = np.isnan(columns[rule.feature].astype(np.float64)) if rule else np.zeros(0, dtype=np.bool_)
    for name in package.feature_names:
        values = columns[name]
        fine = usable(values)
        if rule and name in (rule.feature, rule.flag):
            fine |= unknown_income  # the income takes the mean there, and the flag becomes 1 whatever it says
        if not fine.all():
            raise ScoreInputInvalid(
                f"The column is empty or not a finite number on {np.count_nonzero(~fine)} of {len(values)} rows.",
                where=f"{name}, row {int(np.argmin(fine)) + 1}",
                next_step="Fill these in, or leave the rows out; the model never learned from an empty value.",
            )


def _is_plain(series: pd.Series) -> bool:
    """Say whether numpy holds the column as numbers, as it mostly does; pandas' own ways of asking take longer."""
    return isinstance(series.dtype, np.dtype) and series.dtype.kind in "biuf"


def _numbers(series: pd.Series) -> npt.NDArray[np.float64]:
    """Return a column as doubles; NaN where it is empty."""
    if _is_plain(series):
        return series.to_numpy(dtype=np.float64)
    import pandas as pd

    if pd.api.types.is_numeric_dtype(series.dtype):  # whole numbers, doubles, booleans, with or without empties
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    numbers = np.full(len(series), np.nan)
    for row, value in enumerate(series.tolist()):
        if value is None or value is pd.NA or value == "":
            continue
        try:
            numbers[row] = float(value)
        except (TypeError, ValueError, OverflowError):
            raise ScoreInputInvalid(
                "The column holds something that is not a number.",
                where=f"{series.name}, row {row + 1}",
                next_step="Write numbers with a decimal point and nothing else.",
            ) from None
    return numbers


def _categories(series: pd.Series) -> npt.NDArray[np.generic]:
    """Return a column of categories as numbers when it holds numbers, else as text; "" or NaN where it is empty."""
    if _is_plain(series):
        return series.to_numpy()
    empty = series.isna().to_numpy()
    texts = ["" if gone else category_text(value) for gone, value in zip(empty, series.tolist(), strict=True)]
    return np.array(texts, dtype=np.str_)
