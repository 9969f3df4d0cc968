"""BIJZONDERE_DOELGROEP (type 4): the youngest address in force at ref is on the list of special-group addresses.

The list holds clear addresses from the secret store and is empty by default. Addresses compare as elsewhere: by
postcode and number, or by place, street and number where there is no postcode.
"""

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import CURRENT, each

SPECIAL = (4, "BIJZONDERE_DOELGROEP")
MODEL = (0, "MODEL")
SHELTER = {
    "plaats": "Amsterdam",
    "straat": "Singel",
    "huisnr": "10",
    "huisletter": "A",
    "huisnrtoev": "",
    "postcode": "",
}
POSTCODED = {"plaats": "", "straat": "", "huisnr": "10", "huisletter": "", "huisnrtoev": "", "postcode": "1012AB"}


@each(CURRENT)
def test_only_an_address_in_force_at_ref_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.special_addresses(SHELTER)
    bench.adres(straat="Singel", huisnr="10", huisletter="A", **cells)
    assert bench.outcome() == (SPECIAL if counts else MODEL)


def test_an_empty_list_never_applies(bench: Bench) -> None:
    bench.adres(straat="Singel", huisnr="10", huisletter="A")
    assert bench.outcome() == MODEL


def test_an_address_that_is_not_listed_goes_to_the_model(bench: Bench) -> None:
    bench.special_addresses(SHELTER)
    bench.adres(straat="Singel", huisnr="10")
    assert bench.outcome() == MODEL


def test_no_address_goes_to_the_model(bench: Bench) -> None:
    bench.special_addresses(SHELTER)
    assert bench.outcome() == MODEL


def test_capitals_and_blanks_make_no_difference(bench: Bench) -> None:
    bench.special_addresses(SHELTER | {"straat": " SINGEL ", "huisletter": "a"})
    bench.adres(plaats=" AMSTERDAM", straat="singel", huisnr="10 ", huisletter="A")
    assert bench.outcome() == SPECIAL


def test_with_a_postcode_only_postcode_and_number_count(bench: Bench) -> None:
    bench.special_addresses(POSTCODED)
    bench.adres(postcode="1012 ab", huisnr="10", straat="Elders", plaats="Utrecht")
    assert bench.outcome() == SPECIAL


def test_several_addresses_may_be_listed(bench: Bench) -> None:
    bench.special_addresses(SHELTER, POSTCODED)
    bench.adres(postcode="1012AB", huisnr="10")
    assert bench.outcome() == SPECIAL


@pytest.mark.parametrize("soort", [1, 2, 9, None])
def test_any_kind_of_address_counts(bench: Bench, soort: int | None) -> None:
    bench.special_addresses(POSTCODED)
    bench.adres(soort=soort, postcode="1012AB", huisnr="10")
    assert bench.outcome() == SPECIAL


def test_only_the_youngest_address_counts(bench: Bench) -> None:
    bench.special_addresses(POSTCODED)
    bench.adres(postcode="1012AB", huisnr="10", dtbegin="2023-11-04")
    bench.adres(postcode="1012AB", huisnr="99", dtbegin="2023-11-05")
    assert bench.outcome() == MODEL


def test_a_younger_address_that_has_ended_does_not_hide_it(bench: Bench) -> None:
    bench.special_addresses(POSTCODED)
    bench.adres(postcode="1012AB", huisnr="10", dtbegin="2023-11-04")
    bench.adres(postcode="1012AB", huisnr="99", dtbegin="2023-11-05", dteinde="2023-11-10")
    assert bench.outcome() == SPECIAL


@pytest.mark.parametrize("turned", [False, True])
def test_with_ties_one_listed_address_is_enough(bench: Bench, turned: bool) -> None:
    bench.special_addresses(POSTCODED)
    for number in ("10", "99") if turned else ("99", "10"):
        bench.adres(postcode="1012AB", huisnr=number, dtbegin="2023-11-05")
    assert bench.outcome() == SPECIAL


def test_a_listed_address_without_place_or_street_counts(bench: Bench) -> None:
    bench.special_addresses(POSTCODED)
    bench.adres(postcode="1012AB", huisnr="10", plaats=None, straat=None)
    assert bench.outcome() == SPECIAL
