"""Closes every month that is over and not closed yet, in order: counted once, kept, told; never counted again.

Order of effects: counts -> logboek, acknowledged -> event, in which the sha256 stands. A month is closed once its event
is there; killed before that, it is counted and written again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from shared.closing.operation import operation_between
from shared.closing.port import MonthRecords
from shared.errors import BlobNotFound, SlimmeCheckError
from shared.events import HERE, Action, moment_text
from shared.followup.rows import NEWEST, values
from shared.followup.stored import Kept, kept_deliveries, read_columns
from shared.installation import Installation
from shared.logboek import MONITORING, Batch, write_batch_lines
from shared.logs import run_log
from shared.modelpackage.canonical import canonical_json
from shared.monitoring.counting import CountingRules, MonthRows, count_month, versions_that_scored
from shared.monitoring.monthrows import Judged, Outcome
from shared.monitoring.months import MonthTally, month_tally
from shared.ports import BlobStore, Container
from shared.usecase import FollowUpKind

if TYPE_CHECKING:
    import pyarrow as pa

    from shared.modelpackage.package import ModelPackage

_OUTCOME = ("dienst", "soort", "resultaat", "selectie", "datum")  # as Outcome has them


class MonthChanged(SlimmeCheckError):
    """The counts of a closed month are not those that were closed."""

    code = "SC-670"


def close_months(installation: Installation, records: MonthRecords) -> list[str]:
    """Close every month that is over and was not closed; returns which. A use case without outcomes has none."""
    if installation.use_case.outcome_rules is None:
        return []
    months = open_months(installation, records)
    for month in months:
        close_month(installation, records, month)
    return months


def open_months(installation: Installation, records: MonthRecords) -> list[str]:
    """Return the months to close, the oldest first: from the first publication, or after the last one closed."""
    closed = records.closed(installation.dataset, installation.model.name)
    first = records.first_publication(installation.dataset)
    if first is None:
        return []
    begin = _next(closed[-1].month) if closed else f"{first.astimezone(HERE):%Y-%m}"
    now = f"{installation.clock.now().astimezone(HERE):%Y-%m}"
    found = []
    while begin < now:
        found.append(begin)
        begin = _next(begin)
    return found


def bounds(month: str) -> tuple[datetime, datetime]:
    """Return when a month begins and ends here."""
    return _begin(month), _begin(_next(month))


def _begin(month: str) -> datetime:
    first = date.fromisoformat(f"{month}-01")
    return datetime(first.year, first.month, 1, tzinfo=HERE)


def _next(month: str) -> str:
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
    return f"{year:04d}-{number + 1:02d}"


def close_month(installation: Installation, records: MonthRecords, month: str) -> MonthTally:
    """Count a month, keep the counts, and tell of it."""
    since, until = bounds(month)
    dataset, model = installation.dataset, installation.model.name
    results = records.results(dataset, model, since, until, lambda version: _package(installation, version).threshold)
    rules = _rules(installation, month, since, _compared_with(installation, results, since))
    tally = count_month(_rows(installation, records, results, since, until), rules)
    data = canonical_json(tally.as_dict())
    installation.blobs.write(Container.TELLING, _name(dataset, model, month), data)
    sha256 = hashlib.sha256(data).hexdigest()
    _write_lines(installation, month, results, since)
    # no number of people: the report may have to hide it, and who reads the log reads the report
    event = installation.event(
        Action.MAAND_SLUITEN,
        f"telling {dataset} {model} {month}",
        "geteld",
        model=model,
        maand=month,
        sha256=sha256,
        tot=moment_text(until),
    )
    installation.ledger.note(event)
    run_log().info("month %s of %s: closed", month, dataset)
    return tally


def closed_months(blobs: BlobStore, records: MonthRecords, dataset: str, model: str) -> list[MonthTally]:
    """Return the counts of every closed month that are still kept, the oldest first.

    MonthChanged when they are not those that were closed.
    """
    found = []
    for closed in records.closed(dataset, model):
        try:
            data = blobs.read(Container.TELLING, _name(dataset, model, closed.month))
        except BlobNotFound:  # past its term
            continue
        if hashlib.sha256(data).hexdigest() != closed.sha256:
            raise MonthChanged(
                "The counts of a month are not those that were closed.",
                where=f"telling {dataset} {closed.month}",
                next_step="Put the file back from its back-up and find out who changed it.",
            )
        found.append(month_tally(json.loads(data)))
    return found


def _name(dataset: str, model: str, month: str) -> str:
    return f"{dataset}/{model}/{month}.json"


def _package(installation: Installation, version: str) -> ModelPackage:
    package = installation.model
    if version != package.version and installation.versions is not None:
        package = installation.versions.loaded(package.name, version)
    return package


def _compared_with(installation: Installation, results: list[Judged], since: datetime) -> ModelPackage:
    """Return the package of the version that scored most applications of the month, whichever is active by now.

    The active one where none was scored, and of versions that scored as many.
    """
    active = installation.model.version
    scored = versions_that_scored(results, since) or {active: 0}
    return _package(installation, max(scored, key=lambda version: (scored[version], version == active, version)))


def _rules(installation: Installation, month: str, since: datetime, package: ModelPackage) -> CountingRules:
    case = installation.use_case
    assert case.outcome_rules is not None
    return CountingRules(
        dataset=installation.dataset,
        model=package.name,
        month=month,
        since=since,
        outcomes=case.outcome_rules,
        groupings=case.group_rules,
        flags=tuple(case.unknown_labels),
        reference=package.reference,
        reference_version=package.version,
        sampling=package.sample_share > 0,
    )


def _rows(
    installation: Installation, records: MonthRecords, results: list[Judged], since: datetime, until: datetime
) -> MonthRows:
    follow_ups = {follow_up.kind: follow_up for follow_up in installation.use_case.follow_ups}
    kept = {
        kind: [one for one in kept_deliveries(installation.ledger, follow_up) if one.since < until]
        for kind, follow_up in follow_ups.items()
    }
    names = [follow_up.dataset for follow_up in follow_ups.values()]
    happened = operation_between(records, installation.dataset, since, until, names)
    attributes, described = _attributes(
        installation.blobs, kept.get(FollowUpKind.GROEPSKENMERKEN, []), {one.persoon: one.persoon for one in results}
    )
    outcomes, strangers = _outcomes(
        installation.blobs, kept.get(FollowUpKind.UITKOMSTEN, []), {one.dienst: one.dienst for one in results}, since
    )
    return MonthRows(
        results=results,
        outcomes=outcomes,
        strangers=strangers,
        assessments=records.assessments(installation.dataset, until),
        attributes=attributes,
        described=described,
        deliveries=happened.deliveries,
        findings=happened.findings,
        operation=happened.operation,
    )


def _outcomes(
    blobs: BlobStore, deliveries: list[Kept], applications: Mapping[str, str], since: datetime
) -> tuple[list[Outcome], int]:
    """Return the outcomes of these applications, and how many of others arrived at or after `since`.

    File by file, and of the others none: a supplier may send as many as it likes. Of an outcome under several keys the
    newest counts. `applications`: each by itself, for the text that is in memory already.
    """
    import pyarrow.compute as pc

    found, strangers = [], 0
    for kept, rows in _tables(blobs, deliveries):
        newest = pc.equal(rows["dienst"], rows[NEWEST])
        ours = _among(rows["dienst"], applications)
        if kept.since >= since:
            strangers += pc.sum(newest.filter(pc.invert(ours))).as_py() or 0
        mine = rows.select(_OUTCOME).append_column("newest_key", newest).filter(ours)
        found += [
            Outcome(applications[dienst], soort, resultaat, selectie, datum, kept.since, of_newest)
            for dienst, soort, resultaat, selectie, datum, of_newest in values(mine)
        ]
    return found, strangers


def _attributes(
    blobs: BlobStore, deliveries: list[Kept], people: Mapping[str, str]
) -> tuple[Mapping[str, Mapping[str, Any]], Mapping[str, datetime]]:
    """Return by pseudonym of these people the group attributes, of the row that arrived last, and when any came first.

    Of what is still kept. People with the same attributes share them; `people`: each by itself, as `_outcomes` has it.
    """
    found: dict[str, Mapping[str, Any]] = {}
    first: dict[str, datetime] = {}
    same: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for kept, rows in _tables(blobs, deliveries):
        mine = rows.filter(_among(rows["persoon"], people)).drop_columns(NEWEST)
        _, *names = mine.column_names
        for person, *told in values(mine):
            found[people[person]] = same.setdefault(tuple(told), dict(zip(names, told, strict=True)))
            first.setdefault(people[person], kept.since)
    return found, first


def _tables(blobs: BlobStore, deliveries: list[Kept]) -> Iterator[tuple[Kept, pa.Table]]:
    """Yield what is still kept of deliveries, in their order, one after another."""
    for kept in deliveries:
        rows = read_columns(blobs, kept)
        if rows is not None:
            yield kept, rows


def _among(names: pa.ChunkedArray, known: Mapping[str, str]) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.is_in(names, value_set=pa.array(list(known), pa.string()))


def _write_lines(installation: Installation, month: str, results: list[Judged], since: datetime) -> None:
    """Write who was counted: everybody of whom something was published in the month."""
    batch = Batch(
        dataset=installation.dataset,
        activity=MONITORING,
        names=("maand tellen", "aanvrager meetellen"),
        moment=installation.clock.now(),
        about=month,
        code_version=installation.code_version,
    )
    subjects = [(one.persoon, one.dienst) for one in results if one.published >= since]
    write_batch_lines(installation.blobs, installation.activity, batch, subjects)
