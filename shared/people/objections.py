"""Objections: while one is open, nothing of its application is removed. What people write stays in its own table."""

from __future__ import annotations

import uuid

from shared.errors import RequestRefused
from shared.events import Action
from shared.interventions import checked_reason
from shared.people.desk import Desk, application_of
from shared.people.predictions import shown_prediction
from shared.people.records import Objection, ObjectionState


def open_objection(desk: Desk, id_text: str, reden: str) -> Objection:
    """Record an objection about the application of a prediction, and put it under legal hold.

    The hold is on every pseudonym that the application has, and begins in the same transaction. NotKnown when there is
    no such prediction; RequestRefused without a reason.
    """
    reason = checked_reason(reden)
    before = desk.oversight.objected_before(desk.caller)
    if before is not None:  # sent again, also where the prediction is gone by now
        return before
    prediction = shown_prediction(desk, id_text)
    bezwaar = uuid.uuid4().hex
    event = desk.event(
        Action.BEZWAAR_OPENEN,
        application_of(prediction),
        "geopend",
        prediction.run.new.dataset,
        prediction.run.run_id,
        regel=prediction.id.regel,
        bezwaar=bezwaar,
    )
    dienst, persoon = str(prediction.values["dienst"]), str(prediction.values["persoon"] or "") or None
    return desk.oversight.open_objection(prediction.run.new.dataset, dienst, bezwaar, reason, event, persoon=persoon)


def close_objection(desk: Desk, bezwaar: str, uitkomst: ObjectionState, reden: str) -> Objection:
    """Close an objection and lift its hold, unless another open objection needs it.

    NotKnown when there is no such objection, TransitionRefused when it is closed already, RequestRefused without a
    reason or when the outcome is no end.
    """
    reason = checked_reason(reden)
    if uitkomst is ObjectionState.OPEN:
        ends = ", ".join(state for state in ObjectionState if state is not ObjectionState.OPEN)
        raise RequestRefused("This is not how an objection ends.", where="uitkomst", next_step=f"Choose from: {ends}.")
    known = desk.oversight.objection(bezwaar)
    event = desk.event(
        Action.BEZWAAR_AFHANDELEN, f"aanvraag {known.dienst}", str(uitkomst), known.dataset, bezwaar=bezwaar
    )
    return desk.oversight.close_objection(bezwaar, uitkomst, reason, event)


def objections(desk: Desk, dataset: str = "", *, only_open: bool = False) -> list[Objection]:
    """Return the objections, the newest first; applications by pseudonym alone."""
    return desk.oversight.objections(dataset, only_open=only_open)
