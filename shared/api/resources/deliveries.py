"""`leveringen`: which deliveries came, what became of them, and letting a held one go on."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from shared.administration import DeliveryRecord
from shared.api import PREFIX
from shared.api.forms import (
    DatasetQuery,
    DeliveryId,
    Listed,
    PageNumber,
    PageSize,
    ReasonForm,
    Shown,
    page_of,
    said,
    utc,
)
from shared.api.guard import Calling, GuardedRoute, Served
from shared.api.resources.runs import RunShown, shown_run
from shared.api.services import Services

router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["leveringen"])


class DeliveryShown(Shown):
    """A delivery."""

    id: str = Field(description="Kenmerk van de levering: dataset en vingerafdruk van haar beschrijving.")
    dataset: str
    naam: str = Field(description="Naam van de levering; begint met een datum.")
    plaats: str = Field(description="Waar de ruwe levering is: brievenbus, quarantaine of verwijderd.")
    periodeVan: datetime | None = Field(description="Begin van de periode.")  # noqa: N815
    periodeTot: datetime | None = Field(description="Einde van de periode; hoort er zelf niet bij.")  # noqa: N815
    aangekomen: datetime
    verwerkingen: list[RunShown] = Field(description="De verwerkingen van deze levering, de oudste eerst.")


class DeliveriesShown(Listed):
    """A page of deliveries."""

    leveringen: list[DeliveryShown]


def delivery_id(record: DeliveryRecord) -> str:
    """Return the id of a delivery in the API."""
    return f"{record.dataset}-{record.digest}"


def find_delivery(services: Services, id_: str) -> DeliveryRecord:
    """Return the delivery with this id; NotKnown."""
    dataset, _, digest = id_.rpartition("-")
    return services.deliveries.find(dataset, digest)


def shown_delivery(services: Services, record: DeliveryRecord) -> DeliveryShown:
    """Return a delivery as it goes out."""
    return DeliveryShown(
        id=delivery_id(record),
        dataset=record.dataset,
        naam=record.levering,
        plaats=str(record.plaats),
        periodeVan=utc(record.van),
        periodeTot=utc(record.tot),
        aangekomen=record.aangekomen,
        verwerkingen=[shown_run(run) for run in services.deliveries.runs(record)],
    )


@router.get("/leveringen", summary="Leveringen opvragen", **said("De leveringen, de nieuwste eerst."))
def list_deliveries(
    services: Served,
    dataset: DatasetQuery = None,
    pagina: PageNumber = 1,
    paginaGrootte: PageSize = 50,  # noqa: N803
) -> DeliveriesShown:
    """Geeft de leveringen die er waren, de nieuwste eerst, met hun verwerkingen."""
    known = [record for record in services.deliveries.known() if dataset in (None, record.dataset)]
    return DeliveriesShown(
        pagina=pagina,
        paginaGrootte=paginaGrootte,
        aantal=len(known),
        leveringen=[shown_delivery(services, record) for record in page_of(known, pagina, paginaGrootte)],
    )


@router.get("/leveringen/{id}", summary="Eén levering opvragen", **said("De levering.", 404))
def one_delivery(services: Served, id_: DeliveryId) -> DeliveryShown:
    """Geeft één levering met haar verwerkingen."""
    return shown_delivery(services, find_delivery(services, id_))


@router.post(
    "/leveringen/{id}/vrijgave",
    summary="Een aangehouden levering vrijgeven",
    **said("De verwerking die nu verdergaat.", 404, 409),
)
def release_delivery(services: Served, caller: Calling, id_: DeliveryId, form: ReasonForm) -> RunShown:
    """Laat een levering verdergaan die de controle aanhield. De volgende ronde verwerkt haar."""
    return shown_run(services.deliveries.release(caller, find_delivery(services, id_), form.reden))


@router.post(
    "/leveringen/{id}/afronding",
    summary="Een levering zonder momentopname laten afronden",
    **said("De verwerking die de volgende ronde afrondt.", 404, 409),
)
def let_go_of_snapshot(services: Served, caller: Calling, id_: DeliveryId, form: ReasonForm) -> RunShown:
    """Laat een gepubliceerde levering afronden waarvan de app geen momentopname kan maken.

    Opnieuw beoordelen of narekenen kan daarna niet.
    """
    return shown_run(services.deliveries.let_go(caller, find_delivery(services, id_), form.reden))
