"""`gezondheid`: whether the app can do its work; which part cannot is told only to who has a role."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from shared.api import PREFIX
from shared.api.forms import Shown, said
from shared.api.guard import GuardedRoute, Served, Visitor
from shared.api.problems import InputError, Problem, ProblemRaised
from shared.api.services import Health
from shared.errors import ModelPackageInvalid

BROKEN_PACKAGE = (
    "Het pakket van het actieve model is niet meer heel. Zet het model stil met de stopknop, of neem een eerdere "
    "versie weer in gebruik. Zet daarna het goede pakket terug."
)
router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["gezondheid"])


class HealthShown(Shown):
    """How the app is, when all is well."""

    status: Literal["goed"]
    versie: str | None = Field(default=None, description="Versie van de app; alleen voor wie een rol heeft.")
    gemeten: datetime | None = Field(default=None, description="Wanneer dit gemeten is; alleen met een rol.")
    onderdelen: list[str] | None = Field(
        default=None, description="Wat er bekeken is en werkt; alleen voor wie een rol heeft."
    )


@router.get(
    "/gezondheid",
    summary="Hoe het met de app gaat",
    response_model_exclude_none=True,
    **said("Alles werkt."),
)
def health(services: Served, visitor: Visitor) -> HealthShown:
    """Leest het actieve modelpakket, rekent verzonnen aanvragen na, en kijkt of opslag en administratie antwoorden.

    Werkt een onderdeel niet, dan is het antwoord 503.
    """
    found = services.health()
    known = visitor is not None and bool(visitor.roles)
    if not found.healthy:
        raise ProblemRaised(_disturbed(found, known))
    if not known:
        return HealthShown(status="goed")
    return HealthShown(status="goed", versie=found.version, gemeten=found.moment, onderdelen=sorted(found.parts))


def _disturbed(found: Health, known: bool) -> Problem:
    errors = [
        InputError(
            "onderdeel", name, code, BROKEN_PACKAGE if code == ModelPackageInvalid.code else "Dit onderdeel werkt niet."
        )
        for name, code in sorted(found.parts.items())
        if code and known
    ]
    return Problem(503, "VERSTOORD", "Een onderdeel werkt niet; de beheerder ziet met een rol welk.", errors=errors)
