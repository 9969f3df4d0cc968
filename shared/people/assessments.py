"""Recording what a person makes of a prediction. It never changes the score; of several the newest counts."""

from __future__ import annotations

from dataclasses import replace

from shared.errors import RequestRefused
from shared.events import Action
from shared.interventions import checked_reason
from shared.people.blinding import is_hidden
from shared.people.desk import Desk, application_of
from shared.people.predictions import shown_prediction, tell_shown
from shared.people.records import CONSULT, Assessment, NewAssessment, prediction_id
from shared.usecase import UseCase


def routes_of(case: UseCase) -> tuple[str, ...]:
    """Return where an application may go after the assessment: to one of those who look first, or to a consult."""
    return (*sorted({route.advies for route in case.routes.values()}), CONSULT)


def assess(desk: Desk, id_text: str, new: NewAssessment) -> Assessment:
    """Record an assessment of a prediction, with its event.

    NotKnown when there is no such prediction; RequestRefused for a route that its use case does not have, without
    words, when route and `gevolgd` contradict each other, when `gevolgd` says something of an advice that the model did
    not give, and of a prediction whose advice is hidden: being refused would tell it. What the same request recorded
    before is returned as it was.
    """
    words = checked_reason(new.toelichting)
    before = desk.oversight.assessed_before(prediction_id(id_text), desk.caller)
    if before is not None:  # sent again, also where it could not be sent any more by now
        return before
    prediction = shown_prediction(desk, id_text)
    run, advice = prediction.run, str(prediction.values["advies"])
    routes = routes_of(desk.use_case_of(run.new.dataset))
    if new.route not in routes:
        raise RequestRefused(
            "An application cannot take this route.", where="route", next_step=f"Choose from: {', '.join(routes)}."
        )
    if is_hidden(desk, prediction):
        raise RequestRefused(
            "This prediction no longer counts, and a newer one waits for its assessment.",
            where="id",
            next_step="Assess the newest prediction of the application.",
        )
    _check_followed(new, advice if prediction.scored else None)
    event = desk.event(
        Action.BEOORDELING_VASTLEGGEN,
        application_of(prediction),
        "vastgelegd",
        run.new.dataset,
        run.run_id,
        regel=prediction.id.regel,
        rol=str(new.rol),
        route=new.route,
        gevolgd=new.gevolgd,
        keuze=str(new.reden),
    )
    return desk.oversight.add_assessment(prediction.id, replace(new, toelichting=words), event)


def _check_followed(new: NewAssessment, advice: str | None) -> None:
    """Refuse what says something of an advice that was not given, or of one that was given nothing or the contrary."""
    if (new.gevolgd is None) != (advice is None):
        advised = "weighed this application" if advice else "did not weigh this application, so it advised nothing"
        raise RequestRefused(
            f"The model {advised}.",
            where="gevolgd",
            next_step="Say whether its advice was followed." if advice else "Leave gevolgd out.",
        )
    if advice is not None and new.route != CONSULT and new.gevolgd != (new.route == advice):
        raise RequestRefused(
            "The route and whether the advice was followed contradict each other.",
            where="gevolgd",
            next_step=f"The advice was {advice}: say that it was followed when that is the route, and only then.",
        )


def assessments_of(desk: Desk, id_text: str, reden: str) -> list[Assessment]:
    """Return the assessments of a prediction, the newest first; none while its route is hidden, which they would tell.

    Who looked and why is put on record first.
    """
    reason = checked_reason(reden)
    prediction = shown_prediction(desk, id_text)
    tell_shown(desk, prediction, "beoordelingen getoond", reason)
    return [] if is_hidden(desk, prediction) else desk.oversight.assessments(prediction.id)
