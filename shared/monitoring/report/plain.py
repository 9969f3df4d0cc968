"""Turns facts of a report into plain JSON: of tables what they show, and never what guards them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from shared.monitoring.disclosure import HIDDEN, Counts, DisclosureRefused, SuppressedTable
from shared.monitoring.report.about_work import event_count
from shared.monitoring.reportfacts import Rate, ReportFacts

_OUTSIDE = ("operation", "alarms")  # about the work; and what was released before is the next report's business
_RECORD = "released"


def facts_as_json(facts: ReportFacts, *, public: bool) -> dict[str, Any]:
    """Return the facts as plain JSON; `public`: without the work itself. What is hidden says so."""
    left_out = {_RECORD, *(_OUTSIDE if public else ())}
    found = {each.name: _plain(getattr(facts, each.name)) for each in fields(facts) if each.name not in left_out}
    if not public:
        found["operation"]["events"] = [_events(month) for month in facts.operation.events]
    return found


def _events(month: Mapping[str, int]) -> dict[str, int | str]:
    """Return how often each thing happened; hidden where that is a small number of people."""
    return {name: HIDDEN if event_count(name, times) == HIDDEN else times for name, times in month.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, SuppressedTable):
        return value.as_dict()
    if isinstance(value, Counts):
        raise DisclosureRefused(
            "A count stands outside a table.", where="feiten", next_step="Release counts in a SuppressedTable alone."
        )
    if isinstance(value, Rate) and value.value is None:
        return HIDDEN
    if isinstance(value, Enum):
        return str(value)
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
