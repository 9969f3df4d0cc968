"""Afspraken niet verschenen: how many appointments of last year the applicant missed without notice.

Both dates must lie no later than ref: what comes of an appointment that is still to come was not known then. One of
them must lie in the year before ref. Staying away "met bericht" is not counted.
"""

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import IN_YEAR, each

FEATURE = "afspraken_no_show_count_last_year"


@each(IN_YEAR, date="datum_invoer")
def test_an_appointment_entered_last_year_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.afspraak("No show", **cells)
    assert bench.feature(FEATURE) == (1 if counts else 0)


@each(IN_YEAR, date="datum_afhandeling_gepland")
def test_an_appointment_planned_for_last_year_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.afspraak("No show", datum_invoer=None, **cells)
    assert bench.feature(FEATURE) == (1 if counts else 0)


@pytest.mark.parametrize(
    ("ref", "datum_invoer", "gepland", "expected"),
    [
        pytest.param("2023-11-15 12:00:00", "2023-11-01", "2023-11-16", 0, id="planned for R+1 is still to come"),
        pytest.param("2023-11-15 23:59:00", "2023-11-01", "2023-11-16", 1, id="planned within 60 seconds counts"),
        pytest.param("2023-11-15 23:58:59", "2023-11-01", "2023-11-16", 0, id="planned in 61 seconds does not"),
        pytest.param("2023-11-15 12:00:00", "2023-11-16", "2023-11-01", 0, id="entered after ref was not known"),
        pytest.param("2023-11-15 12:00:00", "2023-11-15", "2023-11-15", 1, id="both on day R counts"),
        pytest.param("2023-11-15 12:00:00", "2023-11-01", "2382-12-31", 1, id="planned for 2382 is not planned"),
        pytest.param("2023-11-15 12:00:00", "2022-11-15", "2022-11-16", 1, id="one date in the year is enough"),
        pytest.param("2023-11-15 12:00:00", "2022-11-16", "2022-11-15", 1, id="either date is enough"),
        pytest.param("2023-11-15 12:00:00", "2022-11-15", "2022-11-15", 0, id="both before the year does not"),
        pytest.param("2023-11-15 12:00:00", None, None, 0, id="without dates does not count"),
        pytest.param("2023-11-15 12:00:00", "2020-01-01", "2024-01-01", 0, id="dates around the year do not"),
    ],
)
def test_no_date_lies_after_ref_and_one_lies_in_the_year(
    bench: Bench, ref: str, datum_invoer: str | None, gepland: str | None, expected: int
) -> None:
    bench.ref(ref)
    bench.afspraak("No show", datum_invoer=datum_invoer, datum_afhandeling_gepland=gepland)
    assert bench.feature(FEATURE) == expected


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("No show", 1),
        ("no show", 1),
        ("NO SHOW klant", 1),
        ("Niet verschenen", 1),
        ("klant is NIET VERSCHENEN, herhaald", 1),
        ("Niet verschenen zonder bericht", 1),
        ("Niet verschenen met bericht", 0),
        ("NO SHOW, MET BERICHT", 0),
        ("Met bericht niet verschenen", 0),
        ("No-show", 0),
        ("No  show", 0),
        ("Geen contact", 0),
        ("No show, geen contact", 1),
        ("Verschenen", 0),
        ("", 0),
        (None, 0),
        ("   ", 0),
    ],
)
def test_the_words_of_the_result_decide(bench: Bench, result: str | None, expected: int) -> None:
    bench.afspraak(result)
    assert bench.feature(FEATURE) == expected


def test_no_appointments_are_zero(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 0


def test_appointments_are_counted(bench: Bench) -> None:
    bench.afspraak("No show", datum_invoer="2023-02-01")
    bench.afspraak("No show", datum_invoer="2023-03-01")
    bench.afspraak("Verschenen", datum_invoer="2023-04-01")
    assert bench.feature(FEATURE) == 2


def test_the_same_row_twice_counts_once(bench: Bench) -> None:
    bench.afspraak("No show")
    bench.afspraak("No show")
    assert bench.feature(FEATURE) == 1


def test_blanks_around_the_result_do_not_make_another_row(bench: Bench) -> None:
    bench.afspraak("No show")
    bench.afspraak("  No show ")
    assert bench.feature(FEATURE) == 1


def test_capitals_do_make_another_row(bench: Bench) -> None:
    bench.afspraak("No show")
    bench.afspraak("NO SHOW")
    assert bench.feature(FEATURE) == 2


def test_a_planned_date_in_2382_does_not_make_another_row(bench: Bench) -> None:
    bench.afspraak("No show", datum_afhandeling_gepland=None)
    bench.afspraak("No show", datum_afhandeling_gepland="2382-12-31")
    assert bench.feature(FEATURE) == 1


def test_appointments_of_another_person_do_not_count(bench: Bench) -> None:
    bench.afspraak("No show", administratienummer="900")
    assert bench.feature(FEATURE) == 0
