"""Rows of objections and of the legal hold that follows from them: only ever added, the newest counts."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql import carrying_rows, event_rows
from shared.adapters.sql.application_names import names_of
from shared.adapters.sql.tables import bewaarplichten, bezwaren
from shared.errors import NotKnown, TransitionRefused
from shared.events import Action, AuditEvent, moment_of, moment_text
from shared.people.records import Objection, ObjectionState


def open_(
    connection: Connection, about: tuple[str, str, str | None], bezwaar: str, reden: str, event: AuditEvent
) -> Objection:
    """Record an objection and put its application under hold, under every pseudonym that it has.

    `about`: dataset, application and client (None where unknown), the last two by pseudonym.

    RequestBusy while its data are being removed: either the hold came first, and nothing goes, or the removal did.
    """
    dataset, dienst, _ = about
    carrying_rows.refuse_while_removed(
        connection, dataset, _names(connection, dataset, dienst), "an objection would find only half", "bezwaar"
    )
    _add(connection, bezwaar, about, ObjectionState.OPEN, reden, event)
    event_rows.append(connection, event)
    _hold_all(connection, find(connection, bezwaar), event)
    return find(connection, bezwaar)


def hold_new_names(connection: Connection, dataset: str, event: AuditEvent) -> None:
    """Put what an objection is open about under hold under every pseudonym that a publication just gave it too."""
    for one in listing(connection, dataset, only_open=True):
        _hold_all(connection, one, event)


def _hold_all(connection: Connection, objection: Objection, event: AuditEvent) -> None:
    for name in _names(connection, objection.dataset, objection.dienst):
        if not is_held(connection, objection.dataset, name):
            _hold(connection, objection.dataset, name, True, objection.bezwaar, event)


def close(connection: Connection, bezwaar: str, state: ObjectionState, reden: str, event: AuditEvent) -> Objection:
    """Close an objection and lift the hold of the pseudonyms that no other open objection needs."""
    known = find(connection, bezwaar)
    if known.toestand is not ObjectionState.OPEN:
        raise TransitionRefused(
            f"This objection is closed already: {known.toestand}.",
            where=f"bezwaar {bezwaar}",
            next_step="Open a new objection when there is one.",
        )
    persoon = connection.execute(sa.select(bezwaren.c.persoon).where(bezwaren.c.bezwaar == bezwaar).limit(1)).scalar()
    _add(connection, bezwaar, (known.dataset, known.dienst, persoon), state, reden, event)
    event_rows.append(connection, event)
    others = {one.dienst for one in listing(connection, known.dataset, only_open=True)}
    needed = {name for dienst in others for name in _names(connection, known.dataset, dienst)}
    for name in _names(connection, known.dataset, known.dienst):
        if name not in needed and is_held(connection, known.dataset, name):
            _hold(connection, known.dataset, name, False, bezwaar, event)
    return find(connection, bezwaar)


def _add(
    connection: Connection,
    bezwaar: str,
    about: tuple[str, str, str | None],
    state: ObjectionState,
    reden: str,
    event: AuditEvent,
) -> None:
    dataset, dienst, persoon = about
    connection.execute(
        sa.insert(bezwaren).values(
            bezwaar=bezwaar,
            dataset=dataset,
            dienst=dienst,
            persoon=persoon,
            toestand=str(state),
            reden=reden,
            actor=event.caller.actor,
            tijdstip=moment_text(event.tijdstip),
        )
    )


def _names(connection: Connection, dataset: str, dienst: str) -> list[str]:
    """Return every pseudonym of the application with this one."""
    return sorted(names_of(connection, dataset, [dienst]))


def is_held(connection: Connection, dataset: str, dienst: str) -> bool:
    """Say whether the last word on this pseudonym is that it must be kept."""
    query = (
        sa.select(bewaarplichten.c.aan)
        .where(bewaarplichten.c.dataset == dataset, bewaarplichten.c.dienst == dienst)
        .order_by(bewaarplichten.c.volgnr.desc())
        .limit(1)
    )
    return bool(connection.execute(query).scalar())


def _hold(connection: Connection, dataset: str, dienst: str, on: bool, bezwaar: str, event: AuditEvent) -> None:
    connection.execute(
        sa.insert(bewaarplichten).values(
            dataset=dataset,
            dienst=dienst,
            aan=on,
            reden=f"bezwaar {bezwaar}",
            actor=event.caller.actor,
            tijdstip=moment_text(event.tijdstip),
        )
    )
    told = replace(
        event,
        handeling=Action.BEWAARPLICHT_INSTELLEN if on else Action.BEWAARPLICHT_OPHEFFEN,
        object=f"aanvraag {dienst}",
        resultaat="ingesteld" if on else "opgeheven",
        details={"bezwaar": bezwaar},
    )
    event_rows.append(connection, told)


def find(connection: Connection, bezwaar: str) -> Objection:
    """Return an objection; NotKnown when there is none."""
    found = _objections(connection, bezwaren.c.bezwaar == bezwaar)
    if not found:
        raise NotKnown("There is no such objection.", next_step="Check the id of the objection.")
    return found[0]


def listing(connection: Connection, dataset: str = "", *, only_open: bool = False) -> list[Objection]:
    """Return the objections, the newest first."""
    found = _objections(connection, bezwaren.c.dataset == dataset if dataset else sa.true())
    return [one for one in found if not only_open or one.toestand is ObjectionState.OPEN]


def _objections(connection: Connection, wanted: sa.ColumnElement[bool]) -> list[Objection]:
    found: dict[str, Objection] = {}
    for row in connection.execute(sa.select(bezwaren).where(wanted).order_by(bezwaren.c.volgnr)):
        moment = moment_of(row.tijdstip)
        opened = found[row.bezwaar].geopend if row.bezwaar in found else moment
        state = ObjectionState(row.toestand)
        found[row.bezwaar] = Objection(
            row.bezwaar, row.dataset, row.dienst, state, row.reden, row.actor, moment, opened
        )
    return sorted(found.values(), key=lambda one: (one.geopend, one.bezwaar), reverse=True)
