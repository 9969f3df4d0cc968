"""Writes the report of every closed month once, gives one on request up to today, and reads back what was written.

A report is written in an order that survives a stop at any point: its two editions, then the record of what they show,
then the event. Without the record the month has no report, and the next round writes it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from shared.digests import digest_of
from shared.errors import BlobNotFound, NotKnown, RequestRefused
from shared.events import HERE, Action
from shared.installation import Workplace
from shared.logs import run_log
from shared.modelpackage.canonical import canonical_json
from shared.monitoring.months import MonthTally
from shared.monitoring.register.reweighing import Reweighing
from shared.monitoring.report.about_work import RunningMonth
from shared.monitoring.report.edition import Edition
from shared.monitoring.report.plain import facts_as_json
from shared.monitoring.reportfacts import ReportFacts, Shift
from shared.ports import Container

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage

RECORD = "vrijgegeven.json"
FILES = {Edition.VOLLEDIG: "rapport.html", Edition.OPENBAAR: "openbaar.html"}
_FORM = 1

type Released = Mapping[str, Any]


@dataclass(frozen=True)
class Reporting:
    """What reports of a dataset are made from.

    * `months`: the closed months, the oldest first; `package`: the model package of a version.
    * `facts`: what may be shown after these months, beside that package, given what the report before it released.
    * `reweighing`: what an evaluation of a package measured of it, None where there is none.
    * `running`: what is known of the month that is not over, from its first day up to and including this one.
    """

    place: Workplace
    months: Callable[[], Sequence[MonthTally]]
    package: Callable[[str], ModelPackage]
    facts: Callable[[Sequence[MonthTally], ModelPackage, Released | None], ReportFacts]
    reweighing: Callable[[ModelPackage], Reweighing | None]
    running: Callable[[date, date], RunningMonth]

    @property
    def today(self) -> date:
        """Return the day it is here."""
        return self.place.clock.now().astimezone(HERE).date()

    def report(
        self,
        package: ModelPackage,
        facts: ReportFacts,
        made: date,
        edition: Edition,
        running: RunningMonth | None = None,
    ) -> bytes:
        """Return a report with this package, as one HTML file."""
        # imported here: who only reads a report must not pay for its pictures
        from shared.monitoring.report.make import make_report, subject_of

        subject = subject_of(self.place.use_case, package, self.reweighing(package))
        return make_report(subject, facts, made, edition, running)


@dataclass(frozen=True)
class StoredReport:
    """A report that was written: of which month, and on which day."""

    dataset: str
    month: str
    made: date


def write_due(reporting: Reporting) -> list[str]:
    """Write the report of every closed month that has none, the oldest first; returns these months."""
    written = []
    months = reporting.months()
    earlier: Released | None = None
    for number, tally in enumerate(months, start=1):
        stored = _record(reporting, tally.month)
        if stored is None:
            stored = _write(reporting, months[:number], earlier)
            written.append(tally.month)
        _note(reporting, tally.month, stored)
        earlier = stored["vrijgave"]
    return written


def _write(reporting: Reporting, months: Sequence[MonthTally], earlier: Released | None) -> dict[str, Any]:
    month, made = months[-1].month, reporting.today
    package = reporting.package(months[-1].reference)
    facts = reporting.facts(months, package, earlier)
    if any(drift.shift is Shift.STERK for drift in (facts.score, *facts.features)):
        run_log().warning("drift of %s: outside its band", package.name)
    for edition, name in FILES.items():
        content = reporting.report(package, facts, made, edition)
        reporting.place.blobs.write(Container.RAPPORTAGE, _path(reporting, month, name), content)
    record = {
        "vorm": _FORM,
        "dataset": reporting.place.dataset,
        "maand": month,
        "gemaakt": made.isoformat(),
        "model": {"naam": package.name, "versie": package.version, "sha256": package.sha256},
        "feiten": facts_as_json(facts, public=False),
        "vrijgave": facts.released,
    }
    content = canonical_json(record)
    reporting.place.blobs.write(Container.RAPPORTAGE, _path(reporting, month, RECORD), content)
    stored: dict[str, Any] = json.loads(content)
    return stored


def _note(reporting: Reporting, month: str, record: Mapping[str, Any]) -> None:
    """Write the event of a report, once; also when a worker stopped between the report and its event."""
    place, about = reporting.place, _about(reporting, month)
    if place.ledger.noted(Action.RAPPORT_SCHRIJVEN, about):
        return
    digests = {
        name: digest_of(place.blobs, Container.RAPPORTAGE, _path(reporting, month, name))
        for name in (*FILES.values(), RECORD)
    }
    event = place.event(
        Action.RAPPORT_SCHRIJVEN, about, "geschreven", gemaakt=record["gemaakt"], model=record["model"], sha256=digests
    )
    place.ledger.note(event)


def known_reports(reporting: Reporting) -> list[StoredReport]:
    """Return the reports that were written, the newest first."""
    dataset = reporting.place.dataset
    names = reporting.place.blobs.names(Container.RAPPORTAGE, f"{dataset}/")
    months = sorted({name.split("/")[1] for name in names if name.endswith(f"/{RECORD}")}, reverse=True)
    records = ((month, _record(reporting, month)) for month in months)
    return [StoredReport(dataset, month, date.fromisoformat(record["gemaakt"])) for month, record in records if record]


def read_report(reporting: Reporting, month: str, edition: Edition) -> bytes:
    """Return a report as it was written, and note who reads it; NotKnown when there is none of this month."""
    _known_record(reporting, month)
    content = reporting.place.blobs.read(Container.RAPPORTAGE, _path(reporting, month, FILES[edition]))
    _note_reading(reporting, month, edition)
    return content


def read_facts(reporting: Reporting, month: str) -> dict[str, Any]:
    """Return what a report shows as plain JSON, and note who reads it; NotKnown when there is none of this month."""
    record = _known_record(reporting, month)
    _note_reading(reporting, month, "feiten")
    return {name: value for name, value in record.items() if name not in ("vorm", "vrijgave")}


def report_on_request(reporting: Reporting, until: date) -> bytes:
    """Return a report of the closed months up to a day, with what is known of the work in a month that is not closed.

    Of people it shows what the report of the last closed month shows: two requests never differ by a few people.
    RequestRefused for a day that is still to come and inside a closed month, of which only the whole is told; NotKnown
    while no month is closed.
    """
    if until > reporting.today:
        raise RequestRefused("This day is still to come.", where="tot", next_step="Give today, or a day that has been.")
    closed, asked_month = reporting.months(), until.isoformat()[:7]
    after = (until + timedelta(days=1)).isoformat()[:7]
    is_closed = any(tally.month == asked_month for tally in closed)
    if is_closed and after == asked_month:
        raise RequestRefused(
            "This day is inside a closed month, of which there is only one report.",
            where="tot",
            next_step="Give the last day of that month, or a day of a month that is not closed.",
        )
    months = [tally for tally in closed if tally.month < after]
    if not months:
        raise NotKnown(
            "No month is closed on this day.",
            next_step="Ask again when the first month is over; the nightly timer closes it.",
        )
    package = reporting.package(months[-1].reference)
    facts = reporting.facts(months, package, _released_before(reporting, months))
    running = None if is_closed else reporting.running(until.replace(day=1), until)
    content = reporting.report(package, facts, reporting.today, Edition.VOLLEDIG, running)
    reporting.place.ledger.note(
        reporting.place.event(
            Action.RAPPORT_MAKEN, _about(reporting, months[-1].month), "gemaakt", tot=until.isoformat()
        )
    )
    return content


def _released_before(reporting: Reporting, months: Sequence[MonthTally]) -> Released | None:
    """Return what was released before the last of these months; made again where the timer has not written it yet."""
    earlier: Released | None = None
    for number, tally in enumerate(months[:-1], start=1):
        record = _record(reporting, tally.month)
        if record is not None:
            earlier = record["vrijgave"]
        else:
            earlier = reporting.facts(months[:number], reporting.package(tally.reference), earlier).released
    return earlier


def _known_record(reporting: Reporting, month: str) -> dict[str, Any]:
    record = _record(reporting, month)
    if record is None:
        raise NotKnown("There is no report of this month.", next_step="Choose one from the list of reports.")
    return record


def _record(reporting: Reporting, month: str) -> dict[str, Any] | None:
    try:
        content = reporting.place.blobs.read(Container.RAPPORTAGE, _path(reporting, month, RECORD))
    except BlobNotFound:
        return None
    record: dict[str, Any] = json.loads(content)
    return record


def _note_reading(reporting: Reporting, month: str, what: str) -> None:
    event = reporting.place.event(Action.RAPPORT_BEKIJKEN, _about(reporting, month), "bekeken", editie=str(what))
    reporting.place.ledger.note(event)


def _path(reporting: Reporting, month: str, name: str) -> str:
    return f"{reporting.place.dataset}/{month}/{name}"


def _about(reporting: Reporting, month: str) -> str:
    return f"rapport {reporting.place.dataset} {month}"
