"""Rows of the table of tombstones."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql.tables import verwijderbewijzen
from shared.administration import Removed, Tombstone
from shared.events import moment_of


def tombstone_of(row: Any) -> Tombstone:
    """Return the tombstone in a row."""
    values = {**row._mapping, "soort": Removed(row.soort), "tijdstip": moment_of(row.tijdstip)}
    del values["nr"]
    return Tombstone(**values)


def every(connection: Connection) -> list[Tombstone]:
    """Return what is left of everything that was ever removed, the oldest first."""
    rows = connection.execute(sa.select(verwijderbewijzen).order_by(verwijderbewijzen.c.gebeurtenis))
    return [tombstone_of(row) for row in rows]
