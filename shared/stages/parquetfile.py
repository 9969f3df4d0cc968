"""Opens Parquet as columns of the agreed types; refuses a file that is broken or typed otherwise."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shared.dataset import DatasetSchema, Kind, TableSchema
from shared.records import Finding, Resource
from shared.stages.header import header_findings, refuses
from shared.stages.rules import finding


def open_parquet(
    raw: bytes, resource: Resource, table: TableSchema, schema: DatasetSchema
) -> tuple[pa.Table | None, list[Finding]]:
    """Return the contract columns of a Parquet file, text as plain strings, or None with the reasons against it."""
    try:
        file = pq.ParquetFile(pa.BufferReader(raw))
        arrow_schema = file.schema_arrow
        findings = header_findings(arrow_schema.names, table, schema)
        if refuses(findings):
            return None, findings
        wanted = [name for name in table.column_names() if name in set(arrow_schema.names)]
        findings += _type_findings(arrow_schema, table)
        if file.metadata.num_rows != resource.rijen:  # before reading: a small file may hold very many rows
            findings.append(finding("LEV-214", tabel=table.name))
        if refuses(findings):
            return None, findings
        opened = file.read(columns=wanted)
        opened.validate(full=True)
        opened = _plain_text(opened)
    except (pa.ArrowException, OSError, ValueError):
        return None, [finding("LEV-215", tabel=table.name)]
    return opened, findings + _nul_findings(opened, table)


def _type_findings(arrow_schema: pa.Schema, table: TableSchema) -> list[Finding]:
    types = dict(zip(arrow_schema.names, arrow_schema.types, strict=True))
    wrong = [c.name for c in table.columns if c.name in types and not _agreed(types[c.name], c.kind)]
    return [finding("LEV-216", tabel=table.name, kolom=name) for name in wrong]


def _agreed(arrow_type: pa.DataType, kind: Kind) -> bool:
    """Say whether a Parquet column of this type may carry values of this kind (domain.md §2)."""
    if pa.types.is_null(arrow_type):
        return True
    if kind in (Kind.NUMMER, Kind.TEKST):
        text = arrow_type.value_type if pa.types.is_dictionary(arrow_type) else arrow_type
        return bool(pa.types.is_string(text) or pa.types.is_large_string(text) or pa.types.is_string_view(text))
    if kind is Kind.GEHEEL:
        return bool(pa.types.is_integer(arrow_type)) and arrow_type != pa.uint64()
    if kind is Kind.BEDRAG:
        return bool(pa.types.is_decimal128(arrow_type) or pa.types.is_float64(arrow_type))
    if kind is Kind.DATUM:
        return bool(pa.types.is_date32(arrow_type))
    return bool(pa.types.is_timestamp(arrow_type)) and arrow_type.tz is None and arrow_type.unit in ("ms", "us")


def _plain_text(opened: pa.Table) -> pa.Table:
    fields = [
        pa.field(field.name, pa.string())
        if pa.types.is_dictionary(field.type)
        or pa.types.is_large_string(field.type)
        or pa.types.is_string_view(field.type)
        else field
        for field in opened.schema
    ]
    return opened.cast(pa.schema(fields))


def _nul_findings(opened: pa.Table, table: TableSchema) -> list[Finding]:
    texts = (opened.column(f.name) for f in opened.schema if pa.types.is_string(f.type))
    if any(pc.any(pc.match_substring(text, "\x00")).as_py() for text in texts):
        return [finding("LEV-206", tabel=table.name)]
    return []
