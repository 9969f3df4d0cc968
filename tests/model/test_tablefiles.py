"""Tables as files: equal tables are equal bytes, numbers keep their bits, text cannot become a formula."""

from __future__ import annotations

import csv
import io
import math
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.cli.tablefiles import TableUnusable, read_arrow, read_table, table_bytes, write_table

FORMULA = r"[;,\t\r\n][ \"]*[=+\-@＝＋－＠]"  # no other text comes out as it did not go in
FRAME = pd.DataFrame(
    {
        "nummer": ["007", "12", None],
        "vlag": [0, 1, 1],
        "getal": [0.63, 99999.0, np.nan],
        "bedrag": [-30770.5, 0.0, 1e-7],
        "tekst": ['=1+1, "x"', "gewoon", "regel\neen"],
    }
)


def test_csv_has_the_shortest_form_of_every_number() -> None:
    assert table_bytes(FRAME, "csv") == (
        b"nummer,vlag,getal,bedrag,tekst\n"
        b'007,0,0.63,-30770.5,"\'=1+1, ""x"""\n'
        b"12,1,99999,0,gewoon\n"
        b',1,,1e-7,"regel\neen"\n'
    )


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_equal_tables_are_equal_bytes(form: str, tmp_path: Path) -> None:
    once = table_bytes(FRAME, form)
    assert table_bytes(FRAME.copy(), form) == once
    assert table_bytes(FRAME.set_axis([5, 6, 7]), form) == once
    assert table_bytes(FRAME.astype({"tekst": "object", "nummer": "object"}), form) == once
    assert table_bytes(pa.Table.from_pandas(FRAME), form) == once
    write_table(FRAME, tmp_path / f"a.{form}")
    assert (tmp_path / f"a.{form}").read_bytes() == once


def test_parquet_names_no_pandas_version() -> None:
    assert b"pandas" not in table_bytes(FRAME, "parquet")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_a_spreadsheet_would_run_is_neutralised_and_numbers_are_not(start: str) -> None:
    table = pd.DataFrame({f"{start}kop": [f"{start}cmd|' /C calc'!A0", "x"], "n": [-1, 5], "f": [-0.5, 2.0]})
    rows = list(csv.reader(io.StringIO(table_bytes(table, "csv").decode(), newline="")))
    assert rows[0][0] == f"'{start}kop"
    assert rows[1] == [f"'{start}cmd|' /C calc'!A0", "-1", "-0.5"]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(allow_nan=False, allow_infinity=False),
            st.integers(-(10**17), 10**17),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
            .map("t".__add__)
            .filter(lambda text: not re.search(FORMULA, text)),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_csv_gives_back_what_went_in(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, int, str]]
) -> None:
    table = pd.DataFrame(rows, columns=["f", "i", "t"])
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    write_table(table, path)
    back = read_table(path)
    assert [repr(value + 0.0) for value in back["f"].astype("float64")] == [repr(value + 0.0) for value in table["f"]]
    assert back["i"].tolist() == table["i"].tolist()
    assert back["t"].tolist() == table["t"].tolist()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2", ""], [1, 2, None]),
        (["1", "-2"], [1, -2]),
        (["1", "2.5"], [1.0, 2.5]),
        (["1e3", "0.5"], [1000.0, 0.5]),
        (["01", "2"], ["01", "2"]),
        (["+1", "2"], ["+1", "2"]),
        (["1,5", "2"], ["1,5", "2"]),
        (["1_0", "2"], ["1_0", "2"]),
        (["nan", "2"], ["nan", "2"]),
        (["inf", "2"], ["inf", "2"]),
        (["1", "x"], ["1", "x"]),
        (["true", "false"], ["true", "false"]),
        (["2026-01-01", ""], ["2026-01-01", None]),
        (["1234567890123456789", "1"], ["1234567890123456789", "1"]),
    ],
)
def test_a_csv_column_is_numbers_only_when_every_cell_is_one(
    cells: list[str], expected: list[object], tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("k,x\n" + "".join(f'"{cell}",a\n' for cell in cells), encoding="utf-8")
    found = read_arrow(path).column("k").to_pylist()
    assert [None if isinstance(v, float) and math.isnan(v) else v for v in found] == expected
    assert [type(v) for v in found] == [type(v) for v in expected]
    assert read_arrow(path, text_columns=["k"]).column("k").to_pylist() == [cell or None for cell in cells]


def test_other_types_have_one_form_in_csv() -> None:
    table = pa.table(
        {
            "b": [True, None],
            "d": [date(2026, 11, 20), None],
            "m": [Decimal("12.50"), None],
            "c": pa.array(["=x", None]).dictionary_encode(),
            "n": pa.nulls(2),
        }
    )
    assert table_bytes(table, "csv") == b"b,d,m,c,n\n1,2026-11-20,12.50,'=x,\n,,,,\n"


def test_one_column_keeps_its_empty_rows(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"t": ["a", None, "b"]}), tmp_path / "t.csv")
    assert read_table(tmp_path / "t.csv")["t"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_no_rows_is_no_error(form: str, tmp_path: Path) -> None:
    write_table(FRAME.iloc[:0], tmp_path / f"t.{form}")
    assert list(read_table(tmp_path / f"t.{form}").columns) == list(FRAME.columns)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b""),
        ("t.csv", b"a,b\n1\n12345,67890,1\n"),
        ("t.csv", b"a\n\xff\xfe\n"),
        ("t.parquet", b"PAR1 geheim"),
        ("t.parquet", b""),
    ],
)
def test_a_broken_file_is_named_and_its_content_is_not(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableUnusable) as found:
        read_arrow(tmp_path / name)
    assert str(tmp_path / name) in found.value.where
    assert "67890" not in repr(found.value) and "geheim" not in repr(found.value)
    assert found.value.__suppress_context__


def test_doubled_columns_and_other_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,a\n1,2,3\n", encoding="utf-8")
    with pytest.raises(TableUnusable, match="same name"):
        read_arrow(tmp_path / "t.csv")
    with pytest.raises(TableUnusable, match="does not exist"):
        read_arrow(tmp_path / "none.csv")
    with pytest.raises(TableUnusable, match="cannot be written"):
        write_table(FRAME, tmp_path / "nowhere" / "t.csv")
    with pytest.raises(TableUnusable, match="ends in"):
        write_table(FRAME, tmp_path / "t.xlsx")


def test_many_rows_are_written_in_pieces_that_join(tmp_path: Path) -> None:
    table = pd.DataFrame({"i": range(120_001), "t": "x"})
    write_table(table, tmp_path / "t.csv")
    assert read_table(tmp_path / "t.csv")["i"].tolist() == list(range(120_001))
