"""`modellen`: which model is active, and its stop switch."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from shared.administration import StopState
from shared.api import PREFIX
from shared.api.forms import Form, ModelName, Reason, Shown, said
from shared.api.guard import Calling, GuardedRoute, Served
from shared.api.services import ServedModel, Services
from shared.errors import NotKnown

router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["modellen"])


class StopShown(Shown):
    """The stop switch of a model."""

    gestopt: bool = Field(description="Of de stopknop aan staat; dan wordt niets gepubliceerd.")
    sinds: datetime | None = Field(description="Wanneer de knop voor het laatst omging.")
    reden: str = Field(description="Waarom; leeg als de knop nooit omging.")


class ModelShown(Shown):
    """A model."""

    naam: str
    dataset: str
    titel: str
    versie: str | None = Field(description="De actieve versie volgens het register; null: het register is nog leeg.")
    sinds: datetime | None = Field(description="Sinds wanneer deze versie actief is.")
    sha256: str | None = Field(description="Vingerafdruk van het modelpakket dat is goedgekeurd.")
    stop: StopShown


class ModelsShown(Shown):
    """All models."""

    modellen: list[ModelShown]


class StopForm(Form):
    """Turning the stop switch."""

    gestopt: bool = Field(description="true: stoppen; false: hervatten.")
    reden: Reason


def shown_stop(state: StopState) -> StopShown:
    """Return a stop switch as it goes out."""
    return StopShown(gestopt=state.stopped, sinds=state.since, reden=state.reason)


def _shown(model: ServedModel) -> ModelShown:
    return ModelShown(
        naam=model.name,
        dataset=model.dataset,
        titel=model.title,
        versie=model.version or None,
        sinds=model.since,
        sha256=model.sha256 or None,
        stop=shown_stop(model.stop),
    )


def find_model(services: Services, naam: str) -> ServedModel:
    """Return the model with this name; NotKnown."""
    found = next((model for model in services.models.known() if model.name == naam), None)
    if found is None:
        raise NotKnown("There is no model with this name.", next_step="Choose one from the list of models.")
    return found


@router.get("/modellen", summary="Modellen opvragen", **said("De modellen."))
def list_models(services: Served) -> ModelsShown:
    """Geeft de modellen met hun actieve versie en stopknop."""
    return ModelsShown(modellen=[_shown(model) for model in services.models.known()])


@router.get("/modellen/{naam}", summary="Eén model opvragen", **said("Het model.", 404))
def one_model(services: Served, naam: ModelName) -> ModelShown:
    """Geeft één model met zijn actieve versie en stopknop."""
    return _shown(find_model(services, naam))


@router.get("/modellen/{naam}/stop", summary="De stopknop bekijken", **said("De stand van de stopknop.", 404))
def see_stop(services: Served, naam: ModelName) -> StopShown:
    """Zegt of het model gestopt is, sinds wanneer en waarom."""
    return shown_stop(find_model(services, naam).stop)


@router.put("/modellen/{naam}/stop", summary="De stopknop omzetten", **said("De nieuwe stand.", 404))
def turn_stop(services: Served, caller: Calling, naam: ModelName, form: StopForm) -> StopShown:
    """Zet de stopknop aan of uit, met een reden.

    Zolang hij aan staat wordt niets gepubliceerd; wat daardoor is aangehouden gaat na het uitzetten vanzelf verder.
    """
    model = find_model(services, naam)
    turn = services.models.stop if form.gestopt else services.models.resume
    return shown_stop(turn(caller, model.dataset, model.name, form.reden))
