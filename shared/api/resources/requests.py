"""`verzoeken` of persons: recorded, decided by one and carried out by another. The number is in the body, and not kept.

An export and a removal are done by the clock: the answer is where to see how far it is. What an export found is read at
an address of its own, as often as needed while the term lasts.
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
    ReasonToRead,
    RequestId,
    Shown,
    page_of,
    said,
)
from shared.api.guard import Calling, Creating, GuardedRoute, Served
from shared.api.services import Services
from shared.events import Caller, moment_of
from shared.rights.outcome import counts_of, outcome_of
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
    bewijs: str | None = Field(description="Kenmerk van het verwijderbewijs, als er iets verwijderd is.")
    blijft: list[str] = Field(description="Waar de persoon na een verwijdering nog in kan staan, tot de termijn om is.")


class RequestsShown(Listed):
    """A page of requests."""

    verzoeken: list[RequestShown]


class ExportShown(Shown):
    """Everything that is held on a person."""

    gegevens: dict[str, Any] = Field(description="Alles wat er over de persoon is, voor een machine.")
    tekst: str = Field(description="Hetzelfde, leesbaar voor de persoon.")


def shown_request(found: PersonRequest) -> RequestShown:
    """Return a request as it goes out."""
    done = outcome_of(found)
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
                uitkomst=counts_of(step),
            )
            for step in found.stappen
        ],
        bewijs=done.bewijs or None if done else None,
        blijft=list(done.blijft) if done else [],
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


@router.post("/verzoeken", status_code=201, summary="Een verzoek vastleggen", **said("Het verzoek.", 404, 409))
def record_request(services: Served, caller: Creating, form: RequestForm, response: Response) -> RequestShown:
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


_TAKEN_IN = "Aangenomen; `Location` zegt waar de stand te volgen is."


@router.post("/verzoeken/{id}/inzage", status_code=202, summary="Inzage uitvoeren", **said(_TAKEN_IN, 404, 409))
def export(
    services: Served, caller: Calling, id_: RequestId, form: CarryingOutForm, response: Response
) -> RequestShown:
    """Laat een toegewezen verzoek om inzage uitvoeren. Is het klaar, dan is het overzicht op te halen."""
    return _carry_out(services, caller, id_, Asked.INZAGE, form, response)


@router.get("/verzoeken/{id}/inzage", summary="Een inzage ophalen", **said("Alles over deze persoon.", 404, 409))
def fetch(services: Served, caller: Calling, id_: RequestId, reden: ReasonToRead) -> ExportShown:
    """Geeft alles wat er over deze persoon is, en nooit iets van een ander; kan vaker, zolang de termijn loopt."""
    document, text = services.rights.fetch(caller, id_, reden)
    return ExportShown(gegevens=dict(document), tekst=text)


@router.post(
    "/verzoeken/{id}/verwijdering", status_code=202, summary="Verwijdering uitvoeren", **said(_TAKEN_IN, 404, 409)
)
def remove(
    services: Served, caller: Calling, id_: RequestId, form: CarryingOutForm, response: Response
) -> RequestShown:
    """Laat een toegewezen verzoek om verwijdering uitvoeren; niet zolang een bezwaar loopt."""
    return _carry_out(services, caller, id_, Asked.VERWIJDERING, form, response)


def _carry_out(
    services: Services, caller: Caller, id_: str, soort: Asked, form: CarryingOutForm, response: Response
) -> RequestShown:
    found = services.rights.carry_out(caller, id_, soort, form.persoonsnummer, form.reden)
    response.headers["Location"] = f"{PREFIX}/verzoeken/{found.id}"
    return shown_request(found)
