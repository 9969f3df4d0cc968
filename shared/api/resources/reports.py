"""`rapportages`: which reports on a model there are, and what one of them shows, as facts. The page is its HTML."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field

from shared.api import PREFIX
from shared.api.forms import DatasetQuery, Listed, PageNumber, PageSize, Shown, page_of, said
from shared.api.guard import Calling, GuardedRoute, Served
from shared.reporting import StoredReport

router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["rapportages"])

_MONTH = r"[0-9]{4}-(0[1-9]|1[0-2])"
ReportId = Annotated[
    str,
    Path(
        alias="id",
        pattern=f"^[a-z_]{{1,64}}-{_MONTH}$",
        description="Kenmerk van het rapport: dataset en maand.",
    ),
]


class ReportListed(Shown):
    """A report in a list."""

    id: str = Field(description="Kenmerk van het rapport: dataset en maand.")
    dataset: str
    maand: str = Field(description="De maand waarover het gaat (jjjj-mm).", pattern=f"^{_MONTH}$")
    gemaakt: date = Field(description="Op welke dag het is geschreven.")


class ReportsShown(Listed):
    """A page of reports."""

    rapportages: list[ReportListed]


class ModelOfReport(Shown):
    """The model that a report is about."""

    naam: str
    versie: str
    sha256: str = Field(description="Vingerafdruk van het modelpakket.")


class ReportShown(ReportListed):
    """What a report shows."""

    model: ModelOfReport
    feiten: dict[str, Any] = Field(
        description="Alles wat het rapport toont, als gegevens. Van mensen alleen aantallen die getoond mogen worden; "
        "wat verborgen is heeft de waarde `verborgen`."
    )


def report_id(stored: StoredReport) -> str:
    """Return the id of a report."""
    return f"{stored.dataset}-{stored.month}"


def parts_of(id_: str) -> tuple[str, str]:
    """Return the dataset and the month of a report by its id."""
    dataset, year, month = id_.rsplit("-", 2)
    return dataset, f"{year}-{month}"


@router.get("/rapportages", summary="Rapportages opvragen", **said("De rapportages, de nieuwste eerst."))
def list_reports(
    services: Served,
    dataset: DatasetQuery = None,
    pagina: PageNumber = 1,
    paginaGrootte: PageSize = 50,  # noqa: N803
) -> ReportsShown:
    """Geeft de rapportages die geschreven zijn: één per afgesloten maand."""
    known = [stored for stored in services.reports.known() if dataset in (None, stored.dataset)]
    return ReportsShown(
        pagina=pagina,
        paginaGrootte=paginaGrootte,
        aantal=len(known),
        rapportages=[
            ReportListed(id=report_id(each), dataset=each.dataset, maand=each.month, gemaakt=each.made)
            for each in page_of(known, pagina, paginaGrootte)
        ],
    )


@router.get("/rapportages/{id}", summary="Eén rapportage opvragen", **said("De rapportage.", 404))
def one_report(services: Served, caller: Calling, id_: ReportId) -> ReportShown:
    """Geeft wat een rapportage toont, als gegevens. De pagina zelf staat, met dezelfde rol, op `/rapportages/{id}`."""
    record = services.reports.facts(caller, *parts_of(id_))
    return ReportShown.model_validate({**record, "id": id_})
