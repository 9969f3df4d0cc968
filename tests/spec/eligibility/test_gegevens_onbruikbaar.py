"""GEGEVENS_ONBRUIKBAAR (type 4): a row about the person, party or number cannot be read, or its clients contradict.

A row with an unreadable value, or with an empty value that is required, is set aside. Nobody is scored on what is left.
"""

import pytest

from tests.spec.bench import Bench

UNUSABLE = (4, "GEGEVENS_ONBRUIKBAAR")
MODEL = (0, "MODEL")


@pytest.mark.parametrize(
    ("add", "cells"),
    [
        pytest.param("adres", {"dtbegin": "2023-02-30"}, id="a date that cannot be"),
        pytest.param("adres", {"soort": "thuis"}, id="letters where a number belongs"),
        pytest.param("adres", {"dteinde": "01-02-2023"}, id="a date the other way round"),
        pytest.param("vermogen", {"bedrag": "12,50"}, id="a comma in an amount"),
        pytest.param("vermogen", {"bedrag": "12.505"}, id="three decimals in an amount"),
        pytest.param("vermogen", {"dtopvoer": None}, id="an empty moment of entry"),
        pytest.param("vermogen", {"dtopvoer": "2382-12-31 00:00:00"}, id="a moment of entry in 2382 is empty"),
        pytest.param("inkomen", {"soort": None}, id="an income without kind"),
        pytest.param("relatie", {"categorie": "1.0"}, id="a number with a decimal point where a whole one belongs"),
        pytest.param("feit", {"percentage": "30%"}, id="a percent sign"),
        pytest.param("feit", {"dtafvoer": "2023-11-15 25:00:00"}, id="an hour that cannot be"),
        pytest.param("deelname", {"start_deelname": "gisteren"}, id="a word where a date belongs"),
    ],
)
def test_a_row_about_the_person_that_cannot_be_read(bench: Bench, add: str, cells: dict) -> None:
    getattr(bench, add)(**cells)
    assert bench.outcome() == UNUSABLE


def test_an_income_of_a_kind_whose_category_cannot_be_read(bench: Bench) -> None:
    bench.soortinkomen(77, "x1")
    bench.inkomen(soort=77)
    assert bench.outcome() == UNUSABLE


def test_a_kind_of_income_that_cannot_be_read_touches_nobody_who_does_not_have_it(bench: Bench) -> None:
    bench.soortinkomen(77, "x1")
    bench.inkomen(soort=77, geldig=0)
    assert bench.outcome() == MODEL


def test_an_appointment_of_the_person_that_cannot_be_read(bench: Bench) -> None:
    bench.afspraak("No show", datum_invoer="2023-13-01")
    assert bench.outcome() == UNUSABLE


def test_the_applications_only_row_that_cannot_be_read_is_not_a_missing_dienst(bench: Bench) -> None:
    bench.aanvraag(dtaanvraag="onbekend")
    assert bench.outcome() == UNUSABLE


def test_a_later_row_of_the_number_that_cannot_be_read(bench: Bench) -> None:
    bench.dienst("1001", besluit="toegekend", dtopvoer="2023-12-01 10:00:00")
    assert bench.outcome() == UNUSABLE


def test_another_dienst_of_the_person_that_cannot_be_read(bench: Bench) -> None:
    bench.dienst("900", dtbegindienst="2023-00-01")
    assert bench.outcome() == UNUSABLE


def test_a_party_of_the_person_that_cannot_be_read(bench: Bench) -> None:
    bench.partij("70")
    bench.dienst("900", subjectnrklant="501")
    bench.dienstsubject("900", "70", dteinde="2023-02-30")
    assert bench.outcome() == UNUSABLE


def test_a_service_held_through_a_party_of_the_person_that_cannot_be_read(bench: Bench) -> None:
    bench.partij("70")
    bench.dienstsubject("900", "70")
    bench.dienst("900", subjectnrklant="501", besluit="ja")
    assert bench.outcome() == UNUSABLE


def test_a_service_that_an_invalid_row_ties_to_the_party_is_not_the_persons(bench: Bench) -> None:
    bench.partij("70")
    bench.dienstsubject("900", "70", geldig=0)
    bench.dienst("900", subjectnrklant="501", besluit="ja")
    assert bench.outcome() == MODEL


def test_a_service_held_through_somebody_elses_party_is_not_the_persons(bench: Bench) -> None:
    bench.partij("70", "501")
    bench.dienstsubject("900", "70")
    bench.dienst("900", subjectnrklant="501", besluit="ja")
    assert bench.outcome() == MODEL


def test_the_link_itself_that_cannot_be_read_sets_the_party_aside(bench: Bench) -> None:
    bench.partij("70", "500")
    bench.partij("70", "501")
    bench.dienst("1002", subjectnrklant="502")
    bench.werkopdracht("1002", "2023-11-15 13:00:00")
    bench.dienstsubject("900", "70", dtbegin="2023-02-30")
    assert bench.outcomes() == {"1001": UNUSABLE, "1002": MODEL}


def test_an_invalid_row_that_cannot_be_read_sets_aside_too(bench: Bench) -> None:
    bench.adres(geldig=0, dtbegin="2023-02-30")
    assert bench.outcome() == UNUSABLE


def test_somebody_elses_unreadable_row_makes_no_difference(bench: Bench) -> None:
    bench.adres(subjectnr="501", dtbegin="2023-02-30")
    assert bench.outcome() == MODEL


def test_only_the_application_of_that_person_is_set_aside(bench: Bench) -> None:
    bench.dienst("1002", subjectnrklant="501", dtopvoer="2023-11-14 10:00:00")
    bench.werkopdracht("1002", "2023-11-15 13:00:00")
    bench.adres(subjectnr="501", dtbegin="2023-02-30")
    assert bench.outcomes() == {"1001": MODEL, "1002": UNUSABLE}


@pytest.mark.parametrize(
    ("add", "cells"),
    [
        pytest.param("adres", {"soort": 77}, id="an unknown soort"),
        pytest.param("relatie", {"categorie": 99}, id="an unknown categorie"),
        pytest.param("inkomen", {"soort": 12345}, id="a kind of income that is not listed"),
        pytest.param("adres", {"dtbegin": "2023-05-01", "dteinde": "2023-01-01"}, id="an end before a begin"),
        pytest.param("adres", {"dtafvoer": "2020-01-01 00:00:00"}, id="withdrawn before entered"),
        pytest.param("adres", {"dtbegin": "2031-05-01"}, id="a date after the period"),
        pytest.param("adres", {"postcode": "?"}, id="a postcode of any form"),
        pytest.param("vermogen", {"bedrag": None}, id="an empty amount"),
        pytest.param("deelname", {}, id="a participation without dates"),
    ],
)
def test_these_are_not_errors(bench: Bench, add: str, cells: dict) -> None:
    getattr(bench, add)(**cells)
    assert bench.outcome() == MODEL


# Clients that contradict each other ------------------------------------------------------------------------------


def test_two_clients_on_rows_that_nothing_tells_apart(bench: Bench) -> None:
    bench.dienst("1001", subjectnrklant="501", dtaanvraag="2023-11-14", dtopvoer="2023-11-14 10:00:00")
    assert bench.outcome() == UNUSABLE


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({"dtopvoer": "2023-11-14 10:00:01"}, id="a moment of entry"),
        pytest.param({"technischesleutel": 1}, id="a key"),
        pytest.param({"productnr": 130}, id="a product"),
        pytest.param({"dtaanvraag": "2023-11-13"}, id="a date of application"),
        pytest.param({"dtbegindienst": "2023-11-13"}, id="a begin"),
        pytest.param({"dteindedienst": "2024-11-13"}, id="an end"),
        pytest.param({"dtafvoer": "2024-11-13 10:00:00"}, id="a withdrawal"),
        pytest.param({"geldig": 0}, id="validity"),
    ],
)
def test_two_clients_on_rows_that_something_tells_apart_do_not_contradict(bench: Bench, cells: dict) -> None:
    row = {"subjectnrklant": "501", "dtaanvraag": "2023-11-14", "dtopvoer": "2023-11-14 10:00:00"}
    bench.dienst("1001", **row | cells)
    assert bench.outcome() == MODEL


def test_two_clients_on_the_earliest_rows_contradict_whatever_comes_later(bench: Bench) -> None:
    bench.dienst("1001", subjectnrklant="501", dtaanvraag="2023-11-14", dtopvoer="2023-11-14 10:00:00")
    bench.dienst("1001", subjectnrklant="500", dtopvoer="2023-11-15 10:00:00")
    assert bench.outcome() == UNUSABLE


def test_two_clients_below_the_row_that_wins_the_tie_do_not_contradict(bench: Bench) -> None:
    bench.aanvraag(technischesleutel=9)
    bench.dienst("1001", subjectnrklant="501", technischesleutel=1, dtopvoer="2023-11-14 10:00:00")
    bench.dienst("1001", subjectnrklant="502", technischesleutel=1, dtopvoer="2023-11-14 10:00:00")
    assert bench.outcome() == MODEL


def test_the_same_row_twice_does_not_contradict(bench: Bench) -> None:
    bench.dienst("1001", dtaanvraag="2023-11-14", dtopvoer="2023-11-14 10:00:00")
    assert bench.outcome() == MODEL
