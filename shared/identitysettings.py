"""Settings of who may come in: which environment this is, at what address, and whose tokens count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from shared.environment import Reading, Setting


class Environment(StrEnum):
    """Where this process runs. Only in `lokaal` may somebody sign in without Entra ID."""

    LOKAAL = "lokaal"
    ONTWIKKEL = "ontwikkel"
    TEST = "test"
    ACCEPTATIE = "acceptatie"
    PRODUCTIE = "productie"


NOBODY = "beheer@slimme-check.invalid"  # reserved: mail to it arrives nowhere (RFC 2606)
IDENTITY_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "OMGEVING",
        "lokaal bij een map, productie bij een opslagaccount",
        "Welke omgeving dit is: `lokaal`, `ontwikkel`, `test`, `acceptatie` of `productie`. Alleen in `lokaal` kan "
        "men zonder Entra ID inloggen, met een eigen uitgever die `make serve` start.",
    ),
    Setting("WEBADRES", "https://localhost", "Adres waarop de app te bereiken is, zonder pad; staat in openapi.json."),
    Setting(
        "CONTACT",
        "een adres dat niet bestaat (`.invalid`)",
        "E-mailadres voor wie vragen heeft over de API; staat in openapi.json, dat iedereen kan lezen.",
    ),
    Setting(
        "AANMELDING_TENANT",
        "geen: niemand komt binnen",
        "Tenant van Entra ID waarvan tokens gelden (een GUID); tokens van een andere worden geweigerd.",
    ),
    Setting(
        "AANMELDING_DOELGROEP",
        "geen: niemand komt binnen",
        "Voor wie een token bedoeld moet zijn (`aud`): de client-id van de app-registratie, of haar App ID URI.",
    ),
    Setting(
        "EASY_AUTH",
        "nee",
        "`ja`: de platformlogin van Azure (Easy Auth) staat voor de app, en haar headers gelden als aanmelding. "
        "Zet dit nooit aan waar het platform die headers niet zelf zet.",
    ),
)
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ORIGIN = re.compile(r"https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")
_MAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_AUDIENCE = re.compile(r"[A-Za-z0-9._:/-]{1,200}")


@dataclass(frozen=True)
class IdentitySettings:
    """Who may come in. Without tenant and audience no token is accepted."""

    environment: Environment
    address: str
    tenant: str
    audience: str
    easy_auth: bool
    contact: str = NOBODY


def read_identity(reading: Reading, *, local: bool) -> IdentitySettings:
    """Return these settings; what is wrong is noted in the reading. `local`: storage is a folder of this machine."""
    checked = reading.checked
    tenant = checked("AANMELDING_TENANT", "", lambda text: not text or _GUID.fullmatch(text), "the id of a tenant")
    audience = checked(
        "AANMELDING_DOELGROEP", "", lambda text: not text or _AUDIENCE.fullmatch(text), "a client id or App ID URI"
    )
    easy_auth = checked("EASY_AUTH", "nee", lambda text: text in ("ja", "nee"), "ja or nee") == "ja"
    if bool(tenant) != bool(audience):
        reading.refuse("AANMELDING_TENANT", "given together with SLIMME_CHECK_AANMELDING_DOELGROEP")
    elif easy_auth and not tenant:
        reading.refuse("AANMELDING_TENANT", "given when SLIMME_CHECK_EASY_AUTH is ja")
    return IdentitySettings(
        environment=Environment(
            checked(
                "OMGEVING",
                Environment.LOKAAL if local else Environment.PRODUCTIE,
                lambda text: text in list(Environment),
                f"one of {', '.join(Environment)}",
            )
        ),
        address=checked("WEBADRES", "https://localhost", _ORIGIN.fullmatch, "https:// and a host name, without a path"),
        tenant=tenant.lower(),
        audience=audience,
        easy_auth=easy_auth,
        contact=checked("CONTACT", NOBODY, _MAIL.fullmatch, "an e-mail address"),
    )
