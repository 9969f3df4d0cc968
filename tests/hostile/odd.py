"""Deliveries that are odd and yet as agreed: what a row may hold, and in how many ways the same rows may be written.

`odd_rows` draws rows at the edges of what a value may be; `written_oddly` writes rows in another way than the plain.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from shared.dataset import Column, Kind
from tests.stages.deliveries import SCHEMA, Delivery, parquet_bytes, valid_rows

type Rows = dict[str, list[dict[str, str]]]

# every kind of letter that may stand in a text, and everything that means something to csv, SQL, HTML or a spreadsheet
TEXTS = (
    "", " ", "Damrak", "Ĳsbaanpad", "Şişli Caddesi", "شارع", "東京都", "🏠🚲", "e\u0301cole", "a\u202eb", "\u200b",
    'zij zei "nee"', '""', "a,b;c", "regel een\nregel twee", "regel een\r\nregel twee", "\ttab", "=1+1", "+31", "-",
    "@cmd", "<script>", "'; DROP TABLE", "NULL", "nan", "NaN", "None", "true", "0", "1e5", "#N/A", "%s %n", "{0}",
    "\\N", "x" * 5_000,
)  # fmt: skip
MARKS = ("", "0", "00-", "A/", "é", "№ ", "😀", "x" * 100, "k-1:", "'", '"', ",", ";", "..", "%")
AMOUNTS = ("0", "0.00", "-0", "0.01", "-0.01", "1250.5", "99999999999.99", "-99999999999.99", "7", "1000000")
DATES = (
    "",
    "0001-01-01",
    "1752-09-14",
    "1900-02-28",
    "1970-01-01",
    "2024-02-29",
    "2026-11-19",
    "2099-12-31",
    "2100-01-01",
)
NUMBERS = ("", "0", "-1", "1", "2", "3", "13", "131", "132", "999999999", "-999999999", "9223372036854775807")
MOMENTS = ("0001-01-01 00:00:00", "1999-12-31 23:59:59", "2020-02-29 12:00:00.5", "2026-11-19 23:59:59.999999")


def odd_rows(turn: random.Random) -> Rows:
    """Return rows of which every value may be delivered, many of them as no source would think of."""
    rows = valid_rows(turn.choice([0, 1, 1, 2, 3, 7, 19]))
    _rename(rows, turn)
    for name, table in SCHEMA.tables.items():
        for row in rows[name]:
            for column in table.columns:
                if turn.random() < 0.3 and not _ties(name, column):
                    row[column.name] = _value(column, turn)
        if turn.random() < 0.2 and name not in ("diensten", "werkopdrachten", "soorteninkomen"):
            rows[name] = []
        if rows[name] and turn.random() < 0.2 and name != "soorteninkomen":
            rows[name] += [dict(turn.choice(rows[name]))]
    _add_strangers(rows, turn)
    return rows


def _ties(table: str, column: Column) -> bool:
    """Say whether a value holds the tables together, or says which services are applications."""
    return column.kind is Kind.NUMMER or (table == "werkopdrachten") or (table == "soorteninkomen")


def _value(column: Column, turn: random.Random) -> str:
    if column.allowed:
        return str(turn.choice(column.allowed))
    drawn = {
        Kind.TEKST: TEXTS, Kind.GEHEEL: NUMBERS, Kind.BEDRAG: ("", *AMOUNTS), Kind.DATUM: (*DATES, "2382-12-31"),
        Kind.TIJDSTIP: ("", *MOMENTS, "2382-12-31 00:00:00"),
    }[column.kind]  # fmt: skip
    # a moment that must be there is not one that means "no end": that is empty
    return turn.choice([value for value in drawn if not column.required or (value and not value.startswith("2382"))])


def _rename(rows: Rows, turn: random.Random) -> None:
    """Give all numbers another form, each the same one everywhere."""
    mark, names = turn.choice(MARKS), {}
    for name, table in SCHEMA.tables.items():
        for column in table.columns:
            if column.kind is Kind.NUMMER:
                for row in rows[name]:
                    old = row.get(column.name, "")
                    row[column.name] = names.setdefault(old, f"{mark}{old}"[:128]) if old else ""


def _add_strangers(rows: Rows, turn: random.Random) -> None:
    """Add rows of people for whom no application was delivered; they are left out, and told of."""
    if turn.random() < 0.3:
        name = turn.choice(["adressen", "inkomens", "vermogens", "relaties", "feiten"])
        rows[name] += [{**row, "subjectnr": f"vreemd-{row['subjectnr']}"[:128]} for row in rows[name][:2]]


# the same rows, written in another way --------------------------------------------------------------------------------
def written_oddly(rows: Rows, turn: random.Random) -> Delivery:
    """Return a delivery of the same rows, each table written in a way of its own."""
    delivery = Delivery(rows)
    for name in SCHEMA.tables:
        mixed = turn.sample(rows[name], len(rows[name]))
        turn.choice([_as_csv, _as_csv, _as_parquet])(delivery, name, mixed, turn)
    _describe_oddly(delivery, turn)
    return delivery


def _as_csv(delivery: Delivery, name: str, rows: Sequence[dict[str, str]], turn: random.Random) -> None:
    columns = turn.sample(SCHEMA.tables[name].columns, len(SCHEMA.tables[name].columns))
    if all(not row.get("technischesleutel") for row in rows) and turn.random() < 0.5:
        columns = [column for column in columns if not column.may_be_absent]
    delimiter, eol, always = turn.choice(",;"), turn.choice(["\n", "\r\n"]), turn.random() < 0.3
    lines = [delimiter.join(_field(column.name, delimiter, always) for column in columns)]
    for row in rows:
        texts = [_said_otherwise(column, row.get(column.name, ""), turn) for column in columns]
        lines.append(delimiter.join(_field(text, delimiter, always or turn.random() < 0.1) for text in texts))
    text = eol.join(lines) + turn.choice(["", eol])
    entry = delivery.resource(name)
    if delimiter == ";" or turn.random() < 0.5:
        entry["dialect"] = {"delimiter": delimiter, "header": True}
    delivery.put(name, text.encode(), len(rows))


def _field(text: str, delimiter: str, quoted: bool) -> str:
    if quoted or any(letter in text for letter in (delimiter, '"', "\n", "\r")):
        return '"' + text.replace('"', '""') + '"'
    return text


def _said_otherwise(column: Column, text: str, turn: random.Random) -> str:
    """Return another text that the specification reads as the same value."""
    if not text or turn.random() < 0.6:
        return text
    if column.kind in (Kind.NUMMER, Kind.TEKST):
        return turn.choice(["", " ", "  "]) + text + turn.choice(["", " ", "   "])
    if column.kind is Kind.GEHEEL:
        sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
        return f"{sign}{'0' * turn.randint(0, 40)}{digits}"
    if column.kind is Kind.BEDRAG:
        return f"{Decimal(text):.2f}"
    if column.kind is Kind.TIJDSTIP:
        moment = text.replace(" ", turn.choice(" T"))
        return moment if "." in moment else moment + turn.choice(["", ".0", ".000", ".000000"])
    return text


def _as_parquet(delivery: Delivery, name: str, rows: Sequence[dict[str, str]], turn: random.Random) -> None:
    columns = turn.sample(SCHEMA.tables[name].columns, len(SCHEMA.tables[name].columns))
    arrays = {column.name: _array(column, [row.get(column.name, "") for row in rows], turn) for column in columns}
    options: dict[str, Any] = {
        "compression": turn.choice(["none", "snappy", "gzip", "zstd", "brotli"]),
        "row_group_size": turn.choice([1, 2, 1000]),
        "version": turn.choice(["1.0", "2.6"]),
        "use_dictionary": turn.random() < 0.5,
        "write_statistics": turn.random() < 0.5,
    }
    if options["version"] == "1.0":  # that one has no microseconds of its own
        options["coerce_timestamps"] = None
    entry = delivery.resource(name)
    del entry["encoding"]
    delivery.files.pop(entry["path"])
    entry["path"] = f"{name}.{turn.choice(['parquet', 'pq', 'dat'])}"
    delivery.put(name, parquet_bytes(pa.table(arrays), **options), len(rows), format="parquet")


def _array(column: Column, texts: Sequence[str], turn: random.Random) -> pa.Array:
    if not any(texts) and turn.random() < 0.5:
        return pa.nulls(len(texts))
    if column.kind in (Kind.NUMMER, Kind.TEKST):
        nothing = turn.choice([None, ""])
        kind = turn.choice([pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
        return pa.array([text or nothing for text in texts], pa.string()).cast(kind)
    return pa.array([_typed(column.kind, text) if text else None for text in texts], _arrow(column.kind, texts, turn))


def _typed(kind: Kind, text: str) -> object:
    typed: dict[Kind, Callable[[str], object]] = {
        Kind.GEHEEL: int, Kind.BEDRAG: Decimal, Kind.DATUM: date.fromisoformat, Kind.TIJDSTIP: datetime.fromisoformat,
    }  # fmt: skip
    return typed[kind](text)


def _arrow(kind: Kind, texts: Sequence[str], turn: random.Random) -> pa.DataType:
    if kind is Kind.GEHEEL:
        small = all(abs(int(text)) < 2**31 for text in texts if text)
        return turn.choice([pa.int32(), pa.int64()]) if small else pa.int64()
    if kind is Kind.BEDRAG:
        return turn.choice([pa.decimal128(18, 2), pa.decimal128(38, 6)])
    if kind is Kind.DATUM:
        return pa.date32()
    whole = all(not datetime.fromisoformat(text).microsecond % 1000 for text in texts if text)
    return pa.timestamp(turn.choice(["ms", "us"]) if whole else "us")


def _describe_oddly(delivery: Delivery, turn: random.Random) -> None:
    package = delivery.package
    turn.shuffle(package["resources"])
    package |= {
        "title": "Levering – één nacht 🌙",
        "contributors": [{"title": "DASO"}],
        "x": {"diep": [[[1e300, None]]]},
    }
    package["created"] = (datetime(2026, 11, 20, 2) + timedelta(seconds=turn.randint(0, 9))).isoformat() + turn.choice(
        ["Z", "+01:00", "-11:30"]
    )
    for entry in package["resources"]:
        if turn.random() < 0.3:
            entry |= {"schema": {"fields": []}, "title": 'met "aanhalingstekens"', "mediatype": "text/csv"}
    ascii_, indent = turn.random() < 0.5, turn.choice([None, 0, 4])
    delivery.raw = json.dumps(package, ensure_ascii=ascii_, indent=indent, sort_keys=turn.random() < 0.5).encode()
