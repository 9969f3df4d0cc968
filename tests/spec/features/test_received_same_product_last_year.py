"""Eerder levensonderhoud ontvangen: 1 when a benefit of the same product was granted and ran in the year before ref.

Of each service number the row entered last counts, among its rows of last year. Granted means besluit 1 or 2; a core
product that began and ended on one day was never paid. Benefits held through a party of the person count too.
"""

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import BEGINS, REGISTER, YEAR_ENDS, each

FEATURE = "received_same_product_last_year"
DIENST = {"dtbegin": "dtbegindienst", "dteinde": "dteindedienst"}
RUNNING = [*REGISTER, *BEGINS, *YEAR_ENDS]


@each(RUNNING, **DIENST)
def test_only_a_benefit_that_ran_last_year_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.granted("900", **cells)
    assert bench.feature(FEATURE) == (1 if counts else 0)


def test_without_a_benefit_it_is_zero(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 0


@pytest.mark.parametrize(("besluit", "expected"), [(1, 1), (2, 1), (3, 0), (13, 0), (0, 0), (99, 0), (None, 0)])
def test_only_besluit_1_and_2_grant(bench: Bench, besluit: int | None, expected: int) -> None:
    bench.granted("900", besluit=besluit)
    assert bench.feature(FEATURE) == expected


@pytest.mark.parametrize(
    ("own", "earlier", "expected"),
    [(131, 131, 1), (135, 135, 1), (131, 135, 0), (87, 87, 1), (300, 300, 1), (None, None, 0), (131, None, 0)],
)
def test_the_product_must_be_the_same_core_or_not(
    bench: Bench, own: int | None, earlier: int | None, expected: int
) -> None:
    bench.aanvraag(productnr=own)
    bench.granted("900", productnr=earlier)
    assert bench.feature(FEATURE) == expected


def test_a_core_product_that_began_and_ended_on_one_day_was_not_received(bench: Bench) -> None:
    bench.granted("900", dtbegindienst="2023-05-01", dteindedienst="2023-05-01")
    assert bench.feature(FEATURE) == 0


def test_another_product_that_began_and_ended_on_one_day_was_received(bench: Bench) -> None:
    bench.aanvraag(productnr=87)
    bench.granted("900", productnr=87, dtbegindienst="2023-05-01", dteindedienst="2023-05-01")
    assert bench.feature(FEATURE) == 1


def test_a_core_product_of_two_days_was_received(bench: Bench) -> None:
    bench.granted("900", dtbegindienst="2023-05-01", dteindedienst="2023-05-02")
    assert bench.feature(FEATURE) == 1


def test_the_row_entered_last_decides_for_its_number(bench: Bench) -> None:
    bench.granted("900", besluit=1, dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", besluit=13, dtopvoer="2023-06-01 10:00:00")
    assert bench.feature(FEATURE) == 0


def test_a_later_grant_overrules_an_earlier_refusal(bench: Bench) -> None:
    bench.granted("900", besluit=3, dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", besluit=1, dtopvoer="2023-06-01 10:00:00")
    assert bench.feature(FEATURE) == 1


def test_the_last_row_that_is_of_one_day_hides_the_rest_of_its_number(bench: Bench) -> None:
    bench.granted("900", dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", dtbegindienst="2023-05-01", dteindedienst="2023-05-01", dtopvoer="2023-06-01 10:00:00")
    assert bench.feature(FEATURE) == 0


def test_last_year_is_looked_at_before_the_row_entered_last(bench: Bench) -> None:
    bench.granted("900", besluit=1, dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", besluit=13, dteindedienst="2021-01-01", dtopvoer="2023-06-01 10:00:00")
    assert bench.feature(FEATURE) == 1


def test_a_row_withdrawn_before_ref_does_not_hide_the_one_before_it(bench: Bench) -> None:
    bench.granted("900", besluit=1, dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", besluit=13, dtopvoer="2023-06-01 10:00:00", dtafvoer="2023-07-01 10:00:00")
    assert bench.feature(FEATURE) == 1


def test_what_was_entered_after_ref_does_not_overrule(bench: Bench) -> None:
    bench.granted("900", besluit=1, dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", besluit=13, dtopvoer="2023-11-15 12:01:01")
    assert bench.feature(FEATURE) == 1


def test_other_numbers_do_not_overrule(bench: Bench) -> None:
    bench.granted("900", besluit=1, dtopvoer="2023-05-01 10:00:00")
    bench.granted("901", besluit=13, dtopvoer="2023-06-01 10:00:00")
    assert bench.feature(FEATURE) == 1


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        pytest.param({"technischesleutel": 2}, {"technischesleutel": 1}, id="the greater technischesleutel wins"),
        pytest.param({"technischesleutel": 10}, {"technischesleutel": 9}, id="by number, not by letters"),
        pytest.param({"technischesleutel": -5}, {"technischesleutel": None}, id="an empty technischesleutel is lowest"),
        pytest.param(
            {"technischesleutel": 2, "productnr": 131},
            {"technischesleutel": 1, "productnr": 999},
            id="key before product",
        ),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_rows_entered_at_one_moment_are_told_apart_by_their_key(
    bench: Bench, winner: dict, loser: dict, turned: bool
) -> None:
    rows = [{"besluit": 1} | winner, {"besluit": 13} | loser]
    for row in reversed(rows) if turned else rows:
        bench.granted("900", **row)
    assert bench.feature(FEATURE) == 1


@pytest.mark.parametrize(
    ("winner", "loser", "expected"),
    [
        pytest.param({"productnr": 135}, {"productnr": 131}, 0, id="the greater productnr wins, although not the same"),
        pytest.param({"productnr": 131}, {"productnr": None}, 1, id="an empty productnr is lowest"),
        pytest.param({"besluit": 13}, {"besluit": 1}, 0, id="the greater besluit wins"),
        pytest.param({"besluit": 1}, {"besluit": None}, 1, id="an empty besluit is lowest"),
        pytest.param(
            {"besluit": 1, "dtaanvraag": None},
            {"besluit": None, "dtaanvraag": "2023-01-01"},
            1,
            id="besluit before date",
        ),
        pytest.param(
            {"dtbegindienst": "2023-05-02", "dteindedienst": "2023-05-02"},
            {"dtbegindienst": "2023-05-01", "dteindedienst": "2023-05-02"},
            0,
            id="the later begin wins",
        ),
        pytest.param(
            {"dtbegindienst": "2023-05-02", "dteindedienst": "2023-05-03"},
            {"dtbegindienst": "2023-05-02", "dteindedienst": "2023-05-02"},
            1,
            id="the later end wins",
        ),
        pytest.param(
            {"dtbegindienst": "2023-05-02", "dteindedienst": "2023-05-02"},
            {"dtbegindienst": "2023-05-02", "dteindedienst": None},
            0,
            id="an empty end is lowest",
        ),
        pytest.param(
            {"dtaanvraag": "2023-02-01", "dtbegindienst": "2023-05-01", "dteindedienst": "2023-05-01"},
            {"dtaanvraag": "2023-01-01", "dtbegindienst": "2023-05-02", "dteindedienst": None},
            0,
            id="the later dtaanvraag wins, before begin and end",
        ),
        pytest.param(
            {"productnr": 131, "besluit": 1}, {"productnr": None, "besluit": 13}, 1, id="productnr before besluit"
        ),
        pytest.param(
            {"dtbegindienst": "2023-05-02", "dteindedienst": "2023-05-02"},
            {"dtbegindienst": "2023-05-01", "dteindedienst": "2023-05-03"},
            0,
            id="begin before end",
        ),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_without_keys_product_decision_and_dates_tell_rows_apart(
    bench: Bench, winner: dict, loser: dict, expected: int, turned: bool
) -> None:
    for row in [loser, winner] if turned else [winner, loser]:
        bench.granted("900", **row)
    assert bench.feature(FEATURE) == expected


def test_a_row_of_the_applications_own_number_counts_here(bench: Bench) -> None:
    bench.granted("1001")
    assert bench.feature(FEATURE) == 1


def test_a_benefit_of_another_person_does_not_count(bench: Bench) -> None:
    bench.granted("900", subjectnrklant="501")
    assert bench.feature(FEATURE) == 0


def test_a_number_that_changed_hands_counts_by_the_persons_own_rows(bench: Bench) -> None:
    bench.granted("900", subjectnrklant="500", besluit=1, dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", subjectnrklant="501", besluit=13, dtopvoer="2023-06-01 10:00:00")
    assert bench.feature(FEATURE) == 1


# Held through a party ------------------------------------------------------------------------------------------


@each(RUNNING)
def test_the_row_of_the_party_decides_when_it_ran(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.partij("70")
    bench.dienst("900", subjectnrklant="501", besluit=1)
    bench.dienstsubject("900", "70", **cells)
    assert bench.feature(FEATURE) == (1 if counts else 0)


def test_decision_and_product_come_from_the_latest_dienst_row_known_at_ref(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", subjectnrklant="501", besluit=1, productnr=135, dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", subjectnrklant="502", besluit=2, productnr=131, dtopvoer="2023-06-01 10:00:00")
    bench.granted("900", subjectnrklant="501", besluit=13, productnr=131, dtopvoer="2023-11-15 12:01:01")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 1


def test_the_latest_dienst_row_of_a_party_need_not_be_alive(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", subjectnrklant="501", besluit=1, dtopvoer="2023-05-01 10:00:00")
    bench.granted(
        "900", subjectnrklant="501", besluit=13, dtopvoer="2023-06-01 10:00:00", dtafvoer="2023-07-01 10:00:00"
    )
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 0


def test_the_latest_dienst_row_of_a_party_must_be_valid(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", subjectnrklant="501", besluit=1, dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", subjectnrklant="501", besluit=13, dtopvoer="2023-06-01 10:00:00", geldig=0)
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 1


def test_no_dienst_row_known_at_ref_is_not_granted(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", subjectnrklant="501", dtopvoer="2023-11-15 12:01:01")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 0


def test_no_dienst_row_at_all_is_not_granted(bench: Bench) -> None:
    bench.partij("70")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 0


def test_where_the_person_is_main_client_only_the_dienst_rows_count(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", dteindedienst="2021-01-01")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 0


def test_a_withdrawn_row_as_main_client_still_shuts_out_the_party(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", dtafvoer="2023-05-01 10:00:00")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 0


def test_an_invalid_row_as_main_client_does_not_shut_out_the_party(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", geldig=0)
    bench.granted("900", subjectnrklant="501")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 1


def test_becoming_main_client_after_ref_does_not_shut_out_the_party(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", subjectnrklant="501", dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", subjectnrklant="500", dtopvoer="2023-11-15 12:01:01")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 1


def test_main_client_as_one_of_several_shuts_out_the_party(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", subjectnrklant="500", besluit=13, dtopvoer="2023-05-01 10:00:00")
    bench.granted("900", subjectnrklant="501", besluit=1, dtopvoer="2023-06-01 10:00:00")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 0


def test_a_party_row_that_began_and_ended_on_one_day_was_not_received(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", subjectnrklant="501")
    bench.dienstsubject("900", "70", dtbegin="2023-05-01", dteinde="2023-05-01")
    assert bench.feature(FEATURE) == 0


def test_of_several_party_rows_the_one_entered_last_decides(bench: Bench) -> None:
    bench.partij("70")
    bench.partij("71")
    bench.granted("900", subjectnrklant="501")
    bench.dienstsubject("900", "70", dtopvoer="2023-05-01 10:00:00")
    bench.dienstsubject("900", "71", dtbegin="2023-05-01", dteinde="2023-05-01", dtopvoer="2023-06-01 10:00:00")
    assert bench.feature(FEATURE) == 0


def test_party_rows_entered_at_one_moment_are_told_apart_by_their_own_key(bench: Bench) -> None:
    bench.partij("70")
    bench.granted("900", subjectnrklant="501", technischesleutel=7)
    bench.dienstsubject("900", "70", technischesleutel=2)
    bench.dienstsubject("900", "70", dtbegin="2023-05-01", dteinde="2023-05-01", technischesleutel=1)
    assert bench.feature(FEATURE) == 1


def test_a_party_of_somebody_else_does_not_count(bench: Bench) -> None:
    bench.partij("70", "501")
    bench.granted("900", subjectnrklant="501")
    bench.dienstsubject("900", "70")
    assert bench.feature(FEATURE) == 0
