"""`bezwaren`: while one is open, nothing of its application is removed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from shared.api import PREFIX
from shared.api.forms import (
    DatasetQuery,
    Form,
    Listed,
    ObjectionId,
    PageNumber,
    PageSize,
    Reason,
    Shown,
    page_of,
    said,
)
from shared.api.guard import Calling, Creating, GuardedRoute, Served
from shared.errors import NotKnown
from shared.people.records import Objection, ObjectionState

router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["bezwaren"])


class ObjectionForm(Form):
    """An objection about the application of a prediction."""

    voorspelling: Annotated[
        str, Field(pattern="^[0-9a-f]{32}-(0|[1-9][0-9]{0,8})$", description="Kenmerk van de voorspelling.")
    ]
    reden: Reason


class ClosingForm(Form):
    """How an objection ended."""

    uitkomst: Literal["gegrond", "ongegrond", "ingetrokken"]
    reden: Reason


class ObjectionShown(Shown):
    """An objection; of whom and why stands in the administration alone."""

    id: str
    dataset: str
    toestand: ObjectionState
    geopend: datetime
    gewijzigd: datetime


class ObjectionsShown(Listed):
    """A page of objections."""

    bezwaren: list[ObjectionShown]


def _shown(found: Objection) -> ObjectionShown:
    return ObjectionShown(
        id=found.bezwaar,
        dataset=found.dataset,
        toestand=found.toestand,
        geopend=found.geopend,
        gewijzigd=found.tijdstip,
    )


@router.get("/bezwaren", summary="Bezwaren opvragen", **said("De bezwaren, de nieuwste eerst."))
def list_objections(
    services: Served,
    dataset: DatasetQuery = None,
    alleenOpen: Annotated[bool, Query(description="Alleen wat nog open is.")] = False,  # noqa: N803
    pagina: PageNumber = 1,
    paginaGrootte: PageSize = 50,  # noqa: N803
) -> ObjectionsShown:
    """Geeft de bezwaren, de nieuwste eerst."""
    known = services.people.objections(dataset or "", alleenOpen)
    return ObjectionsShown(
        pagina=pagina,
        paginaGrootte=paginaGrootte,
        aantal=len(known),
        bezwaren=[_shown(each) for each in page_of(known, pagina, paginaGrootte)],
    )


@router.get("/bezwaren/{id}", summary="Eén bezwaar opvragen", **said("Het bezwaar.", 404))
def one_objection(services: Served, id_: ObjectionId) -> ObjectionShown:
    """Geeft één bezwaar."""
    found = next((each for each in services.people.objections("", False) if each.bezwaar == id_), None)
    if found is None:
        raise NotKnown("There is no such objection.", next_step="Choose one from the list.")
    return _shown(found)


@router.post("/bezwaren", status_code=201, summary="Een bezwaar vastleggen", **said("Het bezwaar.", 404, 409))
def open_objection(services: Served, caller: Creating, form: ObjectionForm, response: Response) -> ObjectionShown:
    """Legt een bezwaar vast; vanaf nu wordt van deze aanvraag niets verwijderd, tot het bezwaar is afgehandeld.

    Kan niet meer zodra de gegevens op verzoek van de persoon worden verwijderd.
    """
    found = services.people.open_objection(caller, form.voorspelling, form.reden)
    response.headers["Location"] = f"{PREFIX}/bezwaren/{found.bezwaar}"
    return _shown(found)


@router.post("/bezwaren/{id}/afhandeling", summary="Een bezwaar afhandelen", **said("Het bezwaar.", 404, 409))
def close_objection(services: Served, caller: Calling, id_: ObjectionId, form: ClosingForm) -> ObjectionShown:
    """Handelt een bezwaar af; daarna gelden de bewaartermijnen weer."""
    return _shown(services.people.close_objection(caller, id_, ObjectionState(form.uitkomst), form.reden))
