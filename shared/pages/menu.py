"""What somebody may do, by role: the menu and the start page, from the table of routes."""

from __future__ import annotations

from dataclasses import dataclass

from shared.access import PUBLIC, ROUTES, Person


@dataclass(frozen=True)
class Entry:
    """A page of the menu, and what somebody does there."""

    path: str
    title: str
    what: str


ENTRIES = (
    Entry("/aanvragen", "Aanvraag zoeken", "Zoek één aanvraag op, lees de uitleg en leg uw beoordeling vast."),
    Entry("/leveringen", "Leveringen", "Zie welke gegevens er kwamen. Geef een levering vrij die wacht."),
    Entry("/verwerkingen", "Verwerkingen", "Zie wat er met elke levering gebeurde."),
    Entry("/modellen", "Modellen", "Zie welk model werkt. Stop het, of beoordeel een nieuwe versie."),
    Entry("/bezwaren", "Bezwaren", "Zie welke bezwaren lopen, en sluit ze af."),
    Entry("/verzoeken", "Verzoeken", "Leg een verzoek van een persoon vast, besluit erover en voer het uit."),
    Entry("/rapportages", "Rapportages", "Lees wat het model deed en bij wie, per maand en tot vandaag."),
    Entry("/audit", "Logboek", "Zie wie wat deed, en wanneer."),
    Entry("/gezondheid", "Gezondheid", "Zie of alles werkt."),
)


def may(person: Person | None, method: str, path: str) -> bool:
    """Say whether somebody may use a route of the table."""
    allowed = ROUTES[f"{method} {path}"]
    return allowed == PUBLIC or (person is not None and bool(person.roles & allowed))


def entries_for(person: Person | None) -> tuple[Entry, ...]:
    """Return the pages that somebody may open; nothing for who is not signed in."""
    if person is None:
        return ()
    return tuple(entry for entry in ENTRIES if f"GET {entry.path}" in ROUTES and may(person, "GET", entry.path))
