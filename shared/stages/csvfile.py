"""Opens csv by RFC 4180 as columns of text; refuses it where quotes, line ends, header or fields are not right."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from shared.dataset import DatasetSchema, TableSchema
from shared.records import Finding, Resource
from shared.stages.header import header_findings, refuses, required_names
from shared.stages.rules import finding, row_finding

_DELIMITERS = ",;\t|"
_QUOTED_FIELD = {
    delimiter: re.compile(rb'(?:\A|(?<=[\n\r%b]))"(?:[^"]++|"")*+"(?=[\n\r%b]|\Z)'.replace(b"%b", delimiter.encode()))
    for delimiter in (",", ";")
}
_FIRST_RECORD = re.compile(rb'(?:[^"\n]++|"[^"]*+")*+')
_BLOCK = 8 * 1024 * 1024
_LARGEST_BLOCK = 2**31 - 1


def open_csv(
    raw: bytes, resource: Resource, table: TableSchema, schema: DatasetSchema
) -> tuple[pa.Table | None, list[Finding]]:
    """Return the contract columns of a csv file as text, "" where empty, or None with the reasons against it.

    `raw` is UTF-8 without NUL.
    """
    outside_quotes = _QUOTED_FIELD[resource.delimiter].sub(b"", raw) if b'"' in raw else raw
    if b'"' in outside_quotes:
        return None, [finding("LEV-207", tabel=table.name)]
    if outside_quotes.count(b"\r") != outside_quotes.count(b"\r\n"):
        return None, [finding("LEV-208", tabel=table.name)]
    end_of_header = _length_of_first_record(raw)
    header = raw[:end_of_header].decode("utf-8").removesuffix("\r")
    if not header:
        return None, [finding("LEV-209", tabel=table.name)]
    names = _split(header, resource.delimiter)
    if _split_otherwise(header, names, table):
        return None, [finding("LEV-210", tabel=table.name)]
    findings = header_findings(names, table, schema)
    if refuses(findings):
        return None, findings
    wanted = [name for name in table.column_names() if name in set(names)]
    body = memoryview(raw)[end_of_header + 1 :]
    opened, bad_rows = _parse(body, names, wanted, resource.delimiter, quoted=outside_quotes is not raw)
    if opened is None:
        return None, [*findings, finding("LEV-207", tabel=table.name)]
    rows = np.union1d(bad_rows, _blank_rows(outside_quotes))
    if len(rows):
        return None, [*findings, row_finding("LEV-213", rows, tabel=table.name)]
    return opened, findings


def _length_of_first_record(raw: bytes) -> int:
    found = _FIRST_RECORD.match(raw)
    return found.end() if found else 0


def _split(header: str, delimiter: str) -> list[str]:
    """Return the names of a header whose quotes are known to be right, of any length and number."""
    names: list[str] = []
    pieces: list[str] = []
    quotes = 0
    for piece in header.split(delimiter):
        pieces.append(piece)
        quotes += piece.count('"')
        if quotes % 2 == 0:
            name = delimiter.join(pieces)
            names.append(name[1:-1].replace('""', '"') if quotes else name)
            pieces, quotes = [], 0
    return names


def _split_otherwise(header: str, names: list[str], table: TableSchema) -> bool:
    """Say whether the header would be right with another delimiter than the supplier named."""
    required = required_names(table)
    plain = header.replace('"', "")
    return not required <= set(names) and any(required <= set(plain.split(other)) for other in _DELIMITERS)


def _blank_rows(outside_quotes: bytes) -> np.ndarray:
    """Return the positions of the rows without any field; a parser would take them for rows of empty fields."""
    if not re.search(rb"\n\r?\n", outside_quotes):
        return np.zeros(0, dtype=np.int64)
    lines = outside_quotes.removesuffix(b"\n").split(b"\n")[1:]
    return np.flatnonzero(np.array([line in (b"", b"\r") for line in lines], dtype=bool))


def _parse(
    body: memoryview, names: list[str], wanted: list[str], delimiter: str, *, quoted: bool
) -> tuple[pa.Table | None, np.ndarray]:
    """Return the wanted columns and the positions of the rows with another number of fields than the header."""
    nothing = np.zeros(0, dtype=np.int64)
    if not len(body):
        return pa.table({name: pa.array([], pa.string()) for name in wanted}), nothing
    parsing = pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=quoted, ignore_empty_lines=False)
    for block in (_BLOCK, min(len(body), _LARGEST_BLOCK)):  # a block must hold the longest row
        try:
            opened, faults = _parse_blocks(body, names, wanted, parsing, block, threads=True)
            if faults:  # only a single thread knows the row numbers
                _, faults = _parse_blocks(body, names, wanted, parsing, block, threads=False)
            return opened, np.array(faults, dtype=np.int64)
        except pa.ArrowInvalid:
            continue
    return None, nothing


def _parse_blocks(
    body: memoryview, names: list[str], wanted: list[str], parsing: pacsv.ParseOptions, block: int, *, threads: bool
) -> tuple[pa.Table, list[int]]:
    """Return the columns and the positions of the rows left out; the positions mean nothing with threads."""
    faults: list[int] = []

    def note(row: pacsv.InvalidRow) -> str:
        faults.append((row.number or 1) - 1)
        return "skip"

    parsing.invalid_row_handler = note
    opened = pacsv.read_csv(
        pa.BufferReader(pa.py_buffer(body)),
        pacsv.ReadOptions(use_threads=threads, column_names=names, block_size=block),
        parsing,
        pacsv.ConvertOptions(
            column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=False, include_columns=wanted
        ),
    )
    return opened, faults
