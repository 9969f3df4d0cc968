"""Who may do what: the roles of domain.md §7, and the one table of routes and roles. What is not in it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import NotAllowed, NotSignedIn


class Role(StrEnum):
    """What somebody, or a system, is here; the values are the app roles in Entra ID."""

    LEVERANCIER = "leverancier"
    DATAVERKENNER = "dataverkenner"
    BEHANDELAAR = "behandelaar"
    PROCESBEHEERDER = "procesbeheerder"
    TOEZICHTHOUDER = "toezichthouder"
    MODELBEHEERDER = "modelbeheerder"
    MODELONTWIKKELAAR = "modelontwikkelaar"


@dataclass(frozen=True)
class Person:
    """Who is signed in: the object id in Entra ID, never a name, and the roles that were given there.

    `ambient`: the browser proves it with every request by itself, also with one that another site makes it send.
    """

    subject: str
    roles: frozenset[Role] = frozenset()
    ambient: bool = False


_R = Role
OF_SYSTEMS = frozenset({_R.LEVERANCIER, _R.DATAVERKENNER})  # every other role is of people
PUBLIC: frozenset[Role] = frozenset()  # no token is needed; a token that is shown must still be right
_OPERATION = frozenset({_R.PROCESBEHEERDER})
_WATCHERS = frozenset({_R.PROCESBEHEERDER, _R.TOEZICHTHOUDER})
_OVERSIGHT = frozenset({_R.TOEZICHTHOUDER})
_CASES = frozenset({_R.BEHANDELAAR})
_LOOK_UPS = frozenset({_R.BEHANDELAAR, _R.TOEZICHTHOUDER})
_ASSESSORS = frozenset({_R.BEHANDELAAR, _R.DATAVERKENNER})
_FOUR_EYES = frozenset({_R.MODELBEHEERDER})
_MODELS = frozenset({_R.TOEZICHTHOUDER, _R.MODELBEHEERDER, _R.MODELONTWIKKELAAR, _R.PROCESBEHEERDER})

PAGES: Mapping[str, frozenset[Role]] = {
    "GET /": PUBLIC,
    "POST /aanmelden": PUBLIC,
    "POST /afmelden": PUBLIC,
    "GET /stijl/{naam}": PUBLIC,
    "GET /toegankelijkheid": PUBLIC,
    "GET /gezondheid": PUBLIC,
    "GET /aanvragen": _LOOK_UPS,
    "POST /aanvragen": _LOOK_UPS,
    "GET /voorspellingen/{id}": _LOOK_UPS,
    "POST /voorspellingen/{id}": _CASES,
    "POST /voorspellingen/{id}/beoordelingen": _CASES,
    "POST /voorspellingen/{id}/herberekening": _LOOK_UPS,
    "POST /voorspellingen/{id}/bezwaren": _LOOK_UPS,
    "GET /leveringen": _WATCHERS,
    "GET /leveringen/{id}": _WATCHERS,
    "POST /leveringen/{id}/vrijgave": _OPERATION,
    "POST /leveringen/{id}/afronding": _OPERATION,
    "POST /leveringen/{id}/herverwerking": _OPERATION,
    "GET /verwerkingen": _WATCHERS,
    "GET /verwerkingen/{id}": _WATCHERS,
    "GET /modellen": _MODELS,
    "GET /modellen/{naam}": _MODELS,
    "POST /modellen/{naam}/stop": _OVERSIGHT,
    "POST /modellen/{naam}/hervatting": _OVERSIGHT,
    "POST /modellen/{naam}/versies": _FOUR_EYES,
    "GET /modellen/{naam}/versies/{versie}": _MODELS,
    "POST /modellen/{naam}/versies/{versie}/aanvragen": _WATCHERS,
    "POST /modellen/{naam}/versies/{versie}/{stap}": _FOUR_EYES,
    "GET /bezwaren": _LOOK_UPS,
    "GET /bezwaren/{id}": _LOOK_UPS,
    "POST /bezwaren/{id}/afhandeling": _LOOK_UPS,
    "GET /verzoeken": _OVERSIGHT,
    "POST /verzoeken": _OVERSIGHT,
    "GET /verzoeken/{id}": _OVERSIGHT,
    "POST /verzoeken/{id}/beslissing": _OVERSIGHT,
    "POST /verzoeken/{id}/intrekking": _OVERSIGHT,
    "POST /verzoeken/{id}/inzage": _OVERSIGHT,
    "POST /verzoeken/{id}/overzicht": _OVERSIGHT,
    "POST /verzoeken/{id}/verwijdering": _OVERSIGHT,
    "GET /rapportages": _OVERSIGHT,
    "GET /rapportages/{id}": _OVERSIGHT,
    "GET /rapportages/{id}/openbaar": _OVERSIGHT,
    "GET /rapportages/vandaag/{naam}": _OVERSIGHT,
    "GET /audit": _OVERSIGHT,
    "POST /audit": _OVERSIGHT,
}

# One row for each route, by method and path; the app does not start with a route that has none.
ROUTES: Mapping[str, frozenset[Role]] = {
    "GET /api/v1/openapi.json": PUBLIC,
    "GET /api/v1/gezondheid": PUBLIC,
    "GET /api/v1/leveringen": _WATCHERS,
    "GET /api/v1/leveringen/{id}": _WATCHERS,
    "POST /api/v1/leveringen/{id}/vrijgave": _OPERATION,
    "POST /api/v1/leveringen/{id}/afronding": _OPERATION,
    "GET /api/v1/verwerkingen": _WATCHERS,
    "GET /api/v1/verwerkingen/{id}": _WATCHERS,
    "POST /api/v1/verwerkingen": _OPERATION,
    "GET /api/v1/modellen": _MODELS,
    "GET /api/v1/modellen/{naam}": _MODELS,
    "GET /api/v1/modellen/{naam}/stop": _MODELS,
    "PUT /api/v1/modellen/{naam}/stop": _OVERSIGHT,
    "GET /api/v1/modellen/{naam}/versies": _MODELS,
    "POST /api/v1/modellen/{naam}/versies": _FOUR_EYES,
    "GET /api/v1/modellen/{naam}/versies/{versie}": _MODELS,
    "POST /api/v1/modellen/{naam}/versies/{versie}/stappen": _FOUR_EYES,
    "POST /api/v1/modellen/{naam}/versies/{versie}/aanvragen/_zoek": _WATCHERS,
    "POST /api/v1/aanvragen/_zoek": _LOOK_UPS,
    "GET /api/v1/voorspellingen/{id}": _CASES,
    "GET /api/v1/voorspellingen/{id}/invoer": _CASES,
    "POST /api/v1/voorspellingen/{id}/herberekening": _LOOK_UPS,
    "GET /api/v1/voorspellingen/{id}/beoordelingen": _CASES,
    "POST /api/v1/voorspellingen/{id}/beoordelingen": _ASSESSORS,
    "GET /api/v1/bezwaren": _LOOK_UPS,
    "POST /api/v1/bezwaren": _LOOK_UPS,
    "GET /api/v1/bezwaren/{id}": _LOOK_UPS,
    "POST /api/v1/bezwaren/{id}/afhandeling": _LOOK_UPS,
    "GET /api/v1/verzoeken": _OVERSIGHT,
    "POST /api/v1/verzoeken": _OVERSIGHT,
    "GET /api/v1/verzoeken/{id}": _OVERSIGHT,
    "POST /api/v1/verzoeken/{id}/beslissing": _OVERSIGHT,
    "POST /api/v1/verzoeken/{id}/intrekking": _OVERSIGHT,
    "POST /api/v1/verzoeken/{id}/inzage": _OVERSIGHT,
    "GET /api/v1/verzoeken/{id}/inzage": _OVERSIGHT,
    "POST /api/v1/verzoeken/{id}/verwijdering": _OVERSIGHT,
    "GET /api/v1/rapportages": _OVERSIGHT,
    "GET /api/v1/rapportages/{id}": _OVERSIGHT,
    "POST /api/v1/gebeurtenissen/_zoek": _OVERSIGHT,
    **PAGES,
}


def check_access(person: Person | None, allowed: frozenset[Role]) -> None:
    """Raise NotSignedIn or NotAllowed unless this person has one of these roles, or nobody needs to be signed in."""
    if allowed == PUBLIC:
        return
    if person is None:
        raise NotSignedIn(
            "Nobody is signed in.", next_step="Sign in, or send a token of Entra ID as Authorization: Bearer."
        )
    if not person.roles & allowed:
        raise NotAllowed(
            "None of your roles may do this.",
            next_step=f"Ask the administrator for one of these roles: {', '.join(sorted(allowed))}.",
        )
