"""A small valid delivery in memory, full of canaries: values that no message may ever repeat.

A test changes one thing, and the description keeps vouching for the files unless the test is about that.
"""

from __future__ import annotations

import copy
import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shared.dataset import DatasetSchema
from shared.errors import BlobNotFound
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.records import Affected, CheckedDelivery, Finding, Resource
from shared.stages.check import Bands, check_delivery
from shared.stages.read import read_table
from shared.stages.rowstore import RowStore

SCHEMA = LEVENSONDERHOUD.schema
BSN = "123456782"  # passes the 11-proef
# pieces of every value below that says something about a person
CANARIES = ("kanarie", BSN, "91827", "1987-06-05", "13:57:09")

type Rows = Sequence[Mapping[str, str]]

_REGISTER = {"dtopvoer": "2022-01-03 13:57:09", "dtafvoer": "", "geldig": "1", "technischesleutel": ""}
_SPAN = {"dtbegin": "1987-06-05", "dteinde": "2382-12-31"}


def _of_person(number: int) -> dict[str, list[dict[str, str]]]:
    person, party = f"KANARIE-P{number}", f"KANARIE-Q{number}"
    own, earlier = f"KANARIE-D{number}", f"KANARIE-D9{number}"
    home = {"soort": "1", "plaats": f"Kanariedam {number}", "straat": "Kanariestraat", "huisnr": f"{number}kanarie"}
    rest = {"huisletter": "", "huisnrtoev": "kanarie hs", "postcode": "1011 KANARIE"}
    service = {"subjectnrklant": person, "productnr": "131", "besluit": "", "dtaanvraag": "2026-11-18"}
    dates = {"dtbegindienst": "1987-06-05", "dteindedienst": ""}
    return {
        "diensten": [
            service | dates | _REGISTER | {"dienstnr": own},
            service | dates | _REGISTER | {"dienstnr": earlier, "besluit": "1", "technischesleutel": str(number)},
        ],
        "werkopdrachten": [{"dienstnr": own, "dtopvoer": f"2026-11-19 1{number % 10}:57:09"}],
        "dienstsubjecten": [_SPAN | _REGISTER | {"dienstnr": earlier, "subjectnr": party}],
        "partijen": [{"partijnr": party, "persoonnr": person}],
        "adressen": [_SPAN | _REGISTER | home | rest | {"subjectnr": person}],
        "feiten": [_REGISTER | {"subjectnr": person, "dtconstatering": "2026-06-01", "percentage": "30000"}],
        "inkomens": [_SPAN | _REGISTER | {"subjectnr": person, "soort": "1", "bedragbruto": "91827.36"}],
        "relaties": [
            _SPAN | _REGISTER | {"subjectnr": person, "subjectnrrelatie": f"KANARIE-R{number}", "categorie": "1"}
        ],
        "vermogens": [_SPAN | _REGISTER | {"subjectnr": person, "bedrag": "-91827.36"}],
        "afspraken": [
            {"administratienummer": person, "afspraakresultaat": "kanarie no show"}
            | {"datum_invoer": "2026-06-01", "datum_afhandeling_gepland": ""}
        ],
        "deelnames": [
            {"administratienummer": person, "datum_aanmelding": "2026-06-01"}
            | {"start_deelname": "2026-07-01", "einde_deelname": "2382-12-31"}
        ],
    }


def valid_rows(persons: int = 3) -> dict[str, list[dict[str, str]]]:
    """Return the twelve tables about so many people, each with one application in the period."""
    tables: dict[str, list[dict[str, str]]] = {name: [] for name in SCHEMA.tables}
    for number in range(1, persons + 1):
        for name, rows in _of_person(number).items():
            tables[name] += rows
    tables["soorteninkomen"] = [{"srtinkomennr": str(n), "categorie": str(n)} for n in range(1, 7)]
    return tables


def csv_text(rows: Rows, names: Sequence[str], *, delimiter: str = ",", eol: str = "\n") -> str:
    """Return rows as csv with a header."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=eol)
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return text.getvalue()


def parquet_bytes(table: pa.Table, **options: Any) -> bytes:
    """Return an Arrow table as a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


class Delivery:
    """A delivery in memory; also the DeliveryFiles of the core."""

    def __init__(self, tables: Mapping[str, Rows] | None = None, schema: DatasetSchema = SCHEMA) -> None:
        self.schema = schema
        self.rows = copy.deepcopy(dict(tables if tables is not None else valid_rows()))
        self.files: dict[str, bytes] = {}
        self.raw: bytes | None = None
        self.package: dict[str, Any] = {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": f"{schema.id}-2026-11-20",
            "created": "2026-11-20T02:00:00+01:00",
            "dataset": schema.id,
            "schemaversie": "1.0.0",
            "periode": {"van": "2026-11-19T00:00:00", "tot": "2026-11-20T00:00:00"},
            "resources": [],
        }
        for name in schema.tables:
            self.package["resources"].append(
                {"name": name, "path": f"{name}.csv", "format": "csv", "encoding": "utf-8"}
            )
            self.write(name, self.rows[name])

    def resource(self, name: str) -> dict[str, Any]:
        """Return what the description says of a table."""
        return next(entry for entry in self.package["resources"] if entry.get("name") == name)

    def write(self, name: str, rows: Rows) -> None:
        """Give a table other rows."""
        self.put(name, csv_text(rows, self.schema.tables[name].column_names()).encode(), len(rows))

    def change(self, name: str, row: int, **cells: str) -> None:
        """Change cells of one row (1 = first) of a table."""
        rows = [dict(found) for found in self.rows[name]]
        rows[row - 1] |= cells
        self.rows[name] = rows
        self.write(name, rows)

    def put(self, name: str, content: bytes, rijen: int | None = None, *, format: str = "csv") -> None:
        """Give a table another file, which the description vouches for."""
        entry = self.resource(name)
        entry |= {"format": format, "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        if rijen is not None:
            entry["rijen"] = rijen
        self.files[entry["path"]] = content

    def content(self, name: str) -> bytes:
        """Return the bytes of a table's file."""
        return self.files[self.resource(name)["path"]]

    def names(self) -> frozenset[str]:
        """Return the names of all files."""
        return frozenset(self.files) | {"datapackage.json"}

    def read(self, name: str, most: int | None = None) -> bytes:
        """Return the bytes of one file; of a larger one no more than the first `most`."""
        return self._whole(name)[:most]

    def _whole(self, name: str) -> bytes:
        if name == "datapackage.json":
            return self.raw if self.raw is not None else json.dumps(self.package).encode()
        if name not in self.files:
            raise BlobNotFound("not there")
        return self.files[name]


def check(delivery: Delivery, bands: Bands | None = None, previous_tot: datetime | None = None) -> CheckedDelivery:
    """Return what the check makes of a delivery."""
    return check_delivery(delivery, LEVENSONDERHOUD, bands or {}, previous_tot=previous_tot)


def codes(findings: Sequence[Finding]) -> list[str]:
    """Return the codes of findings, each once, in order."""
    return sorted({found.code for found in findings})


@dataclass(frozen=True)
class OneTable:
    """What became of the file of one table; no frame when it is refused."""

    frame: pd.DataFrame | None
    findings: list[Finding]
    affected: Affected


def read_one(
    name: str, content: bytes, rijen: int, *, format: str = "csv", delimiter: str = ",", **described: Any
) -> OneTable:
    """Return what becomes of the file of one table that its description vouches for."""
    said = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "path": "x"} | described
    resource = Resource(name=name, format=format, rijen=rijen, delimiter=delimiter if format == "csv" else "", **said)
    store = RowStore(io.BytesIO)
    read = read_table(lambda: content, resource, SCHEMA, LEVENSONDERHOUD.moment_column, store)
    frame = None if read.refused else store.part(0, read.counted).reset_index(drop=True)
    return OneTable(frame, read.findings, read.affected)


def read_rows(name: str, rows: Rows) -> OneTable:
    """Return what becomes of these rows of one table, delivered as csv."""
    return read_one(name, csv_text(rows, SCHEMA.tables[name].column_names()).encode(), len(rows))


def texts_of(findings: Sequence[Finding]) -> str:
    """Return everything that findings say, in any form in which they leave the process."""
    return "\n".join([*map(repr, findings), *map(str, findings), *(json.dumps(f.as_dict()) for f in findings)])


def leaks(text: str) -> list[str]:
    """Return the canaries that a text repeats."""
    return [canary for canary in CANARIES if canary.lower() in text.lower()]
