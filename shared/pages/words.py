"""Dates, numbers and places as people here write them. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from shared.dutch import MONTHS, capital
from shared.events import HERE

__all__ = ["capital", "counted", "day", "day_entered", "decimal", "moment", "month", "whole"]

_DAY = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")
_YEARS = range(1900, 2200)  # of what may be looked for; at the ends of the calendar UTC may have no such day


def day(moment: date | datetime | str) -> str:
    """Return a date: 3 november 2026."""
    found = _local(moment)
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def month(name: str) -> str:
    """Return a month `jjjj-mm` in words: november 2026."""
    return f"{MONTHS[int(name[5:]) - 1]} {name[:4]}"


def moment(value: datetime | str | None) -> str:
    """Return a moment in the Netherlands: 3 november 2026, 14.05 uur; "onbekend" when there is none."""
    if value is None or value == "":
        return "onbekend"
    found = _local(value)
    return f"{day(found)}, {found:%H.%M} uur"


def _local(value: date | datetime | str) -> datetime:
    """Return a moment in local time; a time without a zone is local already."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value.astimezone(HERE) if value.tzinfo else value


def day_entered(text: str) -> datetime | None:
    """Return the beginning of a day that somebody typed as 3-11-2026 or 2026-11-03; None when it is no day of now."""
    found = _DAY.fullmatch(text.strip())
    try:
        entered = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text.strip())
        return datetime.combine(entered, time(), HERE) if entered.year in _YEARS else None
    except ValueError:
        return None


def counted(text: str, most: int) -> int | None:
    """Return the number from 1 to `most` that a hidden field holds; None when it holds something else."""
    whole = text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and 1 <= int(text) <= most
    return int(text) if whole else None


def decimal(value: float, places: int = 2) -> str:
    """Return a number with a comma: 0,63."""
    return f"{value:.{places}f}".replace(".", ",")


def whole(value: int) -> str:
    """Return a whole number: 1.234."""
    return f"{value:,}".replace(",", ".")
