"""Turns the environment into one frozen Settings, read once; everything that is wrong is told at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from shared.errors import SettingsInvalid
from shared.events import canonical

PREFIX = "SLIMME_CHECK_"
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    """One variable of the environment: what it means to a person, and what holds when it is absent."""

    name: str
    default: str
    meaning: str

    @property
    def variable(self) -> str:
        """Return the name of the environment variable."""
        return PREFIX + self.name


SETTINGS: tuple[Setting, ...] = (
    Setting("OPSLAG", "./werk", "Map met brievenbus, uitvoer, terugkoppeling, quarantaine en momentopname."),
    Setting(
        "DATABASE",
        "sqlite in {opslag}/administratie.sqlite",
        "Adres van de administratie als SQLAlchemy-URL: sqlite:///… of postgresql+psycopg://…",
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
    Setting("LOGNIVEAU", "INFO", "Hoeveel er in het technische log komt: DEBUG, INFO, WARNING of ERROR."),
)
LEASE_MARGIN = timedelta(seconds=60)


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, checked."""

    storage: Path
    database: str
    key_file: Path
    special_addresses: Path
    models: Path
    time_limit: timedelta
    database_wait: timedelta
    quarantine: timedelta
    log_level: str

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
    problems: list[str] = []
    given = {name: value.strip() for name, value in environment.items() if name.startswith(PREFIX) and value.strip()}
    known = {setting.variable: setting for setting in SETTINGS}
    problems += [f"{name} is not a setting" for name in sorted(given.keys() - known.keys())]

    def value(name: str, default: str) -> str:
        return given.get(PREFIX + name, default)

    def checked(name: str, default: str, allowed: Callable[[str], bool], rule: str) -> str:
        text = value(name, default)
        if not allowed(text):
            problems.append(f"{PREFIX}{name} must be {rule}")
            return default
        return text

    storage = Path(value("OPSLAG", "./werk")).expanduser().absolute()
    settings = Settings(
        storage=storage,
        database=checked(
            "DATABASE",
            f"sqlite:///{storage / 'administratie.sqlite'}",
            lambda text: text.startswith(("sqlite:///", "postgresql+psycopg://")),
            "an address that begins with sqlite:/// or postgresql+psycopg://",
        ),
        key_file=Path(value("SLEUTEL_BESTAND", str(storage / "geheim" / "sleutel.json"))).expanduser().absolute(),
        special_addresses=Path(value("DOELGROEPADRESSEN", str(storage / "geheim" / "doelgroepadressen.json")))
        .expanduser()
        .absolute(),
        models=Path(value("MODELLEN", str(ROOT / "models"))).expanduser().absolute(),
        time_limit=timedelta(seconds=int(checked("TIJDSLIMIET", "1800", _between(1, 86_400), "1 to 86400 seconds"))),
        database_wait=timedelta(seconds=int(checked("DATABASE_WACHTTIJD", "30", _between(1, 600), "1 to 600 seconds"))),
        quarantine=timedelta(days=int(checked("QUARANTAINE_DAGEN", "14", _between(1, 14), "1 to 14 days"))),
        log_level=checked(
            "LOGNIVEAU",
            "INFO",
            lambda text: text in ("DEBUG", "INFO", "WARNING", "ERROR"),
            "DEBUG, INFO, WARNING or ERROR",
        ),
    )
    if problems:
        raise SettingsInvalid(
            "; ".join(problems) + ".", where="environment", next_step="The README lists all settings."
        )
    return settings


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
