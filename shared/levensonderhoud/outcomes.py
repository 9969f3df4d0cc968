"""What eligibility and score can lead to, and what that means to a person (domain.md §4)."""

from __future__ import annotations

from dataclasses import dataclass

from shared.usecase import Route

MODEL = "MODEL"


@dataclass(frozen=True)
class Outcome:
    """What an eligibility condition leads to; resultaattype 0 means that the model decides."""

    resultaattype: int
    reden: str


# in this order; the last one always applies
OUTCOMES = (
    Outcome(4, "GEGEVENS_ONBRUIKBAAR"),
    Outcome(4, "GEEN_DIENST"),
    Outcome(3, "IOAW_IOAZ"),
    Outcome(4, "PRODUCT_BUITEN_BEREIK"),
    Outcome(4, "AL_BESLIST"),
    Outcome(4, "BIJZONDERE_DOELGROEP"),
    Outcome(2, "BUITEN_GEMEENTE"),
    Outcome(0, MODEL),
)
# the Dataverkenner picks its text by the number; policy staff read the same in routering.dmn
ROUTES = {
    1: Route("onderzoekswaardig", "handhaving"),
    2: Route("niet onderzoekswaardig", "inkomensconsulent"),
    3: Route("IOAW/IOAZ", "inkomensconsulent"),
    4: Route("geen voorspelling", "inkomensconsulent"),
}
REASONS = {
    "GEGEVENS_ONBRUIKBAAR": "Gegevens van deze aanvraag zijn onbruikbaar geleverd. Daarom is er geen voorspelling.",
    "GEEN_DIENST": "Bij dit nummer hoort geen geldige dienst. Daarom is er geen voorspelling.",
    "IOAW_IOAZ": "Dit is een aanvraag IOAW of IOAZ. Daarvoor is het model niet gemaakt.",
    "PRODUCT_BUITEN_BEREIK": "Voor dit product is het model niet gemaakt.",
    "AL_BESLIST": "Op deze aanvraag was al beslist. Daarom is er geen voorspelling.",
    "BIJZONDERE_DOELGROEP": "De aanvrager hoort bij een bijzondere doelgroep. Daarom is er geen voorspelling.",
    "BUITEN_GEMEENTE": "De aanvrager woont buiten de gemeente. Daarom is er geen score.",
    MODEL: "Het model heeft deze aanvraag gewogen.",
}
