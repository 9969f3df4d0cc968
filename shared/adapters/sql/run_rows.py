"""Rows about runs and their findings; every step from state to state goes through the table of transitions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql import event_rows, once_rows
from shared.adapters.sql.tables import bevindingen, verwerkingen
from shared.administration import ModelStatus, NewRun, RunRecord
from shared.errors import NotKnown
from shared.events import Caller, canonical, moment_of, moment_text
from shared.records import Finding, Severity
from shared.runstates import PUBLISHED, RunReason, RunState, check_transition


def is_published(runs: sa.FromClause) -> sa.ColumnElement[bool]:
    """Say in SQL which runs have results; those of a shadow are only kept."""
    return runs.c.toestand.in_([str(state) for state in PUBLISHED])


def is_shown(runs: sa.FromClause) -> sa.ColumnElement[bool]:
    """Say in SQL which runs were published, and not kept as a shadow."""
    return is_published(runs) & (runs.c.modelstatus != str(ModelStatus.SCHADUW))


SHOWN = is_shown(verwerkingen)


def made_before(connection: Connection, caller: Caller) -> RunRecord | None:
    """Return the run that the same request of this caller made before; None when it made none."""
    made = once_rows.made_before(connection, caller)
    return None if made is None else find(connection, made)


def _moment(text: str | None) -> datetime | None:
    return moment_of(text) if text else None


def record(row: Any) -> RunRecord:
    """Return the run in a row."""
    return RunRecord(
        new=NewRun(
            dataset=row.dataset,
            levering=row.levering,
            digest=row.digest,
            model=row.model,
            model_version=row.modelversie,
            model_sha256=row.modeldigest,
            contract_version=row.contractversie,
            key_id=row.sleutel,
            code_version=row.codeversie,
            settings_digest=row.instellingen,
            request_id=row.verzoek,
            model_status=ModelStatus(row.modelstatus),
        ),
        state=RunState(row.toestand),
        reason=RunReason(row.reden),
        attempt=row.poging,
        lease_until=_moment(row.verloopt),
        released=row.vrijgegeven,
        publication=row.publicatie,
        published_at=_moment(row.gepubliceerd),
        changed_at=moment_of(row.gewijzigd),
    )


def find(connection: Connection, run_id: str) -> RunRecord:
    """Return a run; NotKnown when there is none."""
    row = connection.execute(sa.select(verwerkingen).where(verwerkingen.c.run == run_id)).first()
    if row is None:
        raise NotKnown("This run is not in the administration.", next_step="Check the id of the run.")
    return record(row)


def number_of(connection: Connection, run_id: str) -> int:
    """Return the row number of a run, by which results and findings refer to it."""
    return int(connection.execute(sa.select(verwerkingen.c.nr).where(verwerkingen.c.run == run_id)).scalar_one())


def first_publication(connection: Connection, dataset: str) -> datetime | None:
    """Return when anything of a dataset was published first; None when nothing was."""
    query = sa.select(sa.func.min(verwerkingen.c.gepubliceerd)).where(verwerkingen.c.dataset == dataset, SHOWN)
    return _moment(connection.execute(query).scalar())


def listing(
    connection: Connection,
    dataset: str,
    states: Iterable[RunState] | None = None,
    digest: str = "",
    *,
    status: ModelStatus = ModelStatus.ACTIEF,
) -> list[RunRecord]:
    """Return runs of a dataset (in these states, of this delivery), the oldest first; no shadow runs among the real."""
    query = (
        sa.select(verwerkingen)
        .where(verwerkingen.c.dataset == dataset, verwerkingen.c.modelstatus == str(status))
        .order_by(verwerkingen.c.nr)
    )
    if states is not None:
        query = query.where(verwerkingen.c.toestand.in_([str(state) for state in states]))
    if digest:
        query = query.where(verwerkingen.c.digest == digest)
    return [record(row) for row in connection.execute(query)]


def insert(
    connection: Connection, new: NewRun, state: RunState, reason: RunReason, now: datetime, *, released: bool = False
) -> None:
    """Add a run that does not exist yet."""
    check_transition(None, state, reason)
    connection.execute(
        sa.insert(verwerkingen).values(
            run=new.run_id,
            dataset=new.dataset,
            levering=new.levering,
            digest=new.digest,
            datum=new.datum,
            verzoek=new.request_id,
            toestand=str(state),
            reden=str(reason),
            poging=0,
            eigenaar="",
            vrijgegeven=released,
            model=new.model,
            modelversie=new.model_version,
            modeldigest=new.model_sha256,
            modelstatus=str(new.model_status),
            contractversie=new.contract_version,
            sleutel=new.key_id,
            codeversie=new.code_version,
            instellingen=new.settings_digest,
            gewijzigd=moment_text(now),
        )
    )


def change(
    connection: Connection,
    run: RunRecord,
    state: RunState,
    reason: RunReason,
    now: datetime,
    *,
    keep_lease: bool = False,
    **values: object,
) -> None:
    """Bring a run to another state; the worker lets go of it unless `keep_lease`."""
    check_transition(run.state, state, reason)
    values |= {"toestand": str(state), "reden": str(reason), "gewijzigd": moment_text(now)}
    if not keep_lease:
        values |= {"verloopt": None, "eigenaar": ""}
    connection.execute(sa.update(verwerkingen).where(verwerkingen.c.run == run.run_id).values(values))


def add_findings(connection: Connection, run: RunRecord, findings: Sequence[Finding]) -> None:
    """Keep the findings of this attempt."""
    nr = number_of(connection, run.run_id)
    rows = [
        {
            "verwerking_nr": nr,
            "poging": run.attempt,
            "volgnr": volgnr,
            **{name: str(getattr(finding, name)) for name in ("code", "ernst", "zin", "advies", "tabel", "kolom")},
            "rijen": canonical(list(finding.rijen)),
            "aantal": finding.aantal,
        }
        for volgnr, finding in enumerate(findings, start=1)
    ]
    if rows:
        connection.execute(sa.insert(bevindingen), rows)


def findings_of(connection: Connection, run_id: str) -> list[Finding]:
    """Return the findings of the last attempt of a run that came to a judgement; none when it had none."""
    nr = number_of(connection, run_id)
    last = event_rows.judging_attempt(connection, run_id)
    rows = connection.execute(
        sa.select(bevindingen)
        .where(bevindingen.c.verwerking_nr == nr, bevindingen.c.poging == last)
        .order_by(bevindingen.c.volgnr)
    )
    return [
        Finding(
            code=row.code,
            ernst=Severity(row.ernst),
            zin=row.zin,
            advies=row.advies,
            tabel=row.tabel,
            kolom=row.kolom,
            rijen=tuple(json.loads(row.rijen)),
            aantal=row.aantal,
        )
        for row in rows
    ]
