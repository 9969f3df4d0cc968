"""Everything that lies in a folder, taken apart: cells of tables by column, members of documents, what is packed."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

type Piece = tuple[str, bytes]

_RAW = ("brievenbus/", "quarantaine/", "geheim/")  # the last: secrets, which nobody but the app reads
_OURS = "bevindingen.json"  # the one file in quarantine that we write
_UNPACK = {b"\x1f\x8b": gzip.decompress, b"BZh": bz2.decompress, b"\xfd7zXZ": lzma.decompress}


def in_folder(root: Path) -> Iterator[Piece]:
    """Yield name and content of all but raw deliveries, in mailbox and quarantine (but its reports), and secrets."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith(_RAW) and path.name != _OURS:
            continue
        yield f"name of {name}", name.encode()
        if path.is_file():
            with suppress(FileNotFoundError):  # what the database removes when the last one leaves
                yield from of_file(name, path.read_bytes(), path)


def of_file(name: str, data: bytes, path: Path | None = None) -> Iterator[Piece]:
    """Yield the bytes of a file as they are, and what they say to whoever knows the format."""
    yield f"{name} (bytes)", data
    if data.startswith(b"PAR1"):
        yield from _of_parquet(name, data)
    elif path is not None and data.startswith(b"SQLite format 3\x00"):
        yield from of_database(name, path)
    elif data.startswith(b"PK\x03\x04"):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield f"name of {name}!{member}", member.encode()
                yield from of_file(f"{name}!{member}", archive.read(member))
    elif name.endswith((".json", ".jsonl")):
        yield from _of_documents(name, data)
    for magic, unpack in _UNPACK.items():
        if data.startswith(magic):
            yield from of_file(f"{name} unpacked", unpack(data))


def _of_parquet(name: str, data: bytes) -> Iterator[Piece]:
    try:
        file = pq.ParquetFile(io.BytesIO(data))
    except pa.ArrowInvalid:  # broken off: its bytes were yielded
        return
    about = [file.metadata.to_dict(), file.metadata.metadata, file.schema_arrow.to_string(show_field_metadata=True)]
    yield f"{name} (footer)", repr(about).encode()
    for column, values in file.read().to_pydict().items():
        yield f"{name}:{column}", lines(values)


def _of_documents(name: str, data: bytes) -> Iterator[Piece]:
    found: dict[str, list[object]] = defaultdict(list)
    for line in data.splitlines() if name.endswith(".jsonl") else [data]:
        with suppress(ValueError):  # broken off: its bytes were yielded
            _walk(json.loads(line), "", found)
    yield from ((f"{name}:{member}", lines(values)) for member, values in found.items())


def _walk(node: Any, member: str, found: dict[str, list[object]]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            found["(names)"].append(key)
            _walk(value, f"{member}.{key}".lstrip("."), found)
    elif isinstance(node, list):
        for value in node:
            _walk(value, member, found)
    else:
        found[member].append(node)


def of_database(name: str, path: Path) -> Iterator[Piece]:
    """Yield every column of every table and view, and what the database is made of."""
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        made = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        yield f"{name}:(schema)", repr(made).encode()
        for table in sorted(entry[1] for entry in made if entry[0] in ("table", "view")):
            cursor = connection.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
            for number, column in enumerate(columns):
                yield f"{name}:{table}.{column}", lines([row[number] for row in rows])


def lines(values: list[Any]) -> bytes:
    """Return values as text, one to a line."""
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)
