"""Claiming a run: lease, fencing number and stop switch, decided in one transaction."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql import delivery_rows, event_rows, run_rows, stop_rows, version_rows
from shared.adapters.sql.tables import verwerkingen
from shared.administration import Claim, ClaimKind, ClaimTerms, ModelStatus, NewRun, RunRecord
from shared.errors import AttemptSuperseded
from shared.events import AuditEvent, moment_text
from shared.runstates import LEASED, PUBLISHED, RunReason, RunState, resume_reason


def claim(connection: Connection, new: NewRun, terms: ClaimTerms, event: AuditEvent, reoffered: bool) -> Claim:
    """Obtain a run, or learn why not; see Ledger.claim."""
    row = _living(connection, new) or _lapsed(connection, new)
    run = run_rows.record(row) if row else None
    if run is not None:
        refused = _refusal(connection, run, row.eigenaar, terms, reoffered)
        if refused in (None, ClaimKind.GESTOPT) and _nothing_left(connection, run):
            return Claim(ClaimKind.KLAAR, _lapse(connection, run, terms.now, event))
        if refused is not None:
            return Claim(refused, run)
    if run is None or run.state is not RunState.GEPUBLICEERD:
        version_rows.check_may_judge(connection, new)
    if new.model_status is not ModelStatus.SCHADUW:  # a shadow judges what was taken in long before
        delivery_rows.arrived(connection, new, terms.now, reoffered)
    if run is not None and run.run_id != new.run_id and run.state is not RunState.GEPUBLICEERD:
        run = _replace(connection, run, new, terms.now, event)
    if stop_rows.state(connection, new.model).stopped and (run is None or run.state is not RunState.GEPUBLICEERD):
        return _stopped(connection, run, new, terms.now, event)
    return _obtained(connection, run, new, terms, event)


def _nothing_left(connection: Connection, run: RunRecord) -> bool:
    """Say whether a person asked for this run, and everything that it would judge again was removed since."""
    if not run.new.request_id or run.state in PUBLISHED or run.new.model_status is ModelStatus.SCHADUW:
        return False
    wanted = delivery_rows.asked_for(connection, run.new.request_id)
    if wanted is None:
        return True
    named = frozenset(wanted)
    with contextlib.closing(delivery_rows.application_numbers(connection, run.new.dataset, run.new.digest)) as left:
        return not any(number in named or not named for _, number in left)


def _lapse(connection: Connection, run: RunRecord, now: datetime, event: AuditEvent) -> RunRecord:
    if run.state is not RunState.VERVALLEN:
        run_rows.change(connection, run, RunState.VERVALLEN, RunReason.AANVRAGEN_VERWIJDERD, now)
        reason = {"reden": str(RunReason.AANVRAGEN_VERWIJDERD)}
        event_rows.append(connection, replace(event, run=run.run_id, resultaat="vervallen", details=reason))
    return run_rows.find(connection, run.run_id)


def _living(connection: Connection, new: NewRun) -> Any:
    if new.model_status is ModelStatus.SCHADUW:  # of its own version and nobody else's: see _lapsed
        return None
    return connection.execute(
        sa.select(verwerkingen).where(
            verwerkingen.c.dataset == new.dataset,
            verwerkingen.c.digest == new.digest,
            verwerkingen.c.verzoek == new.request_id,
            verwerkingen.c.toestand != str(RunState.VERVALLEN),
            verwerkingen.c.modelstatus != str(ModelStatus.SCHADUW),
        )
    ).first()


def _lapsed(connection: Connection, new: NewRun) -> Any:
    return connection.execute(sa.select(verwerkingen).where(verwerkingen.c.run == new.run_id)).first()


def _refusal(
    connection: Connection, run: RunRecord, owner: str, terms: ClaimTerms, reoffered: bool
) -> ClaimKind | None:
    if run.state is RunState.AFGEROND or (run.state is RunState.AFGEKEURD and not reoffered):
        return ClaimKind.KLAAR
    if run.state in LEASED and run.lease_until is not None:
        return ClaimKind.BEZET if run.lease_until > terms.now and not terms.owner_is_gone(owner) else None
    if run.state is RunState.AANGEHOUDEN:
        if run.reason is not RunReason.MODEL_GESTOPT:
            return ClaimKind.WACHT_OP_MENS
        if stop_rows.state(connection, run.new.model).stopped:
            return ClaimKind.GESTOPT
    return None


def _replace(connection: Connection, old: RunRecord, new: NewRun, now: datetime, event: AuditEvent) -> RunRecord:
    """Let a run of an older version make way; a release by a person goes with the delivery."""
    run_rows.change(connection, old, RunState.VERVALLEN, RunReason.VERSIE_GEWIJZIGD, now)
    replaced = {"reden": str(RunReason.VERSIE_GEWIJZIGD), "vervangen_door": new.run_id}
    event_rows.append(connection, replace(event, run=old.run_id, resultaat="vervallen", details=replaced))
    row = _lapsed(connection, new)
    if row is None:
        run_rows.insert(connection, new, RunState.BEZIG, RunReason.BEGONNEN, now, released=old.released)
    elif old.released:
        connection.execute(sa.update(verwerkingen).where(verwerkingen.c.run == new.run_id).values(vrijgegeven=True))
    return run_rows.find(connection, new.run_id)


def _stopped(connection: Connection, run: RunRecord | None, new: NewRun, now: datetime, event: AuditEvent) -> Claim:
    if run is None:
        run_rows.insert(connection, new, RunState.AANGEHOUDEN, RunReason.MODEL_GESTOPT, now)
    else:
        run_rows.change(connection, run, RunState.AANGEHOUDEN, RunReason.MODEL_GESTOPT, now)
    reason = {"reden": str(RunReason.MODEL_GESTOPT)}
    event_rows.append(connection, replace(event, run=new.run_id, resultaat="aangehouden", details=reason))
    return Claim(ClaimKind.GESTOPT, run_rows.find(connection, new.run_id))


def _obtained(
    connection: Connection, run: RunRecord | None, new: NewRun, terms: ClaimTerms, event: AuditEvent
) -> Claim:
    tail = run is not None and run.state is RunState.GEPUBLICEERD
    run_id = new.run_id
    if run is None:
        reason = RunReason.BEGONNEN
        run_rows.insert(connection, new, RunState.BEZIG, reason, terms.now)
        run = run_rows.find(connection, run_id)
    else:
        run_id = run.run_id
        fresh = run.state is RunState.BEZIG and run.attempt == 0
        reason = RunReason.BEGONNEN if fresh else resume_reason(run.state)
        if not fresh:
            run_rows.change(connection, run, RunState.GEPUBLICEERD if tail else RunState.BEZIG, reason, terms.now)
    lease = {"poging": run.attempt + 1, "verloopt": moment_text(terms.lease_until), "eigenaar": terms.owner}
    if not tail:  # what runs now is what is recorded
        lease |= {"codeversie": new.code_version, "instellingen": new.settings_digest}
    connection.execute(sa.update(verwerkingen).where(verwerkingen.c.run == run_id).values(lease))
    details = {**event.details, "poging": run.attempt + 1, "reden": str(reason)}
    event_rows.append(connection, replace(event, run=run_id, details=details))
    return Claim(ClaimKind.STAART if tail else ClaimKind.GEKREGEN, run_rows.find(connection, run_id))


def fenced(connection: Connection, claim_: Claim) -> RunRecord:
    """Return the run as it is now; AttemptSuperseded when this attempt no longer holds it."""
    run = run_rows.find(connection, claim_.run.run_id)
    if run.attempt != claim_.run.attempt or run.state not in LEASED or run.lease_until is None:
        raise AttemptSuperseded(
            "Another worker took over this run.", where=f"run {run.run_id}", next_step="Nothing; the other goes on."
        )
    return run
