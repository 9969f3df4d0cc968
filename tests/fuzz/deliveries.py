"""The readers of what a supplier writes: the description, csv, Parquet, and single values."""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shared.dataset import Kind
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.mailbox import delivery_named
from shared.stages.describe import read_description
from shared.stages.freetext import mask_numbers
from shared.stages.read import ReadTable
from shared.stages.values import TypedColumn, read_column
from tests.fuzz.changing import change_cells, change_json
from tests.fuzz.oracle import DAY, NUMBER, Target, judge_findings
from tests.stages.deliveries import SCHEMA, Delivery, csv_text, read_one, valid_rows

TABLES = tuple(SCHEMA.tables)
_QUOTED = re.compile(rb'"(?:[^"]|"")*"')
_ARROW = (
    pa.string(), pa.large_string(), pa.int32(), pa.int64(), pa.date32(), pa.timestamp("ms"), pa.timestamp("us"),
    pa.decimal128(18, 2), pa.float64(), pa.null(), pa.bool_(), pa.binary(), pa.timestamp("us", "UTC"), pa.uint64(),
    pa.dictionary(pa.int8(), pa.string()),
)  # fmt: skip


# --- the description --------------------------------------------------------------------------------------------------
def read_one_description(data: bytes) -> None:
    """Read datapackage.json: a description, or findings."""
    description, findings = read_description(data, SCHEMA)
    judge_findings(findings)
    if (description is None) != bool(findings):
        raise AssertionError("neither taken nor refused")


def descriptions() -> Iterator[bytes]:
    """Descriptions as they are delivered, with values in what is not read."""
    delivery = Delivery()
    delivery.package |= {"title": NUMBER, "bron": {NUMBER: [DAY]}}
    yield delivery.read("datapackage.json")
    for entry in delivery.package["resources"]:
        entry |= {"format": "parquet", "path": f"{NUMBER}-{entry['path']}"}
    yield json.dumps(delivery.package, indent=1).encode()


# --- tables -----------------------------------------------------------------------------------------------------------
def recognisable() -> dict[str, list[dict[str, str]]]:
    """Return rows of two people of which every value can be recognised."""
    rows = valid_rows(2)
    for name, table in SCHEMA.tables.items():
        for row in rows[name]:
            for column in table.columns:
                if column.kind is Kind.DATUM and row.get(column.name):
                    row[column.name] = DAY
                elif column.kind in (Kind.NUMMER, Kind.TEKST, Kind.BEDRAG):
                    row[column.name] = NUMBER
    return rows


def _judge_table(read: ReadTable) -> None:
    judge_findings(read.findings)
    if read.frame is None and not read.findings:
        raise AssertionError("refused without a reason")


def read_one_csv(data: bytes) -> None:
    """Read a table from csv: the first byte says which, and the delimiter; the description vouches for the rest."""
    choice, raw = (data[:1] or b"\0")[0], data[1:]
    rows = max(_QUOTED.sub(b"", raw).rstrip(b"\r\n").count(b"\n"), 0)
    _judge_table(read_one(TABLES[choice % len(TABLES)], raw, rows, delimiter=",;"[choice // 128]))


def csv_files() -> Iterator[bytes]:
    """Every table, with either delimiter."""
    rows = recognisable()
    for number, (name, table) in enumerate(SCHEMA.tables.items()):
        for high, delimiter in (
            (0, ","),
            (120, ";"),
        ):  # 120 is a multiple of the number of tables, and 132 is above 127
            choice = number + high + (12 if high else 0)
            yield bytes([choice]) + csv_text(rows[name], table.column_names(), delimiter=delimiter).encode()


def _change_csv(data: bytes, turn: random.Random) -> bytes | None:
    changed = change_cells(data[1:], turn, b";" if data[:1] >= b"\x80" else b",")
    return None if changed is None else data[:1] + changed


def read_one_parquet(data: bytes) -> None:
    """Read a table from Parquet, of whatever bytes: the first says which table."""
    name, raw = TABLES[(data[:1] or b"\0")[0] % len(TABLES)], data[1:]
    try:
        rows = pq.ParquetFile(pa.BufferReader(raw)).metadata.num_rows
    except (pa.ArrowException, OSError, ValueError):
        rows = 0
    _judge_table(read_one(name, raw, rows, format="parquet"))


def parquet_files() -> Iterator[bytes]:
    """Every table as text, which is agreed for some columns, and some of them compressed."""
    for number, (name, table) in enumerate(SCHEMA.tables.items()):
        rows = recognisable()[name]
        columns = {column.name: [row.get(column.name, "") for row in rows] for column in table.columns}
        sink = io.BytesIO()
        pq.write_table(pa.table(columns), sink, compression="snappy" if number % 2 else "none")
        yield bytes([number]) + sink.getvalue()


def read_one_typed_parquet(data: bytes) -> None:
    """Read a Parquet file that is sound, of columns of any type with any value: each column takes three bytes."""
    turn, table = random.Random(data), SCHEMA.tables[TABLES[(data[:1] or b"\0")[0] % len(TABLES)]]
    rows, arrays = turn.choice([0, 1, 2, 5]), {}
    for place, column in enumerate(table.columns):
        drawn = (data[1 + 2 * place : 3 + 2 * place] or b"\0\0").ljust(2, b"\0")
        kind = _ARROW[drawn[0] % len(_ARROW)]
        arrays[column.name] = _array(kind, rows, drawn[1], turn)
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays), sink, row_group_size=2)
    _judge_table(read_one(table.name, sink.getvalue(), rows, format="parquet"))


def _array(kind: pa.DataType, rows: int, edge: int, turn: random.Random) -> pa.Array:
    if pa.types.is_dictionary(kind):
        return pa.array([turn.choice([NUMBER, "", None]) for _ in range(rows)], pa.string()).dictionary_encode()
    texts = [NUMBER, DAY, "", "x" * 129, "\x00" if edge > 250 else "é", None]
    wide = [0, 1, -1, int(NUMBER) % 2**31, 2**31 - 1, -(2**31), None]
    values = {
        "text": texts, "int32": wide, "int64": [*wide, 2**63 - 1, -(2**63), int(NUMBER)],
        "uint64": [0, 2**64 - 1, None],
        "date32": [*wide], "moment": [*wide, 2**63 - 1, -(2**63)], "bool": [True, False, None],
        "float": [0.0, -0.0, 1e308, float("nan"), float("inf"), 0.005, float(NUMBER), None],
        "amount": [Decimal("0.01"), Decimal(NUMBER), Decimal("-9999999999999999.99"), None],
        "binary": [NUMBER.encode(), b"\xff", None], "null": [None],
    }  # fmt: skip
    drawn = [turn.choice(values[_sort(kind)]) for _ in range(rows)]
    if pa.types.is_timestamp(kind):
        return pa.array(drawn, pa.int64()).cast(kind)
    return pa.array(drawn, pa.int32()).cast(kind) if pa.types.is_date32(kind) else pa.array(drawn, kind)


def _sort(kind: pa.DataType) -> str:
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    if pa.types.is_timestamp(kind):
        return "moment"
    plain = {pa.decimal128(18, 2): "amount", pa.float64(): "float", pa.date32(): "date32"}
    return plain.get(kind, str(kind))


def typed_choices() -> Iterator[bytes]:
    """For every table: all columns text, and all columns of the type that was agreed."""
    agreed = {Kind.NUMMER: 0, Kind.TEKST: 0, Kind.GEHEEL: 3, Kind.BEDRAG: 7, Kind.DATUM: 4, Kind.TIJDSTIP: 6}
    for number, table in enumerate(SCHEMA.tables.values()):
        yield bytes([number]) + b"\0\0" * len(table.columns)
        yield bytes([number]) + b"".join(bytes([agreed[column.kind], 0]) for column in table.columns)


# --- values -----------------------------------------------------------------------------------------------------------
def read_one_column(data: bytes) -> None:
    """Read a column of texts, one a line; the first byte is the kind. Alone or with others a text is the same value."""
    kinds = list(Kind)
    kind, texts = kinds[(data[:1] or b"\0")[0] % len(kinds)], data[1:].decode("utf-8", "replace").split("\n")[:20]
    together = _read(kind, texts)
    # one that nothing reads keeps the quick way from being taken
    slowly = _read(kind, [*texts, "\x01"])
    for place, text in enumerate(texts):
        alone = _read(kind, [text])
        seen = {_of_row(alone, 0), _of_row(together, place), _of_row(slowly, place)}
        if len(seen) != 1:
            raise AssertionError("a text is another value among others")
        if mask_numbers(masked := mask_numbers(text)) != masked:
            raise AssertionError("something is left that may be a number of a person")


def _read(kind: Kind, texts: list[str]) -> TypedColumn:
    read = read_column(pa.chunked_array([pa.array(texts, pa.string())]), kind)
    if (read.empty & read.unreadable).any() or not len(read.values) == len(read.empty) == len(texts):
        raise AssertionError("a value is empty and unreadable at once, or is lost")
    blank = read.values.isna().to_numpy()
    if not np.array_equal(blank, read.empty | read.unreadable):
        raise AssertionError("a value is there while it is empty or unreadable")
    return read


def _of_row(read: TypedColumn, row: int) -> tuple[str, bool, bool]:
    return str(read.values.iloc[row]), bool(read.empty[row]), bool(read.unreadable[row])


def columns() -> Iterator[bytes]:
    """For every kind: what it looks like, and what is nearly so."""
    texts = {
        Kind.NUMMER: ["1", f" {NUMBER} ", "\u00a0", "x" * 129], Kind.TEKST: ["123456782", "a b", " "],
        Kind.GEHEEL: ["-1", "007", "9223372036854775807", "9223372036854775808", "-0"],
        Kind.BEDRAG: ["0.1", "-91.25", "92233720368547758.07", "1.005"],
        Kind.DATUM: [DAY, "2024-02-29", "2099-12-31", "2100-01-01", "0001-01-01"],
        Kind.TIJDSTIP: [f"{DAY} 10:00:00", f"{DAY}T10:00:00.5", "2382-12-31 00:00:00", "0001-01-01 00:00:00"],
    }  # fmt: skip
    for number, kind in enumerate(Kind):
        yield bytes([number]) + "\n".join(texts[kind]).encode()


def read_one_name(data: bytes) -> None:
    """Read the name of a blob from an event: what it names has no slash, so that it leads nowhere else."""
    named = delivery_named(data.decode("utf-8", "replace"))
    if named is not None and ("/" in named.dataset + named.levering or not named.dataset or not named.levering):
        raise AssertionError("a name that leads elsewhere")


def names() -> Iterator[bytes]:
    """The name of a delivery, and one that is none."""
    yield f"brievenbus/{LEVENSONDERHOUD.dataset}/2026-11-20/datapackage.json".encode()
    yield b"brievenbus/../x/datapackage.json"


_MARKS = (",", ";", '"', '""', "\n", "\r\n", "\r", "\x00", "\ufeff", NUMBER, DAY, "technischesleutel", "PAR1", "é")
TARGETS = {
    "description": Target(read_one_description, descriptions, (2_500, 400_000), change_json, longest=16_384),
    "csv": Target(read_one_csv, csv_files, (2_500, 120_000), _change_csv, _MARKS),
    "parquet": Target(read_one_parquet, parquet_files, (1_500, 100_000), words=_MARKS, longest=16_384),
    "typed-parquet": Target(read_one_typed_parquet, typed_choices, (800, 50_000)),
    "values": Target(read_one_column, columns, (1_200, 300_000), words=("-", ".", "T", ":", " ", "٣", "2100-01-01")),
    "blob-names": Target(read_one_name, names, (10_000, 1_000_000), words=("/", "..", "\n", "datapackage.json")),
}
