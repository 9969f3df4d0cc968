"""Reading rules of section 2: late dates are empty, text is trimmed, equal rows count once, bad rows are set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tests.oracle.tables import COLUMNS, UNREADABLE, Row, Tables, Value

_LATE = datetime(2100, 1, 1)
_PERSON = ("subjectnrklant", "persoonnr", "administratienummer")
_PARTY = ("partijnr",)


@dataclass
class SetAside:
    """Whose applications cannot be judged because a row about them could not be read."""

    persons: set[Value] = field(default_factory=set)
    parties: set[Value] = field(default_factory=set)
    services: set[Value] = field(default_factory=set)
    income_kinds: set[Value] = field(default_factory=set)

    def note(self, table: str, row: Row) -> None:
        """Notes the person, party and service number of a row that is set aside."""
        for name, value in row.items():
            if value is None or value is UNREADABLE:
                continue
            if name in _PERSON or (name == "subjectnr" and table != "dienstsubjecten"):
                self.persons.add(value)
            elif name in _PARTY or (name == "subjectnr" and table == "dienstsubjecten"):
                self.parties.add(value)
            elif name == "dienstnr":
                self.services.add(value)
            elif name == "srtinkomennr":
                self.income_kinds.add(value)


def _read(value: Value) -> Value:
    if isinstance(value, datetime) and value >= _LATE:
        return None
    if isinstance(value, str):
        return value.strip() or None
    return value


def _usable(table: str, row: Row) -> bool:
    for name, column in COLUMNS[table].items():
        if row[name] is UNREADABLE or (row[name] is None and not column.optional):
            return False
    return True


def read(tables: Tables) -> tuple[Tables, SetAside]:
    """Cleans typed tables row by row; keeps usable rows, once each, and tells who was set aside."""
    kept: Tables = {}
    aside = SetAside()
    for table, columns in COLUMNS.items():
        rows: list[Row] = []
        for raw in tables.get(table, []):
            row = {name: _read(raw.get(name)) for name in columns}
            if not _usable(table, row):
                aside.note(table, row)
            elif row not in rows:
                rows.append(row)
        kept[table] = rows
    return kept, aside
