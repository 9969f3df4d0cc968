"""Holds the column names of a file against the contract; what a name may not tell stays untold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from shared.dataset import DatasetSchema, TableSchema
from shared.records import Finding, Severity
from shared.stages.rules import finding

# names that may be told in a finding; a file without a header would otherwise tell the values of its first row
_NAME = re.compile(r"[A-Za-z_][A-Za-z_ -]{0,40}[0-9]{0,3}", re.ASCII)
NAMES_TOLD = 50
MOST_COLUMNS = 500  # of a table; with more it is no table of this contract, and only costs time and memory


def required_names(table: TableSchema) -> set[str]:
    """Return the columns that every file of a table has."""
    return {column.name for column in table.columns if not column.may_be_absent}


def refuses(findings: Sequence[Finding]) -> bool:
    """Say whether a finding among these rejects the delivery."""
    return any(found.ernst is Severity.AFKEUREN for found in findings)


def header_findings(names: Sequence[str], table: TableSchema, schema: DatasetSchema) -> list[Finding]:
    """Return what is wrong with the columns of a file, and which of them are left out.

    Other names are told only where the header is complete, because without a header they would be values. For a
    forbidden column, which somebody must hear of, it is enough that this is a header at all.
    """
    counts = Counter(names)
    contract = set(table.column_names())
    required = required_names(table)
    absent = [name for name in table.column_names() if name in required and name not in counts]
    findings = [finding("LEV-211", tabel=table.name, kolom=name) for name in absent]
    findings += _doubled(counts, table, contract)
    complete = not findings
    forbidden = [name for name in counts if name in schema.forbidden] if required & counts.keys() else []
    findings += [
        finding("LEV-402", tabel=table.name, kolom=name, groep=schema.forbidden[name]) for name in sorted(forbidden)
    ]
    if complete:
        findings += _left_out(names, table, contract | set(forbidden))
    return findings


def _doubled(counts: Counter[str], table: TableSchema, contract: set[str]) -> list[Finding]:
    doubled = {name for name, times in counts.items() if times > 1}
    findings = [finding("LEV-212", tabel=table.name, kolom=name) for name in sorted(doubled & contract)]
    others = len(doubled - contract)
    return findings + ([finding("LEV-212", tabel=table.name, aantal=others)] if others else [])


def _left_out(names: Sequence[str], table: TableSchema, told_elsewhere: set[str]) -> list[Finding]:
    unknown = [(position, name) for position, name in enumerate(names, start=1) if name not in told_elsewhere]
    findings = [
        finding("LEV-401", tabel=table.name, kolom=_told(position, name)) for position, name in unknown[:NAMES_TOLD]
    ]
    more = len(unknown) - NAMES_TOLD
    return findings + ([finding("LEV-401", tabel=table.name, aantal=more)] if more > 0 else [])


def _told(position: int, name: str) -> str:
    return name if _NAME.fullmatch(name) else f"(kolom {position}, naam niet getoond)"
