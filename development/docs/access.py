"""docs/rollen.md: which role may do what, as the app itself looks it up."""

from __future__ import annotations

from shared.access import PUBLIC, ROUTES, Role

_MAY = "ja"
_ABOUT: dict[Role, str] = {
    Role.LEVERANCIER: "Het systeem dat levert; schrijft in de brievenbus en leest de terugkoppeling, niet over HTTP.",
    Role.DATAVERKENNER: "Het systeem waarin behandelaars werken; leest uitvoer en levert beoordelingen aan.",
    Role.BEHANDELAAR: "Inkomensconsulent of handhaver; leest de uitleg van één aanvraag, met een reden, en beoordeelt.",
    Role.PROCESBEHEERDER: "Ziet leveringen en verwerkingen, geeft vrij en vraagt om herverwerking.",
    Role.TOEZICHTHOUDER: "Privacy en ethiek; auditlog, verzoeken van personen, stopknop.",
    Role.MODELBEHEERDER: "Stelt modelversies voor en keurt die van een ander goed; nooit allebei bij één versie.",
    Role.MODELONTWIKKELAAR: "Begint de uitrol van een model; ziet geen persoonsgegevens.",
}


def render_access() -> str:
    """Return the page: what the roles are, and one row for each route."""
    lines = [
        "# Rollen",
        "",
        "Gemaakt uit `shared/access.py` (`make docs`); wijzig dit bestand niet met de hand.",
        "",
        "Rollen zijn app-rollen in Entra ID. Wat hier niet staat, mag niemand: een route zonder regel start niet.",
        "",
        "| rol | wie |",
        "|---|---|",
        *(f"| `{role}` | {_ABOUT[role]} |" for role in Role),
        "",
        "| route | " + " | ".join(Role) + " |",
        "|---|" + "---|" * len(Role),
    ]
    for route, allowed in ROUTES.items():
        cells = ["openbaar" if allowed == PUBLIC else _MAY if role in allowed else "" for role in Role]
        lines.append(f"| `{route}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
