"""Diensten of a person (section 5): held as main client or through a party, and which of them were granted."""

from __future__ import annotations

from datetime import datetime

from tests.oracle.bounds import as_benefit, known, lastyear, pick
from tests.oracle.tables import Row, Tables, Value

CORE_PRODUCTS = (131, 135, 227)
GRANTED = (1, 2)


def benefits_of(person: Value, ref: datetime, tables: Tables) -> list[Row]:
    """Every valid dienst row of the person, and every row held through a party, with `begin` and `end`."""
    valid = [as_benefit(row) for row in tables["diensten"] if row["geldig"] == 1]
    found = [row for row in valid if row["subjectnrklant"] == person]
    parties = [row["partijnr"] for row in tables["partijen"] if row["persoonnr"] == person]
    for held in tables["dienstsubjecten"]:
        if held["geldig"] != 1 or held["subjectnr"] not in parties:
            continue
        told = [row for row in valid if row["dienstnr"] == held["dienstnr"] and known(row, ref)]
        if any(row["subjectnrklant"] == person for row in told):
            continue
        latest = pick(told, earliest=False) if told else {}
        found.append(
            {
                "dienstnr": held["dienstnr"],
                "dtopvoer": held["dtopvoer"],
                "dtafvoer": held["dtafvoer"],
                "technischesleutel": held["technischesleutel"],
                "begin": held["dtbegin"],
                "end": held["dteinde"],
                "productnr": latest.get("productnr"),
                "besluit": latest.get("besluit"),
                "dtaanvraag": latest.get("dtaanvraag"),
            }
        )
    return found


def granted_of(person: Value, ref: datetime, tables: Tables) -> list[Row]:
    """Last year's rows first, then the latest per number, then granted, then not begun and ended on one day."""
    last_year = [row for row in benefits_of(person, ref, tables) if lastyear(row, row["begin"], row["end"], ref)]
    granted = []
    for number in {row["dienstnr"] for row in last_year}:
        row = pick([row for row in last_year if row["dienstnr"] == number], earliest=False)
        if row["besluit"] not in GRANTED:
            continue
        if row["begin"] == row["end"] and row["productnr"] in CORE_PRODUCTS:
            continue
        granted.append(row)
    return granted
