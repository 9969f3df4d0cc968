"""Totaal bruto inkomen: the sum in euro of the incomes in force at ref whose kind belongs to categorie 1 to 4.

Without such an income it is unknown, which is not zero: the feature stays empty until the score takes the mean that
the model package stores. An income in force without an amount is a known zero.
"""

from math import copysign

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import CURRENT, each

FEATURE = "sum_inkomen_bruto_value"


@each(CURRENT)
def test_only_an_income_in_force_at_ref_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.soortinkomen(1, categorie=1)
    bench.inkomen(bedragbruto="600.00", **cells)
    assert bench.feature(FEATURE) == (600 if counts else None)


@pytest.mark.parametrize(
    ("categorie", "expected"),
    [(1, 100), (2, 100), (3, 100), (4, 100), (5, None), (6, None), (0, None), (7, None), (-1, None)],
)
def test_only_categorie_1_to_4_is_income(bench: Bench, categorie: int, expected: int | None) -> None:
    bench.soortinkomen(7, categorie=categorie)
    bench.inkomen(soort=7, bedragbruto="100.00")
    assert bench.feature(FEATURE) == expected


def test_a_soort_without_categorie_is_no_income(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=1)
    bench.inkomen(soort=2)
    assert bench.feature(FEATURE) is None


def test_no_income_is_unknown(bench: Bench) -> None:
    assert bench.feature(FEATURE) is None


def test_an_income_without_amount_is_a_known_zero(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=1)
    bench.inkomen(bedragbruto=None)
    assert bench.feature(FEATURE) == 0


def test_incomes_are_added_over_kinds_and_others_left_out(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=1)
    bench.soortinkomen(2, categorie=4)
    bench.soortinkomen(3, categorie=6)
    bench.inkomen(soort=1, bedragbruto="1200.10")
    bench.inkomen(soort=2, bedragbruto="33.20")
    bench.inkomen(soort=3, bedragbruto="5000.00")
    bench.inkomen(soort=1, bedragbruto=None)
    assert bench.feature(FEATURE) == 1233.3


def test_cents_are_added_exactly(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=1)
    bench.inkomen(bedragbruto="0.10")
    bench.inkomen(bedragbruto="0.20")
    assert bench.feature(FEATURE) == 0.3


def test_negative_income_is_subtracted_and_zero_is_plain(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=3)
    bench.inkomen(bedragbruto="-12.34")
    bench.inkomen(bedragbruto="12.34")
    assert bench.feature(FEATURE) == 0
    assert copysign(1, bench.feature(FEATURE)) == 1


def test_minus_zero_is_plain_zero(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=1)
    bench.inkomen(bedragbruto="-0.00")
    assert copysign(1, bench.feature(FEATURE)) == 1


def test_the_same_row_twice_counts_once(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=1)
    bench.inkomen(bedragbruto="100.00")
    bench.inkomen(bedragbruto="100")
    assert bench.feature(FEATURE) == 100


def test_a_kind_that_is_listed_twice_the_same_counts_once(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=1)
    bench.soortinkomen(1, categorie=1)
    bench.inkomen(bedragbruto="100.00")
    assert bench.feature(FEATURE) == 100


def test_income_of_another_person_does_not_count(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=1)
    bench.inkomen(subjectnr="900")
    assert bench.feature(FEATURE) is None
