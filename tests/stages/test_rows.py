"""A row that cannot be used is set aside with its number and with everybody it was about."""

from __future__ import annotations

import pandas as pd
import pytest

from shared.levensonderhoud import LEVENSONDERHOUD
from shared.records import Affected, Severity, Verdict
from tests.stages.deliveries import (
    SCHEMA,
    Delivery,
    check,
    codes,
    leaks,
    read_rows,
    texts_of,
    valid_rows,
)

_NOTHING = Affected()


def one_fault(table: str, **cells: str) -> tuple[str, str, tuple[int, ...]]:
    """Return code, column and rows of the only finding after the second row of a table was changed."""
    rows = [dict(row) for row in valid_rows()[table]]
    rows[1] |= cells
    read = read_rows(table, rows)
    assert leaks(texts_of(read.findings)) == []
    [found] = read.findings
    assert found.tabel == table
    assert (read.frame is None) == (found.ernst is Severity.AFKEUREN)
    assert read.frame is None or len(read.frame) == len(rows) - 1
    return found.code, found.kolom, found.rijen


_UNREADABLE = [
    ("diensten", "subjectnrklant", "KANARIE" * 40),
    ("diensten", "productnr", "kanarie"),
    ("diensten", "besluit", "1,0"),
    ("diensten", "dteindedienst", "2026-02-30"),
    ("diensten", "dtafvoer", "2026-01-01"),
    ("dienstsubjecten", "subjectnr", "KANARIE\n1"),
    ("dienstsubjecten", "dteinde", "kanarie"),
    ("partijen", "persoonnr", "KANARIE\t1"),
    ("adressen", "soort", "Kanarie"),
    ("adressen", "dtbegin", "05-06-1987"),
    ("feiten", "percentage", "30%"),
    ("inkomens", "bedragbruto", "€ 91827.36"),
    ("inkomens", "soort", "kanarie"),
    ("soorteninkomen", "categorie", "kanarie"),
    ("relaties", "subjectnrrelatie", "KANARIE" * 40),
    ("relaties", "technischesleutel", "9" * 30),
    ("vermogens", "bedrag", "91827.365"),
    ("afspraken", "datum_invoer", "kanarie"),
    ("deelnames", "start_deelname", "2026-07-01T00:00:00"),
    *((table, "dtopvoer", "2026-01-01 kanarie") for table in ("diensten", "adressen", "vermogens")),
]


@pytest.mark.parametrize(("table", "column", "text"), _UNREADABLE)
def test_a_value_of_another_type_sets_its_row_aside(table: str, column: str, text: str) -> None:
    assert one_fault(table, **{column: text}) == ("LEV-301", column, (2,))


@pytest.mark.parametrize("text", ["2", "-1", "ja", "1.0", "True"])
@pytest.mark.parametrize("table", [name for name, table in SCHEMA.tables.items() if "geldig" in table.column_names()])
def test_geldig_is_0_or_1(table: str, text: str) -> None:
    assert one_fault(table, geldig=text) == ("LEV-301", "geldig", (2,))


_OWN = [(table.name, table.own_number.name) for table in SCHEMA.tables.values()]
_REQUIRED = [
    (table.name, column.name)
    for table in SCHEMA.tables.values()
    for column in table.columns
    if column.required and column != table.own_number and (table.name, column.name) != LEVENSONDERHOUD.moment_column
]


def test_what_is_required_is_what_the_contract_gives_no_question_mark() -> None:
    seven = ("diensten", "dienstsubjecten", "adressen", "feiten", "inkomens", "relaties", "vermogens")
    others = {("diensten", "subjectnrklant"), ("dienstsubjecten", "subjectnr"), ("partijen", "persoonnr")}
    others |= {("inkomens", "soort"), ("soorteninkomen", "categorie")}
    assert set(_REQUIRED) == others | {(table, name) for table in seven for name in ("dtopvoer", "geldig")}


@pytest.mark.parametrize(("table", "column"), _REQUIRED)
def test_an_empty_required_value_sets_its_row_aside(table: str, column: str) -> None:
    assert one_fault(table, **{column: ""}) == ("LEV-302", column, (2,))


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (table.name, column.name)
        for table in SCHEMA.tables.values()
        for column in table.columns
        if not column.required and column.name != "technischesleutel"
    ],
)
def test_every_other_value_may_be_empty(table: str, column: str) -> None:
    rows = [dict(row) for row in valid_rows()[table]]
    rows[1][column] = ""
    read = read_rows(table, rows)
    assert (read.findings, read.affected) == ([], _NOTHING)
    assert read.frame is not None
    assert pd.isna(read.frame[column][1])


@pytest.mark.parametrize("text", ["", "  ", "KANARIE" * 40, "KANARIE\x7f"])
@pytest.mark.parametrize(("table", "column"), _OWN)
def test_a_row_of_which_nobody_can_say_whose_it_is_rejects_the_delivery(table: str, column: str, text: str) -> None:
    assert one_fault(table, **{column: text}) == ("LEV-303", column, (2,))


@pytest.mark.parametrize("text", ["", "kanarie", "2026-11-19", "2026-11-19 13:57:09+01:00", "2382-12-31 00:00:00"])
def test_a_work_order_without_a_readable_time_rejects_the_delivery(text: str) -> None:
    assert one_fault("werkopdrachten", dtopvoer=text) == ("LEV-304", "dtopvoer", (2,))


def test_a_kind_of_income_with_two_categories_rejects_the_delivery() -> None:
    delivery = Delivery()
    delivery.write("soorteninkomen", [*delivery.rows["soorteninkomen"], {"srtinkomennr": "1", "categorie": "2"}])
    checked = check(delivery)
    assert (checked.verdict, codes(checked.findings)) == (Verdict.AFGEKEURD, ["LEV-305"])
    assert dict(checked.tables) == {}


def test_a_kind_of_income_twice_with_one_category_counts_once() -> None:
    delivery = Delivery()
    delivery.write("soorteninkomen", [*delivery.rows["soorteninkomen"], {"srtinkomennr": "01", "categorie": "1"}])
    checked = check(delivery)
    assert (checked.verdict, codes(checked.findings)) == (Verdict.GEACCEPTEERD, ["LEV-404"])
    assert len(checked.tables["soorteninkomen"]) == 6


_PERSON, _PARTY, _SERVICE = (frozenset({f"KANARIE-{letter}1"}) for letter in "PQD")
_EARLIER = frozenset({"KANARIE-D91"})


@pytest.mark.parametrize(
    ("table", "cells", "affected"),
    [
        ("diensten", {"besluit": "ja"}, Affected(persoon=_PERSON, dienst=_SERVICE)),
        ("diensten", {"subjectnrklant": ""}, Affected(dienst=_SERVICE)),
        ("dienstsubjecten", {"dteinde": "x"}, Affected(partij=_PARTY, dienst=_EARLIER)),
        ("dienstsubjecten", {"subjectnr": ""}, Affected(dienst=_EARLIER)),
        ("partijen", {"persoonnr": ""}, Affected(partij=_PARTY)),
        ("adressen", {"geldig": "2"}, Affected(persoon=_PERSON)),
        ("feiten", {"dtopvoer": ""}, Affected(persoon=_PERSON)),
        ("inkomens", {"bedragbruto": "1,50"}, Affected(persoon=_PERSON)),
        ("relaties", {"categorie": "partner"}, Affected(persoon=_PERSON)),
        ("relaties", {"subjectnrrelatie": "x" * 200}, Affected(persoon=_PERSON)),
        ("vermogens", {"bedrag": "."}, Affected(persoon=_PERSON)),
        ("afspraken", {"datum_invoer": "x"}, Affected(persoon=_PERSON)),
        ("deelnames", {"einde_deelname": "x"}, Affected(persoon=_PERSON)),
    ],
)
def test_everybody_a_row_is_about_is_affected_but_not_the_other_of_a_relation(
    table: str, cells: dict[str, str], affected: Affected
) -> None:
    delivery = Delivery()
    delivery.change(table, 1, **cells)
    checked = check(delivery)
    assert checked.affected == affected
    assert len(checked.tables[table]) == len(delivery.rows[table]) - 1


def test_a_row_of_a_code_table_that_is_set_aside_is_about_no_number() -> None:
    delivery = Delivery()
    delivery.change("soorteninkomen", 1, categorie="")
    affected = check(delivery).affected
    assert (affected.persoon, affected.partij, affected.dienst) == (frozenset(), frozenset(), frozenset())


def test_the_affected_of_all_tables_come_together() -> None:
    delivery = Delivery()
    delivery.change("vermogens", 1, bedrag="x")
    delivery.change("adressen", 2, soort="x")
    delivery.change("partijen", 3, persoonnr="")
    checked = check(delivery)
    expected = Affected(persoon=frozenset({"KANARIE-P1", "KANARIE-P2"}), partij=frozenset({"KANARIE-Q3"}))
    assert checked.affected == expected


def test_a_row_with_several_faults_is_told_by_each_and_set_aside_once() -> None:
    delivery = Delivery()
    delivery.change("vermogens", 3, bedrag="x", dteinde="x", dtopvoer="")
    checked = check(delivery)
    told = [(found.code, found.kolom, found.rijen) for found in checked.findings]
    assert told == [("LEV-301", "bedrag", (3,)), ("LEV-301", "dteinde", (3,)), ("LEV-302", "dtopvoer", (3,))]
    assert len(checked.tables["vermogens"]) == 2


def test_row_numbers_are_those_of_the_file_also_after_rows_with_lines_in_them() -> None:
    delivery = Delivery()
    delivery.change("adressen", 1, straat="kanarie\n\nstraat")
    delivery.change("adressen", 3, dtbegin="kanarie")
    assert [found.rijen for found in check(delivery).findings] == [(3,)]


def test_faults_in_many_rows_are_counted_and_the_first_ten_are_told() -> None:
    delivery = Delivery()
    row = delivery.rows["vermogens"][0]
    delivery.write("vermogens", [row | {"bedrag": "x" if n % 2 else str(n)} for n in range(60)])
    [found] = check(delivery).findings
    assert (found.rijen, found.aantal) == (tuple(range(2, 22, 2)), 30)


# --- not errors ----------------------------------------------------------------------------------------------------


def test_what_the_contract_calls_no_error_is_accepted_without_a_finding() -> None:
    delivery = Delivery()
    delivery.change(
        "diensten", 1, productnr="-999", besluit="77", dtbegindienst="2026-01-02", dteindedienst="2026-01-01"
    )
    delivery.change("diensten", 2, dtopvoer="2026-11-19 10:00:00", dtafvoer="2001-01-01 10:00:00")
    delivery.change("adressen", 1, soort="12345", postcode="geen idee 123456782", dtbegin="2090-01-01")
    delivery.change("inkomens", 1, soort="4711")
    delivery.change("relaties", 1, categorie="99")
    delivery.change("werkopdrachten", 1, dienstnr="onbekend")
    delivery.change("partijen", 1, persoonnr="KANARIE-P2", partijnr="KANARIE-Q2")
    delivery.write("partijen", [{"partijnr": "KANARIE-Q2", "persoonnr": f"KANARIE-P{number}"} for number in (1, 2, 3)])
    assert (check(delivery).verdict, check(delivery).findings) == (Verdict.GEACCEPTEERD, ())


def test_a_rejected_delivery_carries_no_tables_and_affects_nobody() -> None:
    delivery = Delivery()
    delivery.change("vermogens", 1, bedrag="x")
    delivery.change("adressen", 1, subjectnr="")
    checked = check(delivery)
    assert (checked.verdict, dict(checked.tables), checked.affected) == (Verdict.AFGEKEURD, {}, _NOTHING)


def test_tables_come_in_the_order_of_the_schema_whatever_the_order_of_the_files() -> None:
    delivery = Delivery()
    delivery.package["resources"].reverse()
    turned = check(delivery)
    straight = check(Delivery())
    assert list(turned.tables) == list(SCHEMA.tables)
    for name, table in straight.tables.items():
        pd.testing.assert_frame_equal(turned.tables[name], table)
