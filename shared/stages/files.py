"""Opens the file of one table: csv by RFC 4180 or Parquet, refused as a whole when anything is wrong with it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from shared.dataset import DatasetSchema, Kind, TableSchema
from shared.records import Finding, Resource, Severity
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
_QUOTED_FIELD = {
    delimiter: re.compile(rb'(?:\A|(?<=[\n\r%b]))"(?:[^"]++|"")*+"(?=[\n\r%b]|\Z)'.replace(b"%b", delimiter.encode()))
    for delimiter in (",", ";")
}
_DELIMITERS = ",;\t|"
# names that may be told in a finding; a file without a header would otherwise tell the values of its first row
_NAME = re.compile(r"[A-Za-z_][A-Za-z_ -]{0,40}[0-9]{0,3}", re.ASCII)
_ROW_LIMIT = 64 * 1024 * 1024


def open_table(raw: bytes, resource: Resource, schema: DatasetSchema) -> tuple[pa.Table | None, list[Finding]]:
    """Return the contract columns of a file, not yet typed, or None with the reasons why it is refused.

    Columns outside the schema are dropped here and never travel further; their names are findings.
    """
    table = schema.tables[resource.name]
    findings = _outside(raw, resource)
    if findings:
        return None, findings
    opened, findings = (_open_csv if resource.format == "csv" else _open_parquet)(raw, resource, table, schema)
    if opened is not None and opened.num_rows != resource.rijen:
        findings.append(finding("LEV-214", tabel=table.name))
    refused = any(found.ernst is Severity.AFKEUREN for found in findings)
    return (None if refused else opened), findings


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


def _open_csv(
    raw: bytes, resource: Resource, table: TableSchema, schema: DatasetSchema
) -> tuple[pa.Table | None, list[Finding]]:
    outside_quotes = _QUOTED_FIELD[resource.delimiter].sub(b"", raw) if b'"' in raw else raw
    if b'"' in outside_quotes:
        return None, [finding("LEV-207", tabel=table.name)]
    if outside_quotes.count(b"\r") != outside_quotes.count(b"\r\n"):
        return None, [finding("LEV-208", tabel=table.name)]
    first_line, _, _ = raw.partition(b"\n")
    header = first_line.decode("utf-8").removesuffix("\r")
    if not header:
        return None, [finding("LEV-209", tabel=table.name)]
    names = next(csv.reader(io.StringIO(header), delimiter=resource.delimiter))
    if _split_otherwise(header, resource.delimiter, table):
        return None, [finding("LEV-210", tabel=table.name)]
    findings = _header_findings(names, table, schema)
    if any(found.ernst is Severity.AFKEUREN for found in findings):
        return None, findings
    wanted = [name for name in table.column_names() if name in names]
    opened, faults = _parse_csv(raw, names, wanted, resource)
    return opened, findings + faults


def _split_otherwise(header: str, delimiter: str, table: TableSchema) -> bool:
    """Say whether the header would be right with another delimiter than the supplier named."""
    required = {column.name for column in table.columns if not column.may_be_absent}
    if required <= set(header.replace('"', "").split(delimiter)):
        return False
    others = (other for other in _DELIMITERS if other != delimiter)
    return any(required <= set(header.replace('"', "").split(other)) for other in others)


def _header_findings(names: Sequence[str], table: TableSchema, schema: DatasetSchema) -> list[Finding]:
    contract = set(table.column_names())
    absent = [column.name for column in table.columns if not column.may_be_absent and column.name not in names]
    findings = [finding("LEV-211", tabel=table.name, kolom=name) for name in absent]
    doubled = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) != len(names) else []
    findings += [finding("LEV-212", tabel=table.name, kolom=name if name in contract else "") for name in doubled]
    if findings:  # perhaps no header at all, so that the other names may be values
        return findings
    for position, name in enumerate(names, start=1):
        if name in schema.forbidden:
            findings.append(finding("LEV-402", tabel=table.name, kolom=name, groep=schema.forbidden[name]))
        elif name not in contract:
            shown = name if _NAME.fullmatch(name) else f"(kolom {position}, naam niet getoond)"
            findings.append(finding("LEV-401", tabel=table.name, kolom=shown))
    return findings


def _parse_csv(
    raw: bytes, names: list[str], wanted: list[str], resource: Resource
) -> tuple[pa.Table | None, list[Finding]]:
    bad_rows: list[int] = []

    def note(row: pacsv.InvalidRow) -> str:
        bad_rows.append(row.number or 0)
        return "skip"

    def parse(threads: bool) -> pa.Table:
        bad_rows.clear()
        return pacsv.read_csv(
            pa.BufferReader(raw),
            pacsv.ReadOptions(
                use_threads=threads, column_names=names, skip_rows=1, block_size=_block_size(raw, resource)
            ),
            pacsv.ParseOptions(
                delimiter=resource.delimiter,
                newlines_in_values=b'"' in raw,
                ignore_empty_lines=False,
                invalid_row_handler=note,
            ),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, include_columns=wanted
            ),
        )

    try:
        opened = parse(threads=True)
        if bad_rows:
            parse(threads=False)  # only a single thread knows the row numbers; the header was its row 1
            rows = sorted(number - 1 for number in bad_rows)[:10]
            return None, [finding("LEV-213", tabel=resource.name, rijen=rows, aantal=len(bad_rows))]
    except pa.ArrowInvalid:
        return None, [finding("LEV-207", tabel=resource.name)]
    return opened, []


def _block_size(raw: bytes, resource: Resource) -> int:
    # a block must hold the longest row; without quotes rows are short, with them one field may be long
    return min(max(len(raw), 1), _ROW_LIMIT) if b'"' in raw else 8 * 1024 * 1024


def _open_parquet(
    raw: bytes, resource: Resource, table: TableSchema, schema: DatasetSchema
) -> tuple[pa.Table | None, list[Finding]]:
    try:
        file = pq.ParquetFile(pa.BufferReader(raw))
        arrow_schema = file.schema_arrow
        findings = _header_findings(arrow_schema.names, table, schema)
        wrong = [
            column.name
            for column in table.columns
            if column.name in arrow_schema.names and not _agreed(arrow_schema.field(column.name).type, column.kind)
        ]
        findings += [finding("LEV-216", tabel=table.name, kolom=name) for name in wrong]
        if any(found.ernst is Severity.AFKEUREN for found in findings):
            return None, findings
        opened = file.read(columns=[name for name in table.column_names() if name in arrow_schema.names])
        opened.validate(full=True)
        opened = _plain_text(opened)
    except (pa.ArrowException, OSError, ValueError):
        return None, [finding("LEV-215", tabel=table.name)]
    return opened, findings + _parquet_nul(opened, table)


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


def _parquet_nul(opened: pa.Table, table: TableSchema) -> list[Finding]:
    texts = (opened.column(f.name) for f in opened.schema if pa.types.is_string(f.type))
    if any(pc.any(pc.match_substring(text, "\x00")).as_py() for text in texts):
        return [finding("LEV-206", tabel=table.name)]
    return []
