"""Columns arrive by exactly their names, in any order; whatever else arrives is dropped and told by name only."""

from __future__ import annotations

import pytest

from shared.levensonderhoud import LEVENSONDERHOUD
from shared.records import Severity, Verdict
from shared.stages.header import NAMES_TOLD
from tests.stages.deliveries import SCHEMA, Delivery, check, codes, csv_text, leaks, read_one, texts_of, valid_rows

ORDERS = ["dienstnr", "dtopvoer"]


def with_columns(names: list[str], table: str = "werkopdrachten") -> Delivery:
    """Return a delivery in which a table has these columns."""
    delivery = Delivery()
    rows = delivery.rows[table]
    delivery.put(table, csv_text([row | {"": "x"} for row in rows], names).encode(), len(rows))
    return delivery


@pytest.mark.parametrize("table", SCHEMA.tables)
def test_columns_may_come_in_any_order_and_the_row_key_may_be_absent(table: str) -> None:
    names = [column.name for column in SCHEMA.tables[table].columns if not column.may_be_absent]
    checked = check(with_columns(names[::-1], table))
    assert checked.findings == ()
    assert list(checked.tables[table].columns) == list(SCHEMA.tables[table].column_names())
    if "technischesleutel" in checked.tables[table]:
        assert checked.tables[table]["technischesleutel"].isna().all()
        assert checked.tables[table]["technischesleutel"].dtype == "Int64"


def test_every_other_column_is_required() -> None:
    may_be_absent = []
    for table, columns in SCHEMA.tables.items():
        for name in columns.column_names():
            names = [other for other in columns.column_names() if other != name]
            rows = valid_rows()[table]
            found = read_one(table, csv_text(rows, names).encode(), len(rows)).findings
            if found:
                assert [(one.code, one.tabel, one.kolom) for one in found] == [("LEV-211", table, name)]
            else:
                may_be_absent.append(name)
    assert may_be_absent == ["technischesleutel"] * 7


@pytest.mark.parametrize(
    "name", ["Dienstnr", "DIENSTNR", " dienstnr", "dienstnr ", "dienst_nr", "diеnstnr", "dienstNr"]
)
def test_a_name_in_another_spelling_is_another_name(name: str) -> None:
    read = read_one("werkopdrachten", f"{name},dtopvoer\nx,2026-11-19 10:00:00\n".encode(), 1)
    assert [(found.code, found.kolom) for found in read.findings] == [("LEV-211", "dienstnr")]


def test_a_doubled_column_is_refused_by_name() -> None:
    findings = check(with_columns([*ORDERS, "dienstnr"])).findings
    assert [(found.code, found.kolom) for found in findings] == [("LEV-212", "dienstnr")]


def test_doubled_columns_nobody_knows_are_refused_without_their_names() -> None:
    read = read_one("werkopdrachten", b"dienstnr,dtopvoer,kanarie,kanarie,x,x,x\n", 0)
    assert [(found.code, found.kolom, found.aantal) for found in read.findings] == [("LEV-212", "", 2)]


def test_columns_outside_the_schema_are_dropped_and_told_by_name() -> None:
    checked = check(with_columns(["bron_opmerking", *ORDERS, "Extra kolom 2", "rekening"]))
    assert checked.verdict is Verdict.GEACCEPTEERD
    told = [(found.code, found.ernst, found.kolom) for found in checked.findings]
    names = ["Extra kolom 2", "bron_opmerking", "rekening"]
    assert told == [("LEV-401", Severity.MELDING, name) for name in names]
    assert list(checked.tables["werkopdrachten"].columns) == ORDERS


@pytest.mark.parametrize(
    "name", ["123456782", "Jan 123456782", "kanarie@voorbeeld.nl", "1987-06-05", "", "naam\nkanarie", "x" * 60, "é"]
)
def test_a_column_whose_name_may_be_a_value_is_told_by_its_position(name: str) -> None:
    checked = check(with_columns([*ORDERS, name]))
    assert [(found.code, found.kolom) for found in checked.findings] == [("LEV-401", "(kolom 3, naam niet getoond)")]
    assert leaks(texts_of(checked.findings)) == []


@pytest.mark.parametrize("table", SCHEMA.tables)
def test_a_file_without_a_header_does_not_tell_its_first_row(table: str) -> None:
    delivery = Delivery()
    content = delivery.content(table).split(b"\n", 1)[1]
    delivery.put(table, content, len(valid_rows()[table]) - 1)
    checked = check(delivery)
    assert codes(checked.findings) in (["LEV-211"], ["LEV-211", "LEV-212"])
    assert {found.kolom for found in checked.findings} <= {*SCHEMA.tables[table].column_names(), ""}
    assert leaks(texts_of(checked.findings)) == []


@pytest.mark.parametrize("name", sorted(SCHEMA.forbidden))
def test_a_forbidden_column_is_dropped_and_raises_an_alert(name: str) -> None:
    read = read_one("werkopdrachten", f"dienstnr,{name},dtopvoer\n1,kanarie,2026-11-19 10:00:00\n".encode(), 1)
    assert [(found.code, found.ernst, found.kolom) for found in read.findings] == [("LEV-402", Severity.ALARM, name)]
    assert SCHEMA.forbidden[name] in read.findings[0].zin
    assert read.frame is not None
    assert list(read.frame.columns) == ORDERS


@pytest.mark.parametrize("name", ["BSN", "bsn_nr", "mijnbsn", "geslacht ", "nationaliteit_code"])
def test_the_forbidden_list_is_matched_exactly(name: str) -> None:
    assert name not in SCHEMA.forbidden
    assert codes(check(with_columns([*ORDERS, name])).findings) == ["LEV-401"]


def test_a_forbidden_column_raises_its_alert_also_in_a_file_that_is_refused() -> None:
    read = read_one("werkopdrachten", b"dienstnr,bsn,kanarie\n", 0)
    assert [(found.code, found.kolom) for found in read.findings] == [("LEV-211", "dtopvoer"), ("LEV-402", "bsn")]


def test_a_value_on_the_forbidden_list_in_a_file_without_a_header_is_not_told() -> None:
    read = read_one("afspraken", b"1,tolk,2026-01-01,\n", 0)
    assert codes(read.findings) == ["LEV-211"]


def test_no_column_of_the_contract_is_forbidden() -> None:
    asked = {name for table in LEVENSONDERHOUD.schema.tables.values() for name in table.column_names()}
    assert asked & set(SCHEMA.forbidden) == set()


def test_very_many_columns_are_counted_and_only_the_first_are_named() -> None:
    extra = [f"k{number % 1000}_{'x' * (number // 1000)}" for number in range(400)]
    content = ",".join([*ORDERS, *extra]) + "\n1,2026-11-19 10:00:00" + "," * len(extra) + "\n"
    read = read_one("werkopdrachten", content.encode(), 1)
    assert read.frame is not None
    assert len(read.findings) == NAMES_TOLD + 1
    assert sum(found.aantal for found in read.findings) == len(extra)


def test_very_many_doubled_columns_are_refused_in_one_finding() -> None:
    content = ",".join([*ORDERS, *(f"kanarie{number // 2}" for number in range(400))])
    read = read_one("werkopdrachten", content.encode(), 0)
    assert [(found.code, found.aantal) for found in read.findings] == [("LEV-212", 200)]


@pytest.mark.parametrize(("extra", "code"), [(498, "LEV-401"), (499, "LEV-218"), (400_000, "LEV-217")])
def test_a_table_of_more_than_five_hundred_columns_is_refused(extra: int, code: str) -> None:
    names = [*ORDERS, *(f"kanarie {number}" for number in range(extra))]
    assert codes(read_one("werkopdrachten", ",".join(names).encode() + b"\n", 0).findings) == [code]


@pytest.mark.parametrize(
    ("form", "times", "code"), [("{}", 200, "LEV-211"), ('"{}"', 200, "LEV-217"), ("{}", 300, "LEV-217")]
)
def test_a_file_of_one_endless_line_is_refused(form: str, times: int, code: str) -> None:
    read = read_one("werkopdrachten", form.format("kanarie " * times * 1_000).encode(), 0)
    assert codes(read.findings) == [code]
    assert leaks(texts_of(read.findings)) == []


def test_a_very_long_column_name_is_dropped_like_any_other() -> None:
    read = read_one("werkopdrachten", f"dienstnr,dtopvoer,{'x' * 300_000}\n1,2026-11-19 10:00:00,\n".encode(), 1)
    assert [found.kolom for found in read.findings] == ["(kolom 3, naam niet getoond)"]
    assert read.frame is not None


def test_a_quoted_name_may_hold_the_delimiter_quotes_and_a_line() -> None:
    read = read_one("werkopdrachten", b'"a,b",dienstnr,"c""d","e\nf",dtopvoer\nx,1,x,x,2026-11-19 10:00:00\n', 1)
    assert codes(read.findings) == ["LEV-401"]
    assert read.frame is not None
    assert read.frame["dienstnr"].tolist() == ["1"]
