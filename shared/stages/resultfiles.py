"""The two result files of a run: JSON lines, and the same documents as Parquet, so that row i is line i.

Their schema is the Amsterdam Schema dataset of results that lies beside the use case's own.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shared.records import FeatureTable, ResultSet, RunIdentity
from shared.stages.explain import FACTOR
from shared.stages.jsontext import json_objects, json_texts
from shared.stages.resultform import LINES, PARQUET, ROWS_PER_GROUP

_TEXT, _DOUBLE = pa.string(), pa.float64()
EXPLANATION = pa.struct(
    {
        "reden": _TEXT,
        "verhogend": pa.list_(FACTOR),
        "verlagend": pa.list_(FACTOR),
        "onbekend": pa.list_(_TEXT),
        "signaal": _TEXT,
    }
)


def json_lines(documents: pa.RecordBatch, written: Mapping[str, pa.Array] | None = None) -> bytes:
    """Return one JSON line per document. `written`: the JSON texts of columns that were written before, by name."""
    texts = dict(written or {})
    for name, column in zip(documents.schema.names, documents.columns, strict=True):
        if name not in texts:
            texts[name] = json_texts(column)
    lines = json_objects({name: texts[name] for name in documents.schema.names}, end="\n")
    return _one_after_another(lines)


def _one_after_another(texts: pa.Array) -> bytes:
    """Return what texts that were just made are in memory: one behind the other."""
    _, ends, data = texts.buffers()
    return data.slice(0, np.frombuffer(ends, np.int64)[len(texts)]).to_pybytes() if len(texts) else b""


def write_result_files(parts: Iterable[ResultSet], lines: BinaryIO, rows: BinaryIO) -> int:
    """Write both files of a run while its parts come by, one or more, in order; returns how many results there were.

    The bytes do not depend on where a part ends and the next one begins.
    """
    number = 0
    with ExitStack() as stack:
        writer: pq.ParquetWriter | None = None
        for part in parts:
            if writer is None:
                groups = _RowGroups(part.schema)
                options = {"compression": "zstd", "write_statistics": False}
                writer = stack.enter_context(pq.ParquetWriter(rows, part.schema, **options))
            number += len(part.results)
            lines.write(part.lines)
            for group in groups.filled_by(part.documents):
                writer.write_table(group)
        if writer is None:
            raise ValueError("a run has at least one part")
        if len(groups.rest):
            writer.write_table(groups.rest)
    return number


def result_files(parts: Iterable[ResultSet]) -> dict[str, bytes]:
    """Return the bytes of both files by name, in memory."""
    lines, rows = io.BytesIO(), io.BytesIO()
    write_result_files(parts, lines, rows)
    return {LINES: lines.getvalue(), PARQUET: rows.getvalue()}


class _RowGroups:
    """Cuts documents that come in parts of any size into groups of the same size."""

    def __init__(self, schema: pa.Schema) -> None:
        self.rest = schema.empty_table()

    def filled_by(self, documents: pa.RecordBatch) -> Iterator[pa.Table]:
        """Yield the groups that are full now; what comes after them waits for the next documents."""
        waiting = pa.concat_tables([self.rest, pa.Table.from_batches([documents])])
        full = len(waiting) - len(waiting) % ROWS_PER_GROUP
        for start in range(0, full, ROWS_PER_GROUP):
            yield waiting.slice(start, ROWS_PER_GROUP).combine_chunks()
        self.rest = waiting.slice(full).combine_chunks()


def origin(identity: RunIdentity) -> dict[str, str]:
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


def result_documents(columns: Mapping[str, pa.Array], identity: RunIdentity, schema: pa.Schema) -> pa.RecordBatch:
    """Return the documents of results. `columns`: those that are not the same for every result of a run."""
    number_of = len(columns["aanvraagnummer"])
    same = {name: pa.repeat(value, number_of) for name, value in origin(identity).items()}
    return pa.RecordBatch.from_pydict({name: {**columns, **same}[name] for name in schema.names}, schema=schema)


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
            "uitleg": EXPLANATION,
            "intercept": _DOUBLE,
            "bijdragen": contributions,
            "kenmerken": features,
            "persoon": _TEXT,
            "dienst": _TEXT,
            **dict.fromkeys(origin(identity), _TEXT),
        }
    )
