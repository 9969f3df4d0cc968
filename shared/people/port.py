"""What people who look back need of the administration, as a Protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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


class Oversight(Protocol):
    """Looking back and writing down. Every method that changes anything takes its audit event, in one transaction.

    Predictions of a version in the shadow are never among what is found by a number. Raises LedgerUnavailable (retry)
    when the database does not answer.
    """

    def note(self, event: AuditEvent) -> None:
        """Write an event that changes nothing else."""

    # --- predictions ----------------------------------------------------------------------------------------------
    def by_application(self, dataset: str, aanvraagnummer: str) -> list[Hit]:
        """Return every prediction of an application, by its clear number; published last comes first."""

    def by_person(self, dataset: str, pseudonyms: Sequence[str]) -> list[Hit]:
        """Return every prediction of the person with one of these pseudonyms; published last comes first."""

    def prediction(self, id_: PredictionId) -> StoredPrediction:
        """Return a prediction, current or not; NotKnown when there is none."""

    def predictions(self, run_id: str) -> list[StoredPrediction]:
        """Return every prediction that is left of a run, in order of its rows."""

    def published_runs(self, dataset: str) -> list[RunRecord]:
        """Return every run that published, the oldest first."""

    def run(self, run_id: str) -> RunRecord:
        """Return a run; NotKnown when there is none."""

    def key_ids(self, dataset: str) -> list[str]:
        """Return the ids of the keys under which results were published."""

    # --- assessments ----------------------------------------------------------------------------------------------
    def add_assessment(self, id_: PredictionId, new: NewAssessment, event: AuditEvent) -> Assessment:
        """Record an assessment of a prediction; NotKnown when there is no such prediction.

        What a caller records that counts once (`Caller.once`) and was recorded before, is returned as it was then, here
        and wherever something is recorded; SentBefore when something else came with the same key.
        """

    def assessed_before(self, id_: PredictionId, caller: Caller) -> Assessment | None:
        """Return the assessment that the same request of this caller made before; None when it made none.

        SentBefore when something else came with the same key.
        """

    def assessments(self, id_: PredictionId) -> list[Assessment]:
        """Return the assessments of a prediction, the newest first."""

    # --- objections -----------------------------------------------------------------------------------------------
    def open_objection(
        self, dataset: str, dienst: str, bezwaar: str, reden: str, event: AuditEvent, *, persoon: str | None = None
    ) -> Objection:
        """Record an objection and put its application under legal hold, under every pseudonym that it has.

        `persoon`: the client at that moment, whose objection it stays when the source corrects the client.
        """

    def objected_before(self, caller: Caller) -> Objection | None:
        """Return the objection that the same request of this caller made before, as it was then; else None.

        SentBefore when something else came with the same key.
        """

    def close_objection(self, bezwaar: str, state: ObjectionState, reden: str, event: AuditEvent) -> Objection:
        """Close an objection and lift the hold, unless another open objection needs it.

        NotKnown when there is no such objection, TransitionRefused when it is closed already.
        """

    def objection(self, bezwaar: str) -> Objection:
        """Return an objection; NotKnown when there is none."""

    def objections(self, dataset: str = "", *, only_open: bool = False) -> list[Objection]:
        """Return the objections, the newest first."""

    def is_held(self, dataset: str, dienst: str) -> bool:
        """Say whether an application is under legal hold."""

    # --- events ---------------------------------------------------------------------------------------------------
    def events_before(self, wanted: EventFilter, before: int | None, limit: int) -> list[StoredEvent]:
        """Return at most `limit` events with a number below `before` (None: from the end), the newest first."""
