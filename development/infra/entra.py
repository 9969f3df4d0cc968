"""The app roles in the app registration, held against the roles that the code knows."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from development.infra.places import Place, Problem
from development.infra.template import ROOT
from shared.access import Role

REGISTRATION = "infra/entra/app-registratie.json"
SYSTEMS = frozenset({Role.LEVERANCIER, Role.DATAVERKENNER})
WHO = {
    Role.LEVERANCIER: "Het systeem dat levert; werkt niet over HTTP.",
    Role.DATAVERKENNER: "Het systeem waarin behandelaars werken; levert beoordelingen aan.",
    Role.BEHANDELAAR: "Leest de uitleg van één aanvraag, met een reden, en legt de beoordeling vast.",
    Role.PROCESBEHEERDER: "Ziet leveringen en verwerkingen, geeft vrij en vraagt om herverwerking.",
    Role.TOEZICHTHOUDER: "Bewaking, auditlog, verzoeken van personen en de stopknop.",
    Role.MODELBEHEERDER: "Stelt modelversies voor en keurt die van een ander goed.",
    Role.MODELONTWIKKELAAR: "Begint de uitrol van een model; ziet geen persoonsgegevens.",
}
_OURS = uuid.UUID("6a1c9f0e-8d0e-4a53-9a0b-3f6f6b1f6a10")


def registration() -> dict[str, Any]:
    """Return the app registration as `az ad app create` and the portal take it: roles, no secret, no permissions."""
    return {
        "displayName": "Slimme Check",
        "signInAudience": "AzureADMyOrg",
        "requestedAccessTokenVersion": 2,
        "passwordCredentials": [],
        "appRoles": [
            {
                "allowedMemberTypes": ["Application" if role in SYSTEMS else "User"],
                "description": WHO[role],
                "displayName": str(role).capitalize(),
                "id": str(uuid.uuid5(_OURS, role)),
                "isEnabled": True,
                "value": str(role),
            }
            for role in Role
        ],
    }


def render_registration() -> str:
    """Return the file, made from the roles in the code."""
    return json.dumps(registration(), ensure_ascii=False, indent=2) + "\n"


def check_registration(root: Path = ROOT) -> Iterator[Problem]:
    """Yield it when the file does not say what the code says."""
    path = root / REGISTRATION
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if text == render_registration():
        return
    ours, theirs = render_registration().splitlines(), text.splitlines()
    line = next((n for n, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other), len(theirs))
    sentence = "The app roles are not those of shared/access.py; run: make infra-draw."
    yield Problem(Place(REGISTRATION, line + 1), "app-rollen", sentence)
