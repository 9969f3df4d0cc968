"""`verwerkingen`: what was done with deliveries, and asking to judge one again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from shared.administration import RunRecord
from shared.api import PREFIX
from shared.api.forms import (
    DatasetQuery,
    Form,
    Listed,
    Number,
    PageNumber,
    PageSize,
    Reason,
    RunId,
    Shown,
    page_of,
    said,
)
from shared.api.guard import Creating, GuardedRoute, Served
from shared.runstates import RunState

router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["verwerkingen"])
MOST_NUMBERS = 1_000


class RunShown(Shown):
    """A run."""

    id: str = Field(description="Kenmerk van de verwerking.")
    levering: str = Field(description="Kenmerk van de levering.")
    naam: str = Field(description="Naam van de levering.")
    dataset: str
    toestand: RunState
    reden: str = Field(description="Waarom de verwerking in deze toestand is.")
    zin: str = Field(description="Hetzelfde, in een zin.")
    opVerzoek: bool = Field(description="Of een mens om deze verwerking vroeg.")  # noqa: N815
    model: str
    modelversie: str
    poging: int
    gepubliceerd: datetime | None
    gewijzigd: datetime


class FindingShown(Shown):
    """What the check noticed; never a value."""

    code: str
    ernst: str
    zin: str
    tabel: str | None
    kolom: str | None
    aantal: int | None


class RunDetail(RunShown):
    """A run with what it found and published."""

    modelSha256: str  # noqa: N815
    contractversie: str
    codeversie: str
    bevindingen: list[FindingShown]
    aantal: int = Field(description="Hoeveel resultaten de verwerking publiceerde.")
    resultaattypen: dict[str, int] = Field(
        description="Aantal per resultaattype. Leeg als er van een type of reden minder dan tien zijn, als iemand om "
        "de verwerking vroeg, als er van die datum nog een verwerking is, of als er resultaten uit verwijderd zijn."
    )


class RunsShown(Listed):
    """A page of runs."""

    verwerkingen: list[RunShown]


class RunForm(Form):
    """A request to judge again."""

    levering: Annotated[
        str, Field(pattern="^[a-z_]{1,64}-[0-9a-f]{64}$", description="Kenmerk van de levering, uit leveringen.")
    ]
    aanvraagnummers: Annotated[
        list[Number] | None,
        Field(min_length=1, max_length=MOST_NUMBERS, description="Alleen deze aanvragen; zonder dit veld alle."),
    ] = None
    reden: Reason


def shown_run(run: RunRecord) -> RunShown:
    """Return a run as it goes out."""
    return RunShown(**_members(run))


def _members(run: RunRecord) -> dict[str, Any]:
    new = run.new
    return {
        "id": run.run_id,
        "levering": f"{new.dataset}-{new.digest}",
        "naam": new.levering,
        "dataset": new.dataset,
        "toestand": run.state,
        "reden": str(run.reason),
        "zin": run.sentence,
        "opVerzoek": bool(new.request_id),
        "model": new.model,
        "modelversie": new.model_version,
        "poging": run.attempt,
        "gepubliceerd": run.published_at,
        "gewijzigd": run.changed_at,
    }


@router.get("/verwerkingen", summary="Verwerkingen opvragen", **said("De verwerkingen, de nieuwste eerst."))
def list_runs(
    services: Served,
    dataset: DatasetQuery = None,
    toestand: Annotated[RunState | None, Query(description="Alleen in deze toestand.")] = None,
    pagina: PageNumber = 1,
    paginaGrootte: PageSize = 50,  # noqa: N803
) -> RunsShown:
    """Geeft de verwerkingen, de nieuwste eerst."""
    known = [
        run for run in services.runs.known() if dataset in (None, run.new.dataset) and toestand in (None, run.state)
    ]
    return RunsShown(
        pagina=pagina,
        paginaGrootte=paginaGrootte,
        aantal=len(known),
        verwerkingen=[shown_run(run) for run in page_of(known, pagina, paginaGrootte)],
    )


@router.get("/verwerkingen/{id}", summary="Eén verwerking opvragen", **said("De verwerking.", 404))
def one_run(services: Served, id_: RunId) -> RunDetail:
    """Geeft één verwerking, met de bevindingen van de controle en het aantal resultaten."""
    run = services.runs.find(id_)
    counts = services.runs.counts(id_)
    return RunDetail(
        **_members(run),
        modelSha256=run.new.model_sha256,
        contractversie=run.new.contract_version,
        codeversie=run.new.code_version,
        bevindingen=[
            FindingShown(
                code=found.code,
                ernst=str(found.ernst),
                zin=found.zin,
                tabel=found.tabel,
                kolom=found.kolom,
                aantal=found.aantal,
            )
            for found in services.runs.findings(id_)
        ],
        aantal=counts.aantal,
        resultaattypen=dict(counts.resultaattype),
    )


@router.post(
    "/verwerkingen",
    status_code=202,
    summary="Een herverwerking aanvragen",
    **said("Aangenomen; `Location` zegt waar de stand te volgen is.", 404, 409),
)
def request_run(services: Served, caller: Creating, form: RunForm, response: Response) -> RunShown:
    """Laat een levering, of enkele aanvragen daaruit, opnieuw beoordelen met het actieve model.

    Enkele aanvragen uit een gewone levering worden meteen gedaan; de rest binnen een kwartier, of vroeg in de ochtend.
    """
    dataset, _, digest = form.levering.rpartition("-")
    record = services.deliveries.find(dataset, digest)
    run = services.runs.request(caller, record, form.aanvraagnummers, form.reden)
    response.headers["Location"] = f"{PREFIX}/verwerkingen/{run.run_id}"
    return shown_run(run)
