"""The Purge in SQL: every removal is one transaction of event, tombstone and deletion, or nothing.

The triggers of the database hold the same rules, for everybody: see migrations 0003, 0006, 0008, 0011
and 0013. On PostgreSQL the purge role may delete by functions alone; on SQLite the same statements stand here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from shared.adapters.sql import event_rows, removal_rows, tombstone_rows
from shared.adapters.sql.engine import transaction
from shared.adapters.sql.tables import gebeurtenissen, verwerkingen, verwijderbewijzen
from shared.administration import Removed, Tombstone
from shared.events import Action, AuditEvent, Caller, moment_of, moment_text

_ACTIONS = {soort: Action(f"{soort} verwijderd") for soort in Removed}


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

    def remove_of(
        self, dataset: str, runs: Sequence[str], van: Sequence[str], grond: str, caller: Caller, now: datetime
    ) -> list[Tombstone]:
        """Remove from these runs the results of these pseudonyms of a person or application; under hold they stay.

        Give the runs in the order in which they were published. Returns the tombstones, one for each run.
        """
        if not van:
            return []
        found = (self._remove_run(dataset, run, grond, caller, now, tuple(van)) for run in runs)
        return [tombstone for tombstone in found if tombstone is not None]

    def _remove_run(
        self, dataset: str, run: str, grond: str, caller: Caller, now: datetime, van: Sequence[str] = ()
    ) -> Tombstone | None:
        with transaction(self.engine, writes=True) as connection:
            going = removal_rows.going_results(connection, run, van)
            if not going[0]:
                return None
            found, left = removal_rows.seals(connection, run, van)
            told = {"gevonden": vars(found), "rijen": vars(left)}
            tombstone = _told(
                connection, Removed.RESULTATEN, f"verwerking {run}", dataset, run, going, grond, caller, now, **told
            )
            function, whose = ("verwijder_van(:run, :van, :event)", {"van": list(van)}) if van else _WHOLE_RUN
            _delete(
                connection,
                tombstone,
                function,
                {"run": run, **whose},
                lambda: removal_rows.delete_results(connection, run, van),
            )
            return tombstone

    def remove_rows(
        self, soort: Removed, dataset: str, keys: Sequence[str], grond: str, caller: Caller, now: datetime
    ) -> Tombstone | None:
        """Remove requests, objections or requests of persons by their keys; what is under legal hold stays.

        Keys are ids of requests, and pseudonyms of applications for objections. None when nothing was there.
        """
        if not keys:
            return None
        with transaction(self.engine, writes=True) as connection:
            going = removal_rows.going_rows(connection, soort, dataset, keys)
            if not going[0]:
                return None
            tombstone = _told(connection, soort, str(soort), dataset, "", going, grond, caller, now)
            _delete(
                connection,
                tombstone,
                f"verwijder_{soort}(:dataset, :sleutels, :event)",
                {"dataset": dataset, "sleutels": list(keys)},
                lambda: removal_rows.delete_rows(connection, soort, dataset, keys),
            )
            return tombstone

    def remove_from_requests(
        self, dataset: str, keys: Sequence[str], numbers: Collection[str], grond: str, caller: Caller, now: datetime
    ) -> Tombstone | None:
        """Take applications (by number) out of requests for a run; one that names no other goes as a whole.

        None when nothing was there.
        """
        if not keys:
            return None
        with transaction(self.engine, writes=True) as connection:
            soort, wanted = Removed.VERZOEKEN, sorted(numbers)
            going = removal_rows.going_rows(connection, soort, dataset, keys)
            if not going[0]:
                return None
            tombstone = _told(connection, soort, str(soort), dataset, "", going, grond, caller, now)
            _delete(
                connection,
                tombstone,
                "verwijder_uit_verzoeken(:dataset, :sleutels, :nummers, :event)",
                {"dataset": dataset, "sleutels": list(keys), "nummers": wanted},
                lambda: removal_rows.take_out_of_requests(connection, dataset, keys, wanted),
            )
            return tombstone

    def remove_keys(self, before: datetime, grond: str, caller: Caller, now: datetime) -> Tombstone | None:
        """Remove what requests of before this moment were recognised by; None when there was nothing that old."""
        with transaction(self.engine, writes=True) as connection:
            soort, until = Removed.VERZOEKSLEUTELS, moment_text(before)
            going = removal_rows.going_keys(connection, until)
            if not going[0]:
                return None
            tombstone = _told(connection, soort, str(soort), "", "", going, grond, caller, now)
            _delete(
                connection,
                tombstone,
                "verwijder_verzoeksleutels(:voor, :event)",
                {"voor": until},
                lambda: removal_rows.delete_keys(connection, until),
            )
            return tombstone

    def tell_files(
        self,
        object_: str,
        dataset: str,
        going: tuple[int, str],
        grond: str,
        caller: Caller,
        now: datetime,
        of: Collection[str] = (),
    ) -> Tombstone | None:
        """Leave the tombstone of files, and its event, before they go. `going`: how many, and one hash of them.

        None when one of the applications that they are `of` is under legal hold; objections open before this or after.
        """
        with transaction(self.engine, writes=True) as connection:
            if of and removal_rows.any_held(connection, dataset, sorted(of)):
                return None
            tombstone = _told(connection, Removed.BESTANDEN, object_, dataset, "", going, grond, caller, now)
            _delete(connection, tombstone, "bestanden_verwijderd(:event)", {}, lambda: None)
            return tombstone

    def is_held(self, dataset: str, of: Collection[str]) -> bool:
        """Say whether one of these applications is under legal hold."""
        with transaction(self.engine, writes=False) as connection:
            return bool(of) and removal_rows.any_held(connection, dataset, sorted(of))

    def files_told(self, object_: str) -> datetime | None:
        """Return when it was last told that these files go; None when it never was."""
        query = (
            sa.select(sa.func.max(verwijderbewijzen.c.tijdstip))
            .join(gebeurtenissen, gebeurtenissen.c.volgnr == verwijderbewijzen.c.gebeurtenis)
            .where(gebeurtenissen.c.object == object_, verwijderbewijzen.c.soort == str(Removed.BESTANDEN))
        )
        with transaction(self.engine, writes=False) as connection:
            found = connection.execute(query).scalar()
        return None if found is None else moment_of(found)

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
            until, going = f"gebeurtenissen tot en met {last.volgnr}", (number, last.hash)
            told = {"tot_en_met": last.volgnr, "laatste_hash": last.hash}
            tombstone = _told(connection, Removed.GEBEURTENISSEN, until, "", "", going, grond, caller, now, **told)
            _delete(
                connection,
                tombstone,
                "verwijder_gebeurtenissen(:tot, :event)",
                {"tot": last.volgnr},
                lambda: _delete_events(connection, last.volgnr),
            )
            return tombstone

    def removed_for(self, grond: str) -> list[tuple[str, Tombstone]]:
        """Return the tombstones with this ground, the oldest first, each with what its event calls what went."""
        told = gebeurtenissen.c
        query = (
            sa.select(told.volgnr, told.object)
            .join(verwijderbewijzen, verwijderbewijzen.c.gebeurtenis == told.volgnr)
            .where(verwijderbewijzen.c.grond == grond)
        )
        with transaction(self.engine, writes=False) as connection:
            objects = {row.volgnr: row.object for row in connection.execute(query)}
            found = tombstone_rows.every(connection)
        return [(objects[one.gebeurtenis], one) for one in found if one.gebeurtenis in objects]

    def tombstones(self) -> list[Tombstone]:
        """Return what is left of everything that was ever removed, the oldest first."""
        with transaction(self.engine, writes=False) as connection:
            return tombstone_rows.every(connection)


_WHOLE_RUN: tuple[str, dict[str, Any]] = ("verwijder_resultaten(:run, :event)", {})


def _told(
    connection: Connection,
    soort: Removed,
    object_: str,
    dataset: str,
    run: str,
    going: tuple[int, str],
    grond: str,
    caller: Caller,
    now: datetime,
    **more: Any,
) -> Tombstone:
    """Write the event that tells of a removal, and return the tombstone that belongs to it."""
    number, digest = going
    details = {"aantal": number, "grond": grond, "hash": digest, **more}
    tot_en_met = more.get("tot_en_met")
    event = AuditEvent(_ACTIONS[soort], object_, "verwijderd", caller, now, dataset, run, details)
    event_rows.append(connection, event)
    written = event_rows.last(connection)
    assert written is not None
    return Tombstone(soort, dataset, run, tot_en_met, number, grond, caller.actor, now, digest, written.volgnr)


def _delete(
    connection: Connection,
    tombstone: Tombstone,
    function: str,
    arguments: dict[str, Any],
    delete: Callable[[], None],
) -> None:
    if connection.dialect.name == "postgresql":  # the tombstone is part of the function
        connection.execute(sa.text(f"SELECT {function}"), {**arguments, "event": tombstone.gebeurtenis})
        return
    values = {**vars(tombstone), "soort": str(tombstone.soort), "tijdstip": moment_text(tombstone.tijdstip)}
    connection.execute(sa.insert(verwijderbewijzen).values(values))
    delete()


def _delete_events(connection: Connection, until: int) -> None:
    connection.execute(sa.delete(gebeurtenissen).where(gebeurtenissen.c.volgnr <= until))
