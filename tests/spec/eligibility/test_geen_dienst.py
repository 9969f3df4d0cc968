"""GEEN_DIENST (type 4): there is a work order for the number, but no valid dienst row, so nobody to judge."""

from tests.spec.bench import Bench

NO_DIENST = (4, "GEEN_DIENST")


def test_no_row_of_the_number(bench: Bench) -> None:
    bench.no_dienst()
    assert bench.outcome() == NO_DIENST
    assert bench.applications_with_features() == []


def test_only_an_invalid_row(bench: Bench) -> None:
    bench.aanvraag(geldig=0)
    assert bench.outcome() == NO_DIENST
    assert bench.applications_with_features() == []


def test_rows_of_other_numbers_do_not_help(bench: Bench) -> None:
    bench.no_dienst()
    bench.dienst("01001")
    assert bench.outcome() == NO_DIENST


def test_a_row_through_a_party_does_not_help(bench: Bench) -> None:
    bench.no_dienst()
    bench.partij("70")
    bench.dienstsubject("1001", "70")
    assert bench.outcome() == NO_DIENST


def test_a_row_entered_after_ref_does_help(bench: Bench) -> None:
    bench.aanvraag(dtopvoer="2024-01-10 10:00:00")
    assert bench.outcome() == (0, "MODEL")


def test_a_row_withdrawn_before_ref_does_help(bench: Bench) -> None:
    bench.aanvraag(dtafvoer="2023-11-14 11:00:00")
    assert bench.outcome() == (0, "MODEL")


def test_one_valid_row_among_invalid_ones_does_help(bench: Bench) -> None:
    bench.aanvraag(geldig=0)
    bench.dienst("1001", dtopvoer="2023-11-14 11:00:00")
    assert bench.outcome() == (0, "MODEL")
    assert bench.applications_with_features() == ["1001"]
