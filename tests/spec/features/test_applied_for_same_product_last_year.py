"""Eerder levensonderhoud aangevraagd: 1 when the person applied for the same product before, in the year before ref.

It is the date of application (dtaanvraag) that must lie in the year. The application itself is not an earlier one.
Services held through a party of the person count too, unless the person is the main client of the number.
"""

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import IN_YEAR, REGISTER, each

FEATURE = "applied_for_same_product_last_year"


@each([*REGISTER, *IN_YEAR], date="dtaanvraag")
def test_only_an_earlier_application_of_last_year_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.dienst("900", **{"dtaanvraag": "2023-05-01"} | cells)
    assert bench.feature(FEATURE) == (1 if counts else 0)


def test_without_another_dienst_it_is_zero(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 0


def test_the_application_itself_does_not_count(bench: Bench) -> None:
    bench.aanvraag(dtaanvraag="2023-11-14")
    bench.dienst("1001", dtaanvraag="2023-05-01")
    assert bench.feature(FEATURE) == 0


def test_blanks_around_the_number_do_not_make_another_application(bench: Bench) -> None:
    bench.dienst(" 1001 ", dtaanvraag="2023-05-01")
    assert bench.feature(FEATURE) == 0


def test_the_application_itself_through_a_party_does_not_count_either(bench: Bench) -> None:
    bench.aanvraag(dtopvoer="2023-11-20 10:00:00", dtaanvraag="2023-05-01")
    bench.partij("70")
    bench.dienstsubject("1001", "70")
    assert bench.feature(FEATURE) == 0


@pytest.mark.parametrize(
    ("own", "earlier", "expected"),
    [
        (131, 131, 1),
        (135, 135, 1),
        (227, 227, 1),
        (131, 135, 0),
        (135, 131, 0),
        (87, 87, 0),
        (300, 300, 0),
        (None, None, 0),
        (131, None, 0),
        (None, 131, 0),
    ],
)
def test_the_product_must_be_a_core_product_and_the_same(
    bench: Bench, own: int | None, earlier: int | None, expected: int
) -> None:
    bench.aanvraag(productnr=own)
    bench.dienst("900", productnr=earlier, dtaanvraag="2023-05-01")
    assert bench.feature(FEATURE) == expected


@pytest.mark.parametrize("besluit", [None, 1, 2, 3, 13, 99])
def test_whatever_was_decided_it_was_applied_for(bench: Bench, besluit: int | None) -> None:
    bench.dienst("900", besluit=besluit, dtaanvraag="2023-05-01")
    assert bench.feature(FEATURE) == 1


def test_begin_and_end_of_the_benefit_make_no_difference(bench: Bench) -> None:
    bench.dienst("900", dtaanvraag="2023-05-01", dtbegindienst="2020-01-01", dteindedienst="2020-02-01")
    assert bench.feature(FEATURE) == 1


def test_any_row_of_a_number_may_tell_not_only_the_latest(bench: Bench) -> None:
    bench.dienst("900", dtaanvraag="2023-05-01", dtopvoer="2023-05-01 10:00:00")
    bench.dienst("900", dtaanvraag=None, dtopvoer="2023-07-01 10:00:00")
    assert bench.feature(FEATURE) == 1


def test_the_product_of_the_applications_earliest_row_is_compared(bench: Bench) -> None:
    bench.aanvraag(productnr=135, dtopvoer="2023-11-14 10:00:00")
    bench.dienst("1001", productnr=131, dtopvoer="2023-11-15 10:00:00")
    bench.dienst("900", productnr=131, dtaanvraag="2023-05-01")
    assert bench.feature(FEATURE) == 0


def test_a_dienst_of_another_person_does_not_count(bench: Bench) -> None:
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2023-05-01")
    assert bench.feature(FEATURE) == 0


# Held through a party ------------------------------------------------------------------------------------------


@each(REGISTER)
def test_the_row_of_the_party_must_be_known_and_not_withdrawn(
    bench: Bench, ref: str, cells: dict, counts: bool
) -> None:
    bench.ref(ref)
    bench.partij("70")
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2023-05-01")
    bench.dienstsubject("900", "70", **cells)
    assert bench.feature(FEATURE) == (1 if counts else 0)


def test_the_party_row_needs_no_begin_to_have_applied(bench: Bench) -> None:
    bench.partij("70")
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2023-05-01")
    bench.dienstsubject("900", "70", dtbegin=None)
    assert bench.feature(FEATURE) == 1


def test_a_party_of_somebody_else_does_not_count(bench: Bench) -> None:
    bench.partij("70", "501")
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2023-05-01")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 0


def test_a_party_with_the_persons_own_number_is_not_the_person(bench: Bench) -> None:
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2023-05-01")
    bench.dienstsubject("900", "500")
    assert bench.feature(FEATURE) == 0


def test_a_party_of_several_persons_counts_for_each(bench: Bench) -> None:
    bench.partij("70", "501")
    bench.partij("70", "500")
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2023-05-01")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 1


def test_the_date_comes_from_the_latest_dienst_row_known_at_ref(bench: Bench) -> None:
    bench.partij("70")
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2023-05-01", dtopvoer="2023-05-02 10:00:00")
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2020-01-01", dtopvoer="2023-06-02 10:00:00")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 0


def test_a_dienst_row_entered_after_ref_is_not_looked_at(bench: Bench) -> None:
    bench.partij("70")
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2023-05-01", dtopvoer="2023-05-02 10:00:00")
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2020-01-01", dtopvoer="2023-11-15 12:01:01")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 1


def test_no_dienst_row_known_at_ref_leaves_the_date_empty(bench: Bench) -> None:
    bench.partij("70")
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2023-05-01", dtopvoer="2023-11-15 12:01:01")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 0


def test_the_dienst_row_of_a_party_need_not_be_alive(bench: Bench) -> None:
    bench.partij("70")
    bench.dienst("900", subjectnrklant="501", dtaanvraag="2023-05-01", dtafvoer="2023-08-01 10:00:00")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 1


def test_where_the_person_is_main_client_the_party_does_not_count(bench: Bench) -> None:
    bench.partij("70")
    bench.dienst("900", subjectnrklant="500", dtaanvraag="2023-05-01", dtafvoer="2023-08-01 10:00:00")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 0
