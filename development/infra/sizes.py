"""Where an environment stands, how large it is, and that its names and addresses fit."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from development.infra.environments import Deployment
from development.infra.places import Problem
from shared.settings import SETTINGS

EUROPE = frozenset({"westeurope", "northeurope", "global"})  # the law of the people whose data it is
# what an environment must be; the others may be small
_SURE: Mapping[str, Mapping[str, Any]] = {
    "acceptatie": {"storageSku": "Standard_ZRS", "memory": 4096},
    "productie": {"storageSku": "Standard_ZRS", "memory": 4096, "highAvailability": "ZoneRedundant"},
}
BACKUP_DAYS = 14  # what is removed is gone from every backup after this, and a fault must be seen before
_LONGEST: Mapping[str, int] = {
    "Microsoft.Storage/storageAccounts": 24,
    "Microsoft.KeyVault/vaults": 24,
    "Microsoft.Web/sites": 60,
    "Microsoft.DBforPostgreSQL/flexibleServers": 63,
}


def check_sizes(deployment: Deployment) -> Iterator[Problem]:
    """Yield everything that stands outside Europe, is too small for its work, or does not fit beside the rest."""
    for template in deployment.templates:
        for resource in template.resources:
            place = resource.properties.get("location", "global")
            if place not in EUROPE:
                yield Problem(
                    resource.properties.place("location"),
                    "omvang",
                    f"{deployment.name}: {resource.name} stands in {place}, outside Europe.",
                )
    yield from _size(deployment)
    yield from _names(deployment)
    yield from _addresses(deployment)


def _size(deployment: Deployment) -> Iterator[Problem]:
    size = deployment.parameters["size"]
    for name, value in _SURE.get(deployment.name, {}).items():
        if size.get(name) != value:
            at = deployment.parameters.place("size", name)
            yield Problem(at, "omvang", f"{deployment.name}: {name} must be {value!r}.")
    days = size.get("backupDays", 0)
    if days > BACKUP_DAYS or (deployment.name == "productie" and days != BACKUP_DAYS):
        at = deployment.parameters.place("size", "backupDays")
        yield Problem(at, "omvang", f"{deployment.name}: the database keeps backups {days} days, not {BACKUP_DAYS}.")
    limit = next(setting.default for setting in SETTINGS if setting.name == "TIJDSLIMIET")
    if str(deployment.parameters["settings"].get("TIJDSLIMIET")) != limit:
        at = deployment.parameters.place("settings", "TIJDSLIMIET")
        yield Problem(at, "omvang", f"{deployment.name}: TIJDSLIMIET must be {limit}, as host.json has it.")


def _names(deployment: Deployment) -> Iterator[Problem]:
    seen = set()
    for template in deployment.templates:
        for resource in template.of_any():
            if len(resource.name) > _LONGEST.get(resource.kind, 260):
                sentence = f"{deployment.name}: the name {resource.name} is too long for {resource.kind}."
                yield Problem(resource.origin, "omvang", sentence)
            known = (resource.kind, resource.id, resource.on.id if resource.on else "")
            if known in seen:
                yield Problem(resource.origin, "omvang", f"{deployment.name}: {resource.id} is made twice.")
            seen.add(known)


def _addresses(deployment: Deployment) -> Iterator[Problem]:
    given = deployment.parameters["addresses"]
    whole = ipaddress.ip_network(given["network"])
    parts = {name: ipaddress.ip_network(text) for name, text in given.items() if name != "network"}
    for name, part in parts.items():
        others = [other for other in parts if other != name and parts[other].overlaps(part)]
        if others or not part.subnet_of(whole):  # type: ignore[arg-type]
            at = deployment.parameters.place("addresses", name)
            yield Problem(at, "omvang", f"{deployment.name}: the subnet {name} does not fit in the network.")
