"""`versies` of a model: proposals, approvals by another, shadow, activation and what a version judged."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from shared.api import PREFIX
from shared.api.forms import (
    Form,
    Listed,
    ModelName,
    Moment,
    PageNumber,
    PageSize,
    Reason,
    Shown,
    Version,
    said,
)
from shared.api.guard import Calling, GuardedRoute, Served
from shared.api.resources.models import find_model
from shared.api.services import Services
from shared.errors import ModelPackageInvalid, RequestRefused, TransitionRefused
from shared.events import Caller
from shared.modelregister.port import ModelVersion, StepRecord
from shared.modelregister.states import STATUS_SENTENCES, VersionStatus

router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["modelversies"])


class Step(StrEnum):
    """What a Modelbeheerder may do with a version that was proposed."""

    GOEDKEUREN = "goedkeuren"
    AFWIJZEN = "afwijzen"
    INTREKKEN = "intrekken"
    ACTIVEREN = "activeren"
    SCHADUW_BEGINNEN = "schaduw beginnen"
    SCHADUW_STOPPEN = "schaduw stoppen"


class ProposalForm(Form):
    """A proposal of a version whose package lies in the folder of models."""

    versie: Annotated[str, Field(pattern="^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$", description="De versie.")]
    reden: Reason
    redenDrempel: Reason  # noqa: N815
    redenSteekproef: Reason  # noqa: N815


class StepForm(Form):
    """A step with a version."""

    stap: Annotated[Step, Field(strict=False)]
    reden: Reason
    steekproef: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            allow_inf_nan=False,
            description="Bij goedkeuren van een versie met een steekproef: het deel, uitdrukkelijk gekozen.",
        ),
    ] = None


class PeriodForm(Form):
    """A period, and why somebody asks."""

    van: Annotated[Moment, Field(description="Vanaf dit moment, van 1900 tot en met 2199.")]
    tot: Annotated[Moment, Field(description="Tot dit moment, van 1900 tot en met 2199.")]
    reden: Reason


class VersionShown(Shown):
    """A version of a model."""

    versie: str
    sha256: str
    status: VersionStatus
    zin: str = Field(description="De status in een zin.")
    sinds: datetime
    voorgesteldDoor: str | None = Field(description="null: de eerste versie van de installatie.")  # noqa: N815


class VersionsShown(Shown):
    """All versions of a model."""

    versies: list[VersionShown]


class StepShown(Shown):
    """A step that was taken."""

    stap: str
    reden: str
    door: str
    tijdstip: datetime
    steekproef: float | None
    redenDrempel: str | None  # noqa: N815
    redenSteekproef: str | None  # noqa: N815
    dossier: dict[str, Any] | None = Field(
        description="Het dossier van het voorstel, over hele maanden; alleen groepen, nooit personen. Elk aantal is "
        "afgerond op een tiental."
    )


class VersionDetail(VersionShown):
    """A version with every step, the oldest first."""

    stappen: list[StepShown]


class ScoredShown(Shown):
    """An application that a version judged."""

    voorspelling: str
    verwerking: str
    levering: str
    aanvraagnummer: str
    gepubliceerd: datetime


class ScoredPageShown(Listed):
    """A page of what a version judged in a period."""

    aanvragen: list[ScoredShown]


def _members(found: ModelVersion) -> dict[str, Any]:
    return {
        "versie": found.id.version,
        "sha256": found.id.sha256,
        "status": found.status,
        "zin": STATUS_SENTENCES[found.status],
        "sinds": found.since,
        "voorgesteldDoor": found.proposer or None,
    }


def _step(found: StepRecord) -> StepShown:
    proposal = found.proposal
    return StepShown(
        stap=str(found.step),
        reden=found.reason,
        door=found.actor,
        tijdstip=found.moment,
        steekproef=found.sample_share,
        redenDrempel=proposal.threshold_reason if proposal else None,
        redenSteekproef=proposal.sample_reason if proposal else None,
        dossier=json.loads(proposal.dossier) if proposal else None,
    )


def _dataset(services: Services, naam: str) -> str:
    return find_model(services, naam).dataset


@router.get("/modellen/{naam}/versies", summary="Versies opvragen", **said("De versies.", 404))
def list_versions(services: Served, naam: ModelName) -> VersionsShown:
    """Geeft de versies van een model, in de volgorde waarin ze in het register kwamen."""
    known = services.versions.known(_dataset(services, naam))
    return VersionsShown(versies=[VersionShown(**_members(each)) for each in known])


@router.get("/modellen/{naam}/versies/{versie}", summary="Eén versie opvragen", **said("De versie.", 404))
def one_version(services: Served, naam: ModelName, versie: Version) -> VersionDetail:
    """Geeft één versie met elke stap: voorstel met dossier, goedkeuring, activering."""
    found, steps = services.versions.find(_dataset(services, naam), versie)
    return VersionDetail(**_members(found), stappen=[_step(each) for each in steps])


@router.post(
    "/modellen/{naam}/versies", status_code=201, summary="Een versie voorstellen", **said("Het voorstel.", 404, 409)
)
def propose(services: Served, caller: Calling, naam: ModelName, form: ProposalForm, response: Response) -> VersionShown:
    """Stelt een versie voor. De app maakt er een dossier bij: wat er zou veranderen in de laatste twaalf hele maanden.

    De maand van nu telt niet mee. Is er nog geen hele maand, dan zegt `geen_vergelijking` in het dossier waarom.
    """
    reasons = form.reden, form.redenDrempel, form.redenSteekproef
    try:
        found = services.versions.propose(caller, _dataset(services, naam), form.versie, *reasons)
    except ModelPackageInvalid as cause:
        raise _not_whole(cause) from None
    response.headers["Location"] = f"{PREFIX}/modellen/{naam}/versies/{form.versie}"
    return VersionShown(**_members(found))


@router.post(
    "/modellen/{naam}/versies/{versie}/stappen",
    status_code=201,
    summary="Een stap met een versie zetten",
    **said("De versie na de stap.", 404, 409),
)
def take_step(services: Served, caller: Calling, naam: ModelName, versie: Version, form: StepForm) -> VersionShown:
    """Keurt een voorstel van een ander goed of af, trekt een versie in, laat haar meescoren of neemt haar in gebruik.

    Wie voorstelde mag niet zelf goedkeuren of afwijzen. De versie die vlak voor de actieve werkte opnieuw activeren is
    terugzetten; elke andere die uit gebruik is, vraagt een nieuw voorstel. Een verouderd dossier is een 409.
    """
    if form.steekproef is not None and form.stap is not Step.GOEDKEUREN:
        raise RequestRefused(
            "A share of the sample goes with an approval alone.", next_step="Leave steekproef out of this step."
        )
    try:
        return VersionShown(**_members(_taken(services, caller, _dataset(services, naam), versie, form)))
    except ModelPackageInvalid as cause:
        raise _not_whole(cause) from None


def _taken(services: Services, caller: Caller, dataset: str, versie: str, form: StepForm) -> ModelVersion:
    known = services.versions
    if form.stap is Step.GOEDKEUREN:
        return known.approve(caller, dataset, versie, form.reden, form.steekproef)
    take = {
        Step.AFWIJZEN: known.reject,
        Step.INTREKKEN: known.withdraw,
        Step.ACTIVEREN: known.activate,
        Step.SCHADUW_BEGINNEN: known.start_shadow,
        Step.SCHADUW_STOPPEN: known.end_shadow,
    }[form.stap]
    return take(caller, dataset, versie, form.reden)


def _not_whole(cause: ModelPackageInvalid) -> TransitionRefused:
    """Return how a package that is not there, or not whole, is told: it is no fault of whoever asked, nor of ours."""
    return TransitionRefused(cause.what, next_step=cause.next_step, code=cause.code)


@router.post(
    "/modellen/{naam}/versies/{versie}/aanvragen/_zoek",
    summary="Wat een versie beoordeelde",
    **said("De aanvragen, de vroegste eerst.", 404),
)
def search_scored(
    services: Served,
    caller: Calling,
    naam: ModelName,
    versie: Version,
    form: PeriodForm,
    pagina: PageNumber = 1,
    paginaGrootte: PageSize = 50,  # noqa: N803
) -> ScoredPageShown:
    """Geeft welke aanvragen deze versie tussen twee momenten beoordeelde, bijvoorbeeld na een terugzetting.

    In het logboek komt wie er op de gevraagde bladzijde staat.
    """
    period = form.van, form.tot, form.reden
    found = services.versions.scored(caller, _dataset(services, naam), versie, *period, pagina, paginaGrootte)
    return ScoredPageShown(
        pagina=pagina,
        paginaGrootte=paginaGrootte,
        aantal=found.total,
        aanvragen=[
            ScoredShown(
                voorspelling=each.prediction,
                verwerking=each.run_id,
                levering=each.levering,
                aanvraagnummer=each.aanvraagnummer,
                gepubliceerd=each.published_at,
            )
            for each in found.applications
        ],
    )
