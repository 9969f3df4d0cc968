"""Tables as files: reads parquet and csv, and writes them so that equal tables are equal bytes.

A spreadsheet runs a cell that begins with a formula sign, and a Dutch one begins a cell after a semicolon, also between
quotes that opened further on. So an apostrophe goes before each formula sign where a text, or a piece of it after any
separator (`;`, comma, tab, end of line), begins; blanks and quotes do not count. Numbers stay numbers.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from shared.errors import SlimmeCheckError

_WHOLE = r"^-?(0|[1-9][0-9]{0,17})$"
_NUMBER = r"^-?(0|[1-9][0-9]{0,16})(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$"
_FORMULA = r"(^|[;,\t\r\n])([ \"]*)([=+\-@＝＋－＠])"  # a spreadsheet takes the wide ones for the others
_BLANK_START = r"^([\t\r\n])"  # a spreadsheet may drop it, and what comes after would begin
_NEEDS_QUOTES = r"[;,\t\"\r\n]"
_CHUNK = 50_000


class TableUnusable(SlimmeCheckError):
    """A table file cannot be read or written."""

    code = "SC-660"


def read_table(path: Path, text_columns: Collection[str] = ()) -> pd.DataFrame:
    """Return the table in a .parquet or .csv file (see read_arrow) as pandas."""
    frame: pd.DataFrame = read_arrow(path, text_columns).to_pandas()
    return frame


def write_table(table: pd.DataFrame | pa.Table, path: Path) -> None:
    """Write a table as .parquet or .csv, by the name of the file; equal tables give equal bytes."""
    content = table_bytes(table, _form(path))
    try:
        path.write_bytes(content)
    except OSError as cause:
        raise TableUnusable(
            f"The file cannot be written ({type(cause).__name__}).",
            where=str(path),
            next_step="Name a folder that exists and that you may write to.",
        ) from None


def table_bytes(table: pd.DataFrame | pa.Table, form: str) -> bytes:
    """Return the bytes of a table as `parquet` or `csv`."""
    arrow = pa.Table.from_pandas(table, preserve_index=False) if isinstance(table, pd.DataFrame) else table
    # Metadata holds versions of libraries, and text has two widths: neither is part of what the table says.
    columns = [c.cast(pa.string()) if pa.types.is_large_string(c.type) else c for c in arrow.columns]
    arrow = pa.table(columns, names=arrow.column_names)
    return _parquet_bytes(arrow) if form == "parquet" else _csv_bytes(arrow)


def read_arrow(path: Path, text_columns: Collection[str] = ()) -> pa.Table:
    """Return the table in a .parquet or .csv file.

    A csv column is a column of numbers when every filled cell is a number written in the usual way (no leading
    zeros, no plus sign, no more digits than a number can keep), and text otherwise; an empty cell is unknown.
    `text_columns` stay text whatever they hold.
    """
    form = _form(path)
    try:
        table = pa.parquet.ParquetFile(path).read() if form == "parquet" else _read_csv(path, text_columns)
    except FileNotFoundError:
        raise TableUnusable("The file does not exist.", where=str(path), next_step="Check the path.") from None
    except (pa.ArrowException, csv.Error, OSError, UnicodeDecodeError):  # the cause may quote a row
        raise TableUnusable(
            f"The file cannot be read as {form}.",
            where=str(path),
            next_step="Write csv with commas, UTF-8, one header row and equally long rows, or write parquet.",
        ) from None
    counts = Counter(table.column_names)
    doubled = [str(place) for place, name in enumerate(table.column_names, start=1) if counts[name] > 1]
    if doubled:
        # by place and not by name: of a csv without a header the names are values of its first row
        raise TableUnusable(
            "The table has columns with the same name.",
            where=f"{path}: columns {', '.join(doubled)}",
            next_step="Keep one of each.",
        )
    return table


def _form(path: Path) -> str:
    form = path.suffix.lower().removeprefix(".")
    if form not in ("csv", "parquet"):
        raise TableUnusable(
            "The name of a table file ends in .csv or .parquet.", where=str(path), next_step="Rename the file."
        )
    return form


def _read_csv(path: Path, text_columns: Collection[str]) -> pa.Table:
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    names = next(csv.reader(TextIOWrapper(BytesIO(content), encoding="utf-8", newline="")), [])
    table = pa.csv.read_csv(
        BytesIO(content),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
        ),
    )
    columns = [
        column if name in text_columns else _numbers_if_all_are(column)
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    return pa.table(columns, names=table.column_names)


def _numbers_if_all_are(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.null_count == len(column):
        return column.cast(pa.float64())
    if pc.all(pc.match_substring_regex(column, _WHOLE)).as_py():
        return column.cast(pa.int64())
    if pc.all(pc.match_substring_regex(column, _NUMBER)).as_py():
        return column.cast(pa.float64())
    return column


def _parquet_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pa.parquet.write_table(table.combine_chunks(), sink, compression="zstd", row_group_size=131_072)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _csv_bytes(table: pa.Table) -> bytes:
    header = ",".join(_cells(pa.array(table.column_names, pa.string())).to_pylist())
    parts = [header.encode(), b"\n"]
    for start in range(0, table.num_rows, _CHUNK):
        piece = table.slice(start, _CHUNK).combine_chunks()
        cells = [_cells(_one_chunk(column)) for column in piece.columns]
        # A line with nothing on it would be skipped by readers, and its row lost.
        lines = pc.binary_join_element_wise(*cells, ",") if len(cells) > 1 else _visible(cells[0])
        parts += ["\n".join(lines.to_pylist()).encode(), b"\n"]
    return b"".join(parts)


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    joined = column.combine_chunks()
    return joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined


def _cells(values: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_null(values.type):
        values = values.cast(pa.string())
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), None, values)
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.int8())
    text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    cells = values.cast(pa.string())
    if text:
        harmless = pc.replace_substring_regex(cells, _FORMULA, r"\1\2'\3")
        cells = _quoted(pc.replace_substring_regex(harmless, _BLANK_START, r"'\1"))
    return pc.fill_null(cells, "")


def _quoted(cells: pa.Array) -> pa.Array:
    escaped = pc.binary_join_element_wise('"', pc.replace_substring(cells, '"', '""'), '"', "")
    return pc.if_else(pc.match_substring_regex(cells, _NEEDS_QUOTES), escaped, cells)


def _visible(cells: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(cells, ""), '""', cells)
