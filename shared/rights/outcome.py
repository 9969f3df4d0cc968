"""What a removal took away and what stays, as it stands in the last step of its request: numbers alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.retention.proof import proof_name
from shared.rights.port import PersonRequest
from shared.rights.states import Asked, RequestState, Step

PROOF, RAW, NEW_KEYS = "bewijs", "ruwe leveringen", "nieuwe sleutels"
_TRAIL = "Het logboek (wie deed of zag wat) blijft tot zijn eigen termijn. Het leidt naar geen gegevens meer."
_RAW_GOES = (
    "Daarin kunnen wij niemand opzoeken. Wij verwijderen zo'n levering na de verwerking, of na hoogstens veertien "
    "dagen."
)
_NEW_KEYS = (
    "Sinds de opdracht kwam er een nieuwe sleutel in gebruik. Wat daarna binnenkwam, is niet doorzocht. Leg daarvoor "
    "een nieuw verzoek vast."
)


@dataclass(frozen=True)
class RemovalOutcome:
    """What a removal took away: how many, by kind; its proof; and where somebody may still stand until it is due."""

    aantallen: Mapping[str, int]
    bewijs: str
    blijft: tuple[str, ...]


def counts_of(step: Step) -> dict[str, int]:
    """Return how many of what a step found or took away."""
    return {what: number for what, number in step.uitkomst.items() if what not in (PROOF, RAW, NEW_KEYS)}


def outcome_of(request: PersonRequest) -> RemovalOutcome | None:
    """Return what the removal that was asked for took away; None when that was not asked, or is not done."""
    if request.soort is not Asked.VERWIJDERING or request.toestand is not RequestState.UITGEVOERD:
        return None
    told = request.stappen[-1].uitkomst
    stays = [_TRAIL]
    if told.get(RAW):
        stays.append(_waiting(told[RAW]))
    if told.get(NEW_KEYS):
        stays.append(_NEW_KEYS)
    return RemovalOutcome(
        counts_of(request.stappen[-1]), proof_name(told[PROOF]) if told.get(PROOF) else "", tuple(stays)
    )


def _waiting(number: int) -> str:
    one = "ruwe levering wacht nog op verwerking of staat in quarantaine."
    more = "ruwe leveringen wachten nog op verwerking of staan in quarantaine."
    return f"{number} {one if number == 1 else more} {_RAW_GOES}"
