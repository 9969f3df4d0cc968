"""The two result files of a run: JSON lines, and the same documents as Parquet, so that row i is line i.

Their schema is the Amsterdam Schema dataset of results that lies beside the use case's own.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.json as pajson
import pyarrow.parquet as pq

from shared.records import FeatureTable, ResultSet, RunIdentity
from shared.stages.jsontext import NULL, number, numbers, objects, text, texts

JSON_LINES, PARQUET = "resultaten.jsonl", "resultaten.parquet"
_ROWS_AT_ONCE = 10_000
_NEW_LINE = ord("\n")  # in a JSON text there is none
_TEXT, _DOUBLE = pa.string(), pa.float64()
_FACTOR = pa.struct({"kenmerk": _TEXT, "label": _TEXT, "bijdrage": _DOUBLE, "zin": _TEXT})
_EXPLANATION = pa.struct(
    {
        "reden": _TEXT,
        "verhogend": pa.list_(_FACTOR),
        "verlagend": pa.list_(_FACTOR),
        "onbekend": pa.list_(_TEXT),
        "signaal": _TEXT,
    }
)


def json_lines(results: pd.DataFrame, identity: RunIdentity, *, blind: bool) -> bytes:
    """Return one JSON line per result. `results`: as in ResultSet; `blind`: leave the threshold out."""
    lines = io.BytesIO()
    for start in range(0, len(results), _ROWS_AT_ONCE):
        documents = _documents(results.iloc[start : start + _ROWS_AT_ONCE], identity, blind=blind)
        lines.write("".join(f"{document}\n" for document in documents).encode("utf-8"))
    return lines.getvalue()


def write_result_files(parts: Iterable[ResultSet], lines: BinaryIO, rows: BinaryIO) -> int:
    """Write both files of a run while its parts come by, one or more, in order; returns how many results there were.

    The bytes do not depend on where a part ends and the next one begins.
    """
    number = 0
    with ExitStack() as stack:
        writer: pq.ParquetWriter | None = None
        groups = _RowGroups()
        for part in parts:
            if writer is None:
                schema = part.schema
                options = {"compression": "zstd", "write_statistics": False}
                writer = stack.enter_context(pq.ParquetWriter(rows, schema, **options))
            number += len(part.results)
            lines.write(part.lines)
            for group in groups.filled_by(part.lines):
                writer.write_table(_read_back(group, schema))
        if writer is None:
            raise ValueError("a run has at least one part")
        if left := groups.rest:
            writer.write_table(_read_back(left, schema))
    return number


def result_files(parts: Iterable[ResultSet]) -> dict[str, bytes]:
    """Return the bytes of both files by name, in memory."""
    lines, rows = io.BytesIO(), io.BytesIO()
    write_result_files(parts, lines, rows)
    return {JSON_LINES: lines.getvalue(), PARQUET: rows.getvalue()}


class _RowGroups:
    """Cuts lines that come in parts of any size into groups of the same size, which follow from their number alone."""

    def __init__(self) -> None:
        self.rest = b""

    def filled_by(self, lines: bytes) -> Iterator[bytes]:
        """Yield the groups that are full now; what comes after them waits for the next lines."""
        waiting = self.rest + lines
        ends = np.flatnonzero(np.frombuffer(waiting, dtype=np.uint8) == _NEW_LINE)
        start = 0
        for end in (ends[_ROWS_AT_ONCE - 1 :: _ROWS_AT_ONCE] + 1).tolist():
            yield waiting[start:end]
            start = end
        self.rest = waiting[start:]


def _read_back(chunk: bytes, schema: pa.Schema) -> pa.Table:
    # Parquet is made from the JSON itself, so that the two files cannot differ
    return pajson.read_json(
        pa.BufferReader(chunk),
        read_options=pajson.ReadOptions(use_threads=False, block_size=len(chunk) + 1),
        parse_options=pajson.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    ).select(schema.names)


def _origin(identity: RunIdentity) -> dict[str, str]:
    """Return what is the same for every result of a run: enough to find back how it came about."""
    return {
        "run": identity.run_id,
        "dataset": identity.dataset,
        "levering": identity.levering,
        "levering_digest": identity.delivery_digest,
        "model_naam": identity.model.name,
        "model_versie": identity.model.version,
        "model_datum": identity.model.date,
        "model_sha256": identity.model.sha256,
        "contractversie": identity.contract_version,
        "sleutel_id": identity.key_id,
    }


def _documents(results: pd.DataFrame, identity: RunIdentity, *, blind: bool) -> list[str]:
    threshold = NULL if blind else number(identity.model.threshold)
    scored = [isinstance(features, str) for features in results["kenmerken"]]
    columns = {
        "aanvraagnummer": texts(results["aanvraagnummer"]),
        "peilmoment": texts(results["peilmoment"]),
        "resultaattype": numbers(results["resultaattype"].to_numpy()),
        "reden": texts(results["reden"]),
        "advies": texts(results["advies"]),
        "score": numbers(results["score"].to_numpy()),
        "drempel": [threshold if is_scored else NULL for is_scored in scored],
        "zekerheid": numbers(results["zekerheid"].to_numpy()),
        "uitleg": list(results["uitleg"]),
        "intercept": numbers(results["intercept"].to_numpy()),
        "bijdragen": [one if isinstance(one, str) else NULL for one in results["bijdragen"]],
        "kenmerken": [one if isinstance(one, str) else NULL for one in results["kenmerken"]],
        "persoon": texts(person or None for person in results["persoon"]),
        "dienst": texts(results["dienst"]),
        **{name: [text(value)] * len(results) for name, value in _origin(identity).items()},
    }
    return objects(columns)


def result_schema(table: FeatureTable, identity: RunIdentity) -> pa.Schema:
    """Return the columns of the Parquet file: those of the JSON lines."""
    kinds = {name: table.frame[name].dtype.kind for name in (*table.feature_names, *table.flag_names)}
    features = pa.struct([(name, pa.int64() if kind == "i" else _DOUBLE) for name, kind in kinds.items()])
    contributions = pa.struct([(term, _DOUBLE) for term in identity.model.term_names])
    return pa.schema(
        {
            "aanvraagnummer": _TEXT,
            "peilmoment": _TEXT,
            "resultaattype": pa.int64(),
            "reden": _TEXT,
            "advies": _TEXT,
            "score": _DOUBLE,
            "drempel": _DOUBLE,
            "zekerheid": _DOUBLE,
            "uitleg": _EXPLANATION,
            "intercept": _DOUBLE,
            "bijdragen": contributions,
            "kenmerken": features,
            "persoon": _TEXT,
            "dienst": _TEXT,
            **dict.fromkeys(_origin(identity), _TEXT),
        }
    )
