"""PRODUCT_BUITEN_BEREIK (type 4): the product is empty, or none of 131 (WWb/LO), 135 (WWb/EV) and 227 (krediet)."""

import pytest

from tests.spec.bench import Bench


@pytest.mark.parametrize("productnr", [None, 0, 1, 86, 89, 130, 132, 134, 136, 226, 228, 1310, -131])
def test_any_other_product_is_out_of_reach(bench: Bench, productnr: int | None) -> None:
    bench.aanvraag(productnr=productnr)
    assert bench.outcome() == (4, "PRODUCT_BUITEN_BEREIK")


@pytest.mark.parametrize("productnr", [131, 135, 227])
def test_the_three_core_products_are_in_reach(bench: Bench, productnr: int) -> None:
    bench.aanvraag(productnr=productnr)
    assert bench.outcome() == (0, "MODEL")


def test_the_earliest_row_decides_although_a_later_one_is_in_reach(bench: Bench) -> None:
    bench.aanvraag(productnr=None)
    bench.dienst("1001", productnr=131, dtopvoer="2023-11-14 10:00:01")
    assert bench.outcome() == (4, "PRODUCT_BUITEN_BEREIK")


def test_an_empty_product_loses_a_tie_in_time(bench: Bench) -> None:
    bench.dienst("1001", productnr=None, dtopvoer="2023-11-14 10:00:00")
    assert bench.outcome() == (0, "MODEL")


def test_features_are_told_all_the_same(bench: Bench) -> None:
    bench.aanvraag(productnr=None)
    assert bench.applications_with_features() == ["1001"]
