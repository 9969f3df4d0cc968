"""What leads to what: private endpoints by the right name, closed subnets, and logs of who came by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from development.infra.environments import Deployment
from development.infra.keeping import ACCOUNT
from development.infra.places import Problem
from development.infra.template import Resource

SITE, VAULT, SERVER = (
    "Microsoft.Web/sites",
    "Microsoft.KeyVault/vaults",
    "Microsoft.DBforPostgreSQL/flexibleServers",
)
# by the part of a service that is reached, the zone in which its private name stands
ZONES: Mapping[str, str] = {
    "blob": "privatelink.blob.core.windows.net",
    "queue": "privatelink.queue.core.windows.net",
    "table": "privatelink.table.core.windows.net",
    "vault": "privatelink.vaultcore.azure.net",
    "postgresqlServer": "privatelink.postgres.database.azure.com",
    "sites": "privatelink.azurewebsites.net",
    "azuremonitor": "privatelink.monitor.azure.com",
}
# what is reached of which account: the trigger and its poison queue, and what a host keeps for itself
PARTS: Mapping[str, frozenset[str]] = {
    "brief": frozenset({"blob", "queue"}),
    "hostapp": frozenset({"blob", "queue", "table"}),
    "hostver": frozenset({"blob", "table"}),
}
OF_KIND: Mapping[str, frozenset[str]] = {
    VAULT: frozenset({"vault"}),
    SERVER: frozenset({"postgresqlServer"}),
    SITE: frozenset({"sites"}),
}
LOGGED: Mapping[str, frozenset[str]] = {
    f"{ACCOUNT}/blobServices": frozenset({"StorageRead", "StorageWrite", "StorageDelete"}),
    VAULT: frozenset({"AuditEvent"}),
    SERVER: frozenset({"PostgreSQLLogs"}),
}
ENDPOINT = "Microsoft.Network/privateEndpoints"


def check_roads(deployment: Deployment) -> Iterator[Problem]:
    """Yield every service without its road, every road under another name, and everything that is let in beside it."""
    yield from _endpoints(deployment)
    yield from _names(deployment)
    yield from _subnets(deployment)
    yield from _logs(deployment)


def _endpoints(deployment: Deployment) -> Iterator[Problem]:
    found: dict[str, set[str]] = {}
    for endpoint in deployment.of(ENDPOINT):
        for link in endpoint.get("properties", "privateLinkServiceConnections"):
            to = str(link["properties"]["privateLinkServiceId"])
            found.setdefault(to, set()).update(link["properties"]["groupIds"])
    for kind in (ACCOUNT, *OF_KIND):
        for resource in deployment.of(kind):
            short = resource.name[3:-13]
            needed = OF_KIND[kind] if kind in OF_KIND else PARTS.get(short, frozenset({"blob"}))
            if found.get(resource.id, set()) != needed:
                sentence = f"{deployment.name}, {resource.name}: private endpoints for {sorted(needed)} are needed."
                yield Problem(resource.place, "wegen", sentence)


def _names(deployment: Deployment) -> Iterator[Problem]:
    zones = {zone.id: zone.name for zone in deployment.of("Microsoft.Network/privateDnsZones")}
    named = {group.parent: group for group in deployment.of(f"{ENDPOINT}/privateDnsZoneGroups")}
    for endpoint in deployment.of(ENDPOINT):
        for link in endpoint.get("properties", "privateLinkServiceConnections"):
            (part,) = link["properties"]["groupIds"]
            group = named.get(endpoint)
            configs = group.get("properties", "privateDnsZoneConfigs") if group else []
            names = {zones.get(str(config["properties"]["privateDnsZoneId"])) for config in configs}
            if ZONES.get(part) not in names:
                sentence = f"{deployment.name}, {endpoint.name}: its name must stand in {ZONES.get(part)}."
                yield Problem(endpoint.place, "wegen", sentence)


def _subnets(deployment: Deployment) -> Iterator[Problem]:
    for closed in deployment.of("Microsoft.Network/networkSecurityGroups"):
        for rule in closed.get("properties", "securityRules"):
            said = rule["properties"]
            inwards = said["access"] == "Allow" and said["direction"] == "Inbound"
            if inwards and said.get("sourceAddressPrefix") != "VirtualNetwork":
                sentence = f"{deployment.name}: the rule {rule['name']} lets in who is not in the network."
                yield Problem(rule.at, "wegen", sentence)
    subnets = {
        f"{network.id}/subnets/{subnet['name']}": subnet
        for network in deployment.of("Microsoft.Network/virtualNetworks")
        for subnet in network.get("properties", "subnets")
    }
    for name, subnet in subnets.items():
        if not subnet["properties"].get("networkSecurityGroup"):
            yield Problem(subnet.at, "wegen", f"{deployment.name}: nothing closes the subnet {name}.")
    for site in deployment.of(SITE):
        if site.get("properties", "virtualNetworkSubnetId") not in subnets:
            place = site.properties.place("properties", "virtualNetworkSubnetId")
            yield Problem(place, "wegen", f"{deployment.name}, {site.name}: this app is not in the network.")


def _logs(deployment: Deployment) -> Iterator[Problem]:
    settings = {setting.on: setting for setting in deployment.of("Microsoft.Insights/diagnosticSettings")}
    for kind, categories in LOGGED.items():
        for resource in deployment.of(kind):
            setting = settings.get(resource)
            told = (
                {log["category"] for log in setting.get("properties", "logs") if log["enabled"]} if setting else set()
            )
            if told != categories:
                place = setting.place if setting else resource.place
                yield Problem(place, "wegen", f"{deployment.name}: {resource.id} must log {sorted(categories)}.")
            elif setting and _of_model(resource) is not ("-model-" in str(setting.get("properties", "workspaceId"))):
                place = setting.properties.place("properties", "workspaceId")
                yield Problem(place, "wegen", f"{deployment.name}: {resource.id} logs to the wrong workspace.")


def _of_model(resource: Any) -> bool:
    account = resource.parent if isinstance(resource, Resource) else None
    return account is not None and account.name[3:-13] == "model"
