"""Rows of what is being carried out for a person: the names it goes by, and what stands in its way.

The names are dropped by the database itself with the step that ends the request: see migration 0008.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql.application_names import names_as, names_of, numbers
from shared.adapters.sql.due_rows import held_applications
from shared.adapters.sql.tables import (
    persoonsverzoeken,
    persoonsverzoeknamen,
    persoonsverzoekstappen,
    resultaten,
    verwerkingen,
)
from shared.administration import RunRequest
from shared.errors import LegalHold, NotKnown, RequestBusy
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
    of_person = names_as(connection, dataset, resultaten.c.persoon.in_(kept[Named.PERSOON]))
    services = of_person | names_of(connection, dataset, kept[Named.DIENST])
    held = services & held_applications(connection, dataset)
    if held:
        raise LegalHold(
            f"{len(held)} of the applications of this person are under legal hold: an objection is running.",
            where="verzoek van een persoon",
            next_step="Wait until the objection is closed, then carry out the request again.",
        )
    keep(connection, request_id, {Named.DIENST: services})


def refuse_while_removed(connection: Connection, dataset: str, services: Iterable[str], why: str, where: str) -> None:
    """Refuse to begin something on an application while the data of its person are being removed.

    From the first removal on: what was begun is finished, and is not half kept for an objection or a run.
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
            f"What is held on this person is being removed, as the person asked; {why}.",
            where=where,
            next_step="Wait until the removal is done; what is removed is here no longer.",
        )


def refuse_run(connection: Connection, request: RunRequest) -> None:
    """Refuse to have judged again what is being removed: of the applications that are named, or of the delivery.

    What a removal took away since it was asked whether they are there is not known: NotKnown.
    """
    if request.aanvraagnummers:
        wanted = resultaten.c.aanvraagnummer.in_(request.aanvraagnummers)
        left: set[str] = set(connection.execute(numbers(request.dataset, wanted)).scalars())
        if left != set(request.aanvraagnummers):
            raise NotKnown(
                "Some of the applications are not there any more.",
                where=f"levering {request.levering}",
                next_step="Check the application numbers.",
            )
    else:
        wanted = verwerkingen.c.digest.in_([request.digest])
    services = names_as(connection, request.dataset, wanted)
    refuse_while_removed(
        connection, request.dataset, services, "it is not judged again", f"levering {request.levering}"
    )
