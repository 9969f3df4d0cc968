"""AL_BESLIST (type 4): a valid row of the number, known at ref, says what was decided; a signal comes too late."""

import pytest

from tests.spec.bench import Bench

DECIDED = (4, "AL_BESLIST")
MODEL = (0, "MODEL")


@pytest.mark.parametrize("besluit", [1, 2, 3, 13, 0, 99])
def test_any_decision_counts(bench: Bench, besluit: int) -> None:
    bench.aanvraag(besluit=besluit)
    assert bench.outcome() == DECIDED


def test_undecided_goes_to_the_model(bench: Bench) -> None:
    bench.aanvraag(besluit=None)
    assert bench.outcome() == MODEL


@pytest.mark.parametrize(
    ("dtopvoer", "expected"),
    [
        pytest.param("2023-11-15 12:00:00", DECIDED, id="entered at ref"),
        pytest.param("2023-11-15 12:01:00", DECIDED, id="entered 60 seconds after ref"),
        pytest.param("2023-11-15 12:01:00.000001", MODEL, id="entered a microsecond later"),
        pytest.param("2023-11-15 12:01:01", MODEL, id="entered 61 seconds after ref"),
        pytest.param("2023-12-20 12:00:00", MODEL, id="entered weeks later"),
    ],
)
def test_the_row_must_be_known_at_ref(bench: Bench, dtopvoer: str, expected: tuple) -> None:
    bench.dienst("1001", besluit=1, dtopvoer=dtopvoer)
    assert bench.outcome() == expected


def test_the_applications_own_row_must_be_known_at_ref_too(bench: Bench) -> None:
    bench.aanvraag(besluit=1, dtopvoer="2023-12-20 12:00:00")
    assert bench.outcome() == MODEL


def test_the_row_need_not_be_alive(bench: Bench) -> None:
    bench.dienst("1001", besluit=3, dtopvoer="2023-11-14 11:00:00", dtafvoer="2023-11-14 12:00:00")
    assert bench.outcome() == DECIDED


def test_an_older_row_is_enough_although_the_last_one_is_undecided(bench: Bench) -> None:
    bench.dienst("1001", besluit=3, dtopvoer="2023-11-14 11:00:00")
    bench.dienst("1001", besluit=None, dtopvoer="2023-11-14 12:00:00")
    assert bench.outcome() == DECIDED


def test_an_invalid_row_does_not_count(bench: Bench) -> None:
    bench.dienst("1001", besluit=3, dtopvoer="2023-11-14 11:00:00", geldig=0)
    assert bench.outcome() == MODEL


def test_a_row_with_another_client_counts(bench: Bench) -> None:
    bench.dienst("1001", besluit=3, dtopvoer="2023-11-14 11:00:00", subjectnrklant="501")
    assert bench.outcome() == DECIDED


def test_a_decision_on_another_number_does_not_count(bench: Bench) -> None:
    bench.dienst("900", besluit=1)
    assert bench.outcome() == MODEL


def test_a_row_of_another_product_of_the_same_number_counts(bench: Bench) -> None:
    bench.dienst("1001", besluit=1, productnr=300, dtopvoer="2023-11-14 11:00:00")
    assert bench.outcome() == DECIDED
