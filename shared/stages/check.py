"""Checks a delivery as a whole and says: accepted, held for a person, or rejected, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from shared.errors import BlobNotFound
from shared.records import Affected, CheckedDelivery, DeliveryFiles, Description, Finding, Verdict
from shared.stages.describe import DATAPACKAGE, read_description
from shared.stages.read import combine, read_table
from shared.stages.rules import finding, verdict
from shared.usecase import UseCase

# below this number of applications the counts say too little (domain.md §2)
FEWEST_TO_COMPARE = 20

type Bands = Mapping[str, Mapping[str, float | None]]


def check_delivery(
    files: DeliveryFiles, use_case: UseCase, bands: Bands, *, previous_tot: datetime | None = None
) -> CheckedDelivery:
    """Return the typed tables of a delivery with its findings; a rejected delivery carries no tables."""
    try:
        raw = files.read(DATAPACKAGE)
    except BlobNotFound:
        return _rejected([finding("LEV-101")], None)
    description, findings = read_description(raw, use_case.schema)
    if description is None:
        return _rejected(findings, None)
    present = files.names()
    findings = _unlisted(present, description)
    tables: dict[str, pd.DataFrame] = {}
    parts: list[Affected] = []
    for resource in description.resources:
        content = _content(files, present, resource.path)
        if content is None:
            findings.append(finding("LEV-110", tabel=resource.name))
            continue
        table = read_table(content, resource, use_case.schema, use_case.moment_column)
        findings += table.findings
        parts.append(table.affected)
        if table.frame is not None:
            tables[resource.name] = table.frame
    if verdict(findings) is Verdict.AFGEKEURD:
        return _rejected(findings, description)
    findings += use_case.cross_check(tables)
    if verdict(findings) is Verdict.AFGEKEURD:
        return _rejected(findings, description)
    findings += _thin_tables(tables, use_case.count_applications(tables, description.period), bands)
    findings += _period_findings(description, previous_tot)
    in_order = {name: tables[name] for name in use_case.schema.tables}
    return CheckedDelivery(verdict(findings), tuple(sorted(findings)), description, in_order, combine(parts))


def _rejected(findings: list[Finding], description: Description | None) -> CheckedDelivery:
    return CheckedDelivery(Verdict.AFGEKEURD, tuple(sorted(findings)), description)


def _content(files: DeliveryFiles, present: frozenset[str], path: str) -> bytes | None:
    """Return the bytes of a file; None where it is missing, or there is something by that name that is no file."""
    try:
        return files.read(path) if path in present else None
    except BlobNotFound:
        return None


def _unlisted(present: frozenset[str], description: Description) -> list[Finding]:
    listed = {DATAPACKAGE, *(resource.path for resource in description.resources)}
    unlisted = len(present - listed)
    return [finding("LEV-109", aantal=unlisted)] if unlisted else []


def _thin_tables(tables: Mapping[str, pd.DataFrame], applications: int, bands: Bands) -> list[Finding]:
    """Return a hold for each table with far fewer or far more rows per application than the model was made with."""
    if applications < FEWEST_TO_COMPARE:
        return []
    findings = []
    for name, band in bands.items():
        if name not in tables or applications < (band.get("vanaf") or FEWEST_TO_COMPARE):
            continue
        measured = len(tables[name]) / applications
        low, high = band.get("laag"), band.get("hoog")
        if (low is not None and measured < low) or (high is not None and measured > high):
            findings.append(
                finding("LEV-501", tabel=name, gemeten=_short(measured), laag=_short(low), hoog=_short(high))
            )
    return findings


def _short(number: float | None) -> str:
    return "onbegrensd" if number is None else f"{number:.3g}".replace(".", ",")


def _period_findings(description: Description, previous_tot: datetime | None) -> list[Finding]:
    if previous_tot is None or description.period.van == previous_tot:
        return []
    return [finding("LEV-502" if description.period.van > previous_tot else "LEV-503")]
