"""Renders the Logboek dataverwerkingen (LDV 1.0) from the administration: who was processed, in which activity, when.

A run is one trace: a root record, and one child for every person by pseudonym, whatever became of the application.
Looking at one person is an activity of its own. Nothing is sampled, nothing is about employees, and no line names more
than one person. All of it follows from what is published, so that writing it again gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched, groupby, islice
from operator import itemgetter
from typing import Any, BinaryIO

from shared import CONTRACT_VERSION
from shared.administration import ModelStatus, RunRecord
from shared.digests import digest_of
from shared.errors import StorageUnavailable
from shared.events import Action, StoredEvent, moment_of, moment_text
from shared.installation import Installation
from shared.ports import BlobStore, Container
from shared.subjects import APPLICATION, PERSON, Subjects

JUDGING, SHADOWING, READING, MONITORING = "beoordelen", "schaduw", "inzage", "bewaken"
LINES_PER_FILE = 100_000
_LINES_AT_ONCE = 1_000
_NAMES = ("levering beoordelen", "aanvrager beoordelen")
_SPAN, _PSEUDONYM = "<span>", "<pseudonym>"
# how an attempt ends that is not published; a hold is no error and no success
_STATUS = {Action.AFKEUREN: "Error", Action.MISLUKKEN: "Error", Action.AANHOUDEN: "Unset"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_run_lines(installation: Installation, run: RunRecord) -> int:
    """Write the lines of a published run and see them acknowledged; returns how many. The same run, the same bytes.

    StorageUnavailable (retry) when they are not there afterwards as they were written.
    """
    folder = f"{run.new.dataset}/{run.new.datum}/{run.run_id}"
    return _write_parts(installation.blobs, folder, _run_lines(installation, run))


def write_unpublished_lines(
    installation: Installation, run: RunRecord, subjects: Iterable[tuple[str, str]] = ()
) -> None:
    """Write that a run ended without being published, and see it acknowledged. The same attempt gives the same bytes.

    `subjects`: kind and pseudonym of everybody who was being judged by then, in order (`Subjects`); a delivery is
    rejected or held before that.
    """
    claimed, ended = "", None
    for event in installation.ledger.events(run.run_id):
        if event.handeling == Action.CLAIMEN:
            claimed, ended = event.tijdstip, None
        elif event.handeling in _STATUS:
            ended = event
    if ended is None:
        return
    attempt = f"poging-{ended.volgnr:010d}"
    case = installation.use_case
    if case.follow_up:
        uri = installation.activity.format(dataset=case.judged, activiteit=MONITORING, versie=run.new.contract_version)
    else:
        uri = activity_uri(installation.activity, run, JUDGING)
    status = _STATUS[Action(ended.handeling)]
    period = (_milliseconds(moment_of(claimed)), _milliseconds(moment_of(ended.tijdstip)))

    def lines() -> Iterator[str]:
        return _lines_of_many(
            uri=uri,
            trace=run.run_id,
            span=(run.run_id, attempt),
            names=("levering controleren", "aanvrager beoordelen"),
            period=period,
            code_version=run.new.code_version,
            status=status,
            subjects=subjects,
        )

    name = f"{run.new.dataset}/{run.new.datum}/{run.run_id}/{attempt}.jsonl"
    _write_acknowledged(installation.blobs, name, lambda: _bytes_of(lines()))


def write_read_line(
    blobs: BlobStore,
    template: str,
    run: RunRecord,
    subject: tuple[str, str],
    moment: datetime,
    code_version: str,
    trace: str = "",
) -> None:
    """Write that the result of one person was looked at, and see it acknowledged. Who looked is in the audit log.

    `trace`: the W3C trace of the request that it was a part of; one of its own where there was none.
    """
    kind, pseudonym = _subject(*subject)
    own = _id("inzage", moment_text(moment), pseudonym, size=32)
    record = _record(
        trace_id=trace or own,
        span_id=_id(own, pseudonym),
        name="uitleg van een aanvraag inzien",
        period=(_milliseconds(moment),) * 2,
        code_version=code_version,
        attributes=_attributes(activity_uri(template, run, READING), kind, pseudonym),
    )
    name = f"{run.new.dataset}/{READING}/{moment.astimezone(UTC):%Y-%m-%d}/{own}.jsonl"
    _write_acknowledged(blobs, name, lambda: _bytes_of([_line(record)]))


def activity_uri(template: str, run: RunRecord, activity: str) -> str:
    """Return the address of an activity in the register, with its version: that of the contract of the run."""
    return template.format(dataset=run.new.dataset, activiteit=activity, versie=run.new.contract_version)


def _run_lines(installation: Installation, run: RunRecord) -> Iterator[str]:
    shadow = run.new.model_status is ModelStatus.SCHADUW
    names = ("levering beoordelen in schaduw", "aanvrager beoordelen in schaduw") if shadow else _NAMES
    return _lines_of_many(
        uri=activity_uri(installation.activity, run, SHADOWING if shadow else JUDGING),
        trace=run.run_id,
        names=names,
        period=_period(list(installation.ledger.events(run.run_id))),
        code_version=run.new.code_version,
        subjects=(_subject(*pair) for pair in installation.ledger.subjects(run.run_id)),
    )


@dataclass(frozen=True)
class Batch:
    """A processing of many people at once that is no run. `names`: of the whole, and of each of them.

    `about`: what tells it from another of the same moment.
    """

    dataset: str
    activity: str
    names: tuple[str, str]
    moment: datetime
    about: str
    code_version: str


def write_batch_lines(blobs: BlobStore, template: str, batch: Batch, subjects: Iterable[tuple[str, str]]) -> int:
    """Write one line for the whole and one for every person in it, and see them acknowledged; returns how many."""
    trace = _id(batch.activity, moment_text(batch.moment), batch.about, size=32)
    lines = _lines_of_many(
        uri=template.format(dataset=batch.dataset, activiteit=batch.activity, versie=CONTRACT_VERSION),
        trace=trace,
        names=batch.names,
        period=(_milliseconds(batch.moment),) * 2,
        code_version=batch.code_version,
        subjects=Subjects(subjects),
    )
    folder = f"{batch.dataset}/{batch.activity}/{batch.moment.astimezone(UTC):%Y-%m-%d}/{trace}"
    return _write_parts(blobs, folder, lines)


def _write_parts(blobs: BlobStore, folder: str, all_lines: Iterable[str]) -> int:
    waiting, part, number = iter(all_lines), 0, 0
    while some := list(_bytes_of(islice(waiting, LINES_PER_FILE))):
        part += 1
        _write_acknowledged(blobs, f"{folder}/deel-{part:04d}.jsonl", some.__iter__)
        number += sum(lines.count(b"\n") for lines in some)
        del some  # or two files are in memory at the same time
    return number


def _bytes_of(lines: Iterable[str]) -> Iterator[bytes]:
    return ("".join(some).encode("utf-8") for some in batched(lines, _LINES_AT_ONCE, strict=False))


def _lines_of_many(
    *,
    uri: str,
    trace: str,
    names: tuple[str, str],
    period: tuple[int, int],
    code_version: str,
    subjects: Iterable[tuple[str, str]],
    span: tuple[str, ...] = (),
    status: str = "Ok",
) -> Iterator[str]:
    """Yield a line of the whole and one of everybody. `subjects`: kind and pseudonym, in order and each once.

    `span`: what the names of spans follow from, beside the pseudonym; the trace where nothing else is given.
    """
    root = _id(*span) if span else _id(trace, "")
    same: dict[str, Any] = {"trace_id": trace, "period": period, "code_version": code_version, "status": status}
    yield _line(_record(**same, span_id=root, name=names[0], attributes=_attributes(uri)))
    for kind, of_kind in groupby(subjects, key=itemgetter(0)):
        child = _record(
            **same,
            span_id=_SPAN,
            parent_span_id=root,
            name=names[1],
            attributes=_attributes(uri, kind, _PSEUDONYM),
        )
        # a million lines: all but two values are the same in each
        before, between, after = re.split(f"{_SPAN}|{_PSEUDONYM}", _line(child))
        for _, pseudonym in of_kind:
            yield f"{before}{_id(*(span or (trace,)), pseudonym)}{between}{pseudonym}{after}"


def _subject(person: str, application: str) -> tuple[str, str]:
    """Return of what kind the pseudonym is, and the pseudonym: that of the application where nobody is known."""
    return (PERSON, person) if person else (APPLICATION, application)


def _period(events: list[StoredEvent]) -> tuple[int, int]:
    """Return when the attempt that published began and when it published; later attempts only finish its tail."""
    begin = end = ""
    for event in events:
        if event.handeling == Action.CLAIMEN:
            begin = event.tijdstip
        elif event.handeling in (Action.PUBLICEREN, Action.SCHADUW_BEWAREN):
            end = event.tijdstip
            break
    return _milliseconds(moment_of(begin)), _milliseconds(moment_of(end))


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _id(*parts: str, size: int = 16) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:size]


def _attributes(uri: str, kind: str = "", pseudonym: str = "") -> dict[str, str]:
    attributes = {"dpl.core.processing_activity_id": uri}
    if pseudonym:
        attributes |= {"dpl.core.data_subject_id": pseudonym, "dpl.core.data_subject_id_type": kind}
    return attributes


def _record(
    *,
    trace_id: str,
    span_id: str,
    name: str,
    period: tuple[int, int],
    code_version: str,
    attributes: Mapping[str, str],
    parent_span_id: str = "",
    status: str = "Ok",
) -> dict[str, Any]:
    record: dict[str, Any] = {"trace_id": trace_id, "span_id": span_id}
    if parent_span_id:
        record["parent_span_id"] = parent_span_id
    return record | {
        "status": status,
        "name": name,
        "start_time": period[0],
        "end_time": period[1],
        "resource": {"attributes": {"service.name": "slimme-check", "service.version": code_version}},
        "attributes": dict(attributes),
    }


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _write_acknowledged(blobs: BlobStore, name: str, data: Callable[[], Iterable[bytes]]) -> None:
    """Write the lines unless they are there already; `data` gives the same ones every time that it is called."""
    digest = hashlib.sha256()
    for some in data():
        digest.update(some)
    expected = digest.hexdigest()
    if digest_of(blobs, Container.LOGBOEK, name) == expected:  # storage that keeps what it has refuses a second time
        return

    def fill(stream: BinaryIO) -> None:
        for some in data():
            stream.write(some)

    blobs.write_by(Container.LOGBOEK, name, fill)
    if digest_of(blobs, Container.LOGBOEK, name) != expected:
        raise StorageUnavailable(
            "The logboek did not keep what was written.",
            where="container logboek",
            next_step="Check the storage of the logboek; the next round writes it again.",
        )
