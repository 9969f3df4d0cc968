"""Dagen sinds einde uitkering: whole days between the latest end of a granted core benefit of last year, and ref.

A benefit that still runs gives 0, also when its end lies ahead. Without a granted core benefit (131, 135, 227) in the
year before ref it is 99999, shown as "geen eerdere uitkering". Which product was applied for makes no difference.
"""

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import BEGINS, NOON, REGISTER, each

FEATURE = "days_since_last_dienst_end"


@each(REGISTER)
def test_only_a_row_known_and_not_withdrawn_at_ref_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.granted("900", dteindedienst="2023-11-05", **cells)
    assert bench.feature(FEATURE) == (10 if counts else 99999)


@each(BEGINS, dtbegin="dtbegindienst")
def test_only_a_benefit_that_has_begun_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.granted("900", **cells)
    assert bench.feature(FEATURE) == (0 if counts else 99999)


ENDS = [
    pytest.param(NOON, None, 0, id="without end is 0"),
    pytest.param(NOON, "2382-12-31", 0, id="an end in 2382 is no end and is 0"),
    pytest.param(NOON, "2024-06-01", 0, id="an end ahead is 0"),
    pytest.param(NOON, "2023-11-16", 0, id="an end on R+1 is 0"),
    pytest.param(NOON, "2023-11-15", 0, id="an end on day R is 0"),
    pytest.param(NOON, "2023-11-14", 1, id="an end the day before is 1"),
    pytest.param("2023-11-15 00:00:00", "2023-11-14", 1, id="24 hours exactly are 1 day"),
    pytest.param("2023-11-15 23:59:59", "2023-11-14", 1, id="a second less than 48 hours is 1 day"),
    pytest.param(NOON, "2022-11-16", 364, id="an end on R-364 is 364"),
    pytest.param(NOON, "2022-11-15", 99999, id="an end on R-365 is too long ago at noon"),
    pytest.param("2023-11-15 00:00:00", "2022-11-15", 365, id="an end on R-365 is 365 at midnight"),
    pytest.param("2023-11-15 00:01:00", "2022-11-15", 365, id="an end on R-365 is 365 until 60 seconds later"),
    pytest.param("2023-11-15 00:01:01", "2022-11-15", 99999, id="an end on R-365 is too long ago 61 seconds later"),
]


@pytest.mark.parametrize(("ref", "end", "expected"), ENDS)
def test_days_since_the_end_of_a_benefit(bench: Bench, ref: str, end: str | None, expected: int) -> None:
    bench.ref(ref)
    bench.granted("900", dteindedienst=end)
    assert bench.feature(FEATURE) == expected


@pytest.mark.parametrize(("ref", "end", "expected"), ENDS)
def test_days_since_the_end_of_a_benefit_through_a_party(
    bench: Bench, ref: str, end: str | None, expected: int
) -> None:
    bench.ref(ref)
    bench.partij("70")
    bench.granted("900", subjectnrklant="501", dteindedienst="2023-01-01")
    bench.dienstsubject("900", "70", dteinde=end)
    assert bench.feature(FEATURE) == expected


def test_no_benefit_is_99999(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 99999


@pytest.mark.parametrize(
    ("productnr", "expected"), [(131, 10), (135, 10), (227, 10), (87, 99999), (300, 99999), (None, 99999)]
)
def test_only_core_products_count_whatever_is_applied_for(bench: Bench, productnr: int | None, expected: int) -> None:
    bench.granted("900", productnr=productnr, dteindedienst="2023-11-05")
    assert bench.feature(FEATURE) == expected


@pytest.mark.parametrize("own", [87, 135, 300, None])
def test_the_product_applied_for_makes_no_difference(bench: Bench, own: int | None) -> None:
    bench.aanvraag(productnr=own)
    bench.granted("900", productnr=131, dteindedienst="2023-11-05")
    assert bench.feature(FEATURE) == 10


@pytest.mark.parametrize(
    ("besluit", "expected"), [(1, 10), (2, 10), (3, 99999), (13, 99999), (99, 99999), (None, 99999)]
)
def test_only_besluit_1_and_2_grant(bench: Bench, besluit: int | None, expected: int) -> None:
    bench.granted("900", besluit=besluit, dteindedienst="2023-11-05")
    assert bench.feature(FEATURE) == expected


def test_the_latest_end_counts(bench: Bench) -> None:
    bench.granted("900", dteindedienst="2023-06-01")
    bench.granted("901", dteindedienst="2023-11-05", productnr=135)
    bench.granted("902", dteindedienst="2023-09-01")
    assert bench.feature(FEATURE) == 10


def test_one_without_end_is_0_whatever_the_others(bench: Bench) -> None:
    bench.granted("900", dteindedienst="2023-06-01")
    bench.granted("901")
    assert bench.feature(FEATURE) == 0


def test_one_with_its_end_ahead_is_0_whatever_the_others(bench: Bench) -> None:
    bench.granted("900", dteindedienst="2023-06-01")
    bench.granted("901", dteindedienst="2024-06-01")
    assert bench.feature(FEATURE) == 0


def test_another_product_without_end_does_not_make_it_0(bench: Bench) -> None:
    bench.granted("900", dteindedienst="2023-11-05")
    bench.granted("901", productnr=300)
    assert bench.feature(FEATURE) == 10


def test_a_benefit_of_one_day_does_not_count(bench: Bench) -> None:
    bench.granted("900", dtbegindienst="2023-11-05", dteindedienst="2023-11-05")
    assert bench.feature(FEATURE) == 99999


def test_a_benefit_that_ended_before_it_began_counts_by_its_end(bench: Bench) -> None:
    bench.granted("900", dtbegindienst="2023-11-10", dteindedienst="2023-11-05")
    assert bench.feature(FEATURE) == 10


def test_the_row_entered_last_gives_the_end(bench: Bench) -> None:
    bench.granted("900", dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", dteindedienst="2023-11-05", dtopvoer="2023-06-01 10:00:00")
    assert bench.feature(FEATURE) == 10


def test_an_end_entered_after_ref_was_not_known(bench: Bench) -> None:
    bench.granted("900", dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", dteindedienst="2023-11-05", dtopvoer="2023-11-15 12:01:01")
    assert bench.feature(FEATURE) == 0


def test_last_year_is_looked_at_before_the_row_entered_last(bench: Bench) -> None:
    bench.granted("900", dteindedienst="2023-11-05", dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", dteindedienst="2021-01-01", dtopvoer="2023-06-01 10:00:00")
    assert bench.feature(FEATURE) == 10


def test_rows_entered_at_one_moment_are_told_apart_by_their_key(bench: Bench) -> None:
    bench.granted("900", dteindedienst="2023-11-05", technischesleutel=2)
    bench.granted("900", dteindedienst="2023-11-08", technischesleutel=1)
    assert bench.feature(FEATURE) == 10


def test_rows_without_keys_are_told_apart_by_the_later_end(bench: Bench) -> None:
    bench.granted("900", dteindedienst="2023-11-05")
    bench.granted("900", dteindedienst="2023-11-08")
    assert bench.feature(FEATURE) == 7


def test_an_empty_end_is_lowest_among_rows_without_keys(bench: Bench) -> None:
    bench.granted("900", dteindedienst=None)
    bench.granted("900", dteindedienst="2023-11-05")
    assert bench.feature(FEATURE) == 10


def test_a_row_of_the_applications_own_number_counts_here(bench: Bench) -> None:
    bench.granted("1001", dteindedienst="2023-11-05")
    assert bench.feature(FEATURE) == 10


def test_where_the_person_is_main_client_the_party_row_does_not_count(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", dteindedienst="2023-11-05")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 10


def test_a_party_row_of_another_number_counts_beside_own_rows(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", dteindedienst="2023-06-01")
    bench.granted("901", subjectnrklant="501", dteindedienst="2023-11-14")
    bench.dienstsubject("901", "70", dteinde="2023-11-05")
    assert bench.feature(FEATURE) == 10


def test_the_party_row_entered_last_gives_the_end(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", subjectnrklant="501")
    bench.dienstsubject("900", "70", dteinde="2023-11-14", dtopvoer="2023-05-01 10:00:00")
    bench.dienstsubject("900", "70", dteinde="2023-11-05", dtopvoer="2023-06-01 10:00:00")
    assert bench.feature(FEATURE) == 10
