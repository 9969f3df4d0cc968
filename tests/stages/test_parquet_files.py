"""A Parquet file is read in the agreed types, or refused as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from shared.dataset import Kind
from shared.records import Finding, Resource, Verdict
from shared.stages import parquetfile
from shared.stages.files import table_batches
from shared.stages.values import LONGEST_FIELD
from tests.stages.deliveries import SCHEMA, Delivery, OneTable, check, codes, leaks, parquet_bytes, read_one, texts_of

MOMENT = datetime(2026, 11, 19, 10, 0, 0, 123000)
_SOUND = {
    Kind.NUMMER: pa.array(["KANARIE-1"]),
    Kind.TEKST: pa.array(["kanarie"]),
    Kind.GEHEEL: pa.array([1], pa.int64()),
    Kind.BEDRAG: pa.array([Decimal("91827.36")], pa.decimal128(14, 2)),
    Kind.DATUM: pa.array([date(1987, 6, 5)], pa.date32()),
    Kind.TIJDSTIP: pa.array([MOMENT], pa.timestamp("us")),
}


def arrow_table(name: str, **columns: pa.Array) -> pa.Table:
    """Return one row of a table in the agreed types, with other columns where given."""
    sound = {column.name: _SOUND[column.kind] for column in SCHEMA.tables[name].columns}
    rows = max((len(column) for column in columns.values()), default=1)
    return pa.table({n: c.take(pa.array([0] * rows)) for n, c in sound.items()} | columns)


def read(name: str, **columns: pa.Array) -> OneTable:
    """Return what becomes of a file with these columns."""
    table = arrow_table(name, **columns)
    return read_one(name, parquet_bytes(table), table.num_rows, format="parquet")


def values(name: str, column: str, array: pa.Array) -> list[object]:
    """Return the typed values of a column that is read without a finding."""
    found = read(name, **{column: array})
    assert [one for one in found.findings if one.code != "LEV-404"] == []
    assert found.frame is not None
    return [None if pd.isna(value) else value for value in found.frame[column]]


def refused(found: OneTable) -> list[str]:
    """Return the codes of a file that is refused."""
    assert found.frame is None
    assert leaks(texts_of(found.findings)) == []
    return codes(found.findings)


@pytest.mark.parametrize("name", SCHEMA.tables)
def test_every_table_is_read_from_the_agreed_types(name: str) -> None:
    found = read(name)
    assert found.findings == []
    assert found.frame is not None
    assert len(found.frame) == 1


_WRONG: dict[Kind, Iterable[pa.Array]] = {
    Kind.NUMMER: (pa.array([1]), pa.array([b"kanarie"]), pa.array([["kanarie"]]), pa.array([{"a": "kanarie"}])),
    Kind.TEKST: (pa.array([1.5]), pa.array([b"kanarie"]), pa.array([True])),
    Kind.GEHEEL: (
        pa.array(["1"]),
        pa.array([1.0]),
        pa.array([True]),
        pa.array([1], pa.uint64()),
        pa.array([Decimal(1)]),
    ),
    Kind.BEDRAG: (pa.array(["91827.36"]), pa.array([9182736]), pa.array([1.5], pa.float32())),
    Kind.DATUM: (pa.array(["1987-06-05"]), pa.array([MOMENT], pa.timestamp("us")), pa.array([19870605])),
    Kind.TIJDSTIP: (
        pa.array(["2026-11-19 10:00:00"]),
        pa.array([MOMENT.date()], pa.date32()),
        pa.array([MOMENT], pa.timestamp("ns")),
        pa.array([MOMENT.replace(tzinfo=UTC)], pa.timestamp("us", tz="UTC")),
        pa.array([MOMENT.replace(tzinfo=UTC)], pa.timestamp("ms", tz="Europe/Amsterdam")),
        pa.array([1], pa.int64()),
    ),
}


@pytest.mark.parametrize(
    ("table", "column", "array"),
    [
        pytest.param(table.name, column.name, array, id=f"{table.name}.{column.name}-{array.type}")
        for table in SCHEMA.tables.values()
        for column in table.columns
        for array in _WRONG[column.kind]
    ],
)
def test_a_column_of_another_type_is_refused_by_name(table: str, column: str, array: pa.Array) -> None:
    found = read(table, **{column: array})
    assert refused(found) == ["LEV-216"]
    assert [one.kolom for one in found.findings] == [column]


def test_timestamps_written_as_the_old_96_bits_are_nanoseconds_and_refused() -> None:
    content = parquet_bytes(arrow_table("werkopdrachten"), use_deprecated_int96_timestamps=True)
    assert refused(read_one("werkopdrachten", content, 1, format="parquet")) == ["LEV-216"]


@pytest.mark.parametrize(
    "text_type",
    [
        *(pa.string(), pa.large_string(), pa.string_view()),
        *(pa.dictionary(pa.int32(), pa.string()), pa.dictionary(pa.int8(), pa.large_string())),
    ],
    ids=str,
)
def test_text_may_be_written_in_any_string_type(text_type: pa.DataType) -> None:
    array = pa.array([" 007 ", "b", None, "", "b", "B"]).cast(text_type)
    assert values("afspraken", "afspraakresultaat", array) == ["007", "b", None, "B"]


@pytest.mark.parametrize("bits", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"])
def test_whole_numbers_may_be_of_any_width_that_fits(bits: str) -> None:
    assert values("diensten", "productnr", pa.array([0, 127, None], pa.type_for_alias(bits))) == [0, 127, None]


def test_the_smallest_and_greatest_whole_number_are_kept_exactly() -> None:
    extremes = [2**63 - 1, -(2**63), 2**53 + 1]
    assert values("diensten", "technischesleutel", pa.array(extremes)) == extremes


@pytest.mark.parametrize("column", ["besluit", "dtaanvraag", "dteindedienst", "dtafvoer", "technischesleutel"])
def test_a_column_of_nulls_without_a_type_is_empty(column: str) -> None:
    assert values("diensten", column, pa.nulls(2)) == [None]


def test_a_text_or_amount_column_of_nulls_without_a_type_is_empty() -> None:
    assert values("adressen", "plaats", pa.nulls(1)) == [None]
    assert values("vermogens", "bedrag", pa.nulls(1)) == [None]


@pytest.mark.parametrize(
    ("amount", "scale", "cents"),
    [
        ("1", 0, 100),
        ("-1.5", 1, -150),
        ("0.005", 3, 1),
        ("-0.005", 3, -1),
        ("0.0049999999999999999999999999999999999", 37, 0),
        ("2.675", 4, 268),
        ("92233720368547758.07", 2, 2**63 - 1),
        ("-0.00", 2, 0),
    ],
)
def test_a_decimal_of_any_scale_is_rounded_once_to_cents(amount: str, scale: int, cents: int) -> None:
    array = pa.array([Decimal(amount)], pa.decimal128(38, scale))
    assert values("vermogens", "bedrag", array) == [cents]


def test_a_decimal_stored_as_an_integer_is_a_decimal() -> None:
    table = arrow_table("vermogens", bedrag=pa.array([Decimal("12.34")], pa.decimal128(9, 2)))
    found = read_one("vermogens", parquet_bytes(table, store_decimal_as_integer=True), 1, format="parquet")
    assert found.frame is not None
    assert found.frame["bedrag"].tolist() == [1234]


@pytest.mark.parametrize(
    ("amount", "cents"),
    [(0.1, 10), (0.285, 29), (1.005, 101), (-1.005, -101), (-0.0, 0), (1e-300, 0), (45160.0, 4516000), (0.125, 13)],
)
def test_a_double_is_rounded_to_the_cents_it_is_written_as(amount: float, cents: int) -> None:
    assert values("vermogens", "bedrag", pa.array([amount])) == [cents]


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), float("-inf"), 1e300, 92233720368547760.0])
def test_a_double_that_is_no_amount_sets_its_row_aside(amount: float) -> None:
    found = read("vermogens", bedrag=pa.array([1.0, amount]))
    assert [(one.code, one.kolom, one.rijen) for one in found.findings] == [("LEV-301", "bedrag", (2,))]
    assert found.frame is not None
    assert found.frame["bedrag"].tolist() == [100]


def test_a_decimal_too_large_for_cents_sets_its_row_aside() -> None:
    found = read("vermogens", bedrag=pa.array([Decimal(10) ** 36, Decimal(1)], pa.decimal128(38, 0)))
    assert [(one.code, one.rijen) for one in found.findings] == [("LEV-301", (1,))]


@pytest.mark.parametrize("unit", ["ms", "us"])
def test_moments_are_read_from_milliseconds_and_microseconds(unit: str) -> None:
    moments = [MOMENT, datetime(1, 1, 1), datetime(2099, 12, 31, 23, 59, 59, 999000), datetime(2100, 1, 1), None]
    read_back = values("diensten", "dtafvoer", pa.array(moments, pa.timestamp(unit)))
    assert read_back == [pd.Timestamp(moment) if moment else None for moment in [*moments[:3], None]]


def test_a_moment_far_beyond_the_calendar_is_empty_and_one_before_it_unreadable() -> None:
    assert values("diensten", "dtafvoer", pa.array([2**62], pa.timestamp("ms"))) == [None]
    found = read("diensten", dtafvoer=pa.array([-(2**62)], pa.timestamp("ms")))
    assert [(one.code, one.kolom) for one in found.findings] == [("LEV-301", "dtafvoer")]


def test_a_date_far_beyond_the_calendar_is_empty_and_one_before_it_unreadable() -> None:
    assert values("diensten", "dtaanvraag", pa.array([2**31 - 1], pa.int32()).cast(pa.date32())) == [None]
    found = read("diensten", dtaanvraag=pa.array([-(2**31)], pa.int32()).cast(pa.date32()))
    assert [(one.code, one.kolom) for one in found.findings] == [("LEV-301", "dtaanvraag")]


def test_nested_columns_nobody_asked_for_are_dropped_by_name() -> None:
    nested = {"genest": pa.array([{"dienstnr": "kanarie", "x": [1]}]), "lijst": pa.array([["kanarie"]])}
    found = read("werkopdrachten", **nested)
    assert [(one.code, one.kolom) for one in found.findings] == [("LEV-401", "genest"), ("LEV-401", "lijst")]
    assert found.frame is not None
    assert list(found.frame.columns) == ["dienstnr", "dtopvoer"]


def test_a_column_named_like_a_part_of_a_contract_column_is_dropped() -> None:
    content = parquet_bytes(arrow_table("werkopdrachten", **{"dienstnr.x": pa.array(["kanarie"])}))
    sha256 = hashlib.sha256(content).hexdigest()
    told: list[Finding] = []
    resource = Resource("werkopdrachten", "x", "parquet", len(content), sha256, 1, "")
    batches = list(table_batches(content, resource, SCHEMA, told))
    assert codes(told) == ["LEV-401"]
    assert [batch.column_names for batch in batches] == [["dienstnr", "dtopvoer"]] * 2


def test_missing_doubled_and_forbidden_columns_are_judged_as_in_csv() -> None:
    whole = arrow_table("werkopdrachten")
    absent = parquet_bytes(whole.drop_columns(["dtopvoer"]))
    assert refused(read_one("werkopdrachten", absent, 1, format="parquet")) == ["LEV-211"]
    doubled = parquet_bytes(whole.append_column("dienstnr", pa.array([1])))
    assert refused(read_one("werkopdrachten", doubled, 1, format="parquet")) == ["LEV-212"]
    forbidden = parquet_bytes(whole.append_column("bsn", pa.array([123456782])))
    found = read_one("werkopdrachten", forbidden, 1, format="parquet")
    assert codes(found.findings) == ["LEV-402"]
    assert leaks(texts_of(found.findings)) == []


def test_nul_in_a_text_is_refused() -> None:
    assert refused(read("afspraken", afspraakresultaat=pa.array(["kanarie\x00"]))) == ["LEV-206"]


def test_text_that_is_no_utf_8_is_refused() -> None:
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"kanarie\xff"]).buffers())
    assert refused(read("afspraken", afspraakresultaat=broken)) == ["LEV-215"]


def broken_files() -> dict[str, bytes]:
    whole = parquet_bytes(arrow_table("werkopdrachten"))
    middle = len(whole) // 2
    return {
        "empty": b"",
        "magic only": b"PAR1",
        "no data": b"PAR1PAR1",
        "csv": b"dienstnr,dtopvoer\nkanarie,2026-11-19 10:00:00\n",
        "end missing": whole[:-7],
        "half": whole[:middle],
        "begin missing": whole[middle:],
        "hole": whole[:4] + b"\x00" * 60 + whole[64:],
        "footer length": whole[:-8] + b"\xff\xff\xff\x7fPAR1",
    }


@pytest.mark.parametrize("name", broken_files())
def test_a_broken_file_is_refused(name: str) -> None:
    assert refused(read_one("werkopdrachten", broken_files()[name], 1, format="parquet")) == ["LEV-215"]


def test_gzip_around_parquet_is_compression_but_compression_within_is_not() -> None:
    for codec in ("snappy", "gzip", "zstd", "brotli", "lz4", "none"):
        content = parquet_bytes(arrow_table("werkopdrachten"), compression=codec)
        assert read_one("werkopdrachten", content, 1, format="parquet").findings == []
    packed = pa.compress(parquet_bytes(arrow_table("werkopdrachten")), "gzip", asbytes=True)
    assert refused(read_one("werkopdrachten", packed, 1, format="parquet")) == ["LEV-203"]


def test_a_file_with_more_rows_than_was_said_is_refused_before_they_are_read() -> None:
    rows = 5_000_000
    content = parquet_bytes(pa.table({"dienstnr": pa.nulls(rows, pa.string()), "dtopvoer": pa.nulls(rows)}))
    assert len(content) < 100_000
    assert refused(read_one("werkopdrachten", content, 1, format="parquet")) == ["LEV-214", "LEV-219"]
    assert refused(read_one("werkopdrachten", content, rows, format="parquet")) == ["LEV-219"]


@pytest.mark.parametrize(("length", "codes_"), [(LONGEST_FIELD, []), (LONGEST_FIELD + 1, ["LEV-217"])])
def test_a_text_in_many_rows_takes_the_room_of_one(length: int, codes_: list[str]) -> None:
    """As plain texts these rows are ten billion bytes; packed they are few."""
    rows = 10_000
    text = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * length]))
    content = parquet_bytes(arrow_table("afspraken", afspraakresultaat=text), compression="zstd")
    assert len(content) < 200_000
    found = read_one("afspraken", content, rows, format="parquet")
    assert codes(found.findings) == (codes_ or ["LEV-404"])


def test_a_file_that_unpacks_to_a_hundred_times_its_size_is_refused() -> None:
    texts = pa.array([f"{number}{'x' * 40_000}" for number in range(1_000)])
    content = parquet_bytes(arrow_table("afspraken", afspraakresultaat=texts), compression="zstd", use_dictionary=False)
    assert len(content) < 300_000
    assert refused(read_one("afspraken", content, 1_000, format="parquet")) == ["LEV-219"]


def test_more_than_five_hundred_columns_are_refused() -> None:
    more = {f"kanarie{number}": pa.array([None], pa.int32()) for number in range(499)}
    content = parquet_bytes(arrow_table("werkopdrachten", **more))
    assert refused(read_one("werkopdrachten", content, 1, format="parquet")) == ["LEV-218"]


@pytest.mark.parametrize("group", [3, 15, 50])
@pytest.mark.parametrize("at_once", [4, 10, 1_000])
def test_row_groups_are_one_table(group: int, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small ones are read together, and large ones some rows at a time."""
    monkeypatch.setattr(parquetfile, "_ROWS_AT_ONCE", at_once)
    moments = pa.array([datetime(2026, 11, 19, 10, minute) for minute in range(50)], pa.timestamp("us"))
    numbers = pa.array([f"d{number % 7}" for number in range(50)]).dictionary_encode()
    table = pa.table({"dienstnr": numbers, "dtopvoer": moments})
    found = read_one("werkopdrachten", parquet_bytes(table, row_group_size=group), 50, format="parquet")
    assert found.frame is not None and found.findings == []
    assert found.frame["dtopvoer"].dt.minute.tolist() == list(range(50))
    assert found.frame["dienstnr"].tolist() == [f"d{number % 7}" for number in range(50)]


def test_tables_of_a_delivery_may_each_have_their_own_format() -> None:
    delivery = Delivery()
    delivery.resource("werkopdrachten")["path"] = "orders.parquet"
    del delivery.files["werkopdrachten.csv"]
    numbers = pa.array([row["dienstnr"] for row in delivery.rows["werkopdrachten"]])
    table = pa.table({"dienstnr": numbers, "dtopvoer": pa.array([MOMENT] * 3, pa.timestamp("ms"))})
    delivery.put("werkopdrachten", parquet_bytes(table), 3, format="parquet")
    checked = check(delivery)
    assert (checked.verdict, checked.findings) == (Verdict.GEACCEPTEERD, ())
