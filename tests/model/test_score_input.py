"""What scoring refuses, and what it does with an unknown income."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from development.training.train import INCOME, INCOME_FLAG
from shared.errors import ScoreInputInvalid
from shared.modelpackage.package import ModelPackage
from shared.stages.score import score_features
from tests.model.generated import feature_rows
from tests.model.machines import mixed_frame, package


@pytest.mark.parametrize("name", ["wealth", "share", "flag", "code", "level", "days"])
def test_a_missing_column_is_refused_by_name(name: str) -> None:
    with pytest.raises(ScoreInputInvalid) as found:
        score_features(package("mains"), mixed_frame(3, seed=1).drop(columns=name))
    assert found.value.where == name


def test_columns_are_matched_by_name_and_not_by_place() -> None:
    frame = mixed_frame(300, seed=2)
    moved = frame[["days", "code", "wealth", "level", "flag", "share"]]
    assert (
        score_features(package("mains"), frame).score.tolist() == score_features(package("mains"), moved).score.tolist()
    )


def test_a_doubled_column_is_refused() -> None:
    frame = mixed_frame(3, seed=1)
    with pytest.raises(ScoreInputInvalid, match="more than once"):
        score_features(package("mains"), pd.concat([frame, frame[["days"]]], axis=1))


@pytest.mark.parametrize("name", ["wealth", "days", "level", "flag"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, None])
def test_an_empty_or_infinite_number_is_refused_with_its_row_and_without_any_value(name: str, value) -> None:
    frame = mixed_frame(40, seed=3).astype({"flag": "float64"})
    frame.loc[[17, 30], name] = value
    with pytest.raises(ScoreInputInvalid) as found:
        score_features(package("mains"), frame)
    assert found.value.where == f"{name}, row 18"
    assert "2 of 40 rows" in found.value.what


@pytest.mark.parametrize("value", [None, np.nan, pd.NA, ""])
def test_an_empty_category_is_refused(value) -> None:
    frame = mixed_frame(5, seed=3).astype({"code": "object"})
    frame.loc[2, "code"] = value
    with pytest.raises(ScoreInputInvalid, match="code, row 3"):
        score_features(package("mains"), frame)


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "boolean"])
def test_an_empty_nullable_number_is_refused(dtype: str) -> None:
    frame = mixed_frame(5, seed=3).astype({"flag": dtype})
    frame.loc[4, "flag"] = pd.NA
    with pytest.raises(ScoreInputInvalid, match="flag, row 5"):
        score_features(package("mains"), frame)


def test_text_in_a_number_column_is_refused_without_showing_it() -> None:
    frame = mixed_frame(5, seed=3).astype({"wealth": "object"})
    frame.loc[1, "wealth"] = "123456782 jansen"
    with pytest.raises(ScoreInputInvalid, match="wealth, row 2") as found:
        score_features(package("mains"), frame)
    assert "jansen" not in repr(found.value) and not re.search(r"\d{9}", repr(found.value))
    assert found.value.__cause__ is None and found.value.__suppress_context__


def test_dates_are_no_numbers() -> None:
    frame = mixed_frame(3, seed=3)
    frame["wealth"] = pd.Timestamp("2026-01-01")
    with pytest.raises(ScoreInputInvalid, match="wealth, row 1"):
        score_features(package("mains"), frame)


def test_decimals_and_numbers_as_text_are_numbers() -> None:
    frame = mixed_frame(200, seed=3)
    exact = frame["wealth"].map(lambda value: Decimal(str(value)))
    text = frame["wealth"].map(repr)
    expected = score_features(package("mains"), frame).score.tolist()
    assert score_features(package("mains"), frame.assign(wealth=exact)).score.tolist() == expected
    assert score_features(package("mains"), frame.assign(wealth=text)).score.tolist() == expected


def test_an_unknown_income_takes_the_mean_and_flag_1_whatever_the_flag_says(city: ModelPackage) -> None:
    frame = feature_rows(50, seed=1).astype({INCOME_FLAG: "float64"})
    mean = city.policy["income_mean"]
    frame[INCOME] = np.nan
    filled = frame.assign(**{INCOME: mean, INCOME_FLAG: 1.0})
    expected = score_features(city, filled).score.tolist()
    for flag in (0.0, 1.0, np.nan):
        assert score_features(city, frame.assign(**{INCOME_FLAG: flag})).score.tolist() == expected


def test_a_filled_income_is_used_as_it_is(city: ModelPackage) -> None:
    frame = feature_rows(50, seed=1).assign(**{INCOME: 800.0, INCOME_FLAG: 0})
    flagged = frame.assign(**{INCOME_FLAG: 1})
    terms = score_features(city, frame).term_names
    plain, odd = (score_features(city, rows).contributions for rows in (frame, flagged))
    assert (plain[:, terms.index(INCOME)] == odd[:, terms.index(INCOME)]).all()
    assert (plain[:, terms.index(INCOME_FLAG)] != odd[:, terms.index(INCOME_FLAG)]).all()


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_income_is_refused(value: float, city: ModelPackage) -> None:
    frame = feature_rows(5, seed=1)
    frame.loc[3, INCOME] = value
    with pytest.raises(ScoreInputInvalid, match=f"{INCOME}, row 4"):
        score_features(city, frame)


def test_an_empty_flag_beside_a_filled_income_is_refused(city: ModelPackage) -> None:
    frame = feature_rows(5, seed=1).astype({INCOME_FLAG: "float64"}).assign(**{INCOME: 0.0})
    frame.loc[2, INCOME_FLAG] = np.nan
    with pytest.raises(ScoreInputInvalid, match=f"{INCOME_FLAG}, row 3"):
        score_features(city, frame)


@pytest.mark.parametrize("name", [INCOME, INCOME_FLAG])
def test_income_and_flag_columns_must_be_there(name: str, city: ModelPackage) -> None:
    with pytest.raises(ScoreInputInvalid) as found:
        score_features(city, feature_rows(5, seed=1).drop(columns=name))
    assert found.value.where == name
