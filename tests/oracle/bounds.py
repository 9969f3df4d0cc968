"""The words of section 5: known, alive, current, lastyear, inyear, days; and how a tie is broken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.oracle.tables import Row, Value

TOL = timedelta(minutes=1)
DAY = timedelta(hours=24)
YEAR = 365 * DAY

TIE_BREAKERS = ("technischesleutel", "productnr", "besluit", "dtaanvraag", "begin", "end", "dtafvoer")


def known(row: Row, ref: datetime) -> bool:
    """Entered no later than a minute after ref."""
    return row["dtopvoer"] <= ref + TOL


def alive(row: Row, ref: datetime) -> bool:
    """Not withdrawn yet; a row withdrawn exactly a minute before ref is gone."""
    return row["dtafvoer"] is None or ref < row["dtafvoer"] + TOL


def current(row: Row, begin: datetime | None, end: datetime | None, ref: datetime) -> bool:
    """In force at ref."""
    if begin is None or not known(row, ref) or not alive(row, ref):
        return False
    return begin <= ref + TOL and (end is None or ref <= end + TOL)


def lastyear(row: Row, begin: datetime | None, end: datetime | None, ref: datetime) -> bool:
    """In force at some moment of the year before ref."""
    if begin is None or not known(row, ref) or not alive(row, ref):
        return False
    return begin <= ref + TOL and (end is None or ref - YEAR <= end + TOL)


def inyear(moment: datetime | None, ref: datetime) -> bool:
    """A filled date (Raak) that lies in the year before ref."""
    return moment is not None and ref - YEAR <= moment + TOL and moment <= ref + TOL


def days(moment: datetime, ref: datetime) -> int:
    """Whole days of 24 hours between a moment and ref, rounded down (also below zero)."""
    return (ref - moment) // DAY


def beats(challenger: Row, holder: Row) -> bool:
    """Whether the challenger wins the tie: the greater value at the first difference, empty below every value."""
    for name in TIE_BREAKERS:
        mine, theirs = challenger[name], holder[name]
        if mine == theirs:
            continue
        return theirs is None or (mine is not None and mine > theirs)
    return False


def same_rank(one: Row, other: Row) -> bool:
    """Whether no tie-breaker tells two rows apart."""
    return all(one[name] == other[name] for name in TIE_BREAKERS)


def pick(rows: Sequence[Row], *, earliest: bool) -> Row:
    """The row with the earliest (or latest) dtopvoer; the tie-breakers decide between equals."""
    chosen = rows[0]
    for row in rows[1:]:
        if row["dtopvoer"] == chosen["dtopvoer"]:
            if beats(row, chosen):
                chosen = row
        elif (row["dtopvoer"] < chosen["dtopvoer"]) is earliest:
            chosen = row
    return chosen


def as_benefit(row: Row) -> Row:
    """A dienst row with its begin and end under the names that the tie-breakers use."""
    return {**row, "begin": row["dtbegindienst"], "end": row["dteindedienst"]}


def filled(value: Value) -> bool:
    """Whether there is anything in a value that has been read."""
    return value is not None
