"""Which application, when: a service number whose first work order lies in the period; that moment is its ref.

Its row is the earliest valid one of the number, also when it was entered after ref or withdrawn before it.
"""

import pytest

from tests.spec.bench import Bench


def test_the_first_work_order_is_the_peilmoment_with_its_time_of_day(bench: Bench) -> None:
    bench.ref("2023-11-15 08:09:10.123456")
    bench.werkopdracht("1001", "2023-11-15 08:09:10.123457")
    assert bench.peilmoment() == "2023-11-15T08:09:10.123456"


def test_a_peilmoment_on_the_second_is_written_without_fraction(bench: Bench) -> None:
    bench.ref("2023-11-15 08:09:10")
    assert bench.peilmoment() == "2023-11-15T08:09:10"


def test_midnight_is_written_with_its_time(bench: Bench) -> None:
    bench.ref("2023-11-15 00:00:00")
    assert bench.peilmoment() == "2023-11-15T00:00:00"


@pytest.mark.parametrize(
    ("moment", "applications"),
    [
        pytest.param("2023-11-14 23:59:59.999999", [], id="before the period"),
        pytest.param("2023-11-15 00:00:00", ["1001"], id="at its begin"),
        pytest.param("2023-11-15 23:59:59.999999", ["1001"], id="just before its end"),
        pytest.param("2023-11-16 00:00:00", [], id="at its end"),
    ],
)
def test_the_period_is_half_open(bench: Bench, moment: str, applications: list[str]) -> None:
    bench.ref(moment)
    bench.periode("2023-11-15T00:00:00", "2023-11-16T00:00:00")
    assert bench.applications_with_features() == applications
    assert list(bench.outcomes()) == applications


def test_a_later_work_order_in_the_period_makes_no_new_application(bench: Bench) -> None:
    bench.ref("2023-11-01 10:00:00")
    bench.werkopdracht("1001", "2023-11-15 10:00:00")
    bench.periode("2023-11-15T00:00:00", "2023-11-16T00:00:00")
    assert bench.outcomes() == {}


def test_a_service_without_work_order_is_no_application(bench: Bench) -> None:
    bench.dienst("1002")
    assert list(bench.outcomes()) == ["1001"]


def test_the_date_of_application_does_not_set_ref(bench: Bench) -> None:
    bench.aanvraag(dtaanvraag="2020-01-01")
    assert bench.peilmoment() == "2023-11-15T12:00:00"


def test_applications_come_in_order_of_their_number_as_text(bench: Bench) -> None:
    for number in ("20", "3", "1002", "0100"):
        bench.dienst(number)
        bench.werkopdracht(number, "2023-11-15 11:00:00")
    assert bench.applications_with_features() == ["0100", "1001", "1002", "20", "3"]


def test_blanks_around_the_number_are_trimmed(bench: Bench) -> None:
    bench.werkopdracht(" 1002", "2023-11-15 11:00:00")
    bench.werkopdracht("1002 ", "2023-11-15 10:00:00")
    bench.dienst("  1002  ")
    assert bench.applications_with_features() == ["1001", "1002"]
    assert bench.peilmoment("1002") == "2023-11-15T10:00:00"


def test_the_client_of_the_earliest_row_is_the_applicant(bench: Bench) -> None:
    bench.dienst("1001", subjectnrklant="501", dtopvoer="2023-11-14 09:00:00")
    bench.adres(subjectnr="501")
    assert bench.feature("at_least_one_address_in_amsterdam") == 1


def test_the_earliest_row_counts_also_when_entered_after_ref(bench: Bench) -> None:
    bench.aanvraag(dtopvoer="2024-02-01 10:00:00", productnr=135)
    bench.granted("900", productnr=135)
    assert bench.feature("received_same_product_last_year") == 1


def test_the_earliest_row_counts_also_when_withdrawn_before_ref(bench: Bench) -> None:
    bench.aanvraag(dtopvoer="2023-11-10 10:00:00", dtafvoer="2023-11-11 10:00:00", productnr=135)
    bench.dienst("1001", productnr=131, dtopvoer="2023-11-11 10:00:00")
    bench.granted("900", productnr=135)
    assert bench.feature("received_same_product_last_year") == 1


def test_an_invalid_row_is_never_the_applications(bench: Bench) -> None:
    bench.dienst("1001", productnr=87, dtopvoer="2023-11-01 10:00:00", geldig=0)
    assert bench.outcome() == (0, "MODEL")


def test_every_application_has_its_own_ref(bench: Bench) -> None:
    bench.dienst("1002")
    bench.werkopdracht("1002", "2023-11-18 12:00:00")
    bench.adres(dtbegin="2023-11-05")
    assert bench.feature("days_since_last_relocation", "1001") == 10
    assert bench.feature("days_since_last_relocation", "1002") == 13


def test_one_application_is_an_earlier_one_for_the_other(bench: Bench) -> None:
    bench.dienst("1002", dtaanvraag="2023-11-10")
    bench.werkopdracht("1002", "2023-11-12 12:00:00")
    assert bench.feature("applied_for_same_product_last_year", "1001") == 1
    assert bench.feature("applied_for_same_product_last_year", "1002") == 0
