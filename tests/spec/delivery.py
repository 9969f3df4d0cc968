"""Writes a delivery folder as section 2 describes it: twelve files and a datapackage.json that vouches for them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.oracle.tables import COLUMNS, typed

type Texts = Mapping[str, Sequence[Mapping[str, str]]]

FORMS = ("csv", "semicolon", "parquet")

_ARROW = {
    "nr": pa.string(),
    "text": pa.string(),
    "int": pa.int64(),
    "flag": pa.int32(),
    "decimal": pa.decimal128(14, 2),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}


def _columns(table: str, rows: Sequence[Mapping[str, str]]) -> list[str]:
    """The delivered columns; technischesleutel may be missing, and is where no row has one."""
    keyed = any(row.get("technischesleutel") for row in rows)
    return [name for name in COLUMNS[table] if keyed or name != "technischesleutel"]


def _csv(table: str, rows: Sequence[Mapping[str, str]], delimiter: str, turn: random.Random | None) -> bytes:
    names = _columns(table, rows)
    if turn:
        turn.shuffle(names)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n" if turn and turn.random() < 0.5 else "\n")
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return text.getvalue().encode("utf-8")


def _cell(text: str, kind: str) -> object:
    value = typed(text, kind)
    return value.date() if kind == "date" and isinstance(value, datetime) else value


def _parquet(table: str, rows: Sequence[Mapping[str, str]], turn: random.Random | None) -> bytes:
    names = _columns(table, rows)
    if turn:
        turn.shuffle(names)
    kinds = {name: COLUMNS[table][name].kind for name in names}
    columns = {
        name: pa.array([_cell(row.get(name, ""), kinds[name]) for row in rows], _ARROW[kinds[name]]) for name in names
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def write_delivery(
    folder: Path,
    texts: Texts,
    periode: tuple[datetime, datetime],
    *,
    form: str = "csv",
    shuffle: int | None = None,
) -> Path:
    """Writes the tables in one form, datapackage.json last; a shuffle seed turns rows, columns and files about."""
    folder.mkdir(parents=True, exist_ok=True)
    turn = random.Random(shuffle) if shuffle is not None else None
    resources = []
    tables = list(COLUMNS)
    if turn:
        turn.shuffle(tables)
    for table in tables:
        rows = list(texts.get(table, ()))
        if turn:
            turn.shuffle(rows)
        delimiter = ";" if form == "semicolon" else ","
        content = _parquet(table, rows, turn) if form == "parquet" else _csv(table, rows, delimiter, turn)
        path = f"{table}.parquet" if form == "parquet" else f"{table}.csv"
        (folder / path).write_bytes(content)
        resource = {
            "name": table,
            "path": path,
            "format": "parquet" if form == "parquet" else "csv",
            "bytes": len(content),
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
            "rijen": len(rows),
        }
        if form != "parquet":
            resource["encoding"] = "utf-8"
            if form == "semicolon":
                resource["dialect"] = {"delimiter": ";"}
        resources.append(resource)
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "levensonderhoud-spec",
        "created": "2023-11-16T02:00:00+01:00",
        "dataset": "levensonderhoud",
        "schemaversie": "1.0.0",
        "periode": {"van": periode[0].isoformat(), "tot": periode[1].isoformat()},
        "resources": resources,
    }
    (folder / "datapackage.json").write_text(json.dumps(package, indent=1), encoding="utf-8")
    return folder
