"""The Purge in SQL: every removal is one transaction of event, tombstone and deletion, or nothing.

The triggers of the database hold the same rules, for everybody: see migration 0003. On PostgreSQL the purge role may
delete by two functions alone; on SQLite the same statements stand here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from shared.adapters.sql import event_rows
from shared.adapters.sql.engine import transaction
from shared.adapters.sql.tables import (
    bewaarplichten,
    bijdragen,
    gebeurtenissen,
    resultaten,
    verwerkingen,
    verwijderbewijzen,
)
from shared.administration import Removed, Tombstone
from shared.events import Action, AuditEvent, Caller, moment_of, moment_text

_HASHED = (
    "regel",
    "aanvraagnummer",
    "dienst",
    "persoon",
    "peilmoment",
    "resultaattype",
    "reden",
    "kenmerken",
    "uitleg",
)


class SqlPurge:
    """A Purge in a database, with an identity of its own where the database knows identities."""

    def __init__(self, engine: Engine) -> None:
        """Use this engine: on PostgreSQL one that signs in with the purge role."""
        self.engine = engine

    def remove_results(
        self, dataset: str, before: datetime, grond: str, caller: Caller, now: datetime
    ) -> list[Tombstone]:
        """Remove the results of every run of this dataset that was published before; the oldest run first.

        That order keeps an older result from becoming current again, also when it stops half-way. What is under legal
        hold stays. Returns the tombstones; nothing was there where there are none.
        """
        with transaction(self.engine, writes=False) as connection:
            due = connection.execute(
                sa.select(verwerkingen.c.run)
                .where(
                    verwerkingen.c.dataset == dataset,
                    verwerkingen.c.publicatie.is_not(None),
                    verwerkingen.c.gepubliceerd < moment_text(before),
                )
                .order_by(verwerkingen.c.publicatie)
            )
            runs = [row.run for row in due]
        found = (self._remove_run(dataset, run, grond, caller, now) for run in runs)
        return [tombstone for tombstone in found if tombstone is not None]

    def _remove_run(self, dataset: str, run: str, grond: str, caller: Caller, now: datetime) -> Tombstone | None:
        with transaction(self.engine, writes=True) as connection:
            going = _going(connection, run)
            if not going[0]:
                return None
            tombstone = _told(connection, Removed.RESULTATEN, dataset, run, None, going, grond, caller, now)
            _delete(
                connection,
                tombstone,
                "verwijder_resultaten(:run, :event)",
                {"run": run, "event": tombstone.gebeurtenis},
                _delete_results,
            )
            return tombstone

    def remove_events(self, before: datetime, grond: str, caller: Caller, now: datetime) -> Tombstone | None:
        """Remove the events from the beginning of the chain up to this moment; the chain goes on from their last hash.

        Returns the tombstone; None when there was nothing that old.
        """
        with transaction(self.engine, writes=True) as connection:
            # the first that must stay ends what may go, whatever the clocks of workers said: only a beginning goes
            kept = connection.execute(
                sa.select(sa.func.min(gebeurtenissen.c.volgnr)).where(gebeurtenissen.c.tijdstip >= moment_text(before))
            ).scalar()
            old = sa.select(gebeurtenissen.c.volgnr, gebeurtenissen.c.hash).order_by(gebeurtenissen.c.volgnr.desc())
            if kept is not None:
                old = old.where(gebeurtenissen.c.volgnr < kept)
            last = connection.execute(old.limit(1)).first()
            if last is None:
                return None
            number = connection.execute(
                sa.select(sa.func.count()).select_from(gebeurtenissen).where(gebeurtenissen.c.volgnr <= last.volgnr)
            ).scalar_one()
            tombstone = _told(
                connection, Removed.GEBEURTENISSEN, "", "", last.volgnr, (number, last.hash), grond, caller, now
            )
            _delete(
                connection,
                tombstone,
                "verwijder_gebeurtenissen(:tot, :event)",
                {"tot": last.volgnr, "event": tombstone.gebeurtenis},
                _delete_events,
            )
            return tombstone

    def tombstones(self) -> list[Tombstone]:
        """Return what is left of everything that was ever removed, the oldest first."""
        with transaction(self.engine, writes=False) as connection:
            rows = connection.execute(sa.select(verwijderbewijzen).order_by(verwijderbewijzen.c.nr))
            return [_tombstone(row) for row in rows]


def _tombstone(row: Any) -> Tombstone:
    values = {**row._mapping, "soort": Removed(row.soort), "tijdstip": moment_of(row.tijdstip)}
    del values["nr"]
    return Tombstone(**values)


def _told(
    connection: Connection,
    soort: Removed,
    dataset: str,
    run: str,
    tot_en_met: int | None,
    going: tuple[int, str],
    grond: str,
    caller: Caller,
    now: datetime,
) -> Tombstone:
    """Write the event that tells of a removal, and return the tombstone that belongs to it."""
    number, digest = going
    results = soort is Removed.RESULTATEN
    details: dict[str, Any] = {"aantal": number, "grond": grond, "hash": digest}
    if tot_en_met is not None:
        details |= {"tot_en_met": tot_en_met, "laatste_hash": digest}
    event = AuditEvent(
        Action.RESULTATEN_VERWIJDEREN if results else Action.GEBEURTENISSEN_VERWIJDEREN,
        f"verwerking {run}" if results else f"gebeurtenissen tot en met {tot_en_met}",
        "verwijderd",
        caller,
        now,
        dataset,
        run,
        details,
    )
    event_rows.append(connection, event)
    written = event_rows.last(connection)
    assert written is not None
    return Tombstone(soort, dataset, run, tot_en_met, number, grond, caller.actor, now, digest, written.volgnr)


def _delete(
    connection: Connection,
    tombstone: Tombstone,
    function: str,
    arguments: dict[str, object],
    delete: Callable[[Connection, Tombstone], None],
) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SELECT {function}"), arguments)  # the tombstone is part of the function
        return
    values = {**vars(tombstone), "soort": str(tombstone.soort), "tijdstip": moment_text(tombstone.tijdstip)}
    connection.execute(sa.insert(verwijderbewijzen).values(values))
    delete(connection, tombstone)


def _free(connection: Connection, run: str) -> Any:
    """Return which rows of results are of this run and not under legal hold."""
    found = connection.execute(
        sa.select(verwerkingen.c.nr, verwerkingen.c.dataset).where(verwerkingen.c.run == run)
    ).one()
    hold, later = bewaarplichten.alias("hold"), bewaarplichten.alias("later")
    superseded = (
        sa.exists(later.c.volgnr)
        .where(later.c.dataset == hold.c.dataset, later.c.dienst == hold.c.dienst, later.c.volgnr > hold.c.volgnr)
        .correlate(hold)
    )
    held = (
        sa.exists(hold.c.volgnr)
        .where(hold.c.dataset == found.dataset, hold.c.dienst == resultaten.c.dienst, hold.c.aan, ~superseded)
        .correlate(resultaten)
    )
    return (resultaten.c.verwerking_nr == found.nr) & ~held


def _going(connection: Connection, run: str) -> tuple[int, str]:
    """Return how many results of a run may go, and one hash of them: over the hashes of their rows, in order."""
    if connection.dialect.name == "postgresql":
        row = connection.execute(sa.text("SELECT * FROM te_verwijderen_resultaten(:run)"), {"run": run}).one()
        return row.aantal, row.hash
    whole, number = hashlib.sha256(), 0
    query = (
        sa.select(*(resultaten.c[name] for name in _HASHED)).where(_free(connection, run)).order_by(resultaten.c.regel)
    )
    for row in connection.execute(query):
        text = "\x1f".join("" if value is None else str(value) for value in row)
        whole.update(hashlib.sha256(text.encode()).hexdigest().encode())
        number += 1
    return number, whole.hexdigest()


def _delete_results(connection: Connection, tombstone: Tombstone) -> None:
    connection.execute(sa.delete(resultaten).where(_free(connection, tombstone.run)))
    number = sa.select(verwerkingen.c.nr).where(verwerkingen.c.run == tombstone.run).scalar_subquery()
    left = sa.select(resultaten.c.regel).where(resultaten.c.verwerking_nr == number)
    connection.execute(sa.delete(bijdragen).where(bijdragen.c.verwerking_nr == number, bijdragen.c.regel.not_in(left)))


def _delete_events(connection: Connection, tombstone: Tombstone) -> None:
    connection.execute(sa.delete(gebeurtenissen).where(gebeurtenissen.c.volgnr <= tombstone.tot_en_met))
