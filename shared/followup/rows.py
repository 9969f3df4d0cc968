"""Turns a delivery of outcomes or groups into the rows that are kept: under pseudonyms, in one order. Pure."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from shared.stages.pseudonym import Pseudonymiser, PseudonymKey
from shared.usecase import FollowUp

if TYPE_CHECKING:  # who looks whether anything was delivered must not pay for tables
    import pandas as pd
    import pyarrow as pa

_OWN_NAMES = ("persoon", "dienst")
_AT_ONCE = 10_000
NEWEST = "nieuwste"  # the pseudonym of the same number under the newest key: what ties the rows under several keys


def kept_rows(frame: pd.DataFrame, follow_up: FollowUp, keys: Sequence[PseudonymKey]) -> Iterator[pa.Table]:
    """Yield what is kept of typed rows, under the pseudonyms of each of these keys (the newest is given first).

    The results of a person or an application may be kept under an older key than the newest; each finds its own. Who
    removes a person knows some of the names and has no key: `nieuwste` leads from one to the others. One key after
    another, and in columns: there may be as many rows as a supplier likes.
    """
    import pandas as pd
    import pyarrow as pa

    number = follow_up.schema.tables[follow_up.table].own_number
    own = str(number.klasse)
    numbers = frame[number.name].astype("category").cat.remove_unused_categories()
    texts = pd.Index(numbers.cat.categories, dtype="str")
    places = pd.Categorical.from_codes(numbers.cat.codes, categories=pd.RangeIndex(len(texts)))
    kept = follow_up.derive(frame.drop(columns=number.name).assign(**{own: places}))
    codes = pa.array(kept[own].cat.codes)
    others = {str(name): _plain(kept[name]) for name in kept.columns.drop(own)}
    newest = _pseudonyms(keys[0], own, texts).take(codes)
    # of two keys all names have an order: that of the keys
    for key in sorted(keys, key=lambda one: f"{one.key_id}:"):
        names = newest if key == keys[0] else _pseudonyms(key, own, texts).take(codes)
        rows = pa.table({own: names, **others, NEWEST: newest})
        yield rows.sort_by([(name, "ascending") for name in rows.column_names])


def _pseudonyms(key: PseudonymKey, domain: str, texts: pd.Index) -> pa.Array:
    """Return the pseudonyms of different texts; few of either are in memory one by one."""
    import pyarrow as pa

    made = [
        # made anew for each: it remembers what it made
        pa.array(Pseudonymiser(key).pseudonyms(domain, texts[begin : begin + _AT_ONCE].tolist()), pa.string())
        for begin in range(0, len(texts), _AT_ONCE)
    ]
    return pa.concat_arrays([pa.array([], pa.string()), *made])


def _plain(values: pd.Series) -> pa.Array:
    """Return a column as it is stored: whole numbers or texts."""
    import pandas as pd
    import pyarrow as pa

    if values.dtype == "Int64":
        return pa.array(values, pa.int64())
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes
        words = pa.array(values.cat.categories.tolist(), pa.string())
        return words.take(pa.array(codes, mask=(codes < 0).to_numpy()))
    return pa.array(values, pa.string())


def in_columns(rows: pd.DataFrame) -> pa.Table:
    """Return rows that were read as the columns that they are stored in."""
    import pyarrow as pa

    return pa.table({str(name): _plain(rows[name]) for name in rows})


def to_parquet(tables: Iterable[pa.Table]) -> tuple[bytes, int]:
    """Return tables with the same columns as one file of Parquet, and how many rows; the same rows, the same bytes."""
    import pyarrow.parquet as pq

    out, number = io.BytesIO(), 0
    with ExitStack() as open_:
        writer = None
        for table in tables:
            if writer is None:
                options = {"compression": "zstd", "write_statistics": False}
                writer = open_.enter_context(pq.ParquetWriter(out, table.schema, **options))
            writer.write_table(table)
            number += len(table)
    return out.getvalue(), number


def from_parquet(data: bytes) -> pa.Table:
    """Return the rows that `to_parquet` wrote; texts that come again are in memory once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = pq.read_schema(pa.BufferReader(data))
    words = [field.name for field in fields if pa.types.is_string(field.type) and not _is_name(field.name)]
    return pq.read_table(pa.BufferReader(data), read_dictionary=words)


def in_rows(table: pa.Table) -> pd.DataFrame:
    """Return rows that were read as rows to choose from."""
    import pandas as pd
    import pyarrow as pa

    plain = [field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field for field in table.schema]
    return table.cast(pa.schema(plain)).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)


def values(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Yield the values of rows one by one, in the order of the columns, with None for no value; some are in memory."""
    for some in table.to_batches(max_chunksize=_AT_ONCE):
        yield from zip(*map(_objects, some.columns), strict=True)


def _objects(column: pa.Array) -> list[Any]:
    """Return the values of a column; a text that comes again is the same object."""
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        found: list[Any] = column.to_pylist()
        return found
    words = [*column.dictionary.to_pylist(), None]
    return [words[code] for code in column.indices.fill_null(-1).to_pylist()]


def about(rows: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    """Return the rows about these pseudonyms of persons or applications, also those under another key of the same."""
    mine = set(rows.loc[rows[own_name(rows)].isin(list(names)).to_numpy(dtype=bool), NEWEST])
    return rows[rows[NEWEST].isin(list(mine)).to_numpy(dtype=bool)].reset_index(drop=True)


def without(rows: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    """Return the rows that are not about these pseudonyms of persons or applications, nor about another of the same."""
    gone = set(about(rows, names)[NEWEST])
    return rows[~rows[NEWEST].isin(list(gone)).to_numpy(dtype=bool)].reset_index(drop=True)


def own_name(rows: pd.DataFrame | pa.Table) -> str:
    """Return the column that says whose row it is: persoon or dienst."""
    columns = getattr(rows, "column_names", None) or rows.columns
    (name,) = (column for column in _OWN_NAMES if column in columns)
    return name


def _is_name(column: str) -> bool:
    return column in (*_OWN_NAMES, NEWEST)
