"""The Oversight in SQL: every method is one transaction, and whatever changes something writes its event in it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from sqlalchemy import Connection, Engine

from shared.adapters.sql import assessment_rows, event_rows, objection_rows, once_rows, prediction_rows, run_rows
from shared.adapters.sql.engine import transaction
from shared.administration import RunRecord
from shared.events import AuditEvent, Caller, StoredEvent
from shared.people.records import (
    Assessment,
    EventFilter,
    Hit,
    NewAssessment,
    Objection,
    ObjectionState,
    PredictionId,
    StoredPrediction,
)


class SqlOversight:
    """An Oversight in a database that has the version of this code."""

    def __init__(self, engine: Engine) -> None:
        """Use this engine, which the Ledger may use too."""
        self.engine = engine

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self.engine, writes=False)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self.engine, writes=True)

    def note(self, event: AuditEvent) -> None:
        """Write an event that changes nothing else."""
        with self._writing() as connection:
            event_rows.append(connection, event)

    # --- predictions ----------------------------------------------------------------------------------------------
    def by_application(self, dataset: str, aanvraagnummer: str) -> list[Hit]:
        """Return every prediction of an application, by its clear number; published last comes first."""
        with self._reading() as connection:
            return prediction_rows.by_application(connection, dataset, aanvraagnummer)

    def by_person(self, dataset: str, pseudonyms: Sequence[str]) -> list[Hit]:
        """Return every prediction of the person with one of these pseudonyms; published last comes first."""
        with self._reading() as connection:
            return prediction_rows.by_person(connection, dataset, pseudonyms)

    def prediction(self, id_: PredictionId) -> StoredPrediction:
        """Return a prediction, current or not; NotKnown when there is none."""
        with self._reading() as connection:
            return prediction_rows.find(connection, id_)

    def predictions(self, run_id: str) -> list[StoredPrediction]:
        """Return every prediction that is left of a run, in order of its rows."""
        with self._reading() as connection:
            return prediction_rows.of_run(connection, run_id)

    def published_runs(self, dataset: str) -> list[RunRecord]:
        """Return every run that published, the oldest first."""
        with self._reading() as connection:
            return prediction_rows.published_runs(connection, dataset)

    def run(self, run_id: str) -> RunRecord:
        """Return a run; NotKnown when there is none."""
        with self._reading() as connection:
            return run_rows.find(connection, run_id)

    def key_ids(self, dataset: str) -> list[str]:
        """Return the ids of the keys under which results were published."""
        with self._reading() as connection:
            return prediction_rows.key_ids(connection, dataset)

    # --- assessments ----------------------------------------------------------------------------------------------
    def add_assessment(self, id_: PredictionId, new: NewAssessment, event: AuditEvent) -> Assessment:
        """Record an assessment of a prediction; NotKnown when there is no such prediction."""
        with self._writing() as connection:
            if (made := _assessed_before(connection, id_, event.caller)) is not None:
                return made
            number = assessment_rows.add(connection, id_, new, event)
            event_rows.append(connection, event)
            once_rows.keep(connection, event, str(number))
            return assessment_rows.find(connection, id_, number)

    def assessed_before(self, id_: PredictionId, caller: Caller) -> Assessment | None:
        """Return the assessment that the same request of this caller made before; None when it made none."""
        with self._reading() as connection:
            return _assessed_before(connection, id_, caller)

    def assessments(self, id_: PredictionId) -> list[Assessment]:
        """Return the assessments of a prediction, the newest first."""
        with self._reading() as connection:
            return assessment_rows.of_prediction(connection, id_)

    # --- objections -----------------------------------------------------------------------------------------------
    def open_objection(
        self, dataset: str, dienst: str, bezwaar: str, reden: str, event: AuditEvent, *, persoon: str | None = None
    ) -> Objection:
        """Record an objection and put its application under legal hold, under every pseudonym that it has."""
        with self._writing() as connection:
            if (made := _objected_before(connection, event.caller)) is not None:
                return made
            once_rows.keep(connection, event, bezwaar)
            return objection_rows.open_(connection, (dataset, dienst, persoon), bezwaar, reden, event)

    def objected_before(self, caller: Caller) -> Objection | None:
        """Return the objection that the same request of this caller made before; None when it made none."""
        with self._reading() as connection:
            return _objected_before(connection, caller)

    def close_objection(self, bezwaar: str, state: ObjectionState, reden: str, event: AuditEvent) -> Objection:
        """Close an objection and lift the hold, unless another open objection needs it."""
        with self._writing() as connection:
            return objection_rows.close(connection, bezwaar, state, reden, event)

    def objection(self, bezwaar: str) -> Objection:
        """Return an objection; NotKnown when there is none."""
        with self._reading() as connection:
            return objection_rows.find(connection, bezwaar)

    def objections(self, dataset: str = "", *, only_open: bool = False) -> list[Objection]:
        """Return the objections, the newest first."""
        with self._reading() as connection:
            return objection_rows.listing(connection, dataset, only_open=only_open)

    def is_held(self, dataset: str, dienst: str) -> bool:
        """Say whether an application is under legal hold."""
        with self._reading() as connection:
            return objection_rows.is_held(connection, dataset, dienst)

    # --- events ---------------------------------------------------------------------------------------------------
    def events_before(self, wanted: EventFilter, before: int | None, limit: int) -> list[StoredEvent]:
        """Return at most `limit` events with a number below `before` (None: from the end), the newest first."""
        with self._reading() as connection:
            return event_rows.page(connection, wanted, before, limit)


def _assessed_before(connection: Connection, id_: PredictionId, caller: Caller) -> Assessment | None:
    made = once_rows.made_before(connection, caller)
    return None if made is None else assessment_rows.find(connection, id_, int(made))


def _objected_before(connection: Connection, caller: Caller) -> Objection | None:
    made = once_rows.made_before(connection, caller)
    if made is None:
        return None
    found = objection_rows.find(connection, made)  # as it was when it was opened
    return replace(found, toestand=ObjectionState.OPEN, tijdstip=found.geopend)
