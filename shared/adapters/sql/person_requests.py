"""The PersonRecords in SQL: requests of persons, step by step, and everything that is held on one person."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from shared.adapters.sql import carrying_rows, event_rows, once_rows, run_rows
from shared.adapters.sql.application_names import numbers
from shared.adapters.sql.engine import transaction
from shared.adapters.sql.tables import (
    beoordelingen,
    bezwaren,
    bijdragen,
    gebeurtenissen,
    persoonsverzoeken,
    persoonsverzoekstappen,
    resultaten,
    verwerkingen,
    verzoeken,
)
from shared.administration import RunRecord
from shared.errors import NotKnown
from shared.events import Action, AuditEvent, StoredEvent, canonical, moment_of, moment_text
from shared.rights.looks import READS_BY_MODEL
from shared.rights.port import HeldResult, Names, PersonRequest, SharedApplication
from shared.rights.states import Asked, RequestState, Step, check_step
from shared.runstates import RunState

_KEYS = ("verwerking_nr", "regel")
_VALUES = tuple(column.name for column in resultaten.columns if column.name not in _KEYS)
_TOLD_OF_ASSESSMENT = ("rol", "route", "gevolgd", "reden", "toelichting", "tijdstip")
_CURRENT = sa.table("actuele_resultaten", sa.column("verwerking_nr"), sa.column("regel"))
_IS_CURRENT = (
    sa.exists(_CURRENT.c.regel)
    .where(_CURRENT.c.verwerking_nr == resultaten.c.verwerking_nr, _CURRENT.c.regel == resultaten.c.regel)
    .correlate(resultaten)
    .label("huidig")
)


class SqlPersonRecords:
    """A PersonRecords in a database that has the version of this code."""

    def __init__(self, engine: Engine) -> None:
        """Use this engine, which the Ledger may use too."""
        self._engine = engine

    # --- requests -------------------------------------------------------------------------------------------------
    def record(self, request: PersonRequest, event: AuditEvent) -> PersonRequest:
        """Record a new request with its first step."""
        with transaction(self._engine, writes=True) as connection:
            made = once_rows.made_before(connection, event.caller)
            if made is not None:
                found = _find(connection, made)  # as it was when it was recorded
                return replace(found, stappen=found.stappen[:1])
            once_rows.keep(connection, event, request.id)
            connection.execute(
                sa.insert(persoonsverzoeken).values(
                    verzoek=request.id,
                    soort=str(request.soort),
                    dataset=request.dataset,
                    kenmerk=canonical(list(request.check)),
                    reden=request.reden,
                    actor=event.caller.actor,
                    tijdstip=moment_text(event.tijdstip),
                )
            )
            _add_step(connection, request.id, RequestState.VASTGELEGD, request.reden, {}, event)
            return _find(connection, request.id)

    def step(
        self,
        request_id: str,
        to: RequestState,
        reden: str,
        uitkomst: Mapping[str, int],
        event: AuditEvent,
        names: Names | None = None,
    ) -> PersonRequest:
        """Bring a request to another state, by the table of states and the rule of four eyes; keep names with it."""
        with transaction(self._engine, writes=True) as connection:
            known = _find(connection, request_id)
            check_step(known.soort, known.stappen, to, event.caller.actor)
            _add_step(connection, request_id, to, reden, uitkomst, event)
            carrying_rows.keep(connection, request_id, names or {})
            return _find(connection, request_id)

    def begin(self, request_id: str, reden: str, event: AuditEvent, lease: timedelta) -> PersonRequest:
        """Begin to carry a request out, in one transaction with what could stand in its way."""
        with transaction(self._engine, writes=True) as connection:
            known = _find(connection, request_id)
            check_step(known.soort, known.stappen, RequestState.IN_UITVOERING, event.caller.actor)
            carrying_rows.refuse_while_busy(connection, event.tijdstip - lease)
            if known.soort is Asked.VERWIJDERING:
                carrying_rows.keep_applications(connection, request_id, known.dataset)
            _add_step(connection, request_id, RequestState.IN_UITVOERING, reden, {}, event)
            return _find(connection, request_id)

    def names(self, request_id: str) -> Names:
        """Return the names that are kept with a request."""
        with transaction(self._engine, writes=False) as connection:
            return carrying_rows.names(connection, request_id)

    def unfinished(self, dataset: str) -> list[PersonRequest]:
        """Return the requests that wait to be carried out, are being so, or can be fetched; the oldest first."""
        with transaction(self._engine, writes=False) as connection:
            return [_find(connection, found) for found in carrying_rows.unfinished(connection, dataset)]

    def request(self, request_id: str) -> PersonRequest:
        """Return a request; NotKnown when there is none."""
        with transaction(self._engine, writes=False) as connection:
            return _find(connection, request_id)

    def requests(self, dataset: str = "") -> list[PersonRequest]:
        """Return the requests (of one dataset), the newest first."""
        query = sa.select(persoonsverzoeken.c.verzoek).order_by(
            persoonsverzoeken.c.tijdstip.desc(), persoonsverzoeken.c.verzoek
        )
        if dataset:
            query = query.where(persoonsverzoeken.c.dataset == dataset)
        with transaction(self._engine, writes=False) as connection:
            return [_find(connection, found) for found in connection.execute(query).scalars()]

    # --- what is held -------------------------------------------------------------------------------------------------
    def key_ids(self, dataset: str) -> list[str]:
        """Return the ids of the keys under which results are held."""
        has_results = sa.exists().where(resultaten.c.verwerking_nr == verwerkingen.c.nr)
        query = sa.select(verwerkingen.c.sleutel).distinct().where(verwerkingen.c.dataset == dataset, has_results)
        with transaction(self._engine, writes=False) as connection:
            return sorted(connection.execute(query).scalars())

    def run_key_ids(self, dataset: str) -> list[str]:
        """Return the ids of the keys that any run was made with."""
        query = sa.select(verwerkingen.c.sleutel).distinct().where(verwerkingen.c.dataset == dataset)
        with transaction(self._engine, writes=False) as connection:
            return sorted(connection.execute(query).scalars())

    def results_of(self, dataset: str, persons: Collection[str], services: Collection[str] = ()) -> list[HeldResult]:
        """Return every result of a person, in order of publication, those of shadow runs too."""
        mine = numbers(dataset, resultaten.c.persoon.in_(persons) | resultaten.c.dienst.in_(services))
        nameless = resultaten.c.persoon.is_(None) & resultaten.c.aanvraagnummer.in_(mine)
        of_person = resultaten.c.persoon.in_(persons) | nameless
        same_row = (bijdragen.c.verwerking_nr == resultaten.c.verwerking_nr) & (bijdragen.c.regel == resultaten.c.regel)
        query = (
            sa.select(resultaten, bijdragen.c.bijdragen, verwerkingen.c.run, _IS_CURRENT)
            .join(verwerkingen, verwerkingen.c.nr == resultaten.c.verwerking_nr)
            .outerjoin(bijdragen, same_row)
            .where(verwerkingen.c.dataset == dataset, of_person)
            .order_by(verwerkingen.c.publicatie, resultaten.c.regel)
        )
        with transaction(self._engine, writes=False) as connection:
            return [_held(connection, row) for row in connection.execute(query).all()]

    def shared_with_others(
        self, dataset: str, persons: Collection[str], services: Collection[str]
    ) -> list[SharedApplication]:
        """Return which applications of these persons, or with these pseudonyms, have results of other clients too."""
        result, run = resultaten.c, verwerkingen.c
        mine = numbers(dataset, result.persoon.in_(persons) | result.dienst.in_(services))
        of_others = numbers(dataset, result.persoon.is_not(None) & result.persoon.not_in(persons))
        query = (
            sa.select(result.aanvraagnummer, result.dienst, result.persoon, run.run, run.gepubliceerd)
            .join(verwerkingen, run.nr == result.verwerking_nr)
            .where(run.dataset == dataset, result.aanvraagnummer.in_(mine), result.aanvraagnummer.in_(of_others))
            .order_by(result.aanvraagnummer, run.publicatie, result.regel)
        )
        with transaction(self._engine, writes=False) as connection:
            rows = connection.execute(query).all()
        return [_shared(number, list(found), persons) for number, found in groupby(rows, key=lambda row: row[0])]

    def objections_of(
        self, dataset: str, services: Collection[str], persons: Collection[str] = ()
    ) -> list[Mapping[str, object]]:
        """Return every step of every objection about these applications, or by these clients; the oldest first."""
        told = bezwaren.c
        query = (
            sa.select(told.bezwaar, told.dienst, told.toestand, told.reden, told.tijdstip)
            .where(told.dataset == dataset, told.dienst.in_(services) | told.persoon.in_(persons))
            .order_by(told.volgnr)
        )
        return self._mappings(query)

    def run_requests_of(self, dataset: str, aanvraagnummers: Collection[str]) -> list[Mapping[str, object]]:
        """Return the requests for a run that name one of these applications, the oldest first."""
        query = sa.select(verzoeken).where(verzoeken.c.dataset == dataset).order_by(verzoeken.c.tijdstip)
        wanted = set(aanvraagnummers)
        return [row for row in self._mappings(query) if wanted & set(json.loads(str(row["aanvraagnummers"])))]

    def busy_runs(self, dataset: str, digests: Collection[str]) -> list[RunRecord]:
        """Return the runs that are at work, not finished, or wait to judge one of these deliveries again."""
        run = verwerkingen.c
        waits = (run.toestand == str(RunState.WACHTEND)) & run.digest.in_(digests)
        at_work = run.toestand.in_([str(RunState.BEZIG), str(RunState.GEPUBLICEERD)])
        query = sa.select(verwerkingen).where(run.dataset == dataset, at_work | waits).order_by(run.nr)
        with transaction(self._engine, writes=False) as connection:
            return [run_rows.record(row) for row in connection.execute(query)]

    def events_about(self, pseudonyms: Collection[str]) -> list[StoredEvent]:
        """Return the events about a person or application with one of these pseudonyms, the oldest first."""
        objects = [f"{kind} {name}" for kind in ("aanvraag", "persoon") for name in pseudonyms]
        query = sa.select(gebeurtenissen).where(gebeurtenissen.c.object.in_(objects)).order_by(gebeurtenissen.c.volgnr)
        with transaction(self._engine, writes=False) as connection:
            return [StoredEvent(**row._mapping) for row in connection.execute(query)]

    def reads_at_large(self, dataset: str, runs: Collection[str]) -> list[StoredEvent]:
        """Return the events that tell of a read by model or of one of these runs, and so name nobody; oldest first."""
        told = gebeurtenissen.c
        by_model = (told.dataset == dataset) & told.handeling.in_([str(action) for action in READS_BY_MODEL])
        by_run = (told.handeling == str(Action.HERBEREKENEN)) & told.object.in_([f"verwerking {run}" for run in runs])
        query = sa.select(gebeurtenissen).where(by_model | by_run).order_by(told.volgnr)
        with transaction(self._engine, writes=False) as connection:
            return [StoredEvent(**row._mapping) for row in connection.execute(query)]

    def told(self, object_: str, resultaat: str, since: datetime) -> int:
        """Return how many events about an object have this result since a moment."""
        told = gebeurtenissen.c
        query = sa.select(sa.func.count()).where(
            told.object == object_, told.resultaat == resultaat, told.tijdstip >= moment_text(since)
        )
        with transaction(self._engine, writes=False) as connection:
            return int(connection.execute(query).scalar_one())

    def _mappings(self, query: Any) -> list[Mapping[str, object]]:
        with transaction(self._engine, writes=False) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _shared(number: str, rows: Sequence[Any], persons: Collection[str]) -> SharedApplication:
    known = [(moment_of(row.gepubliceerd), row.run, row.persoon in persons) for row in rows if row.persoon is not None]
    tenures = tuple((published, mine) for published, _, mine in known)
    others = tuple(dict.fromkeys(run for _, run, mine in known if not mine))
    return SharedApplication(frozenset(row.dienst for row in rows), number, tenures, others)


def _held(connection: Connection, row: Any) -> HeldResult:
    values: dict[str, object] = {name: getattr(row, name) for name in (*_VALUES, "bijdragen")}
    values["steekproef"] = bool(row.steekproef)
    query = (
        sa.select(*(beoordelingen.c[name] for name in _TOLD_OF_ASSESSMENT))
        .where(beoordelingen.c.verwerking_nr == row.verwerking_nr, beoordelingen.c.regel == row.regel)
        .order_by(beoordelingen.c.volgnr)
    )
    assessed = tuple(dict(one) for one in connection.execute(query).mappings())
    return HeldResult(run_rows.find(connection, row.run), row.regel, bool(row.huidig), values, assessed)


def _find(connection: Connection, request_id: str) -> PersonRequest:
    row = connection.execute(sa.select(persoonsverzoeken).where(persoonsverzoeken.c.verzoek == request_id)).first()
    if row is None:
        raise NotKnown("There is no request of a person with this id.", next_step="Choose one from the list.")
    steps = connection.execute(
        sa.select(persoonsverzoekstappen)
        .where(persoonsverzoekstappen.c.verzoek == request_id)
        .order_by(persoonsverzoekstappen.c.volgnr)
    )
    key_id, value = json.loads(row.kenmerk)
    return PersonRequest(
        row.verzoek,
        Asked(row.soort),
        row.dataset,
        (key_id, value),
        row.reden,
        tuple(
            Step(RequestState(one.toestand), one.reden, one.actor, one.tijdstip, json.loads(one.uitkomst))
            for one in steps
        ),
    )


def _add_step(
    connection: Connection,
    request_id: str,
    to: RequestState,
    reden: str,
    uitkomst: Mapping[str, int],
    event: AuditEvent,
) -> None:
    connection.execute(
        sa.insert(persoonsverzoekstappen).values(
            verzoek=request_id,
            toestand=str(to),
            reden=reden,
            uitkomst=canonical(dict(uitkomst)),
            actor=event.caller.actor,
            tijdstip=moment_text(event.tijdstip),
        )
    )
    event_rows.append(connection, event)
