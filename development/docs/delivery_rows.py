"""Which rows and how much history of each table the supplier is asked for; the schema cannot say this (domain.md §2).

The same bounds live in the code as `WINDOWS` of shared/levensonderhoud/select.py; a test keeps both lists equal.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """What is asked for of one table: of whom, and from which time."""

    van_wie: str
    periode: str


APPLICANT = "de aanvrager"
CURRENT = "Alles wat op het peilmoment gold: begonnen, en nog niet geëindigd."

ROWS: dict[str, Asked] = {
    "diensten": Asked(
        "alle rijen van elk dienstnummer dat een aanvraag is, van elke andere dienst van de aanvrager, en van elke "
        "dienst die loopt via een partij van de aanvrager (ook als een ander de klant is)",
        "Alle rijen van zo'n nummer, van welke datum ook.",
    ),
    "werkopdrachten": Asked(
        "elk dienstnummer met een werkopdracht in de periode",
        "Alle werkopdrachten van zo'n nummer, ook van vóór de periode: de eerste zet het peilmoment.",
    ),
    "dienstsubjecten": Asked("elke partij waar de aanvrager bij hoort", "Alle rijen van zo'n partij."),
    "partijen": Asked(APPLICANT, "Alle partijen van de aanvrager."),
    "adressen": Asked(APPLICANT, CURRENT),
    "feiten": Asked(APPLICANT, "Vastgesteld in het jaar vóór het peilmoment."),
    "inkomens": Asked(APPLICANT, CURRENT),
    "soorteninkomen": Asked("niemand: het is een codetabel", "Alle soorten, elk één keer."),
    "relaties": Asked("de aanvrager; alleen categorie 1 (partner) en 2 (medebewoner)", CURRENT),
    "vermogens": Asked(APPLICANT, CURRENT),
    "afspraken": Asked(APPLICANT, "Ingevoerd of gepland in het jaar vóór het peilmoment."),
    "deelnames": Asked(APPLICANT, "Aangemeld, begonnen of geëindigd in het jaar vóór het peilmoment."),
}
