"""The scorer against its judge, interpret, and against itself: alone, in bulk, in any order."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import ExplanationBroken, ScoreInputInvalid
from shared.modelpackage.ebm import category_text
from shared.modelpackage.evaluation import add_up, sigmoid
from shared.stages.score import check_adds_up, score_columns, score_features
from tests.model.machines import DETAILS, KINDS, machine, mixed_frame, package

ROWS = 100_000


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Rows of which some hold categories and numbers that training never saw."""
    rows = mixed_frame(ROWS, seed=9)
    rows.loc[::7, "code"] = "unseen"
    rows.loc[::11, "flag"] = 5
    rows.loc[::13, "level"] = 1e-7
    rows.loc[::17, "wealth"] = 1e12
    return rows


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("detail", DETAILS)
def test_equals_interpret_on_100_000_rows(kind: str, detail: str, frame: pd.DataFrame) -> None:
    scored = score_features(package(kind, detail), frame)
    judge = machine(kind)
    assert np.abs(scored.score - judge.predict_proba(frame)[:, 1]).max() <= 1e-12
    contributions = judge.eval_terms(frame)
    assert scored.contributions.shape == contributions.shape
    assert np.abs(scored.contributions - contributions).max() <= 1e-12


def test_the_rows_reach_every_kind_of_bin(frame: pd.DataFrame) -> None:
    """Guards the test above: unseen categories and the outer bins are really met."""
    scored = score_features(package("mains"), frame)
    by_name = dict(zip(scored.term_names, scored.contributions.T, strict=True))
    assert (by_name["code"][frame["code"] == "unseen"] == 0).all()
    assert (by_name["code"][frame["code"] == "01"] != 0).all()
    assert len(np.unique(by_name["wealth"])) > 20


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.astype({"flag": "float64", "share": "float32"}),
        lambda f: f.astype({"flag": "bool"}),
        lambda f: f.astype({"flag": "Int64", "days": "Float64", "code": "category"}),
        lambda f: f.astype({"flag": "object", "level": "object", "wealth": "object"}),
        lambda f: f[list(reversed(f.columns))].assign(other="x"),
    ],
    ids=["floats", "bool", "nullable", "objects", "other order and columns"],
)
def test_equals_interpret_whatever_the_type_of_a_column(change) -> None:
    frame = change(mixed_frame(2000, seed=4))
    judge = machine("pairs")
    scored = score_features(package("pairs"), frame)
    # interpret wants its own columns alone
    expected = judge.predict_proba(frame[judge.feature_names_in_])[:, 1]
    assert np.abs(scored.score - expected).max() <= 1e-12


@pytest.mark.parametrize("kind", ["pairs", "triple"])
def test_a_row_has_the_same_bits_alone_and_in_bulk(kind: str) -> None:
    model = package(kind)
    frame = mixed_frame(70_000, seed=5)  # more than one chunk
    bulk = score_features(model, frame)
    for row in [0, 1, 2, 8_191, 8_192, 65_535, 65_536, 69_999, *range(1000, 1200)]:
        alone = score_features(model, frame.iloc[[row]])
        assert alone.score.tobytes() == bulk.score[[row]].tobytes()
        assert alone.contributions.tobytes() == np.ascontiguousarray(bulk.contributions[[row]]).tobytes()
        assert alone.sureness.tobytes() == bulk.sureness[[row]].tobytes()


def test_numbers_need_no_table() -> None:
    frame = mixed_frame(300, seed=8)
    columns = {name: frame[name].to_numpy() for name in frame if name != "code"}
    columns["code"] = frame["code"].to_numpy(dtype=np.str_)
    by_table = score_features(package("pairs"), frame)
    by_numbers = score_columns(package("pairs"), columns, len(frame))
    assert by_numbers.score.tobytes() == by_table.score.tobytes()
    assert by_numbers.sureness.tobytes() == by_table.sureness.tobytes()
    columns["wealth"] = np.where(np.arange(300) == 7, np.nan, columns["wealth"])
    with pytest.raises(ScoreInputInvalid, match=r"wealth, row 8"):
        score_columns(package("pairs"), columns, len(frame))
    del columns["wealth"]
    with pytest.raises(ScoreInputInvalid, match="wealth"):
        score_columns(package("pairs"), columns, len(frame))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 1999), min_size=0, max_size=60))
def test_any_choice_of_rows_keeps_their_bits(rows: list[int]) -> None:
    frame = mixed_frame(2000, seed=6)
    model = package("pairs")
    bulk = score_features(model, frame)
    part = score_features(model, frame.iloc[rows])
    assert part.score.tobytes() == bulk.score[rows].tobytes()
    assert part.contributions.tobytes("C") == bulk.contributions[rows].tobytes("C")


@given(st.lists(st.floats(-1e308, 1e308), min_size=1, max_size=40))
def test_sigmoid_is_the_logistic_function_without_overflow(log_odds: list[float]) -> None:
    found = sigmoid(np.array(log_odds))
    for x, y in zip(log_odds, found.tolist(), strict=True):
        assert y == sigmoid(np.array([x]))[0]
        expected = 1 / (1 + math.exp(-x)) if x > -700 else 0.0
        assert abs(y - expected) <= 1e-15
        assert 0 <= y <= 1


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=40))
def test_the_exponent_is_that_of_the_c_library(log_odds: list[float]) -> None:
    magnitudes = [math.exp(-abs(x)) for x in log_odds]
    expected = [(1.0 if x >= 0 else y) / (1.0 + y) for x, y in zip(log_odds, magnitudes, strict=True)]
    assert sigmoid(np.array(log_odds)).tolist() == expected


@pytest.mark.parametrize("terms", [1, 2, 8, 15, 129])
@pytest.mark.parametrize("rows", [1, 2, 3, 16, 3_999, 4_001])
def test_contributions_are_added_one_after_another_however_many(terms: int, rows: int) -> None:
    rng = np.random.default_rng(rows)
    by_term = rng.normal(size=(terms, rows)) * 10 ** rng.uniform(-8, 8, size=(terms, rows))
    expected = np.full(rows, 0.3)
    for each in by_term:
        expected = expected + each
    assert add_up(0.3, by_term).tobytes() == expected.tobytes()
    assert add_up(0.3, np.asfortranarray(by_term)).tobytes() == expected.tobytes()


def test_scoring_leaves_the_settings_of_numpy_as_they_were() -> None:
    before = np.getbufsize(), np.geterr()
    score_features(package("pairs"), mixed_frame(10, seed=1))
    assert (np.getbufsize(), np.geterr()) == before


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_has_the_category_text_of_interpret(value: float) -> None:
    text = (np.array([value]) + 0.0).astype(np.str_)
    if text[0].endswith(".0"):
        text = np.strings.rstrip(np.strings.rstrip(text, "0"), ".")
    assert category_text(value) == text[0]
    assert category_text(np.float64(value)) == text[0]


def test_intercept_comes_first_and_terms_in_package_order() -> None:
    contributions = np.array([[1e16, -1e16, 1.0]])
    assert add_up(1.0, contributions.T)[0] == ((1.0 + 1e16) - 1e16) + 1.0


def test_a_score_that_does_not_add_up_fails_the_run() -> None:
    scored = score_features(package("mains"), mixed_frame(50, seed=7))
    check_adds_up(scored.score, scored.intercept, scored.contributions)
    for wrong in (2e-12, math.nan):
        changed = scored.score.copy()
        changed[41] += wrong
        with pytest.raises(ExplanationBroken, match=r"1 of 50 rows.*row 42|row 42.*1 of 50 rows"):
            check_adds_up(changed, scored.intercept, scored.contributions)
    lost = scored.contributions.copy()
    lost[3, 0] = 0.123
    with pytest.raises(ExplanationBroken):
        check_adds_up(scored.score, scored.intercept, lost)


def test_no_rows_is_no_error() -> None:
    scored = score_features(package("pairs"), mixed_frame(5, seed=1).iloc[:0])
    assert scored.score.shape == (0,)
    assert scored.contributions.shape == (0, len(scored.term_names))
