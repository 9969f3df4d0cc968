"""A Parquet file is judged by the pages that would be unpacked, whatever its footer says of them."""

from __future__ import annotations

import io
import random
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shared.records import Finding, Resource
from shared.stages.parquetfile import parquet_batches
from shared.stages.parquetpages import BrokenParquetError, Page, pages_of
from tests.stages.deliveries import SCHEMA, parquet_bytes, read_one
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
@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"])
def test_texts_of_which_no_header_says_what_they_take_are_refused_whatever_their_size(
    encoding: str, version: str
) -> None:
    texts = arrow_table("afspraken", afspraakresultaat=pa.array(["a", "b"]))
    columns = {"afspraakresultaat": encoding}
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
    assert next(pages_of(raw)) == Page(4 + 1 + 4 + 2 + 2 * 16, boundless=False)


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


def _one_page(header: bytes, encodings: bytes = b"") -> bytes:
    """Return a file of one column with one page of two bytes. `encodings`: field 2 of its metadata, mostly none."""
    size = bytes([2 * (len(header) + 2)])
    packed = b"\x56" if encodings else b"\x76"
    metadata = encodings + packed + size + b"\x26\x08\x00"  # 7: packed size, 9: begin of the data
    column = b"\x3c" + metadata + b"\x00"
    group = b"\x19\x1c" + column + b"\x26\x02\x00"  # 1: its column, 3: one row
    footer = b"\x49\x1c" + group + b"\x00"
    return b"PAR1" + header + b"xy" + footer + len(footer).to_bytes(4, "little") + b"PAR1"


@pytest.mark.parametrize(("members", "broken"), [(b"\x15", False), (b"\x13", True), (b"\x16", True), (b"\x03", False)])
def test_a_list_whose_members_are_other_than_the_format_says_is_broken(members: bytes, broken: bool) -> None:
    """Arrow reads what it expects there, and then another column than we would."""
    encodings = b"\x29" + members + b"\x00" * (members != b"\x03")  # 2: one encoding, or none
    raw = _one_page(b"\x15\x00\x15\x04\x15\x04\x00", encodings)
    if not broken:
        assert len(list(pages_of(raw))) == 1
        return
    with pytest.raises(BrokenParquetError):
        list(pages_of(raw))


@pytest.mark.parametrize("number", [b"\xfe\xff\x03", b"\x00", b"\x01"], ids=["32767 and one more", "0", "-1"])
def test_a_number_of_a_field_that_readers_do_not_keep_whole_is_broken(number: bytes) -> None:
    with pytest.raises(BrokenParquetError):
        list(pages_of(_one_page(b"\x15\x00\x15\x04\x15\x04\x05" + number + b"\x00\x15\x00\x00")))


def test_bytes_behind_the_footer_are_broken() -> None:
    raw = parquet_bytes(arrow_table("werkopdrachten"))
    length = int.from_bytes(raw[-8:-4], "little")
    with pytest.raises(BrokenParquetError):
        list(pages_of(raw[:-8] + b"\x00" + (length + 1).to_bytes(4, "little") + b"PAR1"))


def test_everything_that_a_writer_may_tell_in_a_footer_is_read() -> None:
    table = arrow_table("werkopdrachten").replace_schema_metadata({"a": "b", "c": "d"})
    sorted_by = [pq.SortingColumn(0), pq.SortingColumn(1, descending=True)]
    raw = parquet_bytes(table, write_page_index=True, sorting_columns=sorted_by, write_statistics=True)
    assert len(list(pages_of(raw))) >= table.num_columns


@pytest.mark.parametrize(
    ("writer", "codes"),
    [
        ("parquet-mr version 1.2.8 (abcde)", ["LEV-215"]),
        ("parquet-mr and no number         ", ["LEV-215"]),
        ("parquet-mr version 1.13.1 (abcd)", []),
        ("parquet-mr version 1.3.0 (abcde)", []),
        ("parquet-mr version 1.13-rc (abc)", ["LEV-215"]),
        ("a parquet-mr version 1.13.1 (ab)", ["LEV-215"]),
        ("parquet-mr version 1.13.1-x (ab)", ["LEV-215"]),
    ],
)
def test_a_writer_behind_whose_pages_arrow_reads_on_is_refused(writer: str, codes: list[str]) -> None:
    raw = parquet_bytes(arrow_table("werkopdrachten"))
    known = pq.ParquetFile(io.BytesIO(raw)).metadata.created_by
    renamed = raw.replace(known.encode(), writer[: len(known)].ljust(len(known)).encode())
    assert [found.code for found in read_one("werkopdrachten", renamed, 1, format="parquet").findings] == codes


def test_a_file_of_very_many_small_row_groups_is_told_what_is_wrong_with_it() -> None:
    rows = 3 * 701
    table = pa.table({"dienstnr": pa.array([f"d{n}" for n in range(rows)]), "dtopvoer": pa.nulls(rows)})
    few = parquet_bytes(table, row_group_size=3)
    many = parquet_bytes(
        pa.table([*table.columns, table.column(0)], names=["dienstnr", "dtopvoer", "a"]), row_group_size=3
    )
    assert refused(read_one("werkopdrachten", many, rows, format="parquet")) == ["LEV-222"]
    assert "LEV-222" not in refused(read_one("werkopdrachten", few, rows, format="parquet"))


def test_a_footer_that_tells_more_than_one_of_a_table_can_is_refused_before_it_is_read_to_its_end() -> None:
    table = arrow_table("werkopdrachten").replace_schema_metadata({f"n{number}": "" for number in range(60_000)})
    assert refused(read_one("werkopdrachten", parquet_bytes(table), 1, format="parquet")) == ["LEV-222"]


def test_long_texts_are_handed_on_some_at_a_time() -> None:
    texts = pa.array([f"{number}{'x' * 900_000}" for number in range(40)])
    table = arrow_table("afspraken", afspraakresultaat=texts)
    table = table.append_column("extra", pa.array([random.Random(n).randbytes(400_000) for n in range(40)]))
    raw = parquet_bytes(table, use_dictionary=False, compression="zstd", data_page_size=MEGABYTE, write_batch_size=1)
    told: list[Finding] = []
    resource = Resource("afspraken", "afspraken.parquet", "parquet", len(raw), "", 40, "")
    pieces = list(parquet_batches(raw, resource, SCHEMA.tables["afspraken"], SCHEMA, told))
    assert sum(len(piece) for piece in pieces) == 40
    assert max(piece.nbytes for piece in pieces) <= 16 * MEGABYTE
    column = pa.concat_tables(pieces).column("afspraakresultaat").cast(pa.string())
    assert column.to_pylist() == texts.to_pylist()


def test_long_texts_that_all_rows_share_are_not_read_again_for_every_piece() -> None:
    """Halves that have the same texts are no lighter: cut in pieces, each would hold all of them once more."""
    turn = random.Random(3)
    texts = [f"{number}{'x' * 900_000}" for number in range(17)]
    table = arrow_table(
        "adressen", plaats=pa.array(turn.choices(texts, k=300)), straat=pa.array(turn.choices(texts, k=300))
    )
    table = table.append_column("extra", pa.array([turn.randbytes(12_000) for _ in range(300)]))
    raw = parquet_bytes(table, compression="zstd")
    told: list[Finding] = []
    resource = Resource("adressen", "adressen.parquet", "parquet", len(raw), "", 300, "")
    pieces = list(parquet_batches(raw, resource, SCHEMA.tables["adressen"], SCHEMA, told))
    assert sum(len(piece) for piece in pieces) == 300 and len(pieces) < 10
    assert sum(piece.nbytes for piece in pieces) < 2 * 2 * 17 * 900_000


def test_a_footer_that_is_too_large_is_refused_before_arrow_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({f"n{number}": pa.nulls(1, pa.int32()) for number in range(20_000)})
    raw = parquet_bytes(table)
    monkeypatch.setattr("shared.stages.parquetfile.pq.ParquetFile", None)
    assert refused(read_one("werkopdrachten", raw, 1, format="parquet")) == ["LEV-222"]
