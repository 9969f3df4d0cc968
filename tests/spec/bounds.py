"""The bounds that features share, as sentences: each with a ref, the cells that matter, and whether the row counts.

Dates are literal. R is 2023-11-15; a year of 365 days earlier lies 2022-11-15. With ref 12:00 on day R "last year" is
R-364 (2022-11-16) up to and including R, and an end date equal to R has already ended.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

NOON = "2023-11-15 12:00:00"

type Bound = tuple[str, str, dict[str, str | int | None], bool]

REGISTER: Sequence[Bound] = (
    ("entered at ref counts", NOON, {"dtopvoer": "2023-11-15 12:00:00"}, True),
    ("entered 60 seconds after ref counts", NOON, {"dtopvoer": "2023-11-15 12:01:00"}, True),
    ("entered a microsecond later does not", NOON, {"dtopvoer": "2023-11-15 12:01:00.000001"}, False),
    ("entered 61 seconds after ref does not", NOON, {"dtopvoer": "2023-11-15 12:01:01"}, False),
    ("withdrawn 61 seconds before ref is gone", NOON, {"dtafvoer": "2023-11-15 11:58:59"}, False),
    ("withdrawn exactly 60 seconds before ref is gone", NOON, {"dtafvoer": "2023-11-15 11:59:00"}, False),
    ("withdrawn a microsecond later counts", NOON, {"dtafvoer": "2023-11-15 11:59:00.000001"}, True),
    ("withdrawn 59 seconds before ref counts", NOON, {"dtafvoer": "2023-11-15 11:59:01"}, True),
    ("withdrawn after ref counts", NOON, {"dtafvoer": "2023-12-01 08:00:00"}, True),
    ("withdrawn in 2382 is not withdrawn", NOON, {"dtafvoer": "2382-12-31 00:00:00"}, True),
    ("withdrawn before it was entered is gone", NOON, {"dtafvoer": "2021-01-01 00:00:00"}, False),
    ("geldig 0 does not count", NOON, {"geldig": 0}, False),
)

BEGINS: Sequence[Bound] = (
    ("begun on day R counts", NOON, {"dtbegin": "2023-11-15"}, True),
    ("begun on day R counts at midnight", "2023-11-15 00:00:00", {"dtbegin": "2023-11-15"}, True),
    ("to begin on R+1 does not count at noon", NOON, {"dtbegin": "2023-11-16"}, False),
    ("to begin within 60 seconds counts", "2023-11-15 23:59:00", {"dtbegin": "2023-11-16"}, True),
    ("to begin within 30 seconds counts", "2023-11-15 23:59:30", {"dtbegin": "2023-11-16"}, True),
    ("to begin in 61 seconds does not count", "2023-11-15 23:58:59", {"dtbegin": "2023-11-16"}, False),
    ("without begin does not count", NOON, {"dtbegin": None}, False),
    ("begun in 2382 has no begin and does not count", NOON, {"dtbegin": "2382-12-31"}, False),
)

ENDS: Sequence[Bound] = (
    ("without end counts", NOON, {"dteinde": None}, True),
    ("ended in 2382 has no end and counts", NOON, {"dteinde": "2382-12-31"}, True),
    ("ended in 2100 has no end and counts", NOON, {"dteinde": "2100-01-01"}, True),
    ("ending in 2099 counts", NOON, {"dteinde": "2099-12-31"}, True),
    ("ending on R+1 counts", NOON, {"dteinde": "2023-11-16"}, True),
    ("ending on day R has already ended at noon", NOON, {"dteinde": "2023-11-15"}, False),
    ("ending on day R counts at midnight", "2023-11-15 00:00:00", {"dteinde": "2023-11-15"}, True),
    ("ending on day R counts until 30 seconds later", "2023-11-15 00:00:30", {"dteinde": "2023-11-15"}, True),
    ("ending on day R counts until 60 seconds later", "2023-11-15 00:01:00", {"dteinde": "2023-11-15"}, True),
    ("ending on day R has ended a microsecond later", "2023-11-15 00:01:00.000001", {"dteinde": "2023-11-15"}, False),
    ("ending on day R has ended 61 seconds later", "2023-11-15 00:01:01", {"dteinde": "2023-11-15"}, False),
    ("ended the day before R does not count", NOON, {"dteinde": "2023-11-14"}, False),
    ("ended before it began does not count", NOON, {"dtbegin": "2023-11-10", "dteinde": "2023-11-01"}, False),
)

CURRENT: Sequence[Bound] = (*REGISTER, *BEGINS, *ENDS)

YEAR_ENDS: Sequence[Bound] = (
    ("without end counts", NOON, {"dteinde": None}, True),
    ("ended in 2382 has no end and counts", NOON, {"dteinde": "2382-12-31"}, True),
    ("ended on day R counts", NOON, {"dteinde": "2023-11-15"}, True),
    ("to end after R counts", NOON, {"dteinde": "2024-06-01"}, True),
    ("ended on R-364 counts", NOON, {"dteinde": "2022-11-16"}, True),
    ("ended on R-365 does not count at noon", NOON, {"dteinde": "2022-11-15"}, False),
    ("ended on R-365 counts at midnight", "2023-11-15 00:00:00", {"dteinde": "2022-11-15"}, True),
    ("ended on R-365 counts until 60 seconds later", "2023-11-15 00:01:00", {"dteinde": "2022-11-15"}, True),
    ("ended on R-365 does not count 61 seconds later", "2023-11-15 00:01:01", {"dteinde": "2022-11-15"}, False),
    ("ended on R-366 does not count", "2023-11-15 00:00:00", {"dteinde": "2022-11-14"}, False),
    ("ended before it began counts", NOON, {"dtbegin": "2023-06-01", "dteinde": "2023-05-01"}, True),
)

IN_YEAR: Sequence[Bound] = (
    ("on day R counts", NOON, {"date": "2023-11-15"}, True),
    ("on R+1 does not count at noon", NOON, {"date": "2023-11-16"}, False),
    ("on R+1 counts 60 seconds before", "2023-11-15 23:59:00", {"date": "2023-11-16"}, True),
    ("on R+1 does not count 61 seconds before", "2023-11-15 23:58:59", {"date": "2023-11-16"}, False),
    ("on R-364 counts", NOON, {"date": "2022-11-16"}, True),
    ("on R-365 does not count at noon", NOON, {"date": "2022-11-15"}, False),
    ("on R-365 counts at midnight", "2023-11-15 00:00:00", {"date": "2022-11-15"}, True),
    ("on R-365 counts until 60 seconds later", "2023-11-15 00:01:00", {"date": "2022-11-15"}, True),
    ("on R-365 does not count 61 seconds later", "2023-11-15 00:01:01", {"date": "2022-11-15"}, False),
    ("without date does not count", NOON, {"date": None}, False),
    ("in 2382 has no date and does not count", NOON, {"date": "2382-12-31"}, False),
)


def each(bounds: Sequence[Bound], **names: str) -> pytest.MarkDecorator:
    """Runs a test once for each bound as (ref, cells, counts), with cells under the names of the test's table."""
    params = [
        pytest.param(ref, {names.get(name, name): value for name, value in cells.items()}, counts, id=sentence)
        for sentence, ref, cells, counts in bounds
    ]
    return pytest.mark.parametrize(("ref", "cells", "counts"), params)
