"""Gemiddeld percentage maatregel: the mean percentage of the measures found in the year before ref, 0 without any.

In thousandths of a percent: 30000 is 30 %. Facts without a percentage do not weigh in.
"""

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import IN_YEAR, REGISTER, each

FEATURE = "avg_percentage_maatregel"


@each([*REGISTER, *IN_YEAR], date="dtconstatering")
def test_only_a_measure_found_last_year_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.feit(**cells)
    assert bench.feature(FEATURE) == (30000 if counts else 0)


def test_no_measure_is_zero(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 0


def test_the_mean_is_taken(bench: Bench) -> None:
    bench.feit(percentage=30000)
    bench.feit(percentage=100000)
    bench.feit(percentage=10000)
    assert bench.feature(FEATURE) == pytest.approx(46666.666666666664, abs=0)


def test_a_fact_without_percentage_does_not_weigh_in(bench: Bench) -> None:
    bench.feit(percentage=30000)
    bench.feit(percentage=None)
    assert bench.feature(FEATURE) == 30000


def test_a_percentage_of_zero_does_weigh_in(bench: Bench) -> None:
    bench.feit(percentage=30000)
    bench.feit(percentage=0)
    assert bench.feature(FEATURE) == 15000


def test_only_facts_without_percentage_are_zero(bench: Bench) -> None:
    bench.feit(percentage=None)
    assert bench.feature(FEATURE) == 0


def test_the_same_row_twice_counts_once(bench: Bench) -> None:
    bench.feit(percentage=30000)
    bench.feit(percentage=30000)
    bench.feit(percentage=90000)
    assert bench.feature(FEATURE) == 60000


def test_rows_with_different_keys_are_different_rows(bench: Bench) -> None:
    bench.feit(percentage=30000, technischesleutel=1)
    bench.feit(percentage=30000, technischesleutel=2)
    bench.feit(percentage=90000)
    assert bench.feature(FEATURE) == 50000


def test_a_measure_of_another_person_does_not_count(bench: Bench) -> None:
    bench.feit(subjectnr="900")
    assert bench.feature(FEATURE) == 0
