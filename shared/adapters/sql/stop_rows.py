"""Rows of the stop switch: only ever added; the latest of a model counts."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql.tables import stopknop
from shared.administration import StopState
from shared.events import AuditEvent, moment_of, moment_text


def state(connection: Connection, model: str) -> StopState:
    """Return whether a model is stopped, since when and why."""
    row = connection.execute(
        sa.select(stopknop).where(stopknop.c.model == model).order_by(stopknop.c.volgnr.desc()).limit(1)
    ).first()
    if row is None:
        return StopState(model)
    return StopState(model, row.aan, moment_of(row.tijdstip), row.reden, row.actor)


def switch(connection: Connection, model: str, on: bool, reason: str, event: AuditEvent) -> StopState:
    """Turn the switch on or off; turned as it stood, the moment and reason of the first time hold."""
    before = state(connection, model)
    if before.stopped == on:
        return before
    connection.execute(
        sa.insert(stopknop).values(
            model=model, aan=on, reden=reason, actor=event.caller.actor, tijdstip=moment_text(event.tijdstip)
        )
    )
    return state(connection, model)
