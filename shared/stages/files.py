"""Opens the file of one table: csv by RFC 4180 or Parquet, refused as a whole when anything is wrong with it."""

from __future__ import annotations

import hashlib

import pyarrow as pa

from shared.dataset import DatasetSchema
from shared.records import Finding, Resource
from shared.stages.csvfile import open_csv
from shared.stages.header import refuses
from shared.stages.parquetfile import open_parquet
from shared.stages.rules import finding

_COMPRESSED = (
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
    b"7z\xbc\xaf",
)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def open_table(raw: bytes, resource: Resource, schema: DatasetSchema) -> tuple[pa.Table | None, list[Finding]]:
    """Return the contract columns of a file, not yet typed, or None with the reasons why it is refused.

    Columns outside the schema are dropped here and never travel further; their names are findings.
    """
    table = schema.tables[resource.name]
    findings = _outside(raw, resource)
    if findings:
        return None, findings
    opened, findings = (open_csv if resource.format == "csv" else open_parquet)(raw, resource, table, schema)
    if opened is not None and opened.num_rows != resource.rijen:
        findings.append(finding("LEV-214", tabel=table.name))
    return (None if refuses(findings) else opened), findings


def _outside(raw: bytes, resource: Resource) -> list[Finding]:
    """Return what is wrong with the bytes as such, compared with what the supplier said of them."""
    codes = []
    if len(raw) != resource.bytes:
        codes.append("LEV-201")
    if hashlib.sha256(raw).hexdigest() != resource.sha256:
        codes.append("LEV-202")
    if raw.startswith(_COMPRESSED):
        codes.append("LEV-203")
    elif resource.format == "csv":
        codes += _text_codes(raw)
    return [finding(code, tabel=resource.name) for code in codes]


def _text_codes(raw: bytes) -> list[str]:
    codes = []
    if raw.startswith(_BOMS):
        codes.append("LEV-204")
    if b"\x00" in raw:
        codes.append("LEV-206")
    if not codes and not _is_utf8(raw):
        codes.append("LEV-205")
    return codes


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
