"""Rows of what is being carried out for a person: the names it goes by, and what stands in its way.

The names are dropped by the database itself with the step that ends the request: see migration 0008.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql.due_rows import held_applications
from shared.adapters.sql.tables import (
    persoonsverzoeken,
    persoonsverzoeknamen,
    persoonsverzoekstappen,
    resultaten,
    verwerkingen,
)
from shared.errors import LegalHold, RequestBusy
from shared.events import moment_text
from shared.rights.port import Names
from shared.rights.states import UNFINISHED, Asked, Named, RequestState

_AT_WORK = str(RequestState.IN_UITVOERING)


def newest() -> sa.Select[tuple[int]]:
    """Return the numbers of the last step of every request."""
    return sa.select(sa.func.max(persoonsverzoekstappen.c.volgnr)).group_by(persoonsverzoekstappen.c.verzoek)


def unfinished(connection: Connection, dataset: str) -> list[str]:
    """Return the requests that wait, are being carried out or can be fetched; the oldest first."""
    step, asked = persoonsverzoekstappen.c, persoonsverzoeken.c
    query = (
        sa.select(asked.verzoek)
        .join(persoonsverzoekstappen, step.verzoek == asked.verzoek)
        .where(asked.dataset == dataset, step.volgnr.in_(newest()), step.toestand.in_([str(s) for s in UNFINISHED]))
        .order_by(asked.tijdstip, asked.verzoek)
    )
    return list(connection.execute(query).scalars())


def names(connection: Connection, request_id: str) -> Names:
    """Return the names that are kept with a request, by kind."""
    kept = persoonsverzoeknamen.c
    rows = connection.execute(sa.select(kept.soort, kept.naam).where(kept.verzoek == request_id)).all()
    return {kind: frozenset(row.naam for row in rows if row.soort == kind) for kind in Named}


def keep(connection: Connection, request_id: str, given: Names) -> None:
    """Keep names with a request; those that it has already stay as they are."""
    known = names(connection, request_id)
    rows = [
        {"verzoek": request_id, "soort": str(kind), "naam": name}
        for kind, found in given.items()
        for name in sorted(found - known[kind])
    ]
    if rows:
        connection.execute(sa.insert(persoonsverzoeknamen), rows)


def refuse_while_busy(connection: Connection, since: datetime) -> None:
    """Refuse when a request is being carried out: two that rewrite the same snapshot would undo each other."""
    step = persoonsverzoekstappen.c
    busy = sa.select(sa.func.count()).where(
        step.volgnr.in_(newest()), step.toestand == _AT_WORK, step.tijdstip > moment_text(since)
    )
    if connection.execute(busy).scalar_one():
        raise RequestBusy(
            "A request of a person is being carried out at this moment.",
            where="verzoek van een persoon",
            next_step="Try again in a while.",
        )


def keep_applications(connection: Connection, request_id: str, dataset: str) -> None:
    """Keep the applications of the person with a request for removal; LegalHold when one of them must be kept."""
    kept = names(connection, request_id)
    services = kept[Named.DIENST] | _services_of(connection, dataset, kept[Named.PERSOON])
    held = services & held_applications(connection, dataset)
    if held:
        raise LegalHold(
            f"{len(held)} of the applications of this person are under legal hold: an objection is running.",
            where="verzoek van een persoon",
            next_step="Wait until the objection is closed, then carry out the request again.",
        )
    keep(connection, request_id, {Named.DIENST: services})


def _services_of(connection: Connection, dataset: str, persons: Collection[str]) -> frozenset[str]:
    query = (
        sa.select(resultaten.c.dienst)
        .distinct()
        .join(verwerkingen, verwerkingen.c.nr == resultaten.c.verwerking_nr)
        .where(verwerkingen.c.dataset == dataset, resultaten.c.persoon.in_(persons))
    )
    return frozenset(connection.execute(query).scalars())


def refuse_while_removed(connection: Connection, dataset: str, services: Iterable[str]) -> None:
    """Refuse to begin something on an application while the data of its person are being removed.

    From the first removal on: what was begun is finished, and is not half kept for an objection.
    """
    own = list(services)
    clients = sa.select(resultaten.c.persoon).where(resultaten.c.dienst.in_(own), resultaten.c.persoon.is_not(None))
    kept, asked, step = persoonsverzoeknamen.c, persoonsverzoeken.c, persoonsverzoekstappen.c
    going = (
        sa.select(sa.func.count())
        .select_from(persoonsverzoeknamen.join(persoonsverzoeken, asked.verzoek == kept.verzoek))
        .where(
            asked.dataset == dataset,
            asked.soort == str(Asked.VERWIJDERING),
            kept.naam.in_(own) | kept.naam.in_(clients),
            sa.exists(step.volgnr).where(step.verzoek == asked.verzoek, step.toestand == _AT_WORK),
        )
    )
    if connection.execute(going).scalar_one():
        raise RequestBusy(
            "What is held on this person is being removed, as the person asked; an objection would find only half.",
            where="bezwaar",
            next_step="Wait until the removal is done; what is removed can no longer be objected to here.",
        )
