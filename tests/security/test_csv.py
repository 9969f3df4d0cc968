"""No csv of ours holds a cell that a spreadsheet would run, because one place writes csv and neutralises every text."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.cli.tablefiles import read_table, table_bytes
from shared.levensonderhoud.features.frame import FEATURES
from tests.cli.conftest import shared_in
from tests.house.repository import name_of, python_files, tree_of

SIGNS = ["=", "+", "-", "@", *"＝＋－＠"]  # a spreadsheet takes the wide ones for the others
STARTS = [*SIGNS, "\t", "\r", "\n"]
# how spreadsheets cut a file into cells: this separator, and quotes that count or do not
SEPARATORS = [",", ";", "\t"]
QUOTES = [csv.QUOTE_MINIMAL, csv.QUOTE_NONE]
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


_PIECES = st.lists(st.sampled_from(["a", " ", "'", '"', *SEPARATORS, "\r", "\n", *SIGNS]), max_size=8).map("".join)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(_PIECES, _PIECES), min_size=1, max_size=4))
@example([("1;=HYPERLINK(A1)", "1;=HYPERLINK(A1)")])
@example([("a", '1;"=HYPERLINK(A1)'), ("a", "1; =1+1"), ("a", "1\n=1+1"), ("a", "1,=1+1"), ("a", "1\t=1+1")])
def test_no_piece_of_a_text_begins_as_a_formula_whatever_separator_a_spreadsheet_takes(
    rows: list[tuple[str, str]],
) -> None:
    table = pd.DataFrame(rows, columns=["a;=b", "c"]).assign(n=-0.5)
    written = table_bytes(table, "csv").decode()
    for separator in SEPARATORS:
        for quoting in QUOTES:
            cells = [
                cell.lstrip(' "')
                for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator, quoting=quoting)
                for cell in row
            ]
            assert not [cell for cell in cells if cell.startswith(tuple(SIGNS)) and cell != "-0.5"], separator


def test_a_dutch_spreadsheet_keeps_a_first_cell_with_a_semicolon_whole() -> None:
    written = table_bytes(pd.DataFrame({"a": ["1;2", "3"]}), "csv").decode()
    assert list(csv.reader(io.StringIO(written, newline=""), delimiter=";")) == [["a"], ["1;2"], ["3"]]


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
