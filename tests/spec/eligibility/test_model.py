"""MODEL: where nothing else applies the score decides, type 1 from the threshold up and type 2 below it.

Here the type is 0, for "still to be decided by the model".
"""

import pytest

from tests.spec.bench import Bench

MODEL = (0, "MODEL")


def test_a_plain_application_goes_to_the_model(bench: Bench) -> None:
    assert bench.outcome() == MODEL


@pytest.mark.parametrize("productnr", [131, 135, 227])
def test_each_core_product_goes_to_the_model(bench: Bench, productnr: int) -> None:
    bench.aanvraag(productnr=productnr)
    bench.adres(plaats="Amsterdam")
    assert bench.outcome() == MODEL


def test_every_application_gets_exactly_one_outcome(bench: Bench) -> None:
    bench.dienst("1002", subjectnrklant="501", productnr=88)
    bench.dienst("1002", subjectnrklant="501", productnr=131, dtopvoer="2023-11-01 10:00:00")
    bench.werkopdracht("1002", "2023-11-15 09:00:00")
    bench.werkopdracht("1002", "2023-11-15 11:00:00")
    bench.werkopdracht("1003", "2023-11-15 10:00:00")
    assert bench.outcomes() == {"1001": MODEL, "1002": (3, "IOAW_IOAZ"), "1003": (4, "GEEN_DIENST")}


def test_two_applications_of_one_person_each_get_their_own(bench: Bench) -> None:
    bench.dienst("1002", dtopvoer="2023-11-14 10:00:00", besluit=1)
    bench.werkopdracht("1002", "2023-11-15 13:00:00")
    assert bench.outcomes() == {"1001": MODEL, "1002": (4, "AL_BESLIST")}
