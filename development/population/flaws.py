"""Damages deliveries in ways that real suppliers do, for the demonstration and for tests."""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from .delivery import Tables

# From the range that the authorities keep for testing: it passes the 11-proef and is nobody's.
TEST_BSN: Final = "999990019"
FORBIDDEN_COLUMN, UNKNOWN_COLUMN = "nationaliteit", "bron_opmerking"
UNREADABLE: Final = "1.234,50"


def with_findings(tables: Tables, person: str) -> Tables:
    """Adds what is reported and repaired: columns nobody asked for, a number in free text, doubled rows.

    One amount of `person` is written with a decimal comma, which makes that person's application type 4.
    """
    relations, parties, addresses = tables["relaties"], tables["partijen"], tables["adressen"]
    return tables | {
        "relaties": relations.append_column(FORBIDDEN_COLUMN, pa.array(["onbekend"] * len(relations))),
        "partijen": parties.append_column(UNKNOWN_COLUMN, pa.array(["overgenomen"] * len(parties))),
        "adressen": pa.concat_tables([addresses, addresses.slice(0, 3)]),
        "afspraken": _noted(tables["afspraken"]),
        "vermogens": _unreadable(tables["vermogens"], person),
    }


def without_rows(tables: Tables, name: str) -> Tables:
    """Empties one table: its header is all that is left."""
    return tables | {name: tables[name].slice(0, 0)}


def truncate(folder: Path, name: str) -> None:
    """Breaks off a csv file in the middle of a row, as a failed transfer does."""
    path = folder / f"{name}.csv"
    path.write_bytes(path.read_bytes()[:-37])


def _noted(table: pa.Table) -> pa.Table:
    """Writes a citizen number in the first result that says nothing."""
    results = table.column("afspraakresultaat").to_pylist()
    place = results.index("Verschenen")
    results[place] = f"Verschenen, legitimatie {TEST_BSN} gezien"
    return _replaced(table, "afspraakresultaat", pa.array(results, pa.string()))


def _unreadable(table: pa.Table, person: str) -> pa.Table:
    amounts = table.column("bedrag").cast(pa.string()).to_pylist()
    place = pc.index(table.column("subjectnr"), person).as_py()
    if place < 0:
        raise ValueError("this person has no row in vermogens")
    amounts[place] = UNREADABLE
    return _replaced(table, "bedrag", pa.array(amounts, pa.string()))


def _replaced(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, column)
