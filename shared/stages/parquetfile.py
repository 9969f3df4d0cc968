"""Opens Parquet as columns of the agreed types; refuses a file that is broken or typed otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shared.dataset import DatasetSchema, Kind, TableSchema
from shared.records import Finding, Resource
from shared.stages.header import MOST_COLUMNS, header_findings, refuses
from shared.stages.parquetpages import LargeFooterError, Page, pages_of
from shared.stages.refusal import TableRefused
from shared.stages.rowtypes import with_own_texts
from shared.stages.rules import finding
from shared.stages.values import LONGEST_FIELD

# a real row takes some bytes and packs to half or a quarter; a file beyond both was made to fill the memory
_ROWS_PER_BYTE, _UNPACKED_PER_BYTE = 1 / 3, 8
_ROWS_OF_ANY, _UNPACKED_OF_ANY = 10_000, 16 * 1024 * 1024
_LARGEST_PAGE = 16 * 1024 * 1024  # which is in memory at once; writers make them of 1 MB or so
_TEXT = (Kind.NUMMER, Kind.TEKST)
_HALVED = 1.05  # of a table: so much may its halves be together, where they have next to nothing in common
_MOST_CHUNKS = 2_000  # columns of row groups
_ROWS_AT_ONCE, _BYTES_AT_ONCE = 100_000, 16 * 1024 * 1024  # what is made of a text takes several times its room
# Arrow reads behind the pages of this writer of before 2015, whose sizes were wrong
_MAY_BE_PADDED = re.compile(r"parquet-mr", re.IGNORECASE)
_NOT_PADDED = re.compile(r"parquet-mr version (1\.([3-9]|\d\d)|[2-9]\.\d+)\.\d+( .*)?")
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


def parquet_batches(
    raw: bytes, resource: Resource, table: TableSchema, schema: DatasetSchema, told: list[Finding]
) -> Iterator[pa.Table]:
    """Yield the contract columns of a Parquet file, text by dictionary, some rows at a time; at least one batch.

    What is worth telling about its columns goes to `told`. Raises TableRefused, if need be after its last row.
    """
    try:
        pages = list(pages_of(raw))  # before Arrow sees the footer, which may be made to be large
        file = pq.ParquetFile(pa.BufferReader(raw))
        _refuse_by_footer(file, resource, table, schema, told)
        _refuse_blown_up(file.metadata, raw, pages, table, told)
        wanted = [name for name in table.column_names() if name in set(file.schema_arrow.names)]
        texts = [column.name for column in table.columns if column.name in wanted and column.kind in _TEXT]
        codes: set[str] = set()
        with pq.ParquetFile(pa.BufferReader(raw), metadata=file.metadata, read_dictionary=texts) as file:
            yield _by_dictionary(file.schema_arrow.empty_table().select(wanted))
            for rows in _some_at_a_time(file, wanted):
                rows.validate(full=True)
                for own in _light(rows):
                    codes |= _faults_of_text(own)
                    yield own
    except LargeFooterError:
        raise TableRefused(finding("LEV-222", tabel=table.name)) from None
    except (pa.ArrowException, OSError, ValueError):
        raise TableRefused(finding("LEV-215", tabel=table.name)) from None
    if codes:
        raise TableRefused(*(finding(code, tabel=table.name) for code in sorted(codes)))


def _some_at_a_time(file: pq.ParquetFile, wanted: list[str]) -> Iterator[pa.Table]:
    """Yield the rows by row group, small ones together and large ones in pieces."""
    waiting: list[int] = []
    number = 0
    filled = [group for group in range(file.num_row_groups) if file.metadata.row_group(group).num_rows]
    for group in filled:
        waiting.append(group)
        number += file.metadata.row_group(group).num_rows
        if number >= _ROWS_AT_ONCE or group == filled[-1]:
            if number < 2 * _ROWS_AT_ONCE:
                yield file.read_row_groups(waiting, columns=wanted, use_threads=False)
            else:  # a whole history may be one row group
                batches = file.iter_batches(_ROWS_AT_ONCE, row_groups=waiting, columns=wanted, use_threads=False)
                yield from (pa.Table.from_batches([batch]) for batch in batches)
            waiting, number = [], 0


def _light(rows: pa.Table) -> Iterator[pa.Table]:
    """Yield the rows with their own texts, not those of their whole row group; in halves of halves where these are many
    or long, unless the halves have the same texts: then they are no lighter."""
    waiting = [with_own_texts(_by_dictionary(rows))]
    while waiting:
        own = waiting.pop()
        half = len(own) // 2
        if own.nbytes > _BYTES_AT_ONCE and half:
            halves = [with_own_texts(own.slice(half)), with_own_texts(own.slice(0, half))]
            if sum(one.nbytes for one in halves) <= own.nbytes * _HALVED:
                waiting += halves
                continue
        yield own


def _refuse_by_footer(
    file: pq.ParquetFile, resource: Resource, table: TableSchema, schema: DatasetSchema, told: list[Finding]
) -> None:
    """Refuse a file for what its footer says of columns and rows, before any row is unpacked."""
    if file.metadata.num_columns > MOST_COLUMNS:
        raise TableRefused(finding("LEV-218", tabel=table.name))
    if file.metadata.num_columns * file.metadata.num_row_groups > _MOST_CHUNKS:
        raise TableRefused(finding("LEV-222", tabel=table.name))
    names = file.schema_arrow.names
    told += header_findings(names, table, schema)
    if refuses(told):
        raise TableRefused
    told += _type_findings(file.schema_arrow, table)
    if file.metadata.num_rows != resource.rijen:
        told.append(finding("LEV-214", tabel=table.name))


def _refuse_blown_up(
    metadata: pq.FileMetaData, raw: bytes, pages: list[Page], table: TableSchema, told: list[Finding]
) -> None:
    """Refuse a file that holds far more than its size can: it would be unpacked to fill the memory.

    What the footer says of sizes is not believed. Of a column nothing is asked through Arrow: to look at one of a
    broken file ends the process (pyarrow 26).
    """
    rows = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    writer = metadata.created_by
    padded = _MAY_BE_PADDED.search(writer) and not _NOT_PADDED.fullmatch(writer)
    if sum(rows) != metadata.num_rows or min(rows, default=0) < 0 or padded:
        raise TableRefused(finding("LEV-215", tabel=table.name))
    unpacked, largest = sum(page.unpacked for page in pages), max((page.unpacked for page in pages), default=0)
    many = metadata.num_rows > len(raw) * _ROWS_PER_BYTE + _ROWS_OF_ANY
    if many or largest > _LARGEST_PAGE or unpacked > len(raw) * _UNPACKED_PER_BYTE + _UNPACKED_OF_ANY:
        told.append(finding("LEV-219", tabel=table.name))
    if any(page.boundless for page in pages):
        told.append(finding("LEV-220", tabel=table.name))
    if refuses(told):
        raise TableRefused


def _type_findings(arrow_schema: pa.Schema, table: TableSchema) -> list[Finding]:
    types = dict(zip(arrow_schema.names, arrow_schema.types, strict=True))
    wrong = [c.name for c in table.columns if c.name in types and not _agreed(types[c.name], c.kind)]
    return [finding("LEV-216", tabel=table.name, kolom=name) for name in wrong]


def _agreed(arrow_type: pa.DataType, kind: Kind) -> bool:
    """Say whether a Parquet column of this type may carry values of this kind (domain.md §2)."""
    if pa.types.is_null(arrow_type):
        return True
    if kind in _TEXT:
        text = arrow_type.value_type if pa.types.is_dictionary(arrow_type) else arrow_type
        return bool(pa.types.is_string(text) or pa.types.is_large_string(text) or pa.types.is_string_view(text))
    if kind is Kind.GEHEEL:
        return bool(pa.types.is_integer(arrow_type)) and arrow_type != pa.uint64()
    if kind is Kind.BEDRAG:
        return bool(pa.types.is_decimal128(arrow_type) or pa.types.is_float64(arrow_type))
    if kind is Kind.DATUM:
        return bool(pa.types.is_date32(arrow_type))
    return bool(pa.types.is_timestamp(arrow_type)) and arrow_type.tz is None and arrow_type.unit in ("ms", "us")


def _by_dictionary(opened: pa.Table) -> pa.Table:
    """Return the table with every text once in a dictionary: a long text in many rows takes the room of one."""
    fields = [
        pa.field(field.name, _DICTIONARY)
        if pa.types.is_dictionary(field.type)
        or pa.types.is_string(field.type)
        or pa.types.is_large_string(field.type)
        or pa.types.is_string_view(field.type)
        else field
        for field in opened.schema
    ]
    return opened.cast(pa.schema(fields)).unify_dictionaries()


def _faults_of_text(opened: pa.Table) -> set[str]:
    columns = (opened.column(f.name) for f in opened.schema if pa.types.is_dictionary(f.type))
    texts = [column.chunk(0).dictionary for column in columns if column.num_chunks]
    codes = set()
    if any(pc.any(pc.match_substring(text, "\x00")).as_py() for text in texts):
        codes.add("LEV-206")
    if any((pc.max(pc.binary_length(text)).as_py() or 0) > LONGEST_FIELD for text in texts):
        codes.add("LEV-217")
    return codes
