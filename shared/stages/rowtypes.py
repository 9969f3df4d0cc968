"""How typed rows are written as Arrow columns and read back with the types that the stages work with."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import pyarrow as pa


def _arrow_type(dtype: object) -> pa.DataType:
    """Return the stored type of a column; said outright, because a table without rows does not show it."""
    if isinstance(dtype, pd.CategoricalDtype):
        return pa.dictionary(pa.int32(), pa.string())
    if isinstance(dtype, pd.Int64Dtype):
        return pa.int64()
    numpy_dtype = getattr(dtype, "numpy_dtype", dtype)
    kind = getattr(numpy_dtype, "kind", "O")
    return {"M": pa.timestamp("us"), "b": pa.bool_(), "i": pa.int64(), "f": pa.float64()}.get(kind, pa.string())


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """Return a frame as a table of these types, without its index."""
    schema = pa.schema([(str(name), _arrow_type(frame[name].dtype)) for name in frame])
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False, nthreads=1).replace_schema_metadata(None)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Return a table with the types that the stages work with: categoricals, Int64 and datetime64[us]."""
    columns = {}
    for field in table.schema:
        column = table.column(field.name)
        if pa.types.is_dictionary(field.type):
            columns[field.name] = pd.Series(_categorical(column.unify_dictionaries().combine_chunks()))
        elif pa.types.is_integer(field.type):
            columns[field.name] = column.to_pandas(types_mapper={field.type: pd.Int64Dtype()}.get)
        else:
            columns[field.name] = column.to_pandas()
    return pd.DataFrame(columns)


def _categorical(texts: pa.DictionaryArray) -> pd.Categorical:
    categories = pd.Index(texts.dictionary.to_pandas(), dtype="str")
    codes = texts.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Categorical.from_codes(codes, categories=categories)


def with_own_texts(table: pa.Table) -> pa.Table:
    """Return a table whose dictionaries hold the texts of its own rows alone."""
    columns = [_own_texts(c.combine_chunks()) if pa.types.is_dictionary(c.type) else c for c in table.columns]
    return pa.table(columns, schema=table.schema)


def _own_texts(texts: pa.DictionaryArray) -> pa.DictionaryArray:
    used = texts.indices.dictionary_encode()
    return pa.DictionaryArray.from_arrays(used.indices, texts.dictionary.take(used.dictionary))


def without_traces(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows without the numbers and texts that only other rows had, which a categorical would keep."""
    categorical = [str(name) for name in rows if isinstance(rows[name].dtype, pd.CategoricalDtype)]
    slim = {name: rows[name].cat.remove_unused_categories() for name in categorical}
    return rows.assign(**slim).reset_index(drop=True)


def joined(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of frames with the same columns in one, at least one of which there is."""
    return to_frame(pa.concat_tables([to_arrow(frame) for frame in frames]))
