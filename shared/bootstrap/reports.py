"""Reports on models: what they are made from, and what the timer, a terminal and HTTP do with them."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.bootstrap.wiring import ledger, person_here, settings, versions, workplace
from shared.errors import NotKnown
from shared.events import HERE, Caller
from shared.usecases import datasets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.api.services import Reports
    from shared.modelpackage.package import ModelPackage
    from shared.monitoring.months import MonthTally
    from shared.monitoring.register.reweighing import Reweighing
    from shared.monitoring.report.about_work import RunningMonth
    from shared.monitoring.report.edition import Edition
    from shared.monitoring.reportfacts import ReportFacts
    from shared.reporting import Released, Reporting, StoredReport


def reporting(caller: Caller, dataset: str) -> Reporting:
    """Return what the reports of a dataset are made from, on behalf of a caller."""
    from shared.adapters.chosen import month_records_of
    from shared.closing.months import closed_months
    from shared.closing.operation import operation_between
    from shared.monitoring.facts import report_facts
    from shared.monitoring.register.reweighing import place_of, read_reweighing
    from shared.monitoring.report.about_work import RunningMonth
    from shared.reporting import Reporting

    if dataset not in datasets():
        raise NotKnown("There are no reports on this dataset.", next_step="Choose one from the list of reports.")
    config, place = settings(), workplace(caller, dataset)
    records = month_records_of(ledger(config))
    name, _ = place.in_use()
    follow_ups = [follow_up.dataset for follow_up in place.use_case.follow_ups]

    def months() -> Sequence[MonthTally]:
        return closed_months(place.blobs, records, dataset, name)

    def package(version: str) -> ModelPackage:
        return versions(config, dataset).loaded(name, version)

    def facts(counted: Sequence[MonthTally], judged_by: ModelPackage, earlier: Released | None) -> ReportFacts:
        groups = place.use_case.group_rules
        return report_facts(counted, judged_by.reference, judged_by.threshold, groups, earlier)

    def reweighing(judged_by: ModelPackage) -> Reweighing | None:
        path = config.models / place_of(judged_by)
        document = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        return read_reweighing(document, judged_by.sha256) if document else None

    def running(first: date, until: date) -> RunningMonth:
        since = datetime(first.year, first.month, first.day, tzinfo=HERE)
        end = datetime(until.year, until.month, until.day, tzinfo=HERE) + timedelta(days=1)
        found = operation_between(records, dataset, since, end, follow_ups)
        return RunningMonth(
            month=first.isoformat()[:7],
            until=until,
            deliveries=found.deliveries,
            findings=found.findings,
            events=found.operation,
        )

    return Reporting(place, months, package, facts, reweighing, running)


def write_due_reports(caller: Caller, dataset: str) -> None:
    """Write the reports of closed months that have none."""
    from shared.reporting import write_due

    write_due(reporting(caller, dataset))


def report_until(until: date | None, dataset: str = "", caller: Caller | None = None) -> bytes:
    """Return a report up to a day, or up to today, of the dataset that is named or the first one."""
    from shared.reporting import report_on_request

    found = reporting(caller or person_here(), dataset or datasets()[0])
    return report_on_request(found, until or found.today)


def served_reports(known_by: Caller) -> Reports:
    """Return what can be asked about reports over HTTP; `known_by` lists them."""
    from shared import reporting as shell
    from shared.api.services import Reports

    def known() -> Sequence[StoredReport]:
        return [each for dataset in datasets() for each in shell.known_reports(reporting(known_by, dataset))]

    def page(caller: Caller, dataset: str, month: str, edition: Edition) -> bytes:
        return shell.read_report(reporting(caller, dataset), month, edition)

    def facts(caller: Caller, dataset: str, month: str) -> Mapping[str, Any]:
        return shell.read_facts(reporting(caller, dataset), month)

    def until_today(caller: Caller, dataset: str) -> bytes:
        return report_until(None, dataset, caller)

    return Reports(known, page, facts, until_today)
