"""Who may do what, as domain.md §7 says it, held against the role assignments: every one is there, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from development.infra.environments import Deployment
from development.infra.places import Place, Problem
from development.infra.template import AtRunTime, Resource

ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
DEFINITION = "Microsoft.Authorization/roleDefinitions"
BUILT_IN = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
    "73c42c96-874c-492b-b04d-ab87d138a893": "Log Analytics Reader",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
}
# what each role of our own may do, and nothing else
OWN = {
    "bezorger": {"blobs/write", "blobs/add/action"},
    "toevoeger": {"blobs/read", "blobs/write", "blobs/add/action"},
    "sleutelzetter": {
        f"secrets/{what}" for what in ("setSecret/action", "readMetadata/action", "delete", "recover/action")
    },
}
READER, CONTRIBUTOR = "Storage Blob Data Reader", "Storage Blob Data Contributor"
# where the app adds and the purge removes
ADDED = ("terugkoppeling", "momentopname", "logboek", "modellog", "telling", "rapportage")
# where the app itself drops what other attempts left
STAGED = ("uitvoer", "uitkomsten", "groepskenmerken", "tussenstand")
# what the platform asks for: of every host, and of one with a blob trigger
HOST = ("Storage Blob Data Owner", "Storage Table Data Contributor")
OF_BLOB_TRIGGER = ("Storage Queue Data Contributor", "Storage Account Contributor")
PEOPLE = ("procesbeheerder", "toezichthouder", "modelontwikkelaar")  # groups; everybody else is a system
# who, role, where. The first half says in Azure's words what domain.md §7 (quarantine: §3) says of people and systems;
# a role that is not here (behandelaar, modelbeheerder) has rights within the app alone.
TABLE = frozenset(
    {
        ("leverancier", "bezorger", "brievenbus"),
        ("leverancier", READER, "terugkoppeling"),
        ("dataverkenner", READER, "uitvoer"),
        ("procesbeheerder", READER, "quarantaine"),
        ("toezichthouder", READER, "logboek"),
        ("toezichthouder", READER, "rapportage"),
        ("modelontwikkelaar", READER, "modellog"),
        ("modelontwikkelaar", "Log Analytics Reader", "werkruimte van het model"),
        ("app", "Key Vault Secrets User", "sleutelkluis"),
        ("app", "Storage Blob Data Owner", "opslag brief"),
        ("app", "Storage Queue Data Contributor", "opslag brief"),
        *(("app", "toevoeger", place) for place in ADDED),
        *(("app", CONTRIBUTOR, place) for place in STAGED),
        *(("verwijder", CONTRIBUTOR, place) for place in (*ADDED, *STAGED, "brievenbus", "quarantaine")),
        *(("app", role, "opslag hostapp") for role in (*HOST, *OF_BLOB_TRIGGER)),
        *(("verwijder", role, "opslag hostver") for role in HOST),
        *((who, "Monitoring Metrics Publisher", "telemetrie") for who in ("app", "verwijder")),
        ("event grid", CONTRIBUTOR, "onbestelbaar"),
        ("migratie", "Reader", "databaseserver"),  # of the server as a resource; what it may in it is told there
    }
)


@dataclass(frozen=True)
class Granted:
    """One role assignment, in words."""

    who: str
    role: str
    where: str
    type: str
    place: Place

    @property
    def said(self) -> tuple[str, str, str]:
        """Return it as the table says it."""
        return self.who, self.role, self.where


def granted(deployment: Deployment) -> list[Granted]:
    """Return every role assignment of an environment."""
    own = {r.name: _own_name(r) for r in deployment.of(DEFINITION)}
    found = []
    for one in deployment.of(ASSIGNMENT):
        role = str(one.get("properties", "roleDefinitionId")).rpartition("Microsoft.Authorization/roleDefinitions/")[2]
        who = _who(one.get("properties", "principalId"))
        called = BUILT_IN.get(role) or own.get(role) or role
        kind = str(one.get("properties", "principalType"))
        found.append(Granted(who, called, _where(one.on), kind, one.origin))
    return found


def check_rights(deployment: Deployment) -> Iterator[Problem]:
    """Yield every role of the table that nobody assigns, every one beside it, and roles of our own that say more."""
    found = granted(deployment)
    for one in found:
        if one.type != ("Group" if one.who in PEOPLE else "ServicePrincipal"):
            yield Problem(one.place, "rechten", f"{deployment.name}: {one.who} is no {one.type}.")
        if one.said not in TABLE:
            sentence = f"{deployment.name}: {one.who} gets {one.role} on {one.where}, which the table does not give."
            yield Problem(one.place, "rechten", sentence)
    for who, role, where in sorted(TABLE - {one.said for one in found}):
        sentence = f"{deployment.name}: nothing gives {who} the role {role} on {where}."
        yield Problem(Place("infra/modules/access.bicep", 1), "rechten", sentence)
    for definition in deployment.of(DEFINITION):
        yield from _definition(definition)


def _definition(made: Resource) -> Iterator[Problem]:
    name = _own_name(made)
    for permission in made.get("properties", "permissions"):
        given = {str(action) for action in permission["dataActions"]}
        may = {action.partition("/containers/")[2] or action.partition("/vaults/")[2] for action in given}
        if name not in OWN or may != OWN[name]:
            yield Problem(permission.place("dataActions"), "rechten", f"The role {name} says more or less than it may.")
        broad = [action for action in permission["actions"] if not str(action).endswith("/containers/read")]
        if broad or any("*" in action for action in given):
            yield Problem(permission.place("actions"), "rechten", f"The role {name} has actions that nobody needs.")


def _own_name(made: Resource) -> str:
    words = str(made.get("properties", "roleName")).split()
    return words[2] if len(words) > 2 else str(made.name)


def _who(principal: Any) -> str:
    if isinstance(principal, AtRunTime):
        known = re.search(r"id-slimme-check-([a-z]+)-", principal.of)
        if known:
            return known[1]
        return "event grid" if "systemTopics" in principal.of else str(principal)
    return str(principal).strip("<>")


def _where(on: Resource | None) -> str:
    if on is None:
        return "the whole resource group"
    if on.kind.endswith("/containers"):
        return on.name
    if on.kind == "Microsoft.Storage/storageAccounts":
        known = re.fullmatch(r"sc.(\w+?)[0-9a-f]{13}", on.name)
        return f"opslag {known[1] if known else on.name}"
    names = {"vaults": "sleutelkluis", "components": "telemetrie", "workspaces": "werkruimte"}
    names |= {"flexibleServers": "databaseserver"}
    kind = names.get(on.kind.rpartition("/")[2], on.kind)
    return "werkruimte van het model" if kind == "werkruimte" and "-model-" in on.name else kind
