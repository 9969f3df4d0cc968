"""Writes Arrow's columns as JSON: what a reader finds in Parquet and in JSON lines are then the same values.

A column at a time, and a value that occurs often once: many times faster than a dictionary per row.
"""

from __future__ import annotations

from collections.abc import Mapping
from json.encoder import encode_basestring

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_NULL = "null"
_TEXT = pa.large_string()  # of a whole run, however large


def json_texts(column: pa.Array) -> pa.Array:
    """Return every value of a column as JSON text: of text, numbers, and structs and lists of them; null where empty.

    A number has the shortest form that reads back as the same double.
    """
    if pa.types.is_struct(column.type):
        names = [field.name for field in column.type]
        members = {name: json_texts(values) for name, values in zip(names, column.flatten(), strict=True)}
        return _where_valid(column, json_objects(members))
    if pa.types.is_list(column.type):
        return _where_valid(column, _arrays(column))
    return _plain(column)


def json_objects(columns: Mapping[str, pa.Array], end: str = "") -> pa.Array:
    """Return one JSON object per row, each with this end; `columns`: name -> JSON texts, null where empty.

    Raises ValueError without any column: nothing then tells how many rows there are.
    """
    if not columns:
        raise ValueError("nothing tells how many rows there are")
    pieces: list[pa.Array | str] = []
    for name, texts in columns.items():
        pieces += [f"{',' if pieces else '{'}{encode_basestring(name)}:", texts]
    return _joined(*pieces, f"}}{end}")


def _plain(column: pa.Array) -> pa.Array:
    # numbers by their bits: 0.0 and -0.0 are equal, and not written alike
    coded = (column.view(pa.int64()) if pa.types.is_float64(column.type) else column).dictionary_encode()
    values = coded.dictionary.view(column.type).to_pylist()
    write = encode_basestring if pa.types.is_string(column.type) else repr
    return pa.array([write(value) for value in values], type=_TEXT).take(coded.indices)


def _arrays(column: pa.ListArray) -> pa.Array:
    ends = np.cumsum(column.value_lengths().fill_null(0).to_numpy(), dtype=np.int32)
    items = json_texts(column.flatten()).fill_null(_NULL)
    lists = pa.ListArray.from_arrays(pa.array(np.append(np.int32(0), ends)), items)
    return _joined("[", pc.binary_join(lists, pa.scalar(",", _TEXT)), "]")


def _joined(*pieces: pa.Array | str) -> pa.Array:
    typed = [pa.scalar(piece, _TEXT) if isinstance(piece, str) else piece for piece in (*pieces, "")]
    return pc.binary_join_element_wise(*typed, null_handling="replace", null_replacement=_NULL)


def _where_valid(column: pa.Array, texts: pa.Array) -> pa.Array:
    return pc.if_else(column.is_valid(), texts, None) if column.null_count else texts
