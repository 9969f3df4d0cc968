"""`verzoeken` of persons: recorded, decided by one and carried out by another. The number is in the body, and not kept.

An export and a removal each have their own address, for they answer differently.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from shared.api import PREFIX
from shared.api.forms import (
    DatasetQuery,
    Form,
    Listed,
    Number,
    PageNumber,
    PageSize,
    Reason,
    ReasonForm,
    RequestId,
    Shown,
    page_of,
    said,
)
from shared.api.guard import Calling, GuardedRoute, Served
from shared.events import moment_of
from shared.rights.port import PersonRequest
from shared.rights.states import SENTENCES, Asked, RequestState

router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["verzoeken"])


class RequestForm(Form):
    """What a person asks."""

    soort: Annotated[Asked, Field(strict=False, description="inzage of verwijdering.")]
    persoonsnummer: Number
    dataset: Annotated[str, Field(pattern="^[a-z_]{0,64}$", description="Van welke dataset; leeg is de eerste.")] = ""
    reden: Reason


class DecisionForm(Form):
    """The decision on a request."""

    toegewezen: bool = Field(description="true: toewijzen; false: afwijzen.")
    reden: Reason


class CarryingOutForm(Form):
    """Carrying out: the number once more, because it was not kept."""

    persoonsnummer: Number
    reden: Reason


class RequestStepShown(Shown):
    """A step of a request."""

    toestand: RequestState
    reden: str
    door: str
    tijdstip: datetime
    uitkomst: dict[str, int]


class RequestShown(Shown):
    """A request of a person; of whom, is not kept."""

    id: str
    soort: Asked
    dataset: str
    toestand: RequestState
    zin: str = Field(description="De toestand in een zin.")
    stappen: list[RequestStepShown]


class RequestsShown(Listed):
    """A page of requests."""

    verzoeken: list[RequestShown]


class ExportShown(Shown):
    """Everything that is held on a person."""

    gegevens: dict[str, Any] = Field(description="Alles wat er over de persoon is, voor een machine.")
    tekst: str = Field(description="Hetzelfde, leesbaar voor de persoon.")


class RemovalShown(Shown):
    """What a removal took away."""

    aantallen: dict[str, int] = Field(description="Hoeveel er verwijderd is, per soort.")
    bewijs: str = Field(description="Kenmerk van het verwijderbewijs.")
    blijft: list[str] = Field(description="Waar de persoon nog in kan staan tot de bewaartermijn om is.")


def shown_request(found: PersonRequest) -> RequestShown:
    """Return a request as it goes out."""
    return RequestShown(
        id=found.id,
        soort=found.soort,
        dataset=found.dataset,
        toestand=found.toestand,
        zin=SENTENCES[found.toestand],
        stappen=[
            RequestStepShown(
                toestand=step.toestand,
                reden=step.reden,
                door=step.actor,
                tijdstip=moment_of(step.tijdstip),
                uitkomst=dict(step.uitkomst),
            )
            for step in found.stappen
        ],
    )


@router.get("/verzoeken", summary="Verzoeken van personen opvragen", **said("De verzoeken, de nieuwste eerst."))
def list_requests(
    services: Served,
    dataset: DatasetQuery = None,
    pagina: PageNumber = 1,
    paginaGrootte: PageSize = 50,  # noqa: N803
) -> RequestsShown:
    """Geeft de verzoeken van personen, de nieuwste eerst; van wie ze zijn, is niet bewaard."""
    known = services.rights.known(dataset or "")
    return RequestsShown(
        pagina=pagina,
        paginaGrootte=paginaGrootte,
        aantal=len(known),
        verzoeken=[shown_request(each) for each in page_of(known, pagina, paginaGrootte)],
    )


@router.get("/verzoeken/{id}", summary="Eén verzoek opvragen", **said("Het verzoek.", 404))
def one_request(services: Served, id_: RequestId) -> RequestShown:
    """Geeft één verzoek met elke stap."""
    return shown_request(services.rights.find(id_))


@router.post("/verzoeken", status_code=201, summary="Een verzoek vastleggen", **said("Het verzoek.", 404))
def record_request(services: Served, caller: Calling, form: RequestForm, response: Response) -> RequestShown:
    """Legt vast wat een persoon vraagt. Het nummer wordt niet bewaard; wel waaraan het later te herkennen is."""
    found = services.rights.record(caller, form.soort, form.persoonsnummer, form.reden, form.dataset)
    response.headers["Location"] = f"{PREFIX}/verzoeken/{found.id}"
    return shown_request(found)


@router.post("/verzoeken/{id}/beslissing", summary="Op een verzoek beslissen", **said("Het verzoek.", 404, 409))
def decide(services: Served, caller: Calling, id_: RequestId, form: DecisionForm) -> RequestShown:
    """Wijst een verzoek toe of af. Wie toewijst, mag het niet uitvoeren."""
    return shown_request(services.rights.decide(caller, id_, form.toegewezen, form.reden))


@router.post("/verzoeken/{id}/intrekking", summary="Een verzoek intrekken", **said("Het verzoek.", 404, 409))
def withdraw(services: Served, caller: Calling, id_: RequestId, form: ReasonForm) -> RequestShown:
    """Legt vast dat de persoon het niet meer vraagt."""
    return shown_request(services.rights.withdraw(caller, id_, form.reden))


@router.post("/verzoeken/{id}/inzage", summary="Inzage uitvoeren", **said("Alles over deze persoon.", 404, 409))
def export(services: Served, caller: Calling, id_: RequestId, form: CarryingOutForm) -> ExportShown:
    """Voert een toegewezen verzoek om inzage uit: alles wat er over deze persoon is, en nooit iets van een ander."""
    document, text = services.rights.export(caller, id_, form.persoonsnummer, form.reden)
    return ExportShown(gegevens=dict(document), tekst=text)


@router.post("/verzoeken/{id}/verwijdering", summary="Verwijdering uitvoeren", **said("Wat er weg is.", 404, 409))
def remove(services: Served, caller: Calling, id_: RequestId, form: CarryingOutForm) -> RemovalShown:
    """Voert een toegewezen verzoek om verwijdering uit; niet zolang een bezwaar loopt."""
    found = services.rights.remove(caller, id_, form.persoonsnummer, form.reden)
    return RemovalShown(aantallen=dict(found.aantallen), bewijs=found.bewijs, blijft=list(found.blijft))
