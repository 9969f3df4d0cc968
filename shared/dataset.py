"""Reads a dataset's Amsterdam Schema into the tables and columns that the stages check against.

The JSON in the repository is the only description of what may arrive: reading, checking, pseudonymising and the
delivery specification all come from it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Kind(StrEnum):
    """How the values of a column are read."""

    NUMMER = "nummer"  # a number of a person, party or service: text, compared exactly
    TEKST = "tekst"
    GEHEEL = "geheel getal"
    BEDRAG = "bedrag"  # euro with at most two decimals; whole cents after reading
    DATUM = "datum"
    TIJDSTIP = "tijdstip"


class ColumnClass(StrEnum):
    """What a column says about a person; decides how it is protected."""

    PERSOON = "persoon"
    PARTIJ = "partij"
    DIENST = "dienst"
    ADRES = "adres"
    FINANCIEEL = "financieel"
    VRIJE_TEKST = "vrije tekst"
    TIJD = "tijd"
    CODE = "code"
    SLEUTEL = "sleutel"
    GROEP = "groepskenmerk"  # may only arrive in a dataset of its own, and never lies beside a score


NUMBER_CLASSES = (ColumnClass.PERSOON, ColumnClass.PARTIJ, ColumnClass.DIENST)
ROW_KEY = "technischesleutel"


@dataclass(frozen=True)
class Column:
    """One column that may be delivered, by the name it is delivered under."""

    name: str
    kind: Kind
    klasse: ColumnClass
    required: bool
    allowed: tuple[int | str, ...]
    description: str
    reason: str

    @property
    def may_be_absent(self) -> bool:
        """Say whether a file without this column is still complete."""
        return self.name == ROW_KEY


@dataclass(frozen=True)
class TableSchema:
    """The columns of one table, in schema order; the first is the number that says whose row it is."""

    name: str
    title: str
    columns: tuple[Column, ...]

    @property
    def own_number(self) -> Column:
        """Return the column by which a row is found back."""
        return self.columns[0]

    def column_names(self) -> tuple[str, ...]:
        """Return the delivered names in schema order."""
        return tuple(column.name for column in self.columns)

    def number_columns(self) -> tuple[Column, ...]:
        """Return the columns that say whose row it is; a number that may be empty is somebody else's."""
        return tuple(c for c in self.columns if c.klasse in NUMBER_CLASSES and c.required)


@dataclass(frozen=True)
class DatasetSchema:
    """All tables of a dataset and the columns that may never arrive in it (`forbidden`: name -> group).

    `objective` and `legal_basis` say why it is asked for and by what law, as a person is told.
    """

    id: str
    title: str
    version: str
    tables: dict[str, TableSchema]
    forbidden: dict[str, str]
    description: str = ""
    objective: str = ""
    legal_basis: str = ""


def snake_case(name: str) -> str:
    """Return the delivered name of a camelCase property: datumInvoer -> datum_invoer."""
    return re.sub(r"(?<!^)([A-Z])", lambda found: "_" + found.group(1), name).lower()


def _kind(properties: dict[str, Any], klasse: ColumnClass) -> Kind:
    if properties["type"] == "integer":
        return Kind.GEHEEL
    if properties["type"] == "number":
        return Kind.BEDRAG
    if klasse in NUMBER_CLASSES:
        return Kind.NUMMER
    return {"date": Kind.DATUM, "date-time": Kind.TIJDSTIP}.get(properties.get("format", ""), Kind.TEKST)


def _column(name: str, properties: dict[str, Any], required: bool) -> Column:
    klasse = ColumnClass(properties["$comment"].removeprefix("klasse="))
    return Column(
        name=snake_case(name),
        kind=_kind(properties, klasse),
        klasse=klasse,
        required=required,
        allowed=tuple(properties.get("enum", ())),
        description=properties["description"],
        reason=properties["businessDescription"],
    )


def _table(document: dict[str, Any]) -> TableSchema:
    rows = document["schema"]
    columns = tuple(
        _column(name, properties, name in rows["required"])
        for name, properties in rows["properties"].items()
        if name != "schema"
    )
    return TableSchema(snake_case(document["id"]), document["title"], columns)


def read_dataset(folder: Path, dataset: str) -> DatasetSchema:
    """Return the default version of a dataset from a folder in Amsterdam Schema layout.

    The folder holds `datasets/<dataset>/dataset.json`, one folder per table, and `verboden.json`. What is forbidden
    may be a column of a dataset only as a group attribute; everywhere else it stays forbidden. ValueError otherwise.
    """
    home = folder / "datasets" / snake_case(dataset)
    document = json.loads((home / "dataset.json").read_text(encoding="utf-8"))
    version = document["versions"][document["defaultVersion"]]
    tables = [_table(json.loads((home / f"{t['$ref']}.json").read_text(encoding="utf-8"))) for t in version["tables"]]
    forbidden_file = folder / "verboden.json"
    groups = json.loads(forbidden_file.read_text(encoding="utf-8"))["kolommen"] if forbidden_file.exists() else {}
    forbidden = {name: group for group, names in groups.items() for name in names}
    own = {column.name: column.klasse for table in tables for column in table.columns}
    wrong = sorted(name for name in own.keys() & forbidden.keys() if own[name] is not ColumnClass.GROEP)
    if wrong:
        raise ValueError(f"{document['id']}: forbidden columns that are no group attribute: {', '.join(wrong)}")
    return DatasetSchema(
        id=document["id"],
        title=document["title"],
        version=version["version"],
        tables={table.name: table for table in tables},
        forbidden={name: group for name, group in forbidden.items() if name not in own},
        description=document.get("description", ""),
        objective=document.get("objective", ""),
        legal_basis=document.get("legalBasis", ""),
    )
