"""The calendar: Easter, Dutch public holidays, and the two settings that say when a delivery is expected."""

from datetime import date, timedelta

import pytest
from dateutil.easter import easter

from shared.deliverydays import easter_sunday, holidays, read_delivery_days
from shared.errors import SettingsInvalid
from shared.settings import read_settings


def test_easter_is_right_for_three_centuries() -> None:
    assert [easter_sunday(year) for year in range(1900, 2200)] == [easter(year) for year in range(1900, 2200)]
    assert easter_sunday(2026) == date(2026, 4, 5)


def test_the_holidays_of_2026() -> None:
    named = "01-01 04-03 04-05 04-06 04-27 05-05 05-14 05-24 05-25 12-25 12-26"
    assert sorted(holidays(2026)) == [date.fromisoformat(f"2026-{day}") for day in named.split()]


@pytest.mark.parametrize(("year", "day"), [(2025, 26), (2031, 26), (2026, 27), (2013, 30)])
def test_kings_day_is_never_on_a_sunday(year: int, day: int) -> None:
    assert date(year, 4, day) in holidays(year)


def test_a_year_has_its_eleven_holidays_but_where_two_fall_together() -> None:
    assert {len(holidays(year)) for year in range(2014, 2100)} == {10, 11}
    assert date(2008, 5, 1) in holidays(2008), "Ascension"


def test_days_are_expected_by_weekday_holiday_and_setting() -> None:
    usual = read_delivery_days("ma,di,wo,do,vr", "2026-12-24, 2026-12-31")
    quiet = [date(2026, 11, 21), date(2026, 4, 6), date(2026, 12, 24), date(2026, 12, 31)]
    assert not [day for day in quiet if usual.expects(day)]
    assert usual.expects(date(2026, 11, 20))
    always = read_delivery_days("ma, di, wo, do, vr, za, zo, feestdagen", "geen")
    assert all(always.expects(date(2026, 1, 1) + timedelta(days=n)) for n in range(365))
    never = read_delivery_days("geen", "geen")
    assert not any(never.expects(date(2026, 1, 1) + timedelta(days=n)) for n in range(365))


def test_the_settings_are_read_and_what_cannot_be_read_is_told_without_its_value() -> None:
    read = read_settings({"SLIMME_CHECK_LEVERDAGEN": "ma,wo", "SLIMME_CHECK_VRIJE_DAGEN": "2026-12-23"})
    assert read.delivery_days == read_delivery_days("ma,wo", "2026-12-23")
    assert read_settings({}).delivery_days == read_delivery_days("ma,di,wo,do,vr", "geen")
    for name, value in (("LEVERDAGEN", "maandag"), ("LEVERDAGEN", "ma,,di"), ("VRIJE_DAGEN", "kerst-kanarie")):
        with pytest.raises(SettingsInvalid) as told:
            read_settings({f"SLIMME_CHECK_{name}": value})
        assert f"SLIMME_CHECK_{name} must be" in str(told.value)
        assert value not in str(told.value)
