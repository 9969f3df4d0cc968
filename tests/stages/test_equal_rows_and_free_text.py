"""Rows that are equal after reading count once, and free text is stored without anything that may be a BSN."""

from __future__ import annotations

import pytest

from shared.records import Severity, Verdict
from tests.stages.deliveries import (
    BSN,
    Delivery,
    check,
    codes,
    read_rows,
    valid_rows,
)

# --- equal rows ----------------------------------------------------------------------------------------------------


def doubles(table: str, **cells: str) -> tuple[list[tuple[str, tuple[int, ...]]], int]:
    """Return the findings and the number of rows after the first row came again, written otherwise."""
    rows = valid_rows()[table]
    read = read_rows(table, [*rows, rows[0] | cells])
    assert read.frame is not None
    return [(found.code, found.rijen) for found in read.findings], len(read.frame)


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("adressen", {}),
        ("adressen", {"dteinde": ""}),
        ("adressen", {"dteinde": "2100-01-01", "dtafvoer": "2382-12-31 00:00:00"}),
        ("adressen", {"plaats": " Kanariedam 1 ", "huisletter": "  "}),
        ("adressen", {"subjectnr": " KANARIE-P1 "}),
        ("adressen", {"soort": "01", "geldig": "001"}),
        ("adressen", {"dtopvoer": "2022-01-03T13:57:09.000"}),
        ("vermogens", {"bedrag": "-0091827.36"}),
        ("werkopdrachten", {"dtopvoer": "2026-11-19 11:57:09.0"}),
    ],
)
def test_rows_that_are_equal_after_reading_count_once(table: str, cells: dict[str, str]) -> None:
    last = len(valid_rows()[table]) + 1
    assert doubles(table, **cells) == ([("LEV-404", (last,))], last - 1)


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("adressen", {"plaats": "kanariedam 1"}),
        ("adressen", {"subjectnr": "kanarie-p1"}),
        ("adressen", {"technischesleutel": "0"}),
        ("adressen", {"dteinde": "2099-12-31"}),
        ("adressen", {"dtopvoer": "2022-01-03 13:57:09.000001"}),
        ("adressen", {"postcode": "1011KANARIE"}),
        ("vermogens", {"bedrag": "-91827.37"}),
        ("vermogens", {"bedrag": ""}),
    ],
)
def test_rows_that_differ_in_anything_count_apart(table: str, cells: dict[str, str]) -> None:
    assert doubles(table, **cells) == ([], len(valid_rows()[table]) + 1)


def test_a_row_that_only_looks_equal_to_one_set_aside_is_kept() -> None:
    delivery = Delivery()
    row = delivery.rows["diensten"][0] | {"besluit": ""}
    delivery.write("diensten", [row | {"besluit": "kanarie"}, row])
    checked = check(delivery)
    assert codes(checked.findings) == ["LEV-301"]
    assert len(checked.tables["diensten"]) == 1


def test_columns_outside_the_contract_do_not_tell_rows_apart() -> None:
    delivery = Delivery()
    delivery.put("werkopdrachten", b"dienstnr,dtopvoer,bron\n1,2026-11-19 10:00:00,a\n1,2026-11-19 10:00:00,b\n", 2)
    checked = check(delivery)
    assert codes(checked.findings) == ["LEV-401", "LEV-404"]
    assert len(checked.tables["werkopdrachten"]) == 1


# --- numbers in free text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["plaats", "straat", "huisletter", "huisnrtoev"])
def test_a_citizen_number_in_an_address_is_replaced_with_an_alert(column: str) -> None:
    delivery = Delivery()
    delivery.change("adressen", 2, **{column: f" bij {BSN} thuis"})
    checked = check(delivery)
    [found] = checked.findings
    assert (found.code, found.ernst, found.kolom, found.rijen) == ("LEV-403", Severity.ALARM, column, (2,))
    assert checked.verdict is Verdict.GEACCEPTEERD
    assert checked.tables["adressen"][column].tolist()[1] == "bij *** thuis"
    assert BSN not in checked.tables["adressen"][column].cat.categories.str.cat()


def test_citizen_numbers_in_a_result_are_replaced_in_every_row_and_counted() -> None:
    delivery = Delivery()
    row = delivery.rows["afspraken"][0]
    texts = [f"{BSN} en 999990019", "12345672x", "1234567820", "123456789", BSN, "geen"]
    delivery.write("afspraken", [row | {"afspraakresultaat": text} for text in texts])
    checked = check(delivery)
    [found] = checked.findings
    assert (found.code, found.rijen, found.aantal) == ("LEV-403", (1, 2, 5), 3)
    expected = ["*** en ***", "***x", "1234567820", "123456789", "***", "geen"]
    assert checked.tables["afspraken"]["afspraakresultaat"].tolist() == expected


def test_two_texts_that_become_equal_by_masking_are_still_two_rows() -> None:
    delivery = Delivery()
    row = delivery.rows["afspraken"][0]
    delivery.write("afspraken", [row | {"afspraakresultaat": text} for text in (BSN, "999990019", BSN)])
    checked = check(delivery)
    assert codes(checked.findings) == ["LEV-403", "LEV-404"]
    assert checked.tables["afspraken"]["afspraakresultaat"].tolist() == ["***", "***"]


def test_doubled_texts_that_become_equal_by_masking_are_two_rows_and_not_one() -> None:
    delivery = Delivery()
    row = delivery.rows["afspraken"][0]
    texts = (BSN, BSN, "999990019", "999990019")
    delivery.write("afspraken", [row | {"afspraakresultaat": text} for text in texts])
    checked = check(delivery)
    [equal] = [found for found in checked.findings if found.code == "LEV-404"]
    assert (equal.rijen, equal.aantal) == ((2, 4), 2)
    assert checked.tables["afspraken"]["afspraakresultaat"].tolist() == ["***", "***"]


def test_the_alert_is_raised_also_for_a_row_that_is_set_aside() -> None:
    delivery = Delivery()
    delivery.change("afspraken", 2, afspraakresultaat=BSN, datum_invoer="x")
    assert codes(check(delivery).findings) == ["LEV-301", "LEV-403"]


def test_a_table_whose_every_row_is_set_aside_is_empty_whatever_stood_in_it() -> None:
    delivery = Delivery()
    delivery.write(
        "afspraken", [row | {"afspraakresultaat": BSN, "datum_invoer": "x"} for row in delivery.rows["afspraken"]]
    )
    checked = check(delivery)
    assert codes(checked.findings) == ["LEV-301", "LEV-403"]
    assert len(checked.tables["afspraken"]) == 0


def test_numbers_are_never_searched_and_neither_are_house_number_and_postcode() -> None:
    delivery = Delivery()
    delivery.change("adressen", 1, subjectnr=BSN, huisnr=BSN, postcode=BSN)
    checked = check(delivery)
    assert checked.findings == ()
    assert checked.tables["adressen"].loc[0, ["subjectnr", "huisnr", "postcode"]].tolist() == [BSN] * 3
