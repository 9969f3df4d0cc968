"""The command `score`: parquet or csv, other columns kept, the sum complete in the file."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shared import bootstrap
from shared.cli import score as score_command
from shared.cli.tablefiles import read_table, write_table
from shared.errors import ScoreInputInvalid
from shared.modelpackage.package import ModelPackage
from shared.stages.score import score_features
from tests.model.conftest import CITY
from tests.model.generated import feature_rows
from tests.model.machines import machine, mixed_frame, package_files


def score(features: Path, model: Path, output: Path) -> pd.DataFrame:
    parser = argparse.ArgumentParser()
    score_command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["score", str(features), "--model", str(model), "-o", str(output), "--reden", "proef"])
    assert args.run(args) == 0
    return read_table(output, text_columns=["aanvraagnummer"])


@pytest.fixture(autouse=True)
def _own_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation without an administration, whatever lies in the folder that the tests run in."""
    monkeypatch.setenv("SLIMME_CHECK_OPSLAG", str(tmp_path))
    bootstrap.let_go()
    yield
    bootstrap.let_go()


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    folder = tmp_path / "pairs"
    folder.mkdir()
    for name, content in package_files("pairs").items():
        (folder / name).write_bytes(content)
    return folder


def test_score_intercept_and_every_contribution_are_added_and_add_up(tmp_path: Path, city: ModelPackage) -> None:
    rows = feature_rows(500, seed=3).assign(extra="eigen")
    write_table(rows, tmp_path / "F.parquet")
    found = score(tmp_path / "F.parquet", CITY, tmp_path / "S.parquet")
    added = ["score", "intercept", *(f"bijdrage_{name}" for name in city.term_names)]
    assert list(found.columns) == [*rows.columns, *added]
    for name in rows.columns:
        assert found[name].dtype.kind == rows[name].dtype.kind
        assert found[name].equals(rows[name].astype(found[name].dtype))
    for row in found.head(50).itertuples():
        log_odds = row.intercept
        for name in added[2:]:
            log_odds += getattr(row, name)
        assert abs(row.score - 1 / (1 + math.exp(-log_odds))) <= 1e-12


def test_csv_and_parquet_in_and_out_hold_the_same(tmp_path: Path) -> None:
    rows = feature_rows(300, seed=4).drop(columns="persoon")
    for form in ("csv", "parquet"):
        write_table(rows, tmp_path / f"F.{form}")
    found = {}
    for source in ("csv", "parquet"):
        for target in ("csv", "parquet"):
            name = f"{source}.{target}"
            found[name] = score(tmp_path / f"F.{source}", CITY, tmp_path / f"{source}.{target}")
    # The same csv bytes whichever way the features came; and the same numbers to the last bit in parquet.
    assert (tmp_path / "csv.csv").read_bytes() == (tmp_path / "parquet.csv").read_bytes()
    for name in ("csv.parquet", "parquet.csv"):
        for column in found[name].columns:
            same = found[name][column].astype("object").tolist()
            expected = found["parquet.parquet"][column].astype("object").tolist()
            assert all(a == b or (pd.isna(a) and pd.isna(b)) for a, b in zip(same, expected, strict=True))
    assert found["csv.csv"]["aanvraagnummer"].tolist() == rows["aanvraagnummer"].tolist()


def test_interactions_have_their_own_column_and_codes_survive_csv(tmp_path: Path, pairs: Path) -> None:
    rows = mixed_frame(400, seed=5)
    expected = machine("pairs").predict_proba(rows)[:, 1]
    for form in ("csv", "parquet"):
        write_table(rows, tmp_path / f"F.{form}")
    found = score(tmp_path / "F.parquet", pairs, tmp_path / "S.parquet")
    assert [name for name in found.columns if "__" in name] == [
        "bijdrage_wealth__days",
        "bijdrage_share__code",
        "bijdrage_flag__days",
        "bijdrage_code__level",
    ]
    assert np.abs(found["score"] - expected).max() <= 1e-12
    # In csv `-1` is neutralised as text that a spreadsheet could run; all other codes come back as they were.
    back = score(tmp_path / "F.csv", pairs, tmp_path / "S.csv")
    kept = rows["code"] != "-1"
    assert np.abs(back["score"] - expected)[kept].max() <= 1e-12


def test_a_code_that_looks_like_a_number_is_not_read_as_one(tmp_path: Path, pairs: Path) -> None:
    rows = mixed_frame(400, seed=5)
    rows["code"] = "01"
    write_table(rows, tmp_path / "F.csv")
    found = score(tmp_path / "F.csv", pairs, tmp_path / "S.parquet")
    assert np.abs(found["score"] - machine("pairs").predict_proba(rows)[:, 1]).max() <= 1e-12


@pytest.mark.parametrize("name", ["score", "intercept", "bijdrage_days", "bijdrage_"])
def test_a_column_by_the_name_of_an_outcome_is_an_error(name: str, tmp_path: Path) -> None:
    write_table(feature_rows(3, seed=1).assign(**{name: 1.0}), tmp_path / "F.parquet")
    with pytest.raises(ScoreInputInvalid) as found:
        score(tmp_path / "F.parquet", CITY, tmp_path / "S.parquet")
    assert found.value.where == name
    assert not (tmp_path / "S.parquet").exists()


def test_scoring_again_writes_the_same_bytes(tmp_path: Path) -> None:
    write_table(feature_rows(50, seed=1), tmp_path / "F.parquet")
    for form in ("csv", "parquet"):
        score(tmp_path / "F.parquet", CITY, tmp_path / f"a.{form}")
        score(tmp_path / "F.parquet", CITY, tmp_path / f"b.{form}")
        assert (tmp_path / f"a.{form}").read_bytes() == (tmp_path / f"b.{form}").read_bytes()


def test_the_file_holds_what_the_stage_computed(tmp_path: Path, city: ModelPackage) -> None:
    rows = feature_rows(2000, seed=6)
    write_table(rows, tmp_path / "F.csv")
    found = score(tmp_path / "F.csv", CITY, tmp_path / "S.csv")
    scored = score_features(city, rows)
    assert found["score"].tolist() == scored.score.tolist()
    for position, name in enumerate(scored.term_names):
        assert found[f"bijdrage_{name}"].tolist() == scored.contributions[:, position].tolist()
