"""Inkomen onbekend: 1 when no income of categorie 1 to 4 is in force at ref, so that the total income is unknown.

It never stands for an income of zero: somebody with a known income of nothing has 0 here and 0 as total.
"""

from tests.spec.bench import Bench
from tests.spec.bounds import CURRENT, each

FEATURE = "sum_inkomen_bruto_was_mean_imputed"


@each(CURRENT)
def test_it_is_one_without_an_income_in_force_at_ref(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.soortinkomen(1, categorie=2)
    bench.inkomen(**cells)
    assert bench.feature(FEATURE) == (0 if counts else 1)
    assert bench.flag("inkomen_onbekend") == (0 if counts else 1)


def test_no_income_is_unknown(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 1
    assert bench.flag("inkomen_onbekend") == 1


def test_an_income_of_zero_is_known(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=1)
    bench.inkomen(bedragbruto="0.00")
    assert bench.feature(FEATURE) == 0
    assert bench.flag("inkomen_onbekend") == 0


def test_an_income_without_amount_is_known(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=1)
    bench.inkomen(bedragbruto=None)
    assert bench.feature(FEATURE) == 0


def test_only_income_of_other_categories_is_unknown(bench: Bench) -> None:
    bench.soortinkomen(5, categorie=5)
    bench.soortinkomen(6, categorie=6)
    bench.inkomen(soort=5)
    bench.inkomen(soort=6)
    assert bench.feature(FEATURE) == 1


def test_a_kind_that_is_not_listed_is_unknown(bench: Bench) -> None:
    bench.inkomen(soort=99)
    assert bench.feature(FEATURE) == 1


def test_one_income_that_counts_makes_it_known(bench: Bench) -> None:
    bench.soortinkomen(1, categorie=1)
    bench.soortinkomen(6, categorie=6)
    bench.inkomen(soort=1)
    bench.inkomen(soort=6)
    assert bench.feature(FEATURE) == 0
