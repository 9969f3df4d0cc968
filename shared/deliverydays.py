"""On which days a delivery is expected: weekdays, without Dutch public holidays and without extra free days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

WEEKDAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
HOLIDAYS_TOO, NEVER = "feestdagen", "geen"
_DAY = timedelta(days=1)
_KINGS_DAY_SINCE = 2014


@dataclass(frozen=True)
class DeliveryDays:
    """The days on which a delivery is expected. `weekdays`: 0 is Monday."""

    weekdays: frozenset[int]
    on_holidays: bool
    free: frozenset[date]

    def expects(self, day: date) -> bool:
        """Say whether a delivery should have come on this day."""
        if day.weekday() not in self.weekdays or day in self.free:
            return False
        return self.on_holidays or day not in holidays(day.year)


def read_delivery_days(days: str, free: str) -> DeliveryDays:
    """Return the days that two settings describe: `ma,di,feestdagen` and `2026-12-24,2026-12-31`, or `geen`.

    ValueError when they cannot be read.
    """
    named = _listed(days)
    if not set(named) <= {*WEEKDAYS, HOLIDAYS_TOO}:
        raise ValueError("not a day of the week")
    weekdays = frozenset(WEEKDAYS.index(name) for name in named if name != HOLIDAYS_TOO)
    return DeliveryDays(weekdays, HOLIDAYS_TOO in named, frozenset(date.fromisoformat(text) for text in _listed(free)))


def _listed(text: str) -> list[str]:
    words = [word.strip() for word in text.lower().split(",")]
    return [] if words == [NEVER] else words


@lru_cache(maxsize=8)
def holidays(year: int) -> frozenset[date]:
    """Return the days that article 3 of the Algemene termijnenwet names (Good Friday and 5 May among them),
    and the Sundays of Easter and Pentecost."""
    easter = easter_sunday(year)
    king = date(year, 4, 27) if year >= _KINGS_DAY_SINCE else date(year, 4, 30)
    if king.weekday() == WEEKDAYS.index("zo"):
        king -= _DAY
    fixed = {date(year, 1, 1), king, date(year, 5, 5), date(year, 12, 25), date(year, 12, 26)}
    # Good Friday, Easter, Ascension, Pentecost
    return frozenset(fixed | {easter + days * _DAY for days in (-2, 0, 1, 39, 49, 50)})


def easter_sunday(year: int) -> date:
    """Return the date of Easter in the Gregorian calendar (the rule of Butcher, Nature, 20 April 1876)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leaps, over = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - shift + 15) % 30
    quarter, left = divmod(rest, 4)
    to_sunday = (32 + 2 * over + 2 * quarter - epact - left) % 7
    correction = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
