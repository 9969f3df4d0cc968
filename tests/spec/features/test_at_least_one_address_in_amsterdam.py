"""Adres in Amsterdam: 1 when at least one address in force at ref lies in the municipality, otherwise 0.

The place decides, whatever its spelling: Amsterdam and its parts, Weesp and Driemond. Any kind of address counts,
also a postal one; an unknown address gives 0 and is told apart by adres_onbekend.
"""

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import CURRENT, each

FEATURE = "at_least_one_address_in_amsterdam"


@each(CURRENT)
def test_only_an_address_in_force_at_ref_counts_so_one(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.adres(**cells)
    assert bench.feature(FEATURE) == (1 if counts else 0)
    assert bench.flag("adres_onbekend") == (0 if counts else 1)


@pytest.mark.parametrize(
    ("plaats", "expected"),
    [
        ("Amsterdam", 1),
        ("AMSTERDAM", 1),
        ("  amsterdam  ", 1),
        ("Amsterdam-Zuidoost", 1),
        ("AMSTERDAM  ZO", 1),
        ("Amsterdam (NH)", 1),
        ("amsterdam.", 1),
        ("1012 Amsterdam", 1),
        ("Weesp", 1),
        ("WEESP ", 1),
        ("Driemond", 1),
        ("Nieuw-Amsterdam", 0),
        ("Amsterdamse Bos", 0),
        ("Amsterdamzuid", 0),
        ("Weesp Zuid", 0),
        ("Driemond-Oost", 0),
        ("Diemen", 0),
        ("Utrecht", 0),
        ("...", 0),
        (None, 0),
        ("   ", 0),
    ],
)
def test_the_place_decides_whatever_its_spelling(bench: Bench, plaats: str | None, expected: int) -> None:
    bench.adres(plaats=plaats)
    assert bench.feature(FEATURE) == expected


@pytest.mark.parametrize("soort", [1, 2, 3, 9, 42, None])
def test_any_kind_of_address_counts(bench: Bench, soort: int | None) -> None:
    bench.adres(soort=soort)
    assert bench.feature(FEATURE) == 1


def test_one_address_in_the_city_is_enough(bench: Bench) -> None:
    bench.adres(plaats="Utrecht")
    bench.adres(plaats="Weesp")
    assert bench.feature(FEATURE) == 1


def test_a_place_is_enough_without_street_and_number(bench: Bench) -> None:
    bench.adres(straat=None, huisnr=None)
    assert bench.feature(FEATURE) == 1


def test_an_address_of_another_person_does_not_count(bench: Bench) -> None:
    bench.adres(subjectnr="501")
    assert bench.feature(FEATURE) == 0


def test_leading_zeros_make_another_person(bench: Bench) -> None:
    bench.adres(subjectnr="0500")
    assert bench.feature(FEATURE) == 0


def test_blanks_around_a_number_do_not_make_another_person(bench: Bench) -> None:
    bench.adres(subjectnr=" 500 ")
    assert bench.feature(FEATURE) == 1


def test_no_address_at_all_is_zero_and_unknown(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 0
    assert bench.flag("adres_onbekend") == 1


def test_an_address_elsewhere_is_zero_and_known(bench: Bench) -> None:
    bench.adres(plaats="Utrecht")
    assert bench.feature(FEATURE) == 0
    assert bench.flag("adres_onbekend") == 0
