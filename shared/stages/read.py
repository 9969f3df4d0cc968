"""Reads one table: typed columns, unusable rows set aside, free text cleaned, equal rows counted once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from shared.dataset import Column, ColumnClass, DatasetSchema, Kind, TableSchema
from shared.records import Affected, Finding, Resource, Severity
from shared.stages.files import open_table
from shared.stages.freetext import mask_numbers
from shared.stages.rules import row_finding
from shared.stages.values import TypedColumn, read_column

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
    """A typed table with all contract columns, or None when its file is refused."""

    frame: pd.DataFrame | None
    findings: list[Finding]
    affected: Affected


def read_table(raw: bytes, resource: Resource, schema: DatasetSchema, moment_column: tuple[str, str]) -> ReadTable:
    """Return the typed rows of one file. `moment_column`: the (table, column) that sets the moment of judging."""
    opened, findings = open_table(raw, resource, schema)
    table = schema.tables[resource.name]
    if opened is None:
        return ReadTable(None, findings, Affected())
    return _typed(opened, table, findings, moment_column)


def _typed(opened: pa.Table, table: TableSchema, findings: list[Finding], moment_column: tuple[str, str]) -> ReadTable:
    columns: dict[str, pd.Series] = {}
    cleaned: dict[str, pd.Series] = {}
    set_aside = np.zeros(opened.num_rows, dtype=bool)
    for column in table.columns:
        if column.name not in opened.column_names:
            columns[column.name] = pd.Series(pd.array([pd.NA] * opened.num_rows, dtype="Int64"))
            continue
        typed = read_column(opened.column(column.name), column.kind)
        unreadable, missing = _faults(typed, column)
        findings += _fault_findings(unreadable, missing, column, table, moment_column)
        set_aside |= unreadable | missing
        columns[column.name] = typed.values
        without_numbers, masked = _without_numbers(typed.values, column)
        if len(masked):
            findings.append(row_finding("LEV-403", masked, tabel=table.name, kolom=column.name))
            cleaned[column.name] = without_numbers
    if any(found.ernst is Severity.AFKEUREN for found in findings):
        return ReadTable(None, findings, Affected())
    frame = pd.DataFrame(columns)
    affected = _numbers_of(frame[set_aside], table)
    usable = np.flatnonzero(~set_aside)
    # equal as delivered: two texts that only become equal by masking are still two rows
    doubled = _rows(frame, usable).duplicated().to_numpy()
    if doubled.any():
        findings.append(row_finding("LEV-404", usable[doubled], tabel=table.name))
    if cleaned:
        frame = pd.DataFrame(columns | cleaned)
    return ReadTable(_rows(frame, usable[~doubled]).reset_index(drop=True), findings, affected)


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
    return values.isin([text for text in values.cat.categories if text.lower() in column.allowed]).to_numpy(dtype=bool)


def _fault_findings(
    unreadable: np.ndarray, missing: np.ndarray, column: Column, table: TableSchema, moment_column: tuple[str, str]
) -> list[Finding]:
    """Return what unusable cells mean: rows set aside, or a rejection where nobody can tell whose row it is."""
    place = {"tabel": table.name, "kolom": column.name}
    if column == table.own_number or (table.name, column.name) == moment_column:
        code = "LEV-303" if column == table.own_number else "LEV-304"
        faults = np.flatnonzero(unreadable | missing)
        return [row_finding(code, faults, **place)] if len(faults) else []
    findings = []
    if unreadable.any():
        words = _KIND_IN_WORDS[column.kind] + (f" uit {list(column.allowed)}" if column.allowed else "")
        findings.append(row_finding("LEV-301", np.flatnonzero(unreadable), soort=words, **place))
    if missing.any():
        findings.append(row_finding("LEV-302", np.flatnonzero(missing), **place))
    return findings


def _without_numbers(values: pd.Series, column: Column) -> tuple[pd.Series, np.ndarray]:
    """Return free text without anything that may be a BSN, and the rows where something was replaced."""
    if column.klasse is not ColumnClass.VRIJE_TEKST:
        return values, np.zeros(0, dtype=np.int64)
    texts = values.cat.categories
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
