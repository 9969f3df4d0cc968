"""What a person is told beside their data: why, on what ground, for whom, how long, and what we cannot see.

The words follow article 15 of the GDPR. What differs per use case comes from its schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.administration import DeliveryRecord
from shared.events import Action, StoredEvent
from shared.retention.terms import TERMS, Kept, Retention
from shared.rights.looks import READS_BY_MODEL
from shared.usecase import UseCase

RECIPIENTS = (
    {
        "ontvanger": "Dataverkenner",
        "ontvangt": "het geldende resultaat met uitleg, voor de behandelaar van de aanvraag",
    },
    {"ontvanger": "Behandelaar (inkomensconsulent of handhaving)", "ontvangt": "de uitleg van één aanvraag, met reden"},
    {"ontvanger": "Toezichthouder (privacy, ethiek)", "ontvangt": "het auditspoor, en dit overzicht om het u te geven"},
    {"ontvanger": "Leverancier (DASO)", "ontvangt": "of een levering goed was; niets over personen"},
)
UNSEEN = (
    "Wie uw resultaat in de Dataverkenner opende: die toepassing leest onze uitvoer en houdt zelf bij wie wat zag. "
    "Vraag dat overzicht bij de Dataverkenner op.",
    "Wie uw gegevens in de bronnen Socrates en Raak zag; die houden dat zelf bij.",
    "Wat beheerders van de opslag of de database rechtstreeks lazen; het platform houdt dat bij in zijn eigen logs.",
)
LOGIC = (
    "Een model (Explainable Boosting Machine) telt voor vijftien kenmerken een bijdrage op. De som geeft een score "
    "tussen 0 en 1. De score zegt wie een aanvraag als eerste bekijkt. Het is een signaal en geen besluit: een mens "
    "beslist altijd. Waar naast het model een steekproef getrokken wordt, staat erbij of uw aanvraag daarin "
    "viel."
)
RIGHTS = (
    "U kunt vragen om verbetering of verwijdering van uw gegevens, of bezwaar maken tegen het gebruik ervan. U kunt "
    "een klacht indienen bij de Autoriteit Persoonsgegevens."
)
_TERMS_OF_A_PERSON = (Kept.QUARANTAINE, Kept.MOMENTOPNAME, Kept.RESULTATEN, Kept.AUDIT)
_READS = frozenset({Action.UITLEG_BEKIJKEN, Action.OPZOEKEN, Action.HERBEREKENEN, Action.INZAGE_GEVEN, *READS_BY_MODEL})


def account_of(use_case: UseCase, retention: Retention) -> dict[str, Any]:
    """Return purpose, legal basis, recipients, terms, logic and rights."""
    return {
        "doel": use_case.schema.objective,
        "grondslag": use_case.schema.legal_basis,
        "herkomst": use_case.schema.description,
        "logica": LOGIC,
        "ontvangers": [dict(recipient) for recipient in RECIPIENTS],
        "bewaartermijnen": [
            {"wat": str(kept), "dagen": retention.of(kept).days, "omvat": TERMS[kept].what, "reden": TERMS[kept].reason}
            for kept in _TERMS_OF_A_PERSON
        ],
        "rechten": RIGHTS,
    }


def looks_of(events: Sequence[StoredEvent]) -> list[Mapping[str, object]]:
    """Return what was done with the data of a person, and when; employees by a number within this document.

    A person has a right to know that somebody looked and why, not who that employee is (HvJ EU C-579/21); the audit
    trail does hold who it was. Reasons that somebody typed are not shown: they may be about others too.
    """
    actors = {
        actor: f"medewerker {n}" for n, actor in enumerate(dict.fromkeys(event.actor for event in events), start=1)
    }
    return [
        {
            "tijdstip": event.tijdstip,
            "wat": event.handeling,
            "soort": "ingezien" if event.handeling in _READS else "gewijzigd of vastgelegd",
            "uitkomst": event.resultaat,
            "door": actors[event.actor],
        }
        for event in events
    ]


def raw_notice(records: list[DeliveryRecord]) -> list[Mapping[str, object]]:
    """Return the raw deliveries in which somebody may stand without our being able to look anybody up."""
    return [{"levering": record.levering, "ligt_in": str(record.plaats)} for record in records]
