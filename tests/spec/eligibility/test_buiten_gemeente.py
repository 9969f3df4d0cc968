"""BUITEN_GEMEENTE (type 2): the addresses in force at ref that have a place all lie outside the municipality."""

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import CURRENT, each

OUTSIDE = (2, "BUITEN_GEMEENTE")
MODEL = (0, "MODEL")


@each(CURRENT)
def test_only_an_address_in_force_at_ref_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.adres(plaats="Utrecht", **cells)
    assert bench.outcome() == (OUTSIDE if counts else MODEL)


@pytest.mark.parametrize(
    ("plaats", "expected"),
    [
        ("Amsterdam", MODEL),
        ("AMSTERDAM  ZO", MODEL),
        ("Amsterdam-Zuidoost", MODEL),
        (" weesp ", MODEL),
        ("Driemond", MODEL),
        ("Nieuw-Amsterdam", OUTSIDE),
        ("Amsterdamseveld", OUTSIDE),
        ("Weesperkarspel", OUTSIDE),
        ("Diemen", OUTSIDE),
        ("-", OUTSIDE),
        (None, MODEL),
        ("  ", MODEL),
    ],
)
def test_the_place_decides_and_an_empty_place_tells_nothing(bench: Bench, plaats: str | None, expected: tuple) -> None:
    bench.adres(plaats=plaats)
    assert bench.outcome() == expected


def test_one_address_inside_is_enough_to_stay(bench: Bench) -> None:
    bench.adres(plaats="Utrecht", dtbegin="2023-11-05")
    bench.adres(plaats="Weesp", dtbegin="2001-01-01", soort=2)
    assert bench.outcome() == MODEL


def test_an_address_inside_that_has_ended_does_not_help(bench: Bench) -> None:
    bench.adres(plaats="Utrecht")
    bench.adres(plaats="Amsterdam", dteinde="2023-11-05")
    assert bench.outcome() == OUTSIDE


def test_an_address_without_place_beside_one_outside_does_not_help(bench: Bench) -> None:
    bench.adres(plaats="Utrecht")
    bench.adres(plaats=None)
    assert bench.outcome() == OUTSIDE


def test_any_kind_of_address_counts(bench: Bench) -> None:
    bench.adres(plaats="Utrecht", soort=2)
    assert bench.outcome() == OUTSIDE


def test_no_address_at_all_goes_to_the_model(bench: Bench) -> None:
    assert bench.outcome() == MODEL


def test_the_address_of_the_main_client_counts_not_of_the_partner(bench: Bench) -> None:
    bench.relatie(categorie=1, subjectnrrelatie="900")
    bench.adres(plaats="Utrecht", subjectnr="900")
    assert bench.outcome() == MODEL
