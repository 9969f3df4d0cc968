"""Each app is one identity and no other, everywhere that it signs in; and who enters the database is who may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from development.infra.appsettings import CONFIG, app_settings
from development.infra.environments import Deployment
from development.infra.functions import TENANT
from development.infra.keeping import CONTAINER
from development.infra.places import Place, Problem, Properties
from development.infra.template import ROOT, Resource

SQL = "infra/database/identiteiten.sql"
# who is a member of which role in the database (shared/adapters/sql/rights.py); who migrates owns the tables
MEMBERS = frozenset(
    {
        ("app", "slimme_check_app"),
        ("verwijder", "slimme_check_app"),
        ("verwijder", "slimme_check_purge"),
        ("dataverkenner", "slimme_check_lezer"),
    }
)
ADMINISTRATORS = "Microsoft.DBforPostgreSQL/flexibleServers/administrators"
_SIGNS_IN = (
    "AzureWebJobsStorage__clientId",
    "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "BRIEVENBUS__clientId",
    "SLIMME_CHECK_IDENTITEIT",
    "SLIMME_CHECK_VERWIJDER_IDENTITEIT",
    "SLIMME_CHECK_DATABASE",
    "SLIMME_CHECK_VERWIJDER_DATABASE",
)
_IDENTITY = re.compile(r"id-slimme-check-([a-z]+)-")


def check_holders(deployment: Deployment) -> Iterator[Problem]:
    """Yield every place where an app signs in as another, and everybody who enters the database and may not."""
    for app, given in app_settings(deployment):
        who = "verwijder" if "-verwijder-" in app.name else "app"
        yield from _signs_in(deployment.name, who, app, given)
        yield from _package(deployment, who, app, given)
        yield from _trusts(deployment, app, given)
        yield from _reaches(deployment, given)
    found = [_identity(one.get("properties", "principalName")) for one in deployment.of(ADMINISTRATORS)]
    if found != ["migratie"]:
        place = next((one.place for one in deployment.of(ADMINISTRATORS)), Place("infra/modules/database.bicep", 1))
        yield Problem(place, "identiteiten", f"{deployment.name}: {found} own the database; only the migration may.")


def check_members(root: Path = ROOT) -> Iterator[Problem]:
    """Yield every membership of a role in the database that is missing or too many."""
    found = set()
    for number, line in enumerate((root / SQL).read_text(encoding="utf-8").splitlines(), 1):
        match = re.fullmatch(r"GRANT (\w+) TO \{(\w+)\};", line)
        if match:
            found.add((match[2], match[1]))
        if line and not line.startswith("--") and (match is None or (match[2], match[1]) not in MEMBERS):
            yield Problem(Place(SQL, number), "identiteiten", "This is no membership that somebody should have.")
    for who, role in sorted(MEMBERS - found):
        yield Problem(Place(SQL, 1), "identiteiten", f"Nothing makes {who} a member of {role}.")


def _signs_in(called: str, who: str, app: Resource, given: Properties) -> Iterator[Problem]:
    own = app.get("identity", "userAssignedIdentities") or {}
    if [_identity(each) for each in own] != [who]:
        place = app.properties.place("identity", "userAssignedIdentities")
        sentence = f"{called}, {who}: the app must be the identity of {who} and no other."
        yield Problem(place, "identiteiten", sentence)
    for name in _SIGNS_IN:
        if name in given and _identity(given[name]) != who:
            sentence = f"{called}, {who}: {name} must be the identity of {who}, not of {_identity(given[name])}."
            yield Problem(given.place(name), "identiteiten", sentence)


def _package(deployment: Deployment, who: str, app: Resource, given: Properties) -> Iterator[Problem]:
    """The package lies in a container that is made, in the account of its own host, and is read as itself."""
    storage = app.get("properties", "functionAppConfig", "deployment", "storage")
    host = str(given.get("AzureWebJobsStorage__accountName"))
    made = {_address(container) for container in deployment.of(CONTAINER)}
    signs_in = _identity(storage["authentication"].get("userAssignedIdentityResourceId"))
    if str(storage["value"]) not in made or f"//{host}." not in str(storage["value"]) or signs_in != who:
        place = app.properties.place("properties", "functionAppConfig", "deployment", "storage")
        sentence = f"{deployment.name}, {who}: the package is looked for where it is not, or as somebody else."
        yield Problem(place, "identiteiten", sentence)


def _trusts(deployment: Deployment, app: Resource, given: Properties) -> Iterator[Problem]:
    """Headers about who signed in are believed only where the platform puts them there."""
    for config in deployment.of(CONFIG):
        if config.name != "authsettingsV2" or config.parent is not app:
            continue
        on = config.get("properties", "platform", "enabled") is True
        if on is not (given.get("SLIMME_CHECK_EASY_AUTH") == "ja"):
            place = given.place("SLIMME_CHECK_EASY_AUTH")
            sentence = f"{deployment.name}, {app.name}: sign-in by the platform and SLIMME_CHECK_EASY_AUTH differ."
            yield Problem(place, "identiteiten", sentence)
        directory = config.get("properties", "identityProviders", "azureActiveDirectory")
        for path, value in (
            (("registration", "openIdIssuer"), f"https://login.microsoftonline.com/{TENANT}/v2.0"),
            (("validation", "allowedAudiences"), ["<app-registratie>", "api://<app-registratie>"]),
        ):
            if on and directory[path[0]][path[1]] != value:
                place = directory.place(*path)
                sentence = f"{deployment.name}, {app.name}: {path[1]} must be that of our tenant and registration."
                yield Problem(place, "identiteiten", sentence)


def _reaches(deployment: Deployment, given: Properties) -> Iterator[Problem]:
    """Each container is looked for in the account where it is made."""
    made = {_address(container): container.name for container in deployment.of(CONTAINER)}
    for part in str(given.get("SLIMME_CHECK_OPSLAG_PER_CONTAINER", "")).split(","):
        name, _, account = part.partition("=")
        if made.get(f"{account}/{name}") != name:
            place = given.place("SLIMME_CHECK_OPSLAG_PER_CONTAINER")
            yield Problem(place, "identiteiten", f"{deployment.name}: there is no container {name} in {account}.")


def _address(container: Resource) -> str:
    service = container.parent
    account = service.parent if service is not None else None
    return f"https://{account.name if account else ''}.blob.core.windows.net/{container.name}"


def _identity(value: Any) -> str:
    found = _IDENTITY.search(str(value))
    return found[1] if found else str(value)
