"""Numbers, months and days as the report writes them: a comma, a true minus, and a blank that does not break."""

from __future__ import annotations

from datetime import date

from shared.dutch import MONTHS, capital

__all__ = [
    "HIDDEN",
    "MINUS",
    "NONE",
    "SPACE",
    "capital",
    "count",
    "day",
    "listed",
    "month",
    "number",
    "percent",
    "points",
    "short_month",
    "signed",
]
MINUS, SPACE = "\u2212", "\u00a0"
HIDDEN = "verborgen"
NONE = "–"  # there is no such number
_SHORT = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")


def number(value: float, places: int = 0) -> str:
    """Return a number with so many decimals: 1.234,5."""
    text = f"{abs(value):,.{places}f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def signed(value: float, places: int = 2) -> str:
    """Return a number with its sign, also when it is positive: +0,53."""
    text = number(value, places)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def count(value: int | None) -> str:
    """Return a number of people, or that it is hidden."""
    return HIDDEN if value is None else number(value)


def percent(share: float | None, places: int = 0) -> str:
    """Return a share in percents: 14 %; or that it is hidden."""
    return HIDDEN if share is None else f"{number(share * 100, places)}{SPACE}%"


def points(difference: float | None, places: int = 1) -> str:
    """Return a difference of two shares in percentage points, with its sign; or that it is hidden."""
    return HIDDEN if difference is None else signed(difference * 100, places)


def month(name: str) -> str:
    """Return a month: oktober 2026."""
    year, number_of_month = name.split("-")
    return f"{MONTHS[int(number_of_month) - 1]} {year}"


def short_month(name: str) -> str:
    """Return a month for beside a picture: okt 26."""
    year, number_of_month = name.split("-")
    return f"{_SHORT[int(number_of_month) - 1]} {year[2:]}"


def day(moment: date) -> str:
    """Return a day: 3 november 2026."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def listed(parts: list[str]) -> str:
    """Return words in a row: een, twee en drie."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} en {parts[-1]}" if parts else ""
