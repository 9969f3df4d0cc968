"""Turns frames into files: csv and parquet in the forms that a supplier may choose from (domain.md §2)."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from . import homes, raak
from .columns import CENTS, DAY, DIENST, INT, MOMENT, PARTIJ, PERSON, TABLES, WITHOUT_KEY
from .frames import EMPTY, Bools, Frame, Ints
from .numbers import dienst_text, partij_text, person_text

VOCABULARIES: dict[str, list[str]] = {**homes.VOCABULARY, **raak.VOCABULARY}
_NUMBERS = {PERSON: person_text, PARTIJ: partij_text, DIENST: dienst_text}
_DECIMAL = pa.decimal128(14, 2)


def as_table(name: str, frame: Frame, seed: int) -> pa.Table:
    """Makes the delivered table of a frame: its columns in order, numbers written out, empties as nulls."""
    columns = {column: kind for column, kind in TABLES[name].items() if column in frame}
    if name in WITHOUT_KEY:
        columns.pop("technischesleutel")
    return pa.table({column: _array(kind, frame[column], seed) for column, kind in columns.items()})


def write_csv(table: pa.Table, path: Path, delimiter: str, eol: str = "\n") -> None:
    """Writes a table as RFC 4180 text."""
    options = pa.csv.WriteOptions(delimiter=delimiter, eol=eol, quoting_style="needed", quoting_header="none")
    pa.csv.write_csv(table, path, options)


def write_parquet(table: pa.Table, path: Path) -> None:
    """Writes a table as parquet with microseconds, which hold the year 2382."""
    pa.parquet.write_table(table, path, compression="zstd", coerce_timestamps="us")


def loosely_typed(table: pa.Table) -> pa.Table:
    """Gives the same values the other types that parquet may have: milliseconds, doubles, narrow integers."""
    for place, field in enumerate(table.schema):
        target = field.type
        if pa.types.is_timestamp(target):
            target = pa.timestamp("ms")
        elif pa.types.is_decimal(target):
            target = pa.float64()
        elif pa.types.is_int64(target):
            target = pa.int32()
        table = table.set_column(place, field.name, table.column(place).cast(target))
    return table


def text_of(codes: Ints, vocabulary: list[str]) -> pa.Array:
    """Writes codes as the words they stand for; EMPTY stays empty."""
    empty = codes == EMPTY
    words = pa.DictionaryArray.from_arrays(
        pa.array(np.where(empty, 0, codes).astype(np.int32), mask=empty), pa.array(vocabulary)
    )
    return words.cast(pa.string())


def _array(kind: str, values: Any, seed: int) -> pa.Array:
    if kind in _NUMBERS:
        return _NUMBERS[kind](values, seed)
    if kind == DAY:
        return pa.array(values.astype("M8[D]"))
    if kind == MOMENT:
        return pa.array(values.astype("M8[s]"))
    empty: Bools = values == EMPTY
    if kind == INT:
        return pa.array(values, mask=empty)
    if kind == CENTS:
        return _euros(values, empty)
    return text_of(values, VOCABULARIES[kind])


def _euros(cents: Ints, empty: Bools) -> pa.Array:
    """Reads cents as a decimal with two places, without a detour over floating point."""
    halves = np.stack([cents, cents >> 63], axis=1)  # low and high half of a 128-bit number
    validity = pa.array(~empty).buffers()[1]
    return pa.Array.from_buffers(_DECIMAL, len(cents), [validity, pa.py_buffer(halves.tobytes())])
