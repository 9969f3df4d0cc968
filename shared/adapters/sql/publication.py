"""Publishing a run: its rows, its state and the event that seals them, all in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from shared.adapters.sql import claims, delivery_rows, event_rows, objection_rows, result_rows, run_rows, stop_rows
from shared.adapters.sql.engine import wait_for_run, wait_for_writers
from shared.administration import Claim, DeliveryFacts, ModelStatus, RunRecord
from shared.events import AuditEvent, moment_text
from shared.ports import ModelStopped
from shared.records import Finding
from shared.runstates import RunReason, RunState, check_transition

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Told:
    """What an attempt found out beside its results: findings, and facts about its delivery."""

    findings: Sequence[Finding]
    facts: DeliveryFacts | None


def publish(
    connection: Connection,
    claim: Claim,
    parts: Iterable[pd.DataFrame],
    now: datetime,
    event: AuditEvent,
    steps: Sequence[AuditEvent],
    told: Told,
) -> int:
    """Store the results and make them current, those of a shadow only kept; returns the publication number.

    The rows come before the lock that all writers share: minutes in a large night, in which others go on and the stop
    switch can be turned. So who may publish is asked twice: before the first row, and when nobody can change it.
    """
    nr = run_rows.number_of(connection, claim.run.run_id)
    wait_for_run(connection, nr)
    _may_publish(connection, claim)
    seal = result_rows.store(connection, nr, parts)
    wait_for_writers(connection)
    run = _may_publish(connection, claim)
    number = result_rows.next_publication(connection, run.new.dataset)
    run_rows.change(
        connection,
        run,
        RunState.GEPUBLICEERD,
        _reason(run),
        now,
        keep_lease=True,  # the tail is still to be done
        publicatie=number,
        gepubliceerd=moment_text(now),
    )
    keep(connection, run, told)
    sealed = replace(event, details={**event.details, "rijen": vars(seal)})
    event_rows.append(connection, *steps, event_rows.of_attempt(sealed, run.attempt))
    objection_rows.hold_new_names(connection, run.new.dataset, event)
    return number


def _may_publish(connection: Connection, claim: Claim) -> RunRecord:
    run = claims.fenced(connection, claim)
    check_transition(run.state, RunState.GEPUBLICEERD, _reason(run))
    if stop_rows.state(connection, run.new.model).stopped:
        raise ModelStopped
    return run


def _reason(run: RunRecord) -> RunReason:
    shadow = run.new.model_status is ModelStatus.SCHADUW
    return RunReason.SCHADUW_BEWAARD if shadow else RunReason.GEPUBLICEERD


def keep(connection: Connection, run: RunRecord, told: Told) -> None:
    """Keep what an attempt found out."""
    run_rows.add_findings(connection, run, told.findings)
    if told.facts is not None:
        delivery_rows.learn(connection, run.new.dataset, run.new.digest, told.facts)
