"""Turns a delivery of outcomes or groups into the rows that are kept: under pseudonyms, in one order. Pure."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from shared.stages.pseudonym import Pseudonymiser, PseudonymKey
from shared.usecase import FollowUp

if TYPE_CHECKING:  # who looks whether anything was delivered must not pay for tables
    import pandas as pd

NEWEST = "nieuwste"  # the pseudonym of the same number under the newest key: what ties the rows under several keys


def kept_rows(frame: pd.DataFrame, follow_up: FollowUp, keys: Sequence[PseudonymKey]) -> pd.DataFrame:
    """Return what is kept of typed rows, under the pseudonyms of each of these keys, the newest first.

    The results of a person or an application may be kept under an older key than the newest; each finds its own. Who
    removes a person knows some of the names and has no key: `nieuwste` leads from one to the others.
    """
    import pandas as pd

    number = follow_up.schema.tables[follow_up.table].own_number
    texts = frame[number.name].astype(object).tolist()
    newest = Pseudonymiser(keys[0]).pseudonyms(str(number.klasse), texts)
    parts = []
    for key in keys:
        pseudonyms = Pseudonymiser(key).pseudonyms(str(number.klasse), texts)
        kept = follow_up.derive(frame.drop(columns=number.name).assign(**{str(number.klasse): pseudonyms}))
        of = dict(zip(pseudonyms, newest, strict=True))
        parts.append(kept.assign(**{NEWEST: [of[name] for name in kept[str(number.klasse)]]}))
    together = pd.concat(parts, ignore_index=True)
    return together.sort_values(list(together.columns), kind="stable", ignore_index=True)


def to_parquet(rows: pd.DataFrame) -> bytes:
    """Return rows as Parquet; the same rows give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = [(str(name), pa.int64() if rows[name].dtype == "Int64" else pa.string()) for name in rows]
    table = pa.Table.from_pandas(rows, schema=pa.schema(kinds), preserve_index=False).replace_schema_metadata(None)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", write_statistics=False)
    return out.getvalue()


def from_parquet(data: bytes) -> pd.DataFrame:
    """Return the rows that `to_parquet` wrote."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(data))
    return table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)


def about(rows: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    """Return the rows about these pseudonyms of persons or applications, also those under another key of the same."""
    mine = set(rows.loc[rows[own_name(rows)].isin(list(names)).to_numpy(dtype=bool), NEWEST])
    return rows[rows[NEWEST].isin(list(mine)).to_numpy(dtype=bool)].reset_index(drop=True)


def without(rows: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    """Return the rows that are not about these pseudonyms of persons or applications, nor about another of the same."""
    gone = set(about(rows, names)[NEWEST])
    return rows[~rows[NEWEST].isin(list(gone)).to_numpy(dtype=bool)].reset_index(drop=True)


def own_name(rows: pd.DataFrame) -> str:
    """Return the column that says whose row it is: persoon or dienst."""
    (name,) = (column for column in ("persoon", "dienst") if column in rows.columns)
    return name
