"""Aandeel gestarte deelnames: the share (0-1) of last year's participations that have started, 0 without any.

A participation belongs to last year when it was announced, started or ended in the year before ref. It has started
when its start or its end lies no later than ref; a start still to come does not count as one.
"""

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import IN_YEAR, NOON, each

FEATURE = "deelnames_started_percentage_last_year"


@each(IN_YEAR, date="datum_aanmelding")
def test_a_participation_announced_last_year_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.deelname(start_deelname="2023-06-01")
    bench.deelname(**cells)
    assert bench.feature(FEATURE) == (0.5 if counts else 1)


@each(IN_YEAR, date="start_deelname")
def test_a_participation_started_last_year_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.deelname(datum_aanmelding="2023-06-01")
    bench.deelname(**cells)
    assert bench.feature(FEATURE) == (0.5 if counts else 0)


@each(IN_YEAR, date="einde_deelname")
def test_a_participation_ended_last_year_counts_as_started(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.deelname(datum_aanmelding="2023-06-01")
    bench.deelname(**cells)
    assert bench.feature(FEATURE) == (0.5 if counts else 0)


@pytest.mark.parametrize("column", ["start_deelname", "einde_deelname"])
@pytest.mark.parametrize(
    ("ref", "date", "expected"),
    [
        pytest.param(NOON, "2023-11-15", 1, id="on day R has started"),
        pytest.param(NOON, "2023-11-16", 0, id="on R+1 is still to come"),
        pytest.param("2023-11-15 23:59:00", "2023-11-16", 1, id="within 60 seconds has started"),
        pytest.param("2023-11-15 23:58:59", "2023-11-16", 0, id="in 61 seconds is still to come"),
        pytest.param(NOON, "2019-01-01", 1, id="years ago has started"),
        pytest.param(NOON, "2382-12-31", 0, id="in 2382 is no date"),
        pytest.param(NOON, None, 0, id="without a date has not started"),
    ],
)
def test_started_is_a_start_or_end_no_later_than_ref(
    bench: Bench, ref: str, column: str, date: str | None, expected: int
) -> None:
    bench.ref(ref)
    bench.deelname(datum_aanmelding="2023-06-01", **{column: date})
    assert bench.feature(FEATURE) == expected
    assert bench.flag("geen_deelnames") == 0


def test_no_participations_are_zero_and_told_apart(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 0
    assert bench.flag("geen_deelnames") == 1


def test_only_older_participations_are_zero_and_told_apart(bench: Bench) -> None:
    bench.deelname(datum_aanmelding="2020-01-01", start_deelname="2020-02-01", einde_deelname="2021-01-01")
    assert bench.feature(FEATURE) == 0
    assert bench.flag("geen_deelnames") == 1


def test_two_announced_and_none_started_is_zero_of_two(bench: Bench) -> None:
    bench.deelname(datum_aanmelding="2023-06-01")
    bench.deelname(datum_aanmelding="2023-07-01", start_deelname="2023-12-01")
    assert bench.feature(FEATURE) == 0
    assert bench.flag("geen_deelnames") == 0


def test_a_share_is_one_division(bench: Bench) -> None:
    bench.deelname(datum_aanmelding="2023-06-01")
    bench.deelname(datum_aanmelding="2023-06-02")
    bench.deelname(datum_aanmelding="2023-06-03", start_deelname="2023-06-10")
    assert bench.feature(FEATURE) == 1 / 3


def test_an_end_still_to_come_does_not_undo_a_start(bench: Bench) -> None:
    bench.deelname(start_deelname="2023-06-01", einde_deelname="2024-06-01")
    assert bench.feature(FEATURE) == 1


def test_a_long_participation_that_only_ends_in_the_future_is_not_last_years(bench: Bench) -> None:
    bench.deelname(start_deelname="2020-06-01", einde_deelname="2024-06-01")
    assert bench.flag("geen_deelnames") == 1


def test_the_same_row_twice_counts_once(bench: Bench) -> None:
    bench.deelname(datum_aanmelding="2023-06-01")
    bench.deelname(datum_aanmelding="2023-06-01")
    bench.deelname(datum_aanmelding="2023-06-01", start_deelname="2023-06-02")
    assert bench.feature(FEATURE) == 0.5


def test_a_date_in_2382_is_the_same_as_an_empty_one(bench: Bench) -> None:
    bench.deelname(datum_aanmelding="2023-06-01", einde_deelname="2382-12-31")
    bench.deelname(datum_aanmelding="2023-06-01", einde_deelname=None)
    bench.deelname(datum_aanmelding="2023-06-01", start_deelname="2023-06-02")
    assert bench.feature(FEATURE) == 0.5


def test_participations_of_another_person_do_not_count(bench: Bench) -> None:
    bench.deelname(administratienummer="900", datum_aanmelding="2023-06-01")
    assert bench.flag("geen_deelnames") == 1
