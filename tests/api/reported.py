"""Reports of three closed months, written in the storage of a site as the timer writes them."""

from __future__ import annotations

from dataclasses import replace

from development.population.months import Plan, synthetic_months
from shared.bootstrap.reports import reporting
from shared.events import SYSTEM, Caller
from shared.reporting import write_due

DATASET = "levensonderhoud"
LAST = f"{DATASET}-2026-10"
_MONTHS = synthetic_months(Plan(months=3, first="2026-08"), 3)


def write_reports() -> list[str]:
    """Write the reports of the months from August to October, in the storage that the settings name."""
    return write_due(replace(reporting(Caller(SYSTEM, "test"), DATASET), months=lambda: _MONTHS))
