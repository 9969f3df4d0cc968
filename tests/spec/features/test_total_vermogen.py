"""Totaal vermogen: the sum in euro of the wealth and debts (negative amounts) in force at ref; 0 without any.

Sums are exact to the cent. No row in force is told apart from a sum of zero by vermogen_onbekend.
"""

from math import copysign

from tests.spec.bench import Bench
from tests.spec.bounds import CURRENT, each

FEATURE = "total_vermogen"


@each(CURRENT)
def test_only_wealth_in_force_at_ref_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.vermogen(bedrag="250.50", **cells)
    assert bench.feature(FEATURE) == (250.5 if counts else 0)
    assert bench.flag("vermogen_onbekend") == (0 if counts else 1)


def test_nothing_known_is_zero_and_unknown(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 0
    assert bench.flag("vermogen_onbekend") == 1


def test_an_empty_amount_is_zero_and_known(bench: Bench) -> None:
    bench.vermogen(bedrag=None)
    assert bench.feature(FEATURE) == 0
    assert bench.flag("vermogen_onbekend") == 0


def test_wealth_and_debts_are_added(bench: Bench) -> None:
    bench.vermogen(bedrag="1000.00")
    bench.vermogen(bedrag="-2270.25")
    bench.vermogen(bedrag=None)
    assert bench.feature(FEATURE) == -1270.25


def test_cents_are_added_exactly(bench: Bench) -> None:
    for soort in range(10):
        bench.vermogen(bedrag="0.10", technischesleutel=soort)
    bench.vermogen(bedrag="0.20")
    assert bench.feature(FEATURE) == 1.2


def test_large_amounts_keep_their_cents(bench: Bench) -> None:
    bench.vermogen(bedrag="99999999.99")
    bench.vermogen(bedrag="0.02")
    assert bench.feature(FEATURE) == 100000000.01


def test_amounts_of_one_decimal_or_none_are_read(bench: Bench) -> None:
    bench.vermogen(bedrag="10.5")
    bench.vermogen(bedrag="3")
    assert bench.feature(FEATURE) == 13.5


def test_a_sum_of_minus_zero_is_plain_zero(bench: Bench) -> None:
    bench.vermogen(bedrag="-0.00")
    assert copysign(1, bench.feature(FEATURE)) == 1


def test_opposite_amounts_are_plain_zero(bench: Bench) -> None:
    bench.vermogen(bedrag="-12.34")
    bench.vermogen(bedrag="12.34")
    assert bench.feature(FEATURE) == 0
    assert copysign(1, bench.feature(FEATURE)) == 1


def test_the_same_row_twice_counts_once(bench: Bench) -> None:
    bench.vermogen(bedrag="100.00")
    bench.vermogen(bedrag="100.00")
    assert bench.feature(FEATURE) == 100


def test_the_same_amount_written_differently_is_the_same_row(bench: Bench) -> None:
    bench.vermogen(bedrag="100.00")
    bench.vermogen(bedrag="100")
    bench.vermogen(bedrag="100.0", dteinde="2382-12-31")
    assert bench.feature(FEATURE) == 100


def test_from_2100_on_an_end_or_withdrawal_is_empty_so_these_rows_are_the_same(bench: Bench) -> None:
    bench.vermogen(bedrag="100.00")
    bench.vermogen(bedrag="100.00", dteinde="2100-01-01")
    bench.vermogen(bedrag="100.00", dteinde="2382-12-31", dtafvoer="2100-01-01 00:00:00")
    bench.vermogen(bedrag="100.00", dtafvoer="9999-12-31 23:59:59")
    assert bench.feature(FEATURE) == 100


def test_up_to_2099_an_end_is_a_date_so_these_rows_differ(bench: Bench) -> None:
    bench.vermogen(bedrag="100.00")
    bench.vermogen(bedrag="100.00", dteinde="2099-12-31")
    bench.vermogen(bedrag="100.00", dtafvoer="2099-12-31 23:59:59.999999")
    assert bench.feature(FEATURE) == 300


def test_rows_with_different_keys_are_different_rows(bench: Bench) -> None:
    bench.vermogen(bedrag="100.00", technischesleutel=1)
    bench.vermogen(bedrag="100.00", technischesleutel=2)
    bench.vermogen(bedrag="100.00")
    assert bench.feature(FEATURE) == 300


def test_wealth_of_another_person_does_not_count(bench: Bench) -> None:
    bench.vermogen(subjectnr="900")
    assert bench.feature(FEATURE) == 0
    assert bench.flag("vermogen_onbekend") == 1
