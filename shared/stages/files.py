"""Opens the file of one table: csv by RFC 4180 or Parquet, refused as a whole when anything is wrong with it."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Generator

import pyarrow as pa

from shared.dataset import DatasetSchema
from shared.records import Finding, Resource
from shared.stages.csvfile import csv_batches
from shared.stages.parquetfile import parquet_batches
from shared.stages.refusal import TableRefused
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
_DECODED_AT_ONCE = 1024 * 1024  # bytes
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def table_batches(raw: bytes, resource: Resource, schema: DatasetSchema, told: list[Finding]) -> Generator[pa.Table]:
    """Yield the contract columns of a file, not yet typed, some rows at a time; at least one batch.

    Columns outside the schema are dropped here and never travel further; their names go to `told`. Raises TableRefused
    with the reasons why the file cannot be used, if need be after its last row.
    """
    refusal = _outside(raw, resource)
    if refusal:
        raise TableRefused(*refusal)
    read = csv_batches if resource.format == "csv" else parquet_batches
    rows = 0
    for batch in read(raw, resource, schema.tables[resource.name], schema, told):
        rows += batch.num_rows
        yield batch
    if rows != resource.rijen:
        raise TableRefused(finding("LEV-214", tabel=resource.name))


def _outside(raw: bytes, resource: Resource) -> list[Finding]:
    """Return what is wrong with the bytes as such, compared with what the supplier said of them."""
    codes = []
    if len(raw) != resource.bytes:
        codes.append("LEV-201")
    # of a longer one not all is here
    if len(raw) <= resource.bytes and hashlib.sha256(raw).hexdigest() != resource.sha256:
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
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(raw)
    try:
        for begin in range(0, len(raw), _DECODED_AT_ONCE):  # as a whole it would take the memory of the file again
            decoder.decode(view[begin : begin + _DECODED_AT_ONCE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
