"""Reads one table: typed columns, unusable rows set aside, free text cleaned, equal rows counted once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from shared.ahead import one_ahead
from shared.dataset import Column, ColumnClass, DatasetSchema, Kind, TableSchema
from shared.records import Affected, Finding, Resource
from shared.stages.equalrows import equal_rows, marks_of
from shared.stages.files import table_batches
from shared.stages.freetext import mask_numbers
from shared.stages.header import refuses
from shared.stages.memory import as_one
from shared.stages.refusal import TableRefused
from shared.stages.rowstore import RowStore
from shared.stages.rules import RowFindings, finding, row_finding
from shared.stages.values import TypedColumn, read_column

# gives the bytes of a file when they are needed; None where there is no such file
type ReadFile = Callable[[], bytes | None]

_KIND_IN_WORDS = {
    Kind.NUMMER: "nummer",
    Kind.TEKST: "tekst",
    Kind.GEHEEL: "geheel getal",
    Kind.BEDRAG: "bedrag met een punt en hoogstens twee decimalen",
    Kind.DATUM: "datum (JJJJ-MM-DD)",
    Kind.TIJDSTIP: "tijdstip (JJJJ-MM-DD UU:MM:SS)",
}


@dataclass(frozen=True)
class ReadTable:
    """What became of the file of a table; its rows lie in the store that they were read into.

    `counted`: per row of the file, is it usable and not equal to an earlier one; empty when the file is refused.
    """

    refused: bool
    findings: list[Finding]
    affected: Affected
    counted: np.ndarray


def read_table(
    read_file: ReadFile, resource: Resource, schema: DatasetSchema, moment_column: tuple[str, str], store: RowStore
) -> ReadTable:
    """Read the usable rows of one file into a store, typed, with their position in the file as index.

    `moment_column`: the (table, column) that sets the moment of judging. What is in the store of a refused file means
    nothing.
    """
    raw = read_file()
    if raw is None:
        return _refused([finding("LEV-110", tabel=resource.name)])
    told: list[Finding] = []
    typing = _Typing(schema.tables[resource.name], moment_column, store, resource.sha256)
    try:
        with (
            closing(table_batches(raw, resource, schema, told)) as parsed,
            closing(one_ahead(parsed)) as batches,
            closing(one_ahead(map(typing.typed, batches))) as typed,
        ):
            del raw  # so that it is freed when its last row is parsed, before the rows are counted
            for rows in typed:
                store.add(rows)
    except TableRefused as refusal:
        return _refused([*told, *refusal.findings])
    told += typing.faults.findings()
    if refuses(told):
        return _refused(told)
    counted, equal = typing.counted()
    if len(equal):
        told.append(row_finding("LEV-404", equal, tabel=resource.name))
    return ReadTable(False, told, combine(typing.affected), counted)


def _refused(findings: list[Finding]) -> ReadTable:
    return ReadTable(True, findings, Affected(), np.zeros(0, dtype=bool))


class _Typing:
    """Types the rows of a table as they come, and remembers what is wrong with them."""

    def __init__(self, table: TableSchema, moment_column: tuple[str, str], store: RowStore, sha256: str) -> None:
        self._table, self._moment_column, self._store, self._sha256 = table, moment_column, store, sha256
        self._rows = 0
        self._usable: list[np.ndarray] = []
        self._marks: list[np.ndarray] = []
        self.faults = RowFindings()
        self.affected: list[Affected] = []

    def typed(self, batch: pa.Table) -> pd.DataFrame:
        """Return the usable ones of the next rows, typed, with their position in the file as index."""
        columns: dict[str, pd.Series] = {}
        cleaned: dict[str, pd.Series] = {}
        set_aside = np.zeros(batch.num_rows, dtype=bool)
        for column in self._table.columns:
            if column.name not in batch.column_names:
                columns[column.name] = pd.Series(pd.array([pd.NA] * batch.num_rows, dtype="Int64"))
                continue
            typed = read_column(batch.column(column.name), column.kind)
            unreadable, missing = _faults(typed, column)
            self._note_faults(unreadable, missing, column)
            set_aside |= unreadable | missing
            columns[column.name] = typed.values
            without_numbers, masked = _without_numbers(typed.values, column)
            if len(masked):
                self.faults.add("LEV-403", self._rows + masked, tabel=self._table.name, kolom=column.name)
                cleaned[column.name] = without_numbers
        frame = pd.DataFrame(columns)
        if set_aside.any():
            self.affected.append(_numbers_of(frame[set_aside], self._table))
        usable = np.flatnonzero(~set_aside)
        # equal as delivered: two texts that only become equal by masking are still two rows
        self._marks.append(marks_of(_rows(frame, usable), self._sha256))
        if cleaned:
            frame = pd.DataFrame(columns | cleaned)
        positions = self._rows + usable
        self._usable.append(positions)
        self._rows += batch.num_rows
        return _rows(frame, usable).set_axis(positions)

    def _note_faults(self, unreadable: np.ndarray, missing: np.ndarray, column: Column) -> None:
        """Note what unusable cells mean: rows set aside, or a rejection where nobody can tell whose row it is."""
        place = {"tabel": self._table.name, "kolom": column.name}
        own = column == self._table.own_number
        if own or (self._table.name, column.name) == self._moment_column:
            self.faults.add("LEV-303" if own else "LEV-304", self._rows + np.flatnonzero(unreadable | missing), **place)
            return
        words = _KIND_IN_WORDS[column.kind] + (f" uit {list(column.allowed)}" if column.allowed else "")
        self.faults.add("LEV-301", self._rows + np.flatnonzero(unreadable), soort=words, **place)
        self.faults.add("LEV-302", self._rows + np.flatnonzero(missing), **place)

    def counted(self) -> tuple[np.ndarray, np.ndarray]:
        """Return which rows count, and the positions of those that are equal to an earlier one."""
        usable, marks = as_one(self._usable), as_one(self._marks)
        counted = np.zeros(self._rows, dtype=bool)
        counted[usable] = True
        equal = equal_rows(self._store, usable, marks)
        counted[equal] = False
        return counted, equal


def _rows(frame: pd.DataFrame, positions: np.ndarray) -> pd.DataFrame:
    return frame if len(positions) == len(frame) else frame.take(positions)


def _faults(typed: TypedColumn, column: Column) -> tuple[np.ndarray, np.ndarray]:
    unreadable = typed.unreadable
    if column.allowed:
        unknown = ~_are_allowed(typed.values, column) & ~typed.empty
        unreadable = unreadable | unknown
    missing = typed.empty & ~unreadable if column.required else np.zeros(len(unreadable), dtype=bool)
    return unreadable, missing


def _are_allowed(values: pd.Series, column: Column) -> np.ndarray:
    if column.kind is not Kind.TEKST:
        return values.isin(column.allowed).to_numpy(dtype=bool)
    # as every comparison of texts: capitals make no difference
    return values.isin([text for text in values.cat.categories.tolist() if text.lower() in column.allowed]).to_numpy(
        dtype=bool
    )


def _without_numbers(values: pd.Series, column: Column) -> tuple[pd.Series, np.ndarray]:
    """Return free text without anything that may be a BSN, and the rows where something was replaced."""
    if column.klasse is not ColumnClass.VRIJE_TEKST:
        return values, np.zeros(0, dtype=np.int64)
    texts = values.cat.categories.tolist()
    cleaned = [mask_numbers(text) for text in texts]
    changed = np.array([clean != text for clean, text in zip(cleaned, texts, strict=True)], dtype=bool)
    if not changed.any():
        return values, np.zeros(0, dtype=np.int64)
    codes = values.cat.codes.to_numpy()
    rows = np.flatnonzero((codes >= 0) & changed[codes])
    different, categories = pd.factorize(pd.Index(cleaned, dtype="str"))
    return pd.Series(pd.Categorical.from_codes(np.append(different, -1)[codes], categories=categories)), rows


def _numbers_of(rows: pd.DataFrame, table: TableSchema) -> Affected:
    """Return the readable numbers of the people, parties and services that unusable rows belong to.

    A row of a code table belongs to nobody by number; it is told by its code.
    """
    if not table.number_columns():
        codes = rows[table.own_number.name].dropna().astype(int)
        return Affected(codes=frozenset((table.name, code) for code in codes.tolist()))
    numbers: dict[ColumnClass, set[str]] = {klasse: set() for klasse in ColumnClass}
    for column in table.number_columns():
        numbers[column.klasse] |= set(rows[column.name].dropna().astype(str))
    return Affected(
        persoon=frozenset(numbers[ColumnClass.PERSOON]),
        partij=frozenset(numbers[ColumnClass.PARTIJ]),
        dienst=frozenset(numbers[ColumnClass.DIENST]),
    )


def combine(parts: list[Affected]) -> Affected:
    """Return all numbers of several tables together."""
    return Affected(
        persoon=frozenset().union(*(part.persoon for part in parts)),
        partij=frozenset().union(*(part.partij for part in parts)),
        dienst=frozenset().union(*(part.dienst for part in parts)),
        codes=frozenset().union(*(part.codes for part in parts)),
    )
