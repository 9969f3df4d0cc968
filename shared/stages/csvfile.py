"""Opens csv by RFC 4180 as columns of text; refuses it where quotes, line ends, header or fields are not right."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from shared.dataset import DatasetSchema, TableSchema
from shared.records import Finding, Resource
from shared.stages.header import MOST_COLUMNS, header_findings, refuses, required_names
from shared.stages.refusal import TableRefused
from shared.stages.rules import finding, row_finding
from shared.stages.values import LONGEST_FIELD

_DELIMITERS = ",;\t|"
_FIRST_RECORD = re.compile(rb'(?:[^"\n]++|"[^"]*+")*+')
_BLOCK = 8 * 1024 * 1024
_SIZES_TRIED = 10_000
_LONGEST_LINE = 2 * LONGEST_FIELD
_MOST_FAULTS = 10_000  # of rows that are told of; a file with more of them is known well enough
_QUOTE, _LF, _CR = b'"\n\r'
_ROWS_AT_ONCE = 250_000
_LOOKED_AT_ONCE = 256 * 1024  # bytes, which stay in the cache of a core


def csv_batches(
    raw: bytes, resource: Resource, table: TableSchema, schema: DatasetSchema, told: list[Finding]
) -> Iterator[pa.Table]:
    """Yield the contract columns of a csv file as text, "" where empty, some rows at a time.

    `raw` is UTF-8 without NUL. What is worth telling about its columns goes to `told`. Raises TableRefused, if need be
    after its last row.
    """
    if _has_long_line(raw):
        raise TableRefused(finding("LEV-217", tabel=table.name))
    refusal = _refusal_of_text(raw, resource.delimiter)
    if refusal:
        raise TableRefused(finding(refusal, tabel=table.name))
    end_of_header = _length_of_first_record(raw)
    if end_of_header > _LONGEST_LINE:  # in lines of its own, between quotes
        raise TableRefused(finding("LEV-217", tabel=table.name))
    header = raw[:end_of_header].decode("utf-8").removesuffix("\r")
    names = _names_of(header, resource.delimiter, table)
    told += header_findings(names, table, schema)
    if refuses(told):
        raise TableRefused
    blank_rows = _blank_rows(raw)
    if len(blank_rows) == _MOST_FAULTS:
        raise TableRefused(row_finding("LEV-213", blank_rows, tabel=table.name))
    wanted = [name for name in table.column_names() if name in set(names)]
    parser = _Parser(memoryview(raw)[end_of_header + 1 :], names, wanted, resource.delimiter, quoted=b'"' in raw)
    has_long_field = False
    for batch in parser.batches():
        has_long_field |= any(
            (pc.max(pc.binary_length(column)).as_py() or 0) > LONGEST_FIELD for column in batch.columns
        )
        for begin in range(0, max(len(batch), 1), _ROWS_AT_ONCE):  # very short ones are very many in a block
            yield batch.slice(begin, _ROWS_AT_ONCE)
    rows = np.union1d(parser.wrong_rows, blank_rows).astype(np.int64)
    if len(rows):
        raise TableRefused(row_finding("LEV-213", rows, tabel=table.name))
    if parser.gave_up:
        raise TableRefused(finding("LEV-207", tabel=table.name))
    if has_long_field:
        raise TableRefused(finding("LEV-217", tabel=table.name))


def _names_of(header: str, delimiter: str, table: TableSchema) -> list[str]:
    if not header:
        raise TableRefused(finding("LEV-209", tabel=table.name))
    names = _split(header, delimiter)
    if _split_otherwise(header, names, table):
        raise TableRefused(finding("LEV-210", tabel=table.name))
    if len(names) > MOST_COLUMNS:
        raise TableRefused(finding("LEV-218", tabel=table.name))
    return names


def _refusal_of_text(raw: bytes, delimiter: str) -> str:
    """Return the rule against which the text as such sins, whatever its columns; mostly none."""
    longest = _longest_quoted(raw, delimiter)
    if longest is None:
        return "LEV-207"
    if b"\r" in raw and raw.count(b"\r") != raw.count(b"\r\n"):
        letters, last = np.frombuffer(raw, np.uint8), len(raw) - 1
        if any((letters[np.minimum(places + 1, last)] != _LF).any() for places in _outside_quotes(raw, _CR)):
            return "LEV-208"
    return "LEV-217" if longest > LONGEST_FIELD else ""


def _longest_quoted(raw: bytes, delimiter: str) -> int | None:
    """Return the length of the longest quoted field, in which a doubled quote is one; None where quotes are not right.

    Quotes open and close in turn. Beside one that opens a field ended, and beside one that closes a field ends, unless
    there is another quote: two of them in a quoted field are one that closes and one that opens.
    """
    letters = np.frombuffer(raw, np.uint8)
    may_be_beside = np.isin(np.arange(256), list(b'"\n\r' + delimiter.encode()))
    number, longest = 0, 0
    not_closed = np.zeros(0, dtype=np.int64)
    for begin in range(0, len(raw), _LOOKED_AT_ONCE):
        places = begin + np.flatnonzero(letters[begin : begin + _LOOKED_AT_ONCE] == _QUOTE)
        opening, closing = places[number % 2 :: 2], places[1 - number % 2 :: 2]
        before, after = letters[np.maximum(opening - 1, 0)], letters[np.minimum(closing + 1, len(raw) - 1)]
        if not (may_be_beside[before].all() and may_be_beside[after].all()):
            return None
        # twice the place less one for every quote before it, so that a doubled one counts once
        reached = 2 * places - np.arange(number, number + len(places))
        begins = reached[number % 2 :: 2][(before != _QUOTE) | (opening == 0)]
        ends = reached[1 - number % 2 :: 2][(after != _QUOTE) | (closing == len(raw) - 1)]
        begins = np.concatenate([not_closed, begins])
        longest = max(longest, int((ends - begins[: len(ends)]).max(initial=0)) // 2)
        number, not_closed = number + len(places), begins[len(ends) :]
    return None if number % 2 else longest


def _outside_quotes(raw: bytes, letter: int) -> Iterator[np.ndarray]:
    """Yield the places of a letter outside the quoted fields of a file whose quotes are right, some at a time."""
    letters, number = np.frombuffer(raw, np.uint8), 0
    for begin in range(0, len(raw), _LOOKED_AT_ONCE):
        some = letters[begin : begin + _LOOKED_AT_ONCE]
        quotes, places = np.flatnonzero(some == _QUOTE), np.flatnonzero(some == letter)
        yield begin + places[(number + np.searchsorted(quotes, places)) % 2 == 0]
        number += len(quotes)


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


def _blank_rows(raw: bytes) -> np.ndarray:
    """Return the positions of the rows without any field; a parser would take them for rows of empty fields."""
    found: list[np.ndarray] = []
    if b"\n\n" not in raw and (b"\r" not in raw or b"\n\r\n" not in raw):
        return np.zeros(0, dtype=np.int64)
    letters = np.frombuffer(raw, np.uint8)
    rows, last = -1, np.full(1, -2)  # positions begin at 0 after the header
    for places in _outside_quotes(raw, _LF):
        ends = np.concatenate([last, places])
        lengths = np.diff(ends) - (letters[places - 1] == _CR)
        found.append(rows + np.flatnonzero(lengths == 1))
        rows, last = rows + len(places), ends[-1:]
        if sum(map(len, found)) >= _MOST_FAULTS:
            break
    return np.concatenate(found)[:_MOST_FAULTS].astype(np.int64)


class _Parser:
    """Reads the rows of a csv file block by block; rows with another number of fields than the header are left out."""

    def __init__(self, body: memoryview, names: list[str], wanted: list[str], delimiter: str, *, quoted: bool) -> None:
        self._body, self._names, self._wanted, self._delimiter, self._quoted = body, names, wanted, delimiter, quoted
        self.wrong_rows: list[int] = []  # positions of the rows left out
        self.gave_up = False  # it met a row that is no csv, or more wrong rows than are told of

    def batches(self) -> Iterator[pa.Table]:
        """Yield the wanted columns as text; at least one batch, which may be without rows."""
        yield pa.table({name: pa.array([], pa.string()) for name in self._wanted})
        if not len(self._body):
            return
        parsing = pacsv.ParseOptions(
            delimiter=self._delimiter, newlines_in_values=self._quoted, ignore_empty_lines=False
        )
        parsing.invalid_row_handler = self._note
        try:
            # one thread: only then row numbers are known, and none is left behind when the process ends
            with pacsv.open_csv(
                pa.BufferReader(pa.py_buffer(self._body)),
                pacsv.ReadOptions(use_threads=False, column_names=self._names, block_size=self._block()),
                parsing,
                pacsv.ConvertOptions(
                    column_types=dict.fromkeys(self._wanted, pa.string()),
                    strings_can_be_null=False,
                    check_utf8=False,  # it was, as a whole
                    include_columns=self._wanted,
                ),
            ) as reader:
                for batch in reader:
                    yield pa.Table.from_batches([batch])
        except pa.ArrowInvalid:
            self.gave_up = True

    def _block(self) -> int:
        """Return how many bytes are parsed at a time; no such block may end between CR and LF in a quoted field.

        Arrow takes an LF there for the rest of a line end, and drops it (pyarrow 26).
        """
        body = self._body
        if not self._quoted:
            return _BLOCK
        for size in range(_BLOCK, max(_BLOCK - _SIZES_TRIED, 0), -1):
            if not any(body[end - 1] == _CR and body[end] == _LF for end in range(size, len(body), size)):
                return size
        return len(body)  # made so that all of these are wrong; at once is always right

    def _note(self, row: pacsv.InvalidRow) -> str:
        self.wrong_rows.append(row.number - 1)
        return "skip" if len(self.wrong_rows) < _MOST_FAULTS else "error"
