"""`aanvragen` and `voorspellingen`: finding predictions back, their full explanation, and computing one again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from shared.api import PREFIX
from shared.api.forms import Form, Number, PredictionId, Reason, ReasonForm, ReasonToRead, Shown, local, said
from shared.api.guard import Calling, GuardedRoute, Served
from shared.api.resources.assessments import AssessmentShown, shown_assessment
from shared.people.explanation import Explanation
from shared.people.records import Hit, NumberKind
from shared.people.replay import PredictionReplay, Verdict

router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["voorspellingen"])

_HIDDEN = (
    "Een oudere voorspelling van een aanvraag die bij een steekproef op haar beoordeling wacht: "
    "type, omschrijving, advies, reden en beoordelingen blijven leeg."
)


class SearchForm(Form):
    """Looking for predictions by a number, which stands in the body and nowhere else."""

    soort: Annotated[NumberKind, Field(strict=False, description="Wat voor nummer het is.")] = NumberKind.AANVRAAG
    nummer: Number
    dataset: Annotated[str, Field(pattern="^[a-z_]{0,64}$", description="Alleen in deze dataset; leeg is overal.")] = ""
    reden: Reason


class HitShown(Shown):
    """A prediction that was found."""

    id: str = Field(description="Kenmerk van de voorspelling.")
    verwerking: str
    dataset: str
    levering: str
    huidig: bool = Field(description="Of dit nu het resultaat van de aanvraag is.")
    aanvraagnummer: str
    peilmoment: datetime
    resultaattype: int | None = Field(description="null als de voorspelling verborgen is.")
    advies: str = Field(description="Wie eerst kijkt; een signaal en nooit een besluit. Leeg als zij verborgen is.")
    verborgen: bool = Field(description=_HIDDEN)
    gepubliceerd: datetime | None


class HitsShown(Shown):
    """What was found."""

    voorspellingen: list[HitShown]


class FactorShown(Shown):
    """What raised or lowered the score."""

    kenmerk: str
    label: str
    bijdrage: float = Field(description="Bijdrage in log-odds.")
    zin: str


class TermShown(Shown):
    """One term of the sum behind a score."""

    kenmerk: str
    label: str
    bijdrage: float
    inWoorden: str  # noqa: N815


class FactShown(Shown):
    """A feature that the model used."""

    kenmerk: str
    label: str
    waarde: float | None = Field(description="null is onbekend.")
    inWoorden: str  # noqa: N815


class PredictionShown(Shown):
    """Everything about a prediction."""

    id: str
    verwerking: str
    dataset: str
    levering: str
    huidig: bool
    aanvraagnummer: str
    peilmoment: datetime
    resultaattype: int | None = Field(description="null als de voorspelling verborgen is.")
    omschrijving: str
    advies: str
    reden: str
    redenZin: str  # noqa: N815
    gescoord: bool = Field(description="Of het model de aanvraag woog.")
    blind: bool = Field(description="Er is een steekproef en nog geen beoordeling: de score blijft verborgen.")
    verborgen: bool = Field(description=_HIDDEN)
    score: float | None
    drempel: float | None = Field(description="null als de score blind is, of het modelpakket er niet meer is.")
    intercept: float | None
    zekerheid: float | None = Field(description="Deel van de herhalingen van het model aan dezelfde kant.")
    steekproef: bool | None
    verhogend: list[FactorShown]
    verlagend: list[FactorShown]
    bijdragen: list[TermShown]
    kenmerken: list[FactShown]
    onbekend: list[str]
    model: str
    modelversie: str
    modelSha256: str  # noqa: N815
    modeldatum: date | None = Field(description="null als het modelpakket er niet meer is.")
    contractversie: str
    codeversie: str
    sleutel: str = Field(description="Kenmerk van de pseudonimiseringssleutel.")
    signaal: str = Field(description="Dit is een signaal en nooit een besluit.")
    beoordelingen: list[AssessmentShown]
    bewaarplicht: bool = Field(description="Een bezwaar houdt verwijdering tegen.")


class InputsShown(Shown):
    """The rows that a prediction was made from, with names that hold within this answer in place of pseudonyms."""

    tabellen: dict[str, list[dict[str, Any]]]


class ReplayShown(Shown):
    """What computing again showed."""

    id: str
    oordeel: Verdict
    verschillen: list[str] = Field(description="Namen van wat verschilt; nooit waarden.")
    waarom: str


def _hit(found: Hit) -> HitShown:
    run = found.run
    return HitShown(
        id=str(found.id),
        verwerking=run.run_id,
        dataset=run.new.dataset,
        levering=run.new.levering,
        huidig=found.huidig,
        aanvraagnummer=found.aanvraagnummer,
        peilmoment=local(found.peilmoment),
        resultaattype=found.resultaattype,
        advies=found.advies,
        verborgen=found.verborgen,
        gepubliceerd=run.published_at,
    )


def shown_prediction(found: Explanation) -> PredictionShown:
    """Return an explanation as it goes out."""
    run = found.prediction.run
    return PredictionShown(
        id=str(found.prediction.id),
        verwerking=run.run_id,
        dataset=run.new.dataset,
        levering=run.new.levering,
        huidig=found.prediction.huidig,
        aanvraagnummer=found.aanvraagnummer,
        peilmoment=local(found.peilmoment),
        resultaattype=found.resultaattype,
        omschrijving=found.omschrijving,
        advies=found.advies,
        reden=found.reden,
        redenZin=found.reden_zin,
        gescoord=found.gescoord,
        blind=found.blind,
        verborgen=found.verborgen,
        score=found.score,
        drempel=found.drempel,
        intercept=found.intercept,
        zekerheid=found.zekerheid,
        steekproef=found.steekproef,
        verhogend=[FactorShown(**vars(factor)) for factor in found.verhogend],
        verlagend=[FactorShown(**vars(factor)) for factor in found.verlagend],
        bijdragen=[
            TermShown(kenmerk=term.kenmerk, label=term.label, bijdrage=term.bijdrage, inWoorden=term.in_woorden)
            for term in found.bijdragen
        ],
        kenmerken=[
            FactShown(kenmerk=fact.kenmerk, label=fact.label, waarde=fact.waarde, inWoorden=fact.in_woorden)
            for fact in found.kenmerken
        ],
        onbekend=list(found.onbekend),
        model=run.new.model,
        modelversie=run.new.model_version,
        modelSha256=run.new.model_sha256,
        modeldatum=date.fromisoformat(found.model_datum) if found.model_datum else None,
        contractversie=run.new.contract_version,
        codeversie=run.new.code_version,
        sleutel=run.new.key_id,
        signaal=found.signaal,
        beoordelingen=[shown_assessment(each) for each in found.beoordelingen],
        bewaarplicht=found.bewaarplicht,
    )


def shown_replay(found: PredictionReplay) -> ReplayShown:
    """Return what computing again showed as it goes out."""
    return ReplayShown(
        id=str(found.id), oordeel=found.oordeel, verschillen=list(found.verschillen), waarom=found.waarom
    )


@router.post(
    "/aanvragen/_zoek",
    summary="Voorspellingen zoeken op nummer",
    **said("Wat er gevonden is, ook als dat niets is.", 404),
)
def search(services: Served, caller: Calling, form: SearchForm) -> HitsShown:
    """Zoekt de voorspellingen van een aanvraag of van een persoon; het nummer staat alleen in het bericht.

    Wie zocht en waarom komt in het auditlog, ook als er niets gevonden is.
    """
    found = services.people.find(caller, form.soort, form.nummer, form.reden, form.dataset)
    return HitsShown(voorspellingen=[_hit(each) for each in found])


@router.get("/voorspellingen/{id}", summary="Een voorspelling uitleggen", **said("De hele uitleg.", 404))
def one_prediction(services: Served, caller: Calling, id_: PredictionId, reden: ReasonToRead) -> PredictionShown:
    """Geeft de hele uitleg van een voorspelling, ook van een die niet meer de huidige is."""
    return shown_prediction(services.people.explain(caller, id_, reden))


@router.get("/voorspellingen/{id}/invoer", summary="De invoer van een voorspelling", **said("De rijen per tabel.", 404))
def inputs(services: Served, caller: Calling, id_: PredictionId, reden: ReasonToRead) -> InputsShown:
    """Geeft de rijen waaruit de voorspelling is gemaakt; nummers zijn namen die alleen in dit antwoord gelden."""
    rows = services.people.inputs(caller, id_, reden)
    return InputsShown(tabellen={table: list(found) for table, found in rows.items()})


@router.post(
    "/voorspellingen/{id}/herberekening",
    summary="Een voorspelling opnieuw berekenen",
    **said("Wat opnieuw berekenen liet zien.", 404),
)
def replay(services: Served, caller: Calling, id_: PredictionId, form: ReasonForm) -> ReplayShown:
    """Berekent de voorspelling opnieuw uit de momentopname, met dezelfde modelversie, en vergelijkt elke bit."""
    return shown_replay(services.people.replay(caller, id_, form.reden))
