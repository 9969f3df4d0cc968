"""A Parquet file is judged by the pages that would be unpacked, whatever its footer says of them."""

from __future__ import annotations

import io
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shared.stages.parquetpages import BrokenParquetError, Page, pages_of
from tests.stages.deliveries import parquet_bytes, read_one
from tests.stages.lyingparquet import footer_saying
from tests.stages.test_parquet_files import arrow_table, refused

MEGABYTE = 1024 * 1024


def total_size(raw: bytes) -> int:
    """Return how large the footer says that the only row group is."""
    return int(pq.ParquetFile(io.BytesIO(raw)).metadata.row_group(0).total_byte_size)


def test_a_large_page_that_the_footer_calls_small_is_refused() -> None:
    text = pa.array(["x" * 40 * MEGABYTE])
    raw = parquet_bytes(arrow_table("afspraken", afspraakresultaat=text), compression="zstd", write_statistics=False)
    lying = footer_saying(raw, total_size(raw), 1_000)
    assert total_size(lying) == 1_000 and len(lying) < MEGABYTE
    assert refused(read_one("afspraken", lying, 1, format="parquet")) == ["LEV-219"]


def test_many_pages_that_the_footer_calls_few_bytes_are_refused() -> None:
    texts = pa.array([f"{number}{'x' * 40_000}" for number in range(1_000)])
    raw = parquet_bytes(arrow_table("afspraken", afspraakresultaat=texts), compression="zstd", use_dictionary=False)
    lying = footer_saying(raw, total_size(raw), 1_000)
    assert refused(read_one("afspraken", lying, 1_000, format="parquet")) == ["LEV-219"]


def test_more_rows_in_a_row_group_than_the_footer_says_of_the_file_are_refused() -> None:
    rows = 3_000_001
    raw = parquet_bytes(pa.table({"dienstnr": pa.nulls(rows, pa.string()), "dtopvoer": pa.nulls(rows)}))
    lying = footer_saying(raw, rows, 10, first=True)
    assert pq.ParquetFile(io.BytesIO(lying)).metadata.num_rows == 10
    assert refused(read_one("werkopdrachten", lying, 10, format="parquet")) == ["LEV-215"]


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_texts_that_each_begin_as_the_one_before_are_refused_whatever_their_size(version: str) -> None:
    texts = arrow_table("afspraken", afspraakresultaat=pa.array(["a", "b"]))
    columns = {"afspraakresultaat": "DELTA_BYTE_ARRAY"}
    raw = parquet_bytes(texts, use_dictionary=False, column_encoding=columns, data_page_version=version)
    assert refused(read_one("afspraken", raw, 2, format="parquet")) == ["LEV-220"]


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "brotli", "zstd", "lz4"])
def test_the_pages_take_what_an_honest_footer_says(version: str, compression: str) -> None:
    moments = pa.array([datetime(2026, 11, 19, 10, number % 60) for number in range(5_000)], pa.timestamp("us"))
    numbers = pa.array([f"d{number}" for number in range(5_000)])
    table = arrow_table("werkopdrachten", dienstnr=numbers, dtopvoer=moments)
    raw = parquet_bytes(
        table, use_dictionary=False, compression=compression, data_page_version=version, row_group_size=1_000
    )
    metadata = pq.ParquetFile(io.BytesIO(raw)).metadata
    said = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    pages = list(pages_of(raw))
    assert len(pages) >= metadata.num_row_groups * metadata.num_columns
    assert 0 < said - sum(page.unpacked for page in pages) < 100 * len(pages)  # the footer counts the headers too


@pytest.mark.parametrize("dictionary", [True, False])
def test_a_file_without_rows_has_no_pages_to_unpack(dictionary: bool) -> None:
    raw = parquet_bytes(arrow_table("werkopdrachten").slice(0, 0), use_dictionary=dictionary)
    assert list(pages_of(raw)) == []
    read = read_one("werkopdrachten", raw, 0, format="parquet")
    assert (read.findings, len(read.frame if read.frame is not None else "?")) == ([], 0)


def test_the_values_of_a_dictionary_take_room_beside_their_texts() -> None:
    raw = parquet_bytes(pa.table({"a": pa.array(["x", "yy", "x"])}), compression="none")
    assert next(pages_of(raw)) == Page(4 + 1 + 4 + 2 + 2 * 16, repeats=False)


def test_a_file_that_is_cut_or_changed_at_any_byte_is_read_or_broken() -> None:
    raw = parquet_bytes(arrow_table("werkopdrachten"))
    broken = 0
    for place in range(len(raw)):
        for changed in (raw[:place], raw[:place] + bytes([raw[place] ^ 0x5A]) + raw[place + 1 :]):
            try:
                list(pages_of(changed))
            except BrokenParquetError:
                broken += 1
    assert broken > len(raw)


def test_what_could_be_understood_in_two_ways_is_broken() -> None:
    page = b"\x15\x00\x15\x04\x15\x04\x00"  # type 0, 2 bytes unpacked and packed
    twice = b"\x15\x00\x15\x04\x05\x04\x06\x15\x04\x00"  # the second field twice
    assert len(list(pages_of(_one_page(page)))) == 1
    with pytest.raises(BrokenParquetError):
        list(pages_of(_one_page(twice)))


@pytest.mark.parametrize(
    "page",
    [
        b"\x15\x00\x15\x03\x15\x04\x00",  # unpacks to less than nothing
        b"\x15\x00\x16\x04\x15\x04\x00",  # of another type, which readers pass over
        b"\x15\x00\x15\x04\x15\x06\x00",  # goes on behind its column
        b"\x15\x00\x15\x04\x15\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00",  # too large a number
        b"\x15\x00\x15\x04\x15\x04" + b"\x1c" * 25 + b"\x00" * 26,  # structs in structs
        b"\x15\x00\x15\x04\x15\x04\x19\xf5\xff\xff\xff\xff\x07\x00",  # a list of two billion
        b"\x15\x00\x15\x04\x15\x04\x1b\x00\x00",  # a map
    ],
)
def test_a_page_header_that_no_writer_makes_is_broken(page: bytes) -> None:
    with pytest.raises(BrokenParquetError):
        list(pages_of(_one_page(page)))


def _one_page(header: bytes) -> bytes:
    """Return a file of one column with one page of two bytes."""
    size = bytes([2 * (len(header) + 2)])
    metadata = b"\x76" + size + b"\x26\x08\x00"  # 7: packed size, 9: begin of the data
    column = b"\x3c" + metadata + b"\x00"
    group = b"\x19\x1c" + column + b"\x26\x02\x00"  # 1: its column, 3: one row
    footer = b"\x49\x1c" + group + b"\x00"
    return b"PAR1" + header + b"xy" + footer + len(footer).to_bytes(4, "little") + b"PAR1"
