"""Opens csv by RFC 4180 as columns of text; refuses it where quotes, line ends, header or fields are not right."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from shared.dataset import DatasetSchema, TableSchema
from shared.records import Finding, Resource
from shared.stages.header import MOST_COLUMNS, header_findings, refuses, required_names
from shared.stages.rules import finding, row_finding
from shared.stages.values import LONGEST_FIELD

_DELIMITERS = ",;\t|"
_QUOTED_FIELD = {
    delimiter: re.compile(rb'(?:\A|(?<=[\n\r%b]))"(?:[^"]++|"")*+"(?=[\n\r%b]|\Z)'.replace(b"%b", delimiter.encode()))
    for delimiter in (",", ";")
}
_FIRST_RECORD = re.compile(rb'(?:[^"\n]++|"[^"]*+")*+')
_BLOCK = 8 * 1024 * 1024
_LONGEST_LINE = 2 * LONGEST_FIELD
_MOST_FAULTS = 10_000  # of rows that are told of; a file with more of them is known well enough
_LONG_QUOTED = {
    delimiter: re.compile(
        rb'(?:\A|(?<=[\n\r%b]))"(?:[^"]|""){%d}'.replace(b"%b", delimiter.encode()) % (LONGEST_FIELD + 1)
    )
    for delimiter in (",", ";")
}


def open_csv(
    raw: bytes, resource: Resource, table: TableSchema, schema: DatasetSchema
) -> tuple[pa.Table | None, list[Finding]]:
    """Return the contract columns of a csv file as text, "" where empty, or None with the reasons against it.

    `raw` is UTF-8 without NUL.
    """
    if _has_long_line(raw):
        return None, [finding("LEV-217", tabel=table.name)]
    outside_quotes = _QUOTED_FIELD[resource.delimiter].sub(b"", raw) if b'"' in raw else raw
    refusal = _refusal_of_text(raw, outside_quotes, resource.delimiter)
    if refusal:
        return None, [finding(refusal, tabel=table.name)]
    end_of_header = _length_of_first_record(raw)
    header = raw[:end_of_header].decode("utf-8").removesuffix("\r")
    if not header:
        return None, [finding("LEV-209", tabel=table.name)]
    names = _split(header, resource.delimiter)
    if _split_otherwise(header, names, table):
        return None, [finding("LEV-210", tabel=table.name)]
    if len(names) > MOST_COLUMNS:
        return None, [finding("LEV-218", tabel=table.name)]
    findings = header_findings(names, table, schema)
    if refuses(findings):
        return None, findings
    wanted = [name for name in table.column_names() if name in set(names)]
    blank_rows = _blank_rows(outside_quotes)
    if len(blank_rows) == _MOST_FAULTS:
        return None, [*findings, row_finding("LEV-213", blank_rows, tabel=table.name)]
    body = memoryview(raw)[end_of_header + 1 :]
    opened, bad_rows = _parse(body, names, wanted, resource.delimiter, quoted=outside_quotes is not raw)
    rows = np.union1d(bad_rows, blank_rows)
    if len(rows):
        return None, [*findings, row_finding("LEV-213", rows, tabel=table.name)]
    if opened is None:
        return None, [*findings, finding("LEV-207", tabel=table.name)]
    if any((pc.max(pc.binary_length(column)).as_py() or 0) > LONGEST_FIELD for column in opened.columns):
        return None, [*findings, finding("LEV-217", tabel=table.name)]
    return opened, findings


def _refusal_of_text(raw: bytes, outside_quotes: bytes, delimiter: str) -> str:
    """Return the rule against which the text as such sins, whatever its columns; mostly none."""
    if b'"' in outside_quotes:
        return "LEV-207"
    if outside_quotes.count(b"\r") != outside_quotes.count(b"\r\n"):
        return "LEV-208"
    if len(raw) - len(outside_quotes) > LONGEST_FIELD and _LONG_QUOTED[delimiter].search(raw):
        return "LEV-217"
    return ""


def _has_long_line(raw: bytes) -> bool:
    """Say whether a line is longer than any row may be; also a field over several lines has such a line, or is quoted.

    A line that is too long has a stretch of half its length without an end, at a multiple of that length.
    """
    for begin in range(0, len(raw) - LONGEST_FIELD + 1, LONGEST_FIELD):
        if raw.find(b"\n", begin, begin + LONGEST_FIELD) < 0:
            end = raw.find(b"\n", begin)
            if (len(raw) if end < 0 else end) - raw.rfind(b"\n", 0, begin) - 1 > _LONGEST_LINE:
                return True
    return False


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
    found: list[np.ndarray] = []
    rows, after_end = -2, False  # positions begin at 0 after the header
    if not re.search(rb"\n\r?\n", outside_quotes):
        return np.zeros(0, dtype=np.int64)
    for begin in range(0, len(outside_quotes), _BLOCK):
        letters = np.frombuffer(outside_quotes, np.uint8, min(_BLOCK, len(outside_quotes) - begin), begin)
        ends = letters[letters != ord("\r")] == ord("\n")
        blank = ends & np.concatenate(([after_end], ends[:-1]))
        found.append(rows + np.cumsum(ends)[blank])
        rows, after_end = rows + int(np.count_nonzero(ends)), bool(ends[-1]) if len(ends) else after_end
        if sum(map(len, found)) >= _MOST_FAULTS:
            break
    return np.concatenate(found)[:_MOST_FAULTS].astype(np.int64)


def _parse(
    body: memoryview, names: list[str], wanted: list[str], delimiter: str, *, quoted: bool
) -> tuple[pa.Table | None, np.ndarray]:
    """Return the wanted columns, and the positions of rows with another number of fields than the header."""
    nothing = np.zeros(0, dtype=np.int64)
    if not len(body):
        return pa.table({name: pa.array([], pa.string()) for name in wanted}), nothing
    parsing = pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=quoted, ignore_empty_lines=False)
    opened, faults = _parse_blocks(body, names, wanted, parsing, threads=True)
    if faults:  # only a single thread knows the row numbers
        _, faults = _parse_blocks(body, names, wanted, parsing, threads=False)
    return opened, np.array(faults, dtype=np.int64)


def _parse_blocks(
    body: memoryview, names: list[str], wanted: list[str], parsing: pacsv.ParseOptions, *, threads: bool
) -> tuple[pa.Table | None, list[int]]:
    """Return the columns and the positions of the rows left out; the positions mean nothing with threads.

    No columns where the parser gave up: it met a row that is no csv, or more wrong rows than are told of.
    """
    faults: list[int] = []

    def note(row: pacsv.InvalidRow) -> str:
        faults.append((row.number or 1) - 1)
        return "skip" if len(faults) < _MOST_FAULTS else "error"

    parsing.invalid_row_handler = note
    try:
        opened = pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            pacsv.ReadOptions(use_threads=threads, column_names=names, block_size=_BLOCK),
            parsing,
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=False, include_columns=wanted
            ),
        )
    except pa.ArrowInvalid:
        return None, faults
    return opened, faults
