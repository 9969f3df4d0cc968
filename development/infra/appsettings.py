"""The settings of each app, held against what the code reads: all of them, no others, and the app starts with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from development.infra.environments import Deployment
from development.infra.functions import TENANT
from development.infra.places import Problem, Properties
from development.infra.template import AtRunTime, Resource
from shared.errors import SettingsInvalid
from shared.settings import SETTINGS, read_settings

CONFIG = "Microsoft.Web/sites/config"
# what the code reads and no environment sets, with the reason
NOT_SET = {
    "SLEUTEL_BESTAND": "the keys are in the vault",
    "DOELGROEPADRESSEN": "these addresses are a secret in the vault",
    "MODELLEN": "the packages lie beside the code",
    "STIJL": "set once the stylesheet of the city is delivered with the code",
}
ONLY_PURGE = frozenset({"VERWIJDER_DATABASE", "VERWIJDER_IDENTITEIT"})
# what the platform reads; of each app exactly these
PLATFORM = frozenset(
    {
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__clientId",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID",
    }
)
# both addresses in full: with an account name or one address alone, nothing reaches the poison queue
MAILBOX = frozenset({f"BRIEVENBUS__{what}" for what in ("blobServiceUri", "queueServiceUri", "credential", "clientId")})
FUNCTIONS = frozenset({"delivery_arrived", "poison", "nightly", "purge", "daytime", "http"})
PURGE_FUNCTIONS = frozenset({"purge"})
_CLIENT = "00000000-0000-4000-8000-000000000000"


def app_settings(deployment: Deployment) -> list[tuple[Resource, Properties]]:
    """Return the settings of every app, with the app."""
    found = [config for config in deployment.of(CONFIG) if config.name == "appsettings"]
    return [(config.parent, config.properties["properties"]) for config in found if config.parent is not None]


def check_settings(deployment: Deployment) -> Iterator[Problem]:
    """Yield every setting that is missing, that nothing reads, or that the app refuses to start with."""
    apps = app_settings(deployment)
    if len(apps) != 2:
        yield Problem(deployment.parameters.at, "instellingen", f"{deployment.name}: two apps need settings.")
    for app, given in apps:
        purges = "-verwijder-" in app.name
        called = f"{deployment.name}, {'verwijder' if purges else 'app'}"
        ours = {f"SLIMME_CHECK_{s.name}" for s in SETTINGS if s.name not in NOT_SET}
        if not purges:
            ours -= {f"SLIMME_CHECK_{name}" for name in ONLY_PURGE}
        runs = PURGE_FUNCTIONS if purges else FUNCTIONS - PURGE_FUNCTIONS
        asleep = {f"AzureWebJobs.{name}.Disabled" for name in FUNCTIONS - runs}
        expected = ours | PLATFORM | asleep | (frozenset() if purges else MAILBOX)
        for name in sorted(expected - given.keys()):
            yield Problem(given.at, "instellingen", f"{called}: {name} is not set.")
        for name in sorted(given.keys() - expected):
            yield Problem(given.place(name), "instellingen", f"{called}: nothing reads {name}.")
        for name in sorted(asleep & given.keys()):
            if given[name] != "true":
                yield Problem(given.place(name), "instellingen", f"{called}: {name} must be 'true'.")
        yield from _starts(called, given)


def _starts(called: str, given: Properties) -> Iterator[Problem]:
    ours = {name: concrete(name, value) for name, value in given.items() if name.startswith("SLIMME_CHECK_")}
    try:
        read_settings(ours)
    except SettingsInvalid as cause:
        for sentence in str(cause).split("; "):
            named = re.search(r"SLIMME_CHECK_[A-Z_]+", sentence)
            place = given.place(named[0]) if named else given.at
            yield Problem(place, "instellingen", f"{called}: the app does not start: {sentence}")


def concrete(name: str, value: Any) -> str:
    """Return what Azure may put where the template only says what will stand there."""
    text = str(value)
    if isinstance(value, AtRunTime) and value.path[-1] == "ConnectionString":
        return f"InstrumentationKey={_CLIENT};IngestionEndpoint=https://example.org/"
    if text in (TENANT, "<app-registratie>") or isinstance(value, AtRunTime):
        return _CLIENT
    return text
