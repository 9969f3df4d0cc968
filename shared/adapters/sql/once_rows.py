"""Rows of requests that count once: only ever added, in the transaction of what the request made."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql.tables import eenmalig
from shared.errors import SentBefore
from shared.events import AuditEvent, Caller, moment_text


def made_before(connection: Connection, caller: Caller) -> str | None:
    """Return what the same request of this caller made before, by its id; None when it is the first, or always counts.

    SentBefore when its key came before with something else.
    """
    once = caller.once
    if once is None:
        return None
    found = connection.execute(sa.select(eenmalig).where(eenmalig.c.sleutel == once.key)).first()
    if found is None:
        return None
    if found.inhoud != once.content:
        raise SentBefore(
            "Something else was sent before with this key.",
            next_step="Look whether it was recorded; use a new key, or a new form, for what is new.",
        )
    return str(found.gemaakt)


def keep(connection: Connection, event: AuditEvent, made: str) -> None:
    """Keep that the request of this event made this, where it counts once."""
    once = event.caller.once
    if once is not None:
        connection.execute(
            sa.insert(eenmalig).values(
                sleutel=once.key, inhoud=once.content, gemaakt=made, tijdstip=moment_text(event.tijdstip)
            )
        )
