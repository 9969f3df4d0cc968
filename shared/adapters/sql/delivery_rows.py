"""Rows about deliveries and about a person's requests."""

from __future__ import annotations

import json
from collections.abc import Generator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql.bulk import streamed
from shared.adapters.sql.run_rows import SHOWN
from shared.adapters.sql.tables import leveringen, resultaten, verwerkingen, verzoeken
from shared.administration import DeliveryFacts, DeliveryRecord, ModelStatus, NewRun, Place, RunRequest
from shared.errors import NotKnown
from shared.events import canonical, moment_of, moment_text


def local_text(moment: datetime | None) -> str | None:
    """Return a local time as text of fixed width, so that text order is time order."""
    return None if moment is None else moment.isoformat(timespec="microseconds")


def _record(row: Any) -> DeliveryRecord:
    return DeliveryRecord(
        dataset=row.dataset,
        levering=row.levering,
        digest=row.digest,
        plaats=Place(row.plaats),
        van=datetime.fromisoformat(row.periode_van) if row.periode_van else None,
        tot=datetime.fromisoformat(row.periode_tot) if row.periode_tot else None,
        bestanden=json.loads(row.bestanden),
        aangekomen=moment_of(row.aangekomen),
    )


def arrived(connection: Connection, new: NewRun, now: datetime, reoffered: bool) -> None:
    """Note a delivery that is seen for the first time, or again after it was removed."""
    same = (leveringen.c.dataset == new.dataset) & (leveringen.c.digest == new.digest)
    row = connection.execute(sa.select(leveringen).where(same)).first()
    if row is None:
        connection.execute(
            sa.insert(leveringen).values(
                dataset=new.dataset,
                levering=new.levering,
                digest=new.digest,
                plaats=str(Place.BRIEVENBUS),
                bestanden="{}",
                aangekomen=moment_text(now),
            )
        )
    elif reoffered or (row.plaats == Place.VERWIJDERD and not new.request_id):
        again = {"plaats": str(Place.BRIEVENBUS), "levering": new.levering, "aangekomen": moment_text(now)}
        connection.execute(sa.update(leveringen).where(same).values(again))


def learn(connection: Connection, dataset: str, digest: str, facts: DeliveryFacts) -> None:
    """Keep what a run found out about its delivery."""
    connection.execute(
        sa.update(leveringen)
        .where(leveringen.c.dataset == dataset, leveringen.c.digest == digest)
        .values(
            plaats=str(facts.plaats),
            periode_van=local_text(facts.van),
            periode_tot=local_text(facts.tot),
            bestanden=canonical(dict(facts.bestanden)),
        )
    )


def find(connection: Connection, dataset: str, digest: str) -> DeliveryRecord:
    """Return a delivery; NotKnown when there is none."""
    row = connection.execute(
        sa.select(leveringen).where(leveringen.c.dataset == dataset, leveringen.c.digest == digest)
    ).first()
    if row is None:
        raise NotKnown("This delivery is not in the administration.", next_step="Check the name of the delivery.")
    return _record(row)


def listing(connection: Connection, dataset: str, levering: str) -> list[DeliveryRecord]:
    """Return the deliveries (under one name), the oldest first."""
    query = sa.select(leveringen).where(leveringen.c.dataset == dataset).order_by(leveringen.c.nr)
    if levering:
        query = query.where(leveringen.c.levering == levering)
    return [_record(row) for row in connection.execute(query)]


def previous_tot(connection: Connection, dataset: str, digest: str, van: datetime) -> datetime | None:
    """Return the latest end of the published deliveries that begin at or before `van`."""
    published = sa.exists().where(
        verwerkingen.c.dataset == leveringen.c.dataset,
        verwerkingen.c.digest == leveringen.c.digest,
        verwerkingen.c.verzoek == "",
        SHOWN,
    )
    latest = connection.execute(
        sa.select(sa.func.max(leveringen.c.periode_tot)).where(
            leveringen.c.dataset == dataset,
            leveringen.c.digest != digest,
            leveringen.c.periode_van <= local_text(van),
            published,
        )
    ).scalar()
    return datetime.fromisoformat(latest) if latest else None


def application_numbers(connection: Connection, dataset: str, digest: str) -> Generator[tuple[str, str]]:
    """Yield of every application of a published delivery its pseudonym and its clear number."""
    query = (
        sa.select(resultaten.c.dienst, resultaten.c.aanvraagnummer)
        .join(verwerkingen, verwerkingen.c.nr == resultaten.c.verwerking_nr)
        .where(
            verwerkingen.c.dataset == dataset,
            verwerkingen.c.digest == digest,
            verwerkingen.c.verzoek == "",
            verwerkingen.c.modelstatus != str(ModelStatus.SCHADUW),
        )
        .order_by(resultaten.c.verwerking_nr, resultaten.c.regel)
    )
    for row in streamed(connection, query):
        yield row.dienst, row.aanvraagnummer


def add_request(connection: Connection, request: RunRequest) -> None:
    """Record what a person asked for."""
    values = {**vars(request), "verzoek": request.request_id, "tijdstip": moment_text(request.tijdstip)}
    values["aanvraagnummers"] = canonical(list(request.aanvraagnummers))
    del values["request_id"]
    connection.execute(sa.insert(verzoeken).values(values))


def asked_for(connection: Connection, request_id: str) -> tuple[str, ...] | None:
    """Return the applications that a request names (none: all of its delivery); None when the request went."""
    named = connection.execute(sa.select(verzoeken.c.aanvraagnummers).where(verzoeken.c.verzoek == request_id)).scalar()
    return None if named is None else tuple(json.loads(named))


def find_request(connection: Connection, request_id: str) -> RunRequest:
    """Return what a person asked for; NotKnown when there is no such request."""
    row = connection.execute(sa.select(verzoeken).where(verzoeken.c.verzoek == request_id)).first()
    if row is None:
        raise NotKnown("This request is not in the administration.", next_step="Check the request.")
    return RunRequest(
        request_id=row.verzoek,
        dataset=row.dataset,
        levering=row.levering,
        digest=row.digest,
        aanvraagnummers=tuple(json.loads(row.aanvraagnummers)),
        reden=row.reden,
        actor=row.actor,
        tijdstip=moment_of(row.tijdstip),
    )
