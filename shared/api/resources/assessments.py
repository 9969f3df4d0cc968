"""`beoordelingen`: what a person made of a prediction."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from shared.access import Role
from shared.api import PREFIX
from shared.api.forms import Form, PredictionId, Reason, ReasonToRead, Shown, said
from shared.api.guard import Calling, Creating, GuardedRoute, Served, Visitor
from shared.people.records import Assessment, AssessmentReason, Assessor, NewAssessment

router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["beoordelingen"])


class AssessmentForm(Form):
    """An assessment by a person."""

    route: Annotated[
        str,
        Field(
            pattern="^[a-z]{1,40}$",
            description="Waar de aanvraag heen gaat: handhaving, inkomensconsulent of consult.",
            examples=["inkomensconsulent"],
        ),
    ]
    gevolgd: Annotated[
        bool | None,
        Field(
            description="Of dit is wat het model adviseerde. Laat dit weg als het model de aanvraag niet woog "
            "(`gescoord` is false): dan gaf het geen advies.",
            examples=[True],
        ),
    ] = None
    reden: Annotated[AssessmentReason, Field(strict=False, description="Waarom, uit een vaste lijst.")]
    toelichting: Reason


class AssessmentShown(Shown):
    """An assessment."""

    rol: Assessor
    route: str
    gevolgd: bool | None = Field(description="null: het model woog de aanvraag niet.")
    reden: AssessmentReason
    toelichting: str
    door: str = Field(description="Wie beoordeelde: het kenmerk in Entra ID.")
    tijdstip: datetime


class AssessmentsShown(Shown):
    """The assessments of a prediction."""

    beoordelingen: list[AssessmentShown]


def shown_assessment(found: Assessment) -> AssessmentShown:
    """Return an assessment as it goes out."""
    return AssessmentShown(
        rol=found.rol,
        route=found.route,
        gevolgd=found.gevolgd,
        reden=found.reden,
        toelichting=found.toelichting,
        door=found.actor,
        tijdstip=found.tijdstip,
    )


@router.get(
    "/voorspellingen/{id}/beoordelingen", summary="Beoordelingen opvragen", **said("De nieuwste eerst; die telt.", 404)
)
def list_assessments(services: Served, caller: Calling, id_: PredictionId, reden: ReasonToRead) -> AssessmentsShown:
    """Geeft de beoordelingen van een voorspelling, de nieuwste eerst.

    Geen, zolang de voorspelling `verborgen` is: zij zouden vertellen wat de uitkomst was.
    """
    found = services.people.assessments(caller, id_, reden)
    return AssessmentsShown(beoordelingen=[shown_assessment(each) for each in found])


@router.post(
    "/voorspellingen/{id}/beoordelingen",
    status_code=201,
    summary="Een beoordeling vastleggen",
    **said("De beoordeling zoals ze is vastgelegd.", 404, 409),
)
def add_assessment(
    services: Served, caller: Creating, visitor: Visitor, id_: PredictionId, form: AssessmentForm
) -> AssessmentShown:
    """Legt vast wat een mens van de voorspelling vindt. De score verandert er niet door.

    Een voorspelling die `verborgen` is, geldt niet meer en wordt niet beoordeeld: beoordeel de nieuwste.
    """
    person = visitor is not None and Role.BEHANDELAAR in visitor.roles
    assessor = Assessor.BEHANDELAAR if person else Assessor.DATAVERKENNER
    new = NewAssessment(assessor, form.route, form.gevolgd, form.reden, form.toelichting)
    return shown_assessment(services.people.assess(caller, id_, new))
