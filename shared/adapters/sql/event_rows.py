"""Rows of the event table: only ever added, each linked to the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql.tables import gebeurtenissen
from shared.events import FIRST_HASH, JUDGED, AuditEvent, StoredEvent, moment_text, store
from shared.people.records import EventFilter


def append(connection: Connection, *events: AuditEvent, after: int = 0) -> None:
    """Add events to the end of the chain; the caller's write transaction keeps other writers out.

    `after`: the last number that ever was given, where a restore took events away.
    """
    last = connection.execute(
        sa.select(gebeurtenissen.c.volgnr, gebeurtenissen.c.hash).order_by(gebeurtenissen.c.volgnr.desc()).limit(1)
    ).first()
    volgnr, previous = (last.volgnr, last.hash) if last else (0, FIRST_HASH)
    volgnr = max(volgnr, after)
    links = []
    for event in events:
        volgnr += 1
        stored = store(event, volgnr, previous)
        previous = stored.hash
        links.append(vars(stored))
    connection.execute(sa.insert(gebeurtenissen), links)


def of_attempt(event: AuditEvent, attempt: int) -> AuditEvent:
    """Return the event with the attempt it belongs to, where it ends a check."""
    return replace(event, details={**event.details, "poging": attempt}) if event.handeling in JUDGED else event


def judging_attempt(connection: Connection, run_id: str) -> int:
    """Return which attempt of a run last came to a judgement; 0 when none did."""
    query = (
        sa.select(gebeurtenissen.c.details)
        .where(gebeurtenissen.c.run == run_id, gebeurtenissen.c.handeling.in_([str(action) for action in JUDGED]))
        .order_by(gebeurtenissen.c.volgnr.desc())
        .limit(1)
    )
    details = connection.execute(query).scalar()
    return int(json.loads(details).get("poging", 0)) if details else 0


def read(connection: Connection, run_id: str) -> Iterator[StoredEvent]:
    """Yield the events in order; those of one run when it is given."""
    query = sa.select(gebeurtenissen).order_by(gebeurtenissen.c.volgnr)
    if run_id:
        query = query.where(gebeurtenissen.c.run == run_id)
    with connection.execute(query, execution_options={"yield_per": 5000}) as found:  # who reads may stop half-way
        for row in found:
            yield StoredEvent(**row._mapping)


def last(connection: Connection) -> StoredEvent | None:
    """Return the end of the chain; None when nothing happened yet."""
    query = sa.select(gebeurtenissen).order_by(gebeurtenissen.c.volgnr.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else StoredEvent(**row._mapping)


def noted(connection: Connection, handeling: str, object_: str) -> bool:
    """Say whether such an event was written before."""
    query = sa.select(gebeurtenissen.c.volgnr).where(
        gebeurtenissen.c.handeling == handeling, gebeurtenissen.c.object == object_
    )
    return connection.execute(query.limit(1)).first() is not None


def page(connection: Connection, wanted: EventFilter, before: int | None, limit: int) -> list[StoredEvent]:
    """Return at most `limit` events with a number below `before` (None: from the end), the newest first."""
    columns = gebeurtenissen.c
    query = sa.select(gebeurtenissen).order_by(columns.volgnr.desc()).limit(limit)
    for name in ("handeling", "object", "actor", "dataset", "run"):
        value = getattr(wanted, name)
        if value:
            query = query.where(columns[name] == value)
    if wanted.van is not None:
        query = query.where(columns.tijdstip >= moment_text(wanted.van))
    if wanted.tot is not None:
        query = query.where(columns.tijdstip < moment_text(wanted.tot))
    if before is not None:
        query = query.where(columns.volgnr < before)
    return [StoredEvent(**row._mapping) for row in connection.execute(query)]
