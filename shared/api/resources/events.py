"""`gebeurtenissen`: the audit log. Looked for by a body, because the name of an object is a pseudonym."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from shared.api import PREFIX
from shared.api.forms import LARGEST_PAGE, LAST_NUMBER, Form, Moment, Reason, Shown, said
from shared.api.guard import Calling, GuardedRoute, Served
from shared.events import Action, StoredEvent, moment_of
from shared.people.records import EventFilter

router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["gebeurtenissen"])
_Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class EventsForm(Form):
    """Which events somebody wants to see, and why; what is left out does not count."""

    handeling: Annotated[Action | None, Field(strict=False, description="Alleen deze handeling.")] = None
    object: Annotated[_Text, Field(description="Alleen over dit object.")] = ""
    door: Annotated[_Text, Field(description="Alleen van deze persoon of dit systeem.")] = ""
    dataset: Annotated[_Text, Field(description="Alleen van deze dataset.")] = ""
    verwerking: Annotated[_Text, Field(description="Alleen van deze verwerking.")] = ""
    van: Annotated[Moment | None, Field(description="Vanaf dit moment, van 1900 tot en met 2199.")] = None
    tot: Annotated[Moment | None, Field(description="Tot dit moment, van 1900 tot en met 2199.")] = None
    voor: Annotated[
        int | None, Field(ge=1, le=LAST_NUMBER, description="Alleen voor dit volgnummer; zie `verder`.")
    ] = None
    aantal: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="Hoeveel hoogstens.")] = 50
    reden: Reason


class EventShown(Shown):
    """An event."""

    volgnummer: int
    tijdstip: datetime
    handeling: str
    object: str
    resultaat: str
    herkomst: str
    door: str
    dataset: str
    verwerking: str
    bijzonderheden: str = Field(description="JSON; nooit waarden van rijen.")
    hash: str = Field(description="Schakel van de keten.")


class EventsShown(Shown):
    """A page of events, the newest first."""

    gebeurtenissen: list[EventShown]
    verder: int | None = Field(description="Geef dit als `voor` voor de volgende bladzijde; null: er is niet meer.")


def _shown(event: StoredEvent) -> EventShown:
    return EventShown(
        volgnummer=event.volgnr,
        tijdstip=moment_of(event.tijdstip),
        handeling=event.handeling,
        object=event.object,
        resultaat=event.resultaat,
        herkomst=event.herkomst,
        door=event.actor,
        dataset=event.dataset,
        verwerking=event.run,
        bijzonderheden=event.details,
        hash=event.hash,
    )


@router.post("/gebeurtenissen/_zoek", summary="In het auditlog zoeken", **said("De gebeurtenissen, de nieuwste eerst."))
def search_events(services: Served, caller: Calling, form: EventsForm) -> EventsShown:
    """Zoekt in het auditlog. Dat u keek en waarom, is zelf een gebeurtenis."""
    wanted = EventFilter(
        handeling=str(form.handeling or ""),
        object=form.object,
        actor=form.door,
        dataset=form.dataset,
        run=form.verwerking,
        van=form.van,
        tot=form.tot,
    )
    page = services.people.events(caller, wanted, form.reden, form.voor, form.aantal)
    return EventsShown(gebeurtenissen=[_shown(event) for event in page.events], verder=page.verder)
