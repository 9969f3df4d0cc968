"""Nothing is open to the internet, nothing signs in by password or key, and no file or output holds a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from development.infra.environments import Deployment
from development.infra.functions import Secret
from development.infra.keeping import ACCOUNT, CONTAINER
from development.infra.places import Place, Problem, Properties
from development.infra.template import AtRunTime, Resource

SITE = "Microsoft.Web/sites"
# what every resource of a kind must say, and why; a path, the value
MUST: Mapping[str, tuple[tuple[tuple[str, ...], Any], ...]] = {
    ACCOUNT: (
        (("properties", "publicNetworkAccess"), "Disabled"),
        (("properties", "networkAcls", "defaultAction"), "Deny"),
        (("properties", "allowBlobPublicAccess"), False),
        (("properties", "allowSharedKeyAccess"), False),
        (("properties", "allowCrossTenantReplication"), False),
        (("properties", "networkAcls", "ipRules"), []),
        (("properties", "networkAcls", "virtualNetworkRules"), []),
        (("properties", "supportsHttpsTrafficOnly"), True),
        (("properties", "minimumTlsVersion"), "TLS1_2"),
        (("properties", "isHnsEnabled"), False),  # its own way of deleting, and other events
        (("properties", "encryption", "requireInfrastructureEncryption"), True),
        (("kind",), "StorageV2"),  # Event Grid needs general purpose v2
    ),
    CONTAINER: ((("properties", "publicAccess"), "None"),),
    "Microsoft.KeyVault/vaults": (
        (("properties", "publicNetworkAccess"), "Disabled"),
        (("properties", "networkAcls", "defaultAction"), "Deny"),
        (("properties", "networkAcls", "bypass"), "None"),
        (("properties", "networkAcls", "ipRules"), []),
        (("properties", "enabledForTemplateDeployment"), False),
        (("properties", "enableRbacAuthorization"), True),
        (("properties", "enablePurgeProtection"), True),
        (("properties", "enableSoftDelete"), True),
        (("properties", "softDeleteRetentionInDays"), 90),  # as the runbook says
    ),
    "Microsoft.DBforPostgreSQL/flexibleServers": (
        (("properties", "network", "publicNetworkAccess"), "Disabled"),
        (("properties", "authConfig", "passwordAuth"), "Disabled"),
        (("properties", "authConfig", "activeDirectoryAuth"), "Enabled"),
    ),
    "Microsoft.OperationalInsights/workspaces": (
        (("properties", "publicNetworkAccessForIngestion"), "Disabled"),
        (("properties", "publicNetworkAccessForQuery"), "Disabled"),
        (("properties", "features", "disableLocalAuth"), True),
    ),
    "Microsoft.Insights/components": (
        (("properties", "publicNetworkAccessForIngestion"), "Disabled"),
        (("properties", "publicNetworkAccessForQuery"), "Disabled"),
        (("properties", "DisableLocalAuth"), True),
    ),
    SITE: (
        (("properties", "httpsOnly"), True),
        (("properties", "siteConfig", "ipSecurityRestrictionsDefaultAction"), "Deny"),
        (("properties", "siteConfig", "scmIpSecurityRestrictionsDefaultAction"), "Deny"),
        (("properties", "siteConfig", "ftpsState"), "Disabled"),
        (("properties", "siteConfig", "minTlsVersion"), "1.2"),
        (("properties", "siteConfig", "scmMinTlsVersion"), "1.2"),
        (("properties", "siteConfig", "remoteDebuggingEnabled"), False),
        (("properties", "functionAppConfig", "runtime", "name"), "python"),
        (("properties", "functionAppConfig", "runtime", "version"), "3.13"),
    ),
    "Microsoft.Insights/privateLinkScopes": (
        (("properties", "accessModeSettings", "ingestionAccessMode"), "PrivateOnly"),
        (("properties", "accessModeSettings", "queryAccessMode"), "PrivateOnly"),
    ),
    f"{CONTAINER}/immutabilityPolicies": ((("properties", "allowProtectedAppendWrites"), False),),
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": ((("properties", "registrationEnabled"), False),),
    f"{SITE}/basicPublishingCredentialsPolicies": ((("properties", "allow"), False),),
}
# the log of the database server holds no value of a row: no statements, no details of errors
QUIET: Mapping[str, str] = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_statement": "none",
    "require_secure_transport": "on",
}
_SECRETS = (
    (re.compile(r"AccountKey=|SharedAccess(Key|Signature)=|[?&;]sig=|[?&]code="), "a key in an address"),
    (re.compile(r"://[^/@:\s<]+:[^/@\s]+@"), "a password in an address"),
    (re.compile(r"(?<![A-Za-z0-9])[0-9a-f]{32,}(?![A-Za-z0-9])"), "a key"),
    (re.compile(r"-----BEGIN|eyJ[A-Za-z0-9_-]{10,}\.eyJ"), "a key or token"),
    (
        re.compile(
            r"(?<![A-Za-z0-9+/_.-])(?=[A-Za-z0-9+/_-]*[0-9])(?=[A-Za-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_-]{32,}={0,2}"
        ),
        "a key",
    ),
)
_SECRET_NAME = re.compile(r"(?i)password|wachtwoord|secret(?!SettingName)|geheim|accesskey|accountkey|apikey")


def check_closed(deployment: Deployment) -> Iterator[Problem]:
    """Yield everything that is open, that signs in by a secret, or that holds one."""
    for kind, rules in MUST.items():
        for resource in deployment.of(kind):
            for path, value in rules:
                if resource.get(*path) != value:
                    place = resource.properties.place(*path)
                    sentence = f"{deployment.name}, {resource.name}: {'.'.join(path[-2:])} must be {value!r}."
                    yield Problem(place, "gesloten", sentence)
    yield from _sites(deployment)
    yield from _quiet(deployment)
    yield from _secrets(deployment)


def _sites(deployment: Deployment) -> Iterator[Problem]:
    """Only Event Grid comes in from outside, at the one app that hears it."""
    for site in deployment.of(SITE):
        open_, rules = (
            site.get("properties", "publicNetworkAccess"),
            site.get("properties", "siteConfig", "ipSecurityRestrictions"),
        )
        tags = [rule.get("ipAddress") for rule in rules or [] if rule.get("action") == "Allow"]
        expected = ("Disabled", []) if "-verwijder-" in site.name else ("Enabled", ["AzureEventGrid"])
        if (open_, tags) != expected:
            place = site.properties.place("properties", "publicNetworkAccess")
            sentence = f"{deployment.name}, {site.name}: open to {open_}, {tags}; expected {expected}."
            yield Problem(place, "gesloten", sentence)
        if site.get("identity", "type") != "UserAssigned":
            place = site.properties.place("identity", "type")
            yield Problem(
                place, "gesloten", f"{deployment.name}, {site.name}: signs in as an identity of its own only."
            )


def _quiet(deployment: Deployment) -> Iterator[Problem]:
    found = {one.name: one for one in deployment.of("Microsoft.DBforPostgreSQL/flexibleServers/configurations")}
    for name, value in QUIET.items():
        if name not in found or found[name].get("properties", "value") != value:
            place = found[name].origin if name in found else Place("infra/modules/database.bicep", 1)
            yield Problem(place, "gesloten", f"{deployment.name}: the database must have {name} {value!r}.")


def _secrets(deployment: Deployment) -> Iterator[Problem]:
    for name, place, value in _texts("", deployment.parameters, deployment.parameters.at):
        if _SECRET_NAME.search(name):
            yield Problem(
                place, "geheim", f"{deployment.name}: {name} must not be in a file: who needs it has an identity."
            )
        yield from _secret(deployment.name, name, place, value)
    for made in deployment.templates:
        for name, (value, place) in made.outputs.items():
            if isinstance(value, Secret) or "<geheim>" in str(value) or _SECRET_NAME.search(name):
                yield Problem(place, "geheim", f"{deployment.name}: the output {name} holds a secret.")
        for resource in made.resources:
            if resource.kind.endswith("/eventSubscriptions"):
                continue  # its address holds the key of the webhook, which Azure shows to nobody afterwards
            yield from _in_resource(deployment.name, resource)


def _in_resource(called: str, resource: Resource) -> Iterator[Problem]:
    for name, place, value in _texts("", resource.properties, resource.place):
        if isinstance(value, Secret) or "<geheim>" in str(value):
            yield Problem(place, "geheim", f"{called}, {resource.name}: {name} holds a key.")
        yield from _secret(called, name, place, value)


def _secret(called: str, name: str, place: Place, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str) or "<" in value or name.endswith("query"):
        return
    for looks_like, what in _SECRETS:
        if looks_like.search(value):
            yield Problem(place, "geheim", f"{called}: {name} looks like {what}.")
            return


def _texts(name: str, value: Any, at: Place) -> Iterator[tuple[str, Place, Any]]:
    """Yield everything that stands in a value, with its name and place."""
    if isinstance(value, Resource | AtRunTime):
        return
    if isinstance(value, Properties):
        for key, inside in value.items():
            yield from _texts(key, inside, value.places[key])
    elif isinstance(value, list):
        for inside in value:
            yield from _texts(name, inside, at)
    else:
        yield name, at, value
