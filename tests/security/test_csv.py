"""No csv of ours holds a cell that a spreadsheet would run, because one place writes csv and neutralises every text."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from shared.cli.tablefiles import read_table, table_bytes
from shared.levensonderhoud.features.frame import FEATURES
from tests.cli.conftest import shared_in
from tests.house.repository import name_of, python_files, tree_of

STARTS = ["=", "+", "-", "@", "\t", "\r"]
WRITER = "shared/cli/tablefiles.py"
WRITES_CSV = {"to_csv", "write_csv", "writerow", "writerows", "CSVWriter", "DictWriter", "to_excel"}


def test_there_is_one_writer_of_csv() -> None:
    others = {
        name_of(path): found
        for path in python_files("shared")
        if (found := _names(path) & WRITES_CSV or _media(path)) and name_of(path) != WRITER
    }
    assert not others


def _names(path: Path) -> set[str]:
    return {node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)}


def _media(path: Path) -> set[str]:
    texts = (node.value for node in ast.walk(tree_of(path)) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and ("text/csv" in text or "spreadsheetml" in text)}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("kind", ["object", "category", "string"])
def test_a_cell_of_text_never_begins_as_a_formula_does(start: str, kind: str) -> None:
    attack = f"{start}cmd|' /C calc'!A0,\"x\""
    table = pd.DataFrame({"a": pd.Series([attack, start, "gewoon", ""]).astype(kind), "b": [attack] * 4})
    rows = list(csv.reader(io.StringIO(table_bytes(table, "csv").decode(), newline="")))
    assert [row[0] for row in rows[1:]] == [f"'{attack}", f"'{start}", "gewoon", ""]
    assert not [cell for row in rows for cell in row if cell.startswith(tuple(STARTS))]


@pytest.mark.parametrize("start", STARTS)
def test_a_number_of_an_application_that_is_a_formula_comes_out_of_score_as_text(start: str, tmp_path: Path) -> None:
    features, scores = tmp_path / "f.parquet", tmp_path / "s.csv"
    features.write_bytes(table_bytes(_feature_rows(f"{start}1+1"), "parquet"))
    model = ("--model", "models/levensonderhoud-1.0.0")
    ran = shared_in(tmp_path, "score", str(features), *model, "-o", str(scores), "--reden", "proef")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (row,) = csv.DictReader(io.StringIO(scores.read_bytes().decode(), newline=""))
    assert row["aanvraagnummer"] == f"'{start}1+1"
    assert len(read_table(scores, ("aanvraagnummer",))) == 1


def _feature_rows(number: str) -> pd.DataFrame:
    return pd.DataFrame({"aanvraagnummer": [number], **{name: [0.0] for name in FEATURES}})
