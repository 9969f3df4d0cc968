"""Writes and reads what the app may keep of a delivery: its pseudonymised tables as Parquet.

From a snapshot every result can be computed again, bit for bit, without the raw delivery.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shared.errors import SnapshotInvalid
from shared.records import PseudonymisedDelivery

APPLICATIONS = "aanvragen"
_KEY_ID = b"sleutel_id"


def snapshot_files(delivery: PseudonymisedDelivery) -> dict[str, bytes]:
    """Return one Parquet file per table and one for the applications; no number in clear is in them."""
    tables = {APPLICATIONS: delivery.applications, **delivery.tables}
    return {f"{name}.parquet": _to_parquet(frame, delivery.key_id) for name, frame in tables.items()}


def read_snapshot(files: Mapping[str, bytes], aanvraagnummers: Mapping[str, str] | None) -> PseudonymisedDelivery:
    """Return the delivery of a snapshot. `aanvraagnummers`: clear number by pseudonym of the service (dienst).

    Applications without a clear number are left out: a run for named applications passes only theirs. With None all
    are there, each with its pseudonym in place of the number.
    """
    tables = {name.removesuffix(".parquet"): pq.read_table(pa.BufferReader(raw)) for name, raw in files.items()}
    if APPLICATIONS not in tables:
        raise SnapshotInvalid("The snapshot holds no applications.", next_step="Restore it from the audit storage.")
    key_id = tables[APPLICATIONS].schema.metadata[_KEY_ID].decode("ascii")
    frames = {name: _from_parquet(table) for name, table in tables.items()}
    applications = frames.pop(APPLICATIONS)
    numbers = [
        dienst if aanvraagnummers is None else aanvraagnummers.get(dienst, "") for dienst in applications["dienst"]
    ]
    wanted = [bool(number) for number in numbers]
    return PseudonymisedDelivery(
        applications[wanted].reset_index(drop=True), frames, tuple(filter(None, numbers)), key_id
    )


def _to_parquet(frame: pd.DataFrame, key_id: str) -> bytes:
    schema = pa.schema([(str(name), _arrow_type(frame[name].dtype)) for name in frame], metadata={_KEY_ID: key_id})
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(schema.metadata)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", write_statistics=False)
    return out.getvalue()


def _arrow_type(dtype: object) -> pa.DataType:
    """Return the stored type of a column; said outright, because a table without rows does not show it."""
    if isinstance(dtype, pd.CategoricalDtype):
        return pa.dictionary(pa.int32(), pa.string())
    if isinstance(dtype, pd.Int64Dtype):
        return pa.int64()
    numpy_dtype = getattr(dtype, "numpy_dtype", dtype)
    kind = getattr(numpy_dtype, "kind", "O")
    return {"M": pa.timestamp("us"), "b": pa.bool_(), "i": pa.int64(), "f": pa.float64()}.get(kind, pa.string())


def _from_parquet(table: pa.Table) -> pd.DataFrame:
    """Return a table with the types that the stages work with: categoricals, Int64 and datetime64[us]."""
    columns = {}
    for field in table.schema:
        column = table.column(field.name)
        if pa.types.is_dictionary(field.type):
            columns[field.name] = column.to_pandas().astype("category")
        elif pa.types.is_integer(field.type):
            columns[field.name] = column.to_pandas(types_mapper={field.type: pd.Int64Dtype()}.get)
        else:
            columns[field.name] = column.to_pandas()
    return pd.DataFrame(columns)
