"""The same values give the same typed rows, from csv with commas or semicolons and from Parquet of any agreed type."""

from __future__ import annotations

import csv
import io
import string
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.dataset import Column, Kind
from tests.stages.deliveries import SCHEMA, OneTable, parquet_bytes, read_one

_FREE_TEXT = ("plaats", "straat", "huisletter", "huisnrtoev", "afspraakresultaat")
_ALPHABET = string.ascii_letters + string.digits + " ,;\"'\n-=é€"
_NUMBERS = st.text(string.ascii_letters + string.digits + "-/ ", min_size=1, max_size=12).map(lambda t: f"n{t}")
_TEXTS = st.none() | st.text(_ALPHABET, max_size=20) | st.sampled_from(["123456782", "x 999990019 y", "***"])
_INTEGERS = st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)
_CENTS = st.none() | st.integers(-(10**11), 10**11)
_DATES = st.none() | st.dates() | st.sampled_from([date(2382, 12, 31), date(2099, 12, 31), date(2100, 1, 1)])
_MOMENTS = st.none() | st.datetimes() | st.sampled_from([datetime(2382, 12, 31), datetime(2023, 11, 15, 12)])


def _cells(column: Column) -> st.SearchStrategy[Any]:
    if column.allowed:
        return st.sampled_from(column.allowed)
    if column.kind is Kind.NUMMER:
        return _NUMBERS if column.required else st.none() | _NUMBERS
    if column.kind is Kind.TIJDSTIP and column.required:
        return st.datetimes(max_value=datetime(2099, 12, 31))
    if column.kind is Kind.GEHEEL and column.required:
        return st.integers(1, 6)
    return {
        Kind.TEKST: _TEXTS,
        Kind.GEHEEL: _INTEGERS,
        Kind.BEDRAG: _CENTS,
        Kind.DATUM: _DATES,
        Kind.TIJDSTIP: _MOMENTS,
    }[column.kind]


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    """Draw a table and typed rows for it, some of them equal."""
    name = draw(st.sampled_from(list(SCHEMA.tables)))
    row = st.fixed_dictionaries({column.name: _cells(column) for column in SCHEMA.tables[name].columns})
    rows = draw(st.lists(row, max_size=8))
    return name, rows + draw(st.lists(st.sampled_from(rows), max_size=3)) if rows else rows


def _text(value: Any, kind: Kind, *, t: bool) -> str:
    if value is None:
        return ""
    if kind is Kind.BEDRAG:
        return str(Decimal(value) / 100)
    if kind is Kind.TIJDSTIP:
        return value.isoformat(sep="T" if t else " ")
    return value.isoformat() if kind is Kind.DATUM else str(value)


def as_csv(name: str, rows: list[dict[str, Any]], delimiter: str, eol: str) -> OneTable:
    columns = SCHEMA.tables[name].columns
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, delimiter=delimiter, lineterminator=eol)
    writer.writerow([column.name for column in columns])
    for row in rows:
        writer.writerow([_text(row[column.name], column.kind, t=eol == "\n") for column in columns])
    return read_one(name, sink.getvalue().encode(), len(rows), delimiter=delimiter)


_STRICT = {
    Kind.NUMMER: pa.string(),
    Kind.TEKST: pa.string(),
    Kind.GEHEEL: pa.int64(),
    Kind.BEDRAG: pa.decimal128(20, 2),
    Kind.DATUM: pa.date32(),
    Kind.TIJDSTIP: pa.timestamp("us"),
}
_LOOSE = _STRICT | {
    Kind.NUMMER: pa.dictionary(pa.int32(), pa.string()),
    Kind.TEKST: pa.large_string(),
    Kind.BEDRAG: pa.float64(),
}


def as_parquet(name: str, rows: list[dict[str, Any]], types: dict[Kind, pa.DataType], group: int) -> OneTable:
    arrays = {}
    for column in SCHEMA.tables[name].columns:
        cells = [row[column.name] for row in rows]
        if column.kind is Kind.BEDRAG:
            cells = [None if cell is None else Decimal(cell) / 100 for cell in cells]
            array = pa.array(cells, pa.decimal128(20, 2)).cast(types[column.kind])
        else:
            array = pa.array(cells, types[column.kind])
        arrays[column.name] = array
    return read_one(name, parquet_bytes(pa.table(arrays), row_group_size=group), len(rows), format="parquet")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(tables())
def test_csv_and_parquet_give_the_same_typed_rows_and_findings(drawn: tuple[str, list[dict[str, Any]]]) -> None:
    name, rows = drawn
    first = as_csv(name, rows, ",", "\n")
    assert first.frame is not None
    others = [
        as_csv(name, rows, ";", "\r\n"),
        as_parquet(name, rows, _STRICT, group=1000),
        as_parquet(name, rows, _LOOSE, group=2),
    ]
    for other in others:
        assert other.frame is not None
        pd.testing.assert_frame_equal(other.frame, first.frame)
        assert other.findings == first.findings
        assert other.affected == first.affected


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(tables())
def test_reading_gives_back_the_values_that_were_written(drawn: tuple[str, list[dict[str, Any]]]) -> None:
    name, rows = drawn
    frame = as_csv(name, rows, ",", "\n").frame
    assert frame is not None
    expected: list[tuple[Any, ...]] = []
    for row in rows:
        plain = tuple(_expected(row[column.name], column) for column in SCHEMA.tables[name].columns)
        if plain not in expected:
            expected.append(plain)
    names = SCHEMA.tables[name].column_names()
    masked = [tuple(map(_without_bsn, row, names)) for row in expected]
    read_back = [tuple(None if pd.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False)]
    assert read_back == masked


def _expected(value: Any, column: Column) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, datetime):
        return None if value >= datetime(2100, 1, 1) else value
    if isinstance(value, date):
        return None if value >= date(2100, 1, 1) else datetime(value.year, value.month, value.day)
    return value


def _without_bsn(cell: Any, name: str) -> Any:
    masked = {"123456782": "***", "x 999990019 y": "x *** y"}
    return masked.get(cell, cell) if name in _FREE_TEXT else cell
