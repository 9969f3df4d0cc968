"""The twelve tables as the contract names them: each column with its kind and whether it may be empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

type Value = str | int | Decimal | datetime | Unreadable | None
type Row = dict[str, Value]
type Tables = dict[str, list[Row]]


class Unreadable:
    """Stands for a value that cannot be read as its type; holds nothing of it."""

    def __repr__(self) -> str:
        return "UNREADABLE"


UNREADABLE = Unreadable()


class Column(NamedTuple):
    """A column of the contract; `optional` is the question mark behind its type."""

    kind: str
    optional: bool


def _columns(text: str) -> dict[str, Column]:
    """Reads `name kind?` pairs separated by commas, as in the table of section 2."""
    columns = {}
    for part in text.split(","):
        name, kind = part.split()
        columns[name] = Column(kind.rstrip("?"), kind.endswith("?"))
    return columns


_REGISTER = ", dtopvoer timestamp, dtafvoer timestamp?, geldig flag, technischesleutel int?"

COLUMNS: Mapping[str, dict[str, Column]] = {
    "diensten": _columns(
        "dienstnr nr, subjectnrklant nr, productnr int?, besluit int?, dtaanvraag date?, dtbegindienst date?, "
        "dteindedienst date?" + _REGISTER
    ),
    "werkopdrachten": _columns("dienstnr nr, dtopvoer timestamp"),
    "dienstsubjecten": _columns("dienstnr nr, subjectnr nr, dtbegin date?, dteinde date?" + _REGISTER),
    "partijen": _columns("partijnr nr, persoonnr nr"),
    "adressen": _columns(
        "subjectnr nr, soort int?, plaats text?, straat text?, huisnr text?, huisletter text?, huisnrtoev text?, "
        "postcode text?, dtbegin date?, dteinde date?" + _REGISTER
    ),
    "feiten": _columns("subjectnr nr, dtconstatering date?, percentage int?" + _REGISTER),
    "inkomens": _columns("subjectnr nr, soort int, bedragbruto decimal?, dtbegin date?, dteinde date?" + _REGISTER),
    "soorteninkomen": _columns("srtinkomennr int, categorie int"),
    "relaties": _columns(
        "subjectnr nr, subjectnrrelatie nr?, categorie int?, dtbegin date?, dteinde date?" + _REGISTER
    ),
    "vermogens": _columns("subjectnr nr, bedrag decimal?, dtbegin date?, dteinde date?" + _REGISTER),
    "afspraken": _columns(
        "administratienummer nr, afspraakresultaat text?, datum_invoer date?, datum_afhandeling_gepland date?"
    ),
    "deelnames": _columns("administratienummer nr, datum_aanmelding date?, start_deelname date?, einde_deelname date?"),
}

_FORMS = {
    "int": re.compile(r"-?[0-9]+"),
    "flag": re.compile(r"[01]"),
    "decimal": re.compile(r"-?[0-9]+(\.[0-9]{1,2})?"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "timestamp": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"),
}


def typed(text: str, kind: str) -> Value:
    """The value that a cell of a csv file stands for; empty is None, unreadable is UNREADABLE."""
    if text == "":
        return None
    if kind in ("nr", "text"):
        return text
    if not _FORMS[kind].fullmatch(text):
        return UNREADABLE
    try:
        if kind in ("int", "flag"):
            return int(text)
        if kind == "decimal":
            return Decimal(text)
        return datetime.fromisoformat(text)
    except ValueError:
        return UNREADABLE


def typed_tables(texts: Mapping[str, list[dict[str, str]]]) -> Tables:
    """Types every cell of tables of texts; a column left out of a row is empty."""
    return {
        table: [
            {name: typed(row.get(name, ""), column.kind) for name, column in columns.items()}
            for row in texts.get(table, [])
        ]
        for table, columns in COLUMNS.items()
    }
