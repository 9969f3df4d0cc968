"""Turns the environment into one frozen Settings, read once; everything that is wrong is told at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from shared import ACTIVITY_URI
from shared.deliverydays import DeliveryDays, read_delivery_days
from shared.environment import PREFIX, Reading, Setting
from shared.errors import SettingsInvalid
from shared.events import canonical
from shared.identitysettings import IDENTITY_SETTINGS, IdentitySettings, read_identity
from shared.retention.terms import RETENTION_SETTINGS, Retention, read_retention

ROOT = Path(__file__).resolve().parent.parent

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "OPSLAG",
        "./werk",
        "Map met brievenbus, uitvoer, terugkoppeling en de andere containers; of het adres van een opslagaccount "
        "waarin deze containers staan (`https://….blob.core.windows.net`), dat de app op haar identiteit bereikt. "
        "Bij een account horen ook een DATABASE en een SLEUTELKLUIS of SLEUTEL_BESTAND.",
    ),
    Setting(
        "OPSLAG_PER_CONTAINER",
        "alles in OPSLAG",
        "Containers met een eigen account, zoals `brievenbus=https://….blob.core.windows.net,uitvoer=https://…`; "
        "het log van het model (`modellog`) en de groepskenmerken (`groepskenmerken`, die alleen de telling van een "
        "maand leest) horen in productie elk in een eigen account.",
    ),
    Setting(
        "DATABASE",
        "sqlite in {opslag}/administratie.sqlite",
        "Adres van de administratie als SQLAlchemy-URL: sqlite:///… of postgresql+psycopg://…",
    ),
    Setting(
        "DATABASE_ENTRA",
        "nee",
        "`ja`: als wachtwoord voor PostgreSQL dient een Entra-token van de identiteit, bij elke verbinding opnieuw "
        "gevraagd; het adres heeft dan een gebruiker en geen wachtwoord, en de verbinding is versleuteld.",
    ),
    Setting(
        "IDENTITEIT",
        "beheerd",
        "Waarmee de app zich in Azure aanmeldt: `beheerd` (de identiteit van de app zelf), de client-id van een "
        "toegewezen identiteit, of `ontwikkelaar` (wie met `az login` is aangemeld).",
    ),
    Setting(
        "SLEUTELKLUIS",
        "het SLEUTEL_BESTAND",
        "Adres van de Key Vault (`https://….vault.azure.net`) met de geheimen `pseudonimisering-huidig` (sleutel-id), "
        "`pseudonimisering-sleutel-{id}` (base64) en zo nodig `doelgroepadressen`; eens per proces gelezen.",
    ),
    Setting(
        "SLEUTEL_BESTAND",
        "{opslag}/geheim/sleutel.json",
        "Bestand met de pseudonimiseringssleutel; wordt bij eerste gebruik gemaakt, alleen leesbaar voor de eigenaar.",
    ),
    Setting(
        "DOELGROEPADRESSEN",
        "{opslag}/geheim/doelgroepadressen.json",
        "Geheim bestand met adressen van bijzondere doelgroepen (JSON-lijst); mag ontbreken.",
    ),
    Setting("MODELLEN", "models/ naast de code", "Map met de modelpakketten."),
    Setting("TIJDSLIMIET", "1800", "Seconden die een verwerking mag duren; daarna mag een ander haar overnemen."),
    Setting("DATABASE_WACHTTIJD", "30", "Seconden wachten op een database die bezet is."),
    Setting("QUARANTAINE_DAGEN", "14", "Dagen dat een afgekeurde of aangehouden levering bewaard blijft (1 tot 14)."),
    Setting(
        "VERWERKINGSACTIVITEIT",
        ACTIVITY_URI,
        "Adres van een verwerkingsactiviteit in het register, met deze drie plaatsen; staat in het logboek.",
    ),
    Setting(
        "LEVERDAGEN",
        "ma,di,wo,do,vr",
        "Dagen waarop een levering wordt verwacht; ontbreekt zij de volgende nacht, dan volgt een alarm. Met "
        "`feestdagen` erbij ook op officiële feestdagen; `geen` zet dit alarm uit.",
    ),
    Setting("VRIJE_DAGEN", "geen", "Andere dagen zonder levering, zoals `2026-12-24,2026-12-31`."),
    Setting(
        "TELEMETRIE",
        "geen",
        "Verbindingsreeks van een Application Insights voor tellingen en duren; zonder persoonsgegevens.",
    ),
    Setting(
        "STIJL",
        "geen: de pagina's hebben een eigen, neutrale vormgeving",
        "Map met de stylesheet van het Amsterdam Design System (`index.css`) en zo nodig de tokens van de stad "
        "(`theme.css`); komt bij de uitrol naast de code te liggen.",
    ),
    Setting(
        "ONBEKEND",
        "weigeren",
        "Wat er gebeurt met een instelling die deze versie niet kent: `weigeren` (de app start niet: misschien is het "
        "een tikfout) of `overslaan` (in Azure, waar een oudere versie moet kunnen draaien met nieuwere instellingen).",
    ),
    Setting("LOGNIVEAU", "INFO", "Hoeveel er in het technische log komt: DEBUG, INFO, WARNING of ERROR."),
    *IDENTITY_SETTINGS,
    *RETENTION_SETTINGS,
)
_UNKNOWN = ("weigeren", "overslaan")
_PLACES = {"dataset", "activiteit", "versie"}
LEASE_MARGIN = timedelta(seconds=60)
# a query could hold a key: addresses have none
_AZURE_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[a-z0-9-]+)?/?")
_IDENTITY = re.compile(r"beheerd|ontwikkelaar|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WITHOUT_PASSWORD = re.compile(r"postgresql\+psycopg://[^:/@?]+@[^@]+")
_AZURE_RULE = "an address that begins with https:// and holds no key or token"
# as in shared.ports
CONTAINERS = (
    "brievenbus",
    "terugkoppeling",
    "uitvoer",
    "quarantaine",
    "momentopname",
    "logboek",
    "modellog",
    "uitkomsten",
    "groepskenmerken",
    "telling",
    "rapportage",
    "tussenstand",
)
_NO_PLACE = Path("werk")  # for what is not set where storage is no folder


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, checked. `accounts`: storage account by container; empty for a folder."""

    storage: Path
    accounts: tuple[tuple[str, str], ...]
    database: str
    database_entra: bool
    identity: str
    key_vault: str
    key_file: Path
    special_addresses: Path
    models: Path
    time_limit: timedelta
    database_wait: timedelta
    quarantine: timedelta
    delivery_days: DeliveryDays
    log_level: str
    activity: str
    telemetry: str
    style: Path | None
    access: IdentitySettings
    retention: Retention

    @property
    def output_place(self) -> str:
        """Return where results are written, for a person."""
        account = dict(self.accounts).get("uitvoer")
        return f"{account.rstrip('/')}/uitvoer" if account else str(self.storage / "uitvoer")

    @property
    def lease(self) -> timedelta:
        """Return how long a claim holds: longer than a worker can live."""
        return self.time_limit + LEASE_MARGIN

    def __repr__(self) -> str:
        """Return the settings without the database address, which may hold a password."""
        return f"Settings(storage={str(self.storage)!r}, models={str(self.models)!r})"

    def digest(self) -> str:
        """Return a digest of what may influence a run, to be recorded with it; no secret can be found back."""
        parts = [str(self.time_limit), str(self.quarantine), self.database.partition(":")[0]]
        return hashlib.sha256(canonical(parts).encode()).hexdigest()[:16]


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings in an environment; SettingsInvalid names every wrong one at once, without its value."""
    given = {name: value.strip() for name, value in environment.items() if name.startswith(PREFIX) and value.strip()}
    known = {setting.variable: setting for setting in SETTINGS}
    reading = Reading(given, [])
    if reading.checked("ONBEKEND", "weigeren", _UNKNOWN.__contains__, "weigeren or overslaan") == "weigeren":
        reading.problems += [f"{name} is not a setting" for name in sorted(given.keys() - known.keys())]
    accounts = _accounts(reading)
    storage = _NO_PLACE.absolute() if accounts else reading.path("OPSLAG", Path("werk"))
    checked = reading.checked
    database = checked(
        "DATABASE",
        f"sqlite:///{storage / 'administratie.sqlite'}",
        lambda text: text.startswith(("sqlite:///", "postgresql+psycopg://")),
        "an address that begins with sqlite:/// or postgresql+psycopg://",
    )
    quarantine = timedelta(days=int(checked("QUARANTAINE_DAGEN", "14", _between(1, 14), "1 to 14 days")))
    settings = Settings(
        storage=storage,
        accounts=accounts,
        database=database,
        database_entra=_entra(reading, database),
        identity=checked("IDENTITEIT", "beheerd", _IDENTITY.fullmatch, "beheerd, ontwikkelaar or a client id"),
        key_vault=checked("SLEUTELKLUIS", "", lambda text: not text or _is_azure(text), _AZURE_RULE),
        key_file=reading.path("SLEUTEL_BESTAND", storage / "geheim" / "sleutel.json"),
        special_addresses=reading.path("DOELGROEPADRESSEN", storage / "geheim" / "doelgroepadressen.json"),
        models=reading.path("MODELLEN", ROOT / "models"),
        time_limit=timedelta(seconds=int(checked("TIJDSLIMIET", "1800", _between(1, 86_400), "1 to 86400 seconds"))),
        database_wait=timedelta(seconds=int(checked("DATABASE_WACHTTIJD", "30", _between(1, 600), "1 to 600 seconds"))),
        quarantine=quarantine,
        delivery_days=read_delivery_days(
            checked(
                "LEVERDAGEN",
                "ma,di,wo,do,vr",
                lambda text: _are_days(text, "geen"),
                "geen, or ma,di,wo,do,vr,za,zo and feestdagen in any choice",
            ),
            checked(
                "VRIJE_DAGEN", "geen", lambda text: _are_days("geen", text), "geen, or dates like 2026-12-24,2026-12-31"
            ),
        ),
        log_level=checked(
            "LOGNIVEAU",
            "INFO",
            lambda text: text in ("DEBUG", "INFO", "WARNING", "ERROR"),
            "DEBUG, INFO, WARNING or ERROR",
        ),
        activity=checked(
            "VERWERKINGSACTIVITEIT",
            ACTIVITY_URI,
            lambda text: set(re.findall(r"\{(\w*)\}", text)) == _PLACES and ":" in text and not set(text) & set(' <>"'),
            "a URI with {dataset}, {activiteit} and {versie}",
        ),
        telemetry=checked(
            "TELEMETRIE",
            "",
            lambda text: not text or re.search(r"InstrumentationKey=[0-9a-fA-F-]{36}(;|$)", text) is not None,
            "a connection string of Application Insights",
        ),
        style=reading.path("STIJL", Path()) if reading.has("STIJL") else None,
        access=read_identity(reading, local=not accounts),
        retention=read_retention(reading, quarantine, database),
    )
    if reading.problems:
        raise SettingsInvalid(
            "; ".join(reading.problems) + ".", where="environment", next_step="The README lists all settings."
        )
    return settings


def _accounts(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Return the storage account of every container; nothing when storage is a folder."""
    storage, own = reading.value("OPSLAG", ""), reading.value("OPSLAG_PER_CONTAINER", "")
    if "://" not in storage:
        if own:
            reading.refuse("OPSLAG_PER_CONTAINER", "left out when SLIMME_CHECK_OPSLAG is a folder")
        return ()
    if not _is_azure(storage):
        reading.refuse("OPSLAG", f"a folder, or {_AZURE_RULE}")
    pairs = [part.strip().partition("=") for part in own.split(",") if part.strip()]
    accounts = dict.fromkeys(CONTAINERS, storage) | {name: url for name, _, url in pairs}
    if len(accounts) > len(CONTAINERS) or not all(_is_azure(url) for _, _, url in pairs):
        reading.refuse("OPSLAG_PER_CONTAINER", f"container=address, with containers of ours and each {_AZURE_RULE}")
    if not reading.has("DATABASE"):
        reading.refuse("DATABASE", "given when storage is an account: what lies beside the app may be gone tomorrow")
    if not reading.has("SLEUTELKLUIS") and not reading.has("SLEUTEL_BESTAND"):
        reading.refuse("SLEUTELKLUIS", "given when storage is an account (or SLIMME_CHECK_SLEUTEL_BESTAND)")
    return tuple(sorted(accounts.items()))


def _entra(reading: Reading, database: str) -> bool:
    """Say whether the database is reached by a token instead of a password."""
    asked = reading.checked("DATABASE_ENTRA", "nee", lambda text: text in ("ja", "nee"), "ja or nee") == "ja"
    if asked and not _WITHOUT_PASSWORD.fullmatch(database):
        reading.refuse("DATABASE", "postgresql+psycopg:// with a user and no password, for a token")
    return asked


def _is_azure(text: str) -> bool:
    return _AZURE_ADDRESS.fullmatch(text) is not None


def _are_days(days: str, free: str) -> bool:
    try:
        read_delivery_days(days, free)
    except ValueError:
        return False
    return True


def _between(low: int, high: int) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(r"[0-9]{1,9}", text) is not None and low <= int(text) <= high


def render_settings() -> str:
    """Return docs/instellingen.md: every setting, its default and its meaning."""
    lines = [
        "# Instellingen",
        "",
        "Gemaakt uit `shared/settings.py` (`make docs`); wijzig dit bestand niet met de hand.",
        "",
        "| variabele | zonder waarde | betekenis |",
        "|---|---|---|",
    ]
    lines += [f"| `{s.variable}` | {s.default} | {s.meaning} |" for s in SETTINGS]
    return "\n".join(lines) + "\n"
