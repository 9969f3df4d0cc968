"""Checks a delivery as a whole and says: accepted, held for a person, or rejected, and why."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pandas as pd

from shared.errors import BlobNotFound
from shared.records import (
    LARGEST_DESCRIPTION,
    Affected,
    CheckedDelivery,
    DeliveryFiles,
    Description,
    Finding,
    Resource,
    Verdict,
)
from shared.stages.describe import DATAPACKAGE, read_description
from shared.stages.inparts import DeliveryInParts, StoredTable
from shared.stages.memory import give_back
from shared.stages.read import ReadFile, combine, read_table
from shared.stages.rowstore import RowStore, Scratch
from shared.stages.rules import finding, verdict
from shared.usecase import Divided, UseCase

_AHEAD = timedelta(days=2)

# below this number of applications the counts say too little (domain.md §2)
FEWEST_TO_COMPARE = 20

type Bands = Mapping[str, Mapping[str, float | None]]


def check_delivery(
    files: DeliveryFiles, use_case: UseCase, bands: Bands, *, previous_tot: datetime | None = None
) -> CheckedDelivery:
    """Return the typed tables of a delivery with its findings; a rejected delivery carries no tables."""
    return check_in_parts(files, use_case, bands, previous_tot=previous_tot).whole()


def check_in_parts(
    files: DeliveryFiles,
    use_case: UseCase,
    bands: Bands,
    *,
    previous_tot: datetime | None = None,
    size: int | None = None,
    scratch: Scratch = io.BytesIO,
) -> DeliveryInParts:
    """Return the same with the rows in scratch files, cut in parts of `size` applications; None is one part of all."""
    try:
        raw = files.read(DATAPACKAGE, LARGEST_DESCRIPTION + 1)
    except BlobNotFound:
        return _rejected([finding("LEV-101")], None)
    description, findings = read_description(raw, use_case.schema)
    if description is None:
        return _rejected(findings, None)
    present = files.names()
    findings = _unlisted(present, description)
    with ExitStack() as unless_accepted:
        reading = _Reading(use_case, description, size, scratch)
        unless_accepted.callback(reading.close)
        for resource in reading.in_order():
            findings += reading.read(partial(_content, files, present, resource), resource)
            give_back()
        if verdict(findings) is Verdict.AFGEKEURD:
            return _rejected(findings, description)
        not_cut = reading.not_cut()
        findings += use_case.cross_check(not_cut)
        if verdict(findings) is Verdict.AFGEKEURD:
            return _rejected(findings, description)
        findings += _thin_tables(reading.tables, reading.applications(not_cut), bands)
        findings += _period_findings(description, previous_tot)
        unless_accepted.pop_all()
        return DeliveryInParts(
            verdict=verdict(findings),
            findings=tuple(sorted(findings)),
            description=description,
            tables={name: reading.tables[name] for name in use_case.schema.tables},
            affected=combine(reading.affected),
            number=reading.parts(),
        )


class _Reading:
    """Reads the tables of a delivery one by one; first those that tell in which part the rows of the others belong."""

    def __init__(self, use_case: UseCase, description: Description, size: int | None, scratch: Scratch) -> None:
        self._use_case, self._description, self._scratch = use_case, description, scratch
        self._size, self._division = size, use_case.division if size else None
        self._divided: Divided | None = None
        self._made = ExitStack()
        self.tables: dict[str, StoredTable] = {}
        self.affected: list[Affected] = []

    def in_order(self) -> list[Resource]:
        """Return the tables in the order in which they are read."""
        links = self._division.links if self._division else ()
        return sorted(self._description.resources, key=lambda resource: resource.name not in links)

    def read(self, read_file: ReadFile, resource: Resource) -> list[Finding]:
        """Read the file of one table; returns what was found in it."""
        name, use_case = resource.name, self._use_case
        everywhere = self._division is not None and name in self._division.everywhere
        store = self._store("" if everywhere else name)
        table = read_table(read_file, resource, use_case.schema, use_case.moment_column, store)
        store.filled()
        self.affected.append(table.affected)
        if table.refused:
            store.close()
        else:
            self.tables[name] = StoredTable(store, table.counted, everywhere)
            self._divide()
        return table.findings

    def _store(self, name: str) -> RowStore:
        """Return an empty store, cut in parts when it is known how to cut this table; "" is never cut."""
        divided = self._divided
        store = RowStore(self._scratch, partial(divided.of, name) if divided and name else None)
        self._made.callback(store.close)
        return store

    def _divide(self) -> None:
        """Cut the tables in parts that were read whole, once all that tell how to do so have been read."""
        if self._division is None or self._divided is not None or not set(self._division.links) <= set(self.tables):
            return

        def columns(name: str, *wanted: str) -> Iterator[pd.DataFrame]:
            table = self.tables[name]
            return (rows.loc[table.counted[rows.index.to_numpy()]] for rows in table.store.blocks(wanted))

        self._divided = self._division.divide(columns, self._description.period, self._size or 0)
        for name in self._division.links:
            whole = self.tables[name]
            cut = self._store(name)
            for rows in whole.store.blocks():
                cut.add(rows)
            cut.filled()
            whole.store.close()
            self.tables[name] = replace(whole, store=cut)

    def not_cut(self) -> dict[str, pd.DataFrame]:
        """Return the tables that no part has a part of."""
        return {
            name: table.store.part(0, table.counted).reset_index(drop=True)
            for name, table in self.tables.items()
            if table.everywhere or self._divided is None
        }

    def applications(self, not_cut: Mapping[str, pd.DataFrame]) -> int:
        """Return how many applications the delivery asks to judge."""
        if self._divided is not None:
            return self._divided.applications
        return self._use_case.count_applications(not_cut, self._description.period)

    def close(self) -> None:
        """Forget what was read."""
        self._made.close()

    def parts(self) -> int:
        """Return in how many parts it was cut."""
        return 1 if self._divided is None else self._divided.parts


def _rejected(findings: list[Finding], description: Description | None) -> DeliveryInParts:
    return DeliveryInParts(Verdict.AFGEKEURD, tuple(sorted(findings)), description)


def _content(files: DeliveryFiles, present: frozenset[str], resource: Resource) -> bytes | None:
    """Return the bytes of a file; None where it is missing, or there is something by that name that is no file.

    Of a file that is larger than was said no more is read than shows it: it may be made to fill the memory.
    """
    try:
        return files.read(resource.path, resource.bytes + 1) if resource.path in present else None
    except BlobNotFound:
        return None


def _unlisted(present: frozenset[str], description: Description) -> list[Finding]:
    listed = {DATAPACKAGE, *(resource.path for resource in description.resources)}
    unlisted = len(present - listed)
    return [finding("LEV-109", aantal=unlisted)] if unlisted else []


def _thin_tables(tables: Mapping[str, StoredTable], applications: int, bands: Bands) -> list[Finding]:
    """Return a hold for each table with far fewer or far more rows per application than the model was made with."""
    if applications < FEWEST_TO_COMPARE:
        return []
    findings = []
    for name, band in bands.items():
        if name not in tables or applications < (band.get("vanaf") or FEWEST_TO_COMPARE):
            continue
        measured = tables[name].rows / applications
        low, high = band.get("laag"), band.get("hoog")
        if (low is not None and measured < low) or (high is not None and measured > high):
            findings.append(
                finding("LEV-501", tabel=name, gemeten=_short(measured), laag=_short(low), hoog=_short(high))
            )
    return findings


def _short(number: float | None) -> str:
    return "onbegrensd" if number is None else f"{number:.3g}".replace(".", ",")


def _period_findings(description: Description, previous_tot: datetime | None) -> list[Finding]:
    found = []
    made = datetime.fromisoformat(description.created).replace(tzinfo=None)  # to the day, whatever its offset
    if description.period.tot - made > _AHEAD:  # no day until then would be missed
        found.append(finding("LEV-505"))
    if previous_tot is not None and description.period.van != previous_tot:
        found.append(finding("LEV-502" if description.period.van > previous_tot else "LEV-503"))
    return found
