"""Dagen sinds verhuizing: whole days between the begin of the youngest home address in force at ref, and ref.

Only addresses of soort 1, 3 or 9 tell of a relocation; a postal address does not. It is never below 0, and 99999 when
no such address is in force (shown as "geen gegevens").
"""

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import ENDS, NOON, REGISTER, each

FEATURE = "days_since_last_relocation"


@each([*REGISTER, *ENDS[:-1]])
def test_only_an_address_in_force_at_ref_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.adres(dtbegin="2023-11-05", **cells)
    assert bench.feature(FEATURE) == (10 if counts else 99999)


@pytest.mark.parametrize(
    ("ref", "dtbegin", "expected"),
    [
        pytest.param(NOON, "2023-11-15", 0, id="moved in on day R is 0 days ago"),
        pytest.param(NOON, "2023-11-14", 1, id="moved in the day before is 1 day ago"),
        pytest.param("2023-11-15 00:00:00", "2023-11-14", 1, id="24 hours exactly are 1 day"),
        pytest.param("2023-11-15 23:59:59", "2023-11-14", 1, id="a second less than 48 hours is 1 day"),
        pytest.param(NOON, "2022-11-15", 365, id="a year ago is 365 days"),
        pytest.param(NOON, "1923-11-15", 36525, id="a hundred years ago is 36525 days"),
        pytest.param("2023-03-27 00:00:00", "2023-03-26", 1, id="the day summer time begins has 24 hours too"),
        pytest.param("2023-10-29 23:30:00", "2023-10-29", 0, id="the day summer time ends has 24 hours too"),
        pytest.param("2023-11-15 23:59:00", "2023-11-16", 0, id="moving in within 60 seconds is 0, not -1"),
        pytest.param("2023-11-15 23:59:30", "2023-11-16", 0, id="moving in within 30 seconds is 0, not -1"),
        pytest.param("2023-11-15 23:58:59", "2023-11-16", 99999, id="moving in after 61 seconds does not count yet"),
        pytest.param(NOON, "2023-11-16", 99999, id="moving in tomorrow does not count yet"),
        pytest.param(NOON, None, 99999, id="an address without begin does not count"),
        pytest.param(NOON, "2382-12-31", 99999, id="a begin in 2382 is no begin"),
    ],
)
def test_days_are_whole_days_of_24_hours(bench: Bench, ref: str, dtbegin: str | None, expected: int) -> None:
    bench.ref(ref)
    bench.aanvraag(dtopvoer="2022-12-01 00:00:00")
    bench.adres(dtbegin=dtbegin, dtopvoer="2022-01-01 00:00:00")
    assert bench.feature(FEATURE) == expected


@pytest.mark.parametrize(
    ("soort", "expected"), [(1, 10), (3, 10), (9, 10), (2, 99999), (4, 99999), (0, 99999), (None, 99999)]
)
def test_only_soort_1_3_and_9_tell_of_a_relocation(bench: Bench, soort: int | None, expected: int) -> None:
    bench.adres(soort=soort, dtbegin="2023-11-05")
    assert bench.feature(FEATURE) == expected


def test_the_youngest_home_address_decides(bench: Bench) -> None:
    bench.adres(dtbegin="2020-01-01")
    bench.adres(dtbegin="2023-11-10", soort=3)
    bench.adres(dtbegin="2023-11-14", soort=2)
    assert bench.feature(FEATURE) == 5


def test_an_ended_address_does_not_hide_an_older_one_in_force(bench: Bench) -> None:
    bench.adres(dtbegin="2023-11-10", dteinde="2023-11-12")
    bench.adres(dtbegin="2023-11-05")
    assert bench.feature(FEATURE) == 10


def test_an_address_that_ended_before_it_began_does_not_count(bench: Bench) -> None:
    bench.adres(dtbegin="2023-11-10", dteinde="2023-11-01")
    assert bench.feature(FEATURE) == 99999


def test_place_and_street_may_be_empty(bench: Bench) -> None:
    bench.adres(plaats=None, straat=None, dtbegin="2023-11-05")
    assert bench.feature(FEATURE) == 10


def test_no_address_is_99999(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 99999
    assert bench.flag("adres_onbekend") == 1


def test_only_a_postal_address_is_99999_and_the_address_is_known(bench: Bench) -> None:
    bench.adres(soort=2)
    assert bench.feature(FEATURE) == 99999
    assert bench.flag("adres_onbekend") == 0
