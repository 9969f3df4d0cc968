"""IOAW_IOAZ (type 3): the application is for product 87 (IOAW) or 88 (IOAZ), which the model was not made for."""

import pytest

from tests.spec.bench import Bench


@pytest.mark.parametrize("productnr", [87, 88])
def test_product_87_and_88_get_their_own_type(bench: Bench, productnr: int) -> None:
    bench.aanvraag(productnr=productnr)
    assert bench.outcome() == (3, "IOAW_IOAZ")


@pytest.mark.parametrize("productnr", [86, 89, 131])
def test_other_products_do_not(bench: Bench, productnr: int) -> None:
    bench.aanvraag(productnr=productnr)
    assert bench.outcome().reden != "IOAW_IOAZ"


def test_the_earliest_row_of_the_number_tells_the_product(bench: Bench) -> None:
    bench.dienst("1001", productnr=87, dtopvoer="2023-11-14 09:59:59")
    assert bench.outcome() == (3, "IOAW_IOAZ")


def test_a_later_row_of_the_number_does_not(bench: Bench) -> None:
    bench.dienst("1001", productnr=87, dtopvoer="2023-11-14 10:00:01")
    assert bench.outcome() == (0, "MODEL")


def test_the_greater_product_wins_a_tie_in_time(bench: Bench) -> None:
    bench.dienst("1001", productnr=87, dtaanvraag="2023-11-14", dtopvoer="2023-11-14 10:00:00")
    assert bench.outcome() == (0, "MODEL")


def test_the_greater_key_wins_a_tie_in_time_before_the_product(bench: Bench) -> None:
    bench.dienst("1001", productnr=87, technischesleutel=1, dtopvoer="2023-11-14 10:00:00")
    assert bench.outcome() == (3, "IOAW_IOAZ")


def test_features_are_told_all_the_same(bench: Bench) -> None:
    bench.aanvraag(productnr=87)
    assert bench.applications_with_features() == ["1001"]
