"""Aantal adressen: how many different addresses are in force at ref.

Only addresses with place and street filled count. Two rows about the same postcode and house number are one address;
without a postcode, place, street and number decide. Capitals and blanks make no difference.
"""

from tests.spec.bench import Bench
from tests.spec.bounds import CURRENT, each

FEATURE = "active_address_count"


@each(CURRENT)
def test_only_an_address_in_force_at_ref_counts_so_one(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.adres(**cells)
    assert bench.feature(FEATURE) == (1 if counts else 0)


def test_no_address_is_zero(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 0


def test_different_addresses_are_counted_in_and_outside_the_city(bench: Bench) -> None:
    bench.adres(huisnr="1")
    bench.adres(huisnr="2")
    bench.adres(plaats="Utrecht", straat="Oudegracht")
    assert bench.feature(FEATURE) == 3


def test_any_kind_of_address_counts(bench: Bench) -> None:
    bench.adres(soort=1, huisnr="1")
    bench.adres(soort=2, huisnr="2")
    bench.adres(soort=None, huisnr="3")
    assert bench.feature(FEATURE) == 3


def test_the_same_address_of_two_kinds_is_one_address(bench: Bench) -> None:
    bench.adres(soort=1)
    bench.adres(soort=2)
    assert bench.feature(FEATURE) == 1


def test_an_address_without_place_does_not_count(bench: Bench) -> None:
    bench.adres(plaats=None, postcode="1012AB")
    assert bench.feature(FEATURE) == 0


def test_an_address_without_street_does_not_count(bench: Bench) -> None:
    bench.adres(straat=None, postcode="1012AB")
    assert bench.feature(FEATURE) == 0


def test_a_street_of_blanks_only_is_empty(bench: Bench) -> None:
    bench.adres(straat="   ")
    assert bench.feature(FEATURE) == 0


def test_capitals_and_blanks_around_the_parts_make_no_other_address(bench: Bench) -> None:
    bench.adres(plaats="Amsterdam", straat="Damrak", huisnr="1", huisletter="a", huisnrtoev="hs")
    bench.adres(plaats=" AMSTERDAM", straat="damrak ", huisnr=" 1", huisletter="A", huisnrtoev="HS ")
    assert bench.feature(FEATURE) == 1


def test_a_postcode_with_blanks_or_small_letters_is_the_same_postcode(bench: Bench) -> None:
    bench.adres(postcode="1012AB")
    bench.adres(postcode="1012 AB")
    bench.adres(postcode=" 10 12 ab ")
    assert bench.feature(FEATURE) == 1


def test_with_a_postcode_place_and_street_make_no_difference(bench: Bench) -> None:
    bench.adres(postcode="1012AB", plaats="Amsterdam", straat="Damrak")
    bench.adres(postcode="1012AB", plaats="A'dam", straat="Dam rak")
    assert bench.feature(FEATURE) == 1


def test_a_postcode_without_house_number_is_an_address_too(bench: Bench) -> None:
    bench.adres(postcode="1012AB", huisnr=None)
    bench.adres(postcode="1012AB", huisnr=None, straat="Rokin")
    bench.adres(postcode="1012AB", huisnr="1")
    assert bench.feature(FEATURE) == 2


def test_another_house_number_letter_or_addition_is_another_address(bench: Bench) -> None:
    bench.adres(postcode="1012AB", huisnr="1")
    bench.adres(postcode="1012AB", huisnr="11")
    bench.adres(postcode="1012AB", huisnr="1", huisletter="A")
    bench.adres(postcode="1012AB", huisnr="1", huisnrtoev="A")
    bench.adres(postcode="1012AB", huisnr="01")
    assert bench.feature(FEATURE) == 5


def test_with_and_without_a_postcode_are_two_addresses(bench: Bench) -> None:
    bench.adres(postcode="1012AB")
    bench.adres(postcode=None)
    assert bench.feature(FEATURE) == 2


def test_a_postcode_of_blanks_only_is_empty(bench: Bench) -> None:
    bench.adres(postcode="  ")
    bench.adres(postcode=None)
    assert bench.feature(FEATURE) == 1


def test_blanks_inside_a_street_do_make_another_address(bench: Bench) -> None:
    bench.adres(straat="Dam rak")
    bench.adres(straat="Damrak")
    assert bench.feature(FEATURE) == 2


def test_an_incomplete_address_is_known_but_not_counted(bench: Bench) -> None:
    bench.adres(straat=None)
    assert bench.feature(FEATURE) == 0
    assert bench.flag("adres_onbekend") == 0
