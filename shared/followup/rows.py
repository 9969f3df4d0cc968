"""Turns a delivery of outcomes or groups into the rows that are kept: under pseudonyms, in one order. Pure."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shared.stages.pseudonymise import Pseudonymiser, PseudonymKey
from shared.usecase import FollowUp


def kept_rows(frame: pd.DataFrame, follow_up: FollowUp, keys: Sequence[PseudonymKey]) -> pd.DataFrame:
    """Return what is kept of typed rows, under the pseudonyms of each of these keys.

    The results of a person or an application may be kept under an older key than the newest; each finds its own.
    """
    number = follow_up.schema.tables[follow_up.table].own_number
    texts = frame[number.name].astype(object).tolist()
    parts = []
    for key in keys:
        pseudonyms = Pseudonymiser(key).pseudonyms(str(number.klasse), texts)
        named = frame.drop(columns=number.name).assign(**{str(number.klasse): pseudonyms})
        parts.append(follow_up.derive(named))
    kept = pd.concat(parts, ignore_index=True)
    return kept.sort_values(list(kept.columns), kind="stable", ignore_index=True)


def to_parquet(rows: pd.DataFrame) -> bytes:
    """Return rows as Parquet; the same rows give the same bytes."""
    kinds = [(str(name), pa.int64() if rows[name].dtype == "Int64" else pa.string()) for name in rows]
    table = pa.Table.from_pandas(rows, schema=pa.schema(kinds), preserve_index=False).replace_schema_metadata(None)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", write_statistics=False)
    return out.getvalue()


def from_parquet(data: bytes) -> pd.DataFrame:
    """Return the rows that `to_parquet` wrote."""
    table = pq.read_table(pa.BufferReader(data))
    return table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)


def without(rows: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    """Return the rows that are about none of these pseudonyms of persons or applications."""
    return rows[~rows[own_name(rows)].isin(list(names)).to_numpy(dtype=bool)].reset_index(drop=True)


def own_name(rows: pd.DataFrame) -> str:
    """Return the column that says whose row it is: persoon or dienst."""
    (name,) = (column for column in ("persoon", "dienst") if column in rows.columns)
    return name
