"""How long the platform keeps what, held against the terms in the code; and that what is deleted is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from development.infra.environments import Deployment
from development.infra.places import Place, Problem
from development.infra.template import Resource
from shared.retention.terms import TERMS, Kept
from shared.settings import CONTAINERS

ACCOUNT = "Microsoft.Storage/storageAccounts"
CONTAINER = f"{ACCOUNT}/blobServices/containers"
# the platform deletes too, at the very term of the app
BY_LIFECYCLE: Mapping[str, Kept] = {
    "brievenbus": Kept.BRIEVENBUS,
    "quarantaine": Kept.QUARANTAINE,
    "terugkoppeling": Kept.TERUGKOPPELING,
    "groepskenmerken": Kept.GROEPEN,
    "onbestelbaar": Kept.BRIEVENBUS,
    "tussenstand": Kept.QUARANTAINE,
}
# the purge alone: a running objection may hold it longer, or each removal leaves a tombstone in the audit trail
BY_PURGE = frozenset(
    {"uitvoer", "momentopname", "logboek", "modellog", "uitkomsten", "telling", "rapportage", "pakket"}
)
IMMUTABLE: Mapping[str, Kept] = {"logboek": Kept.AUDIT}


def check_keeping(deployment: Deployment) -> Iterator[Problem]:
    """Yield every term that differs from the code, and everything that would keep what was deleted."""
    yield from _terms(deployment)
    yield from _containers(deployment)
    yield from _lifecycle(deployment)
    yield from _immutable(deployment)
    yield from _gone(deployment)
    for workspace in deployment.of("Microsoft.OperationalInsights/workspaces"):
        days = workspace.get("properties", "retentionInDays")
        if days != TERMS[Kept.SYSTEEMLOG].default:
            place = workspace.properties.place("properties", "retentionInDays")
            yield Problem(place, "bewaren", f"{deployment.name}: logs are kept {days} days, which is not the term.")


def _terms(deployment: Deployment) -> Iterator[Problem]:
    given = deployment.parameters.get("retention", {})
    for kept, term in TERMS.items():
        place = deployment.parameters.place("retention", term.setting)
        if term.setting not in given:
            yield Problem(place, "bewaren", f"{deployment.name}: the term {term.setting} ({kept}) is missing.")
        elif given[term.setting] != term.default:
            sentence = f"{deployment.name}: {term.setting} is {given[term.setting]}, in the code {term.default}."
            yield Problem(place, "bewaren", sentence)
    for name in sorted(given.keys() - {term.setting for term in TERMS.values()}):
        place = deployment.parameters.place("retention", name)
        yield Problem(place, "bewaren", f"{deployment.name}: the code knows no term {name}.")


def _containers(deployment: Deployment) -> Iterator[Problem]:
    made = [container.name for container in deployment.of(CONTAINER)]
    known = BY_LIFECYCLE.keys() | BY_PURGE
    for name in CONTAINERS:
        if made.count(name) != 1:
            sentence = f"{deployment.name}: the container {name} of the app is made {made.count(name)} times."
            yield Problem(Place("infra/main.bicep", 1), "bewaren", sentence)
    for container in deployment.of(CONTAINER):
        if container.name not in known:
            sentence = f"{deployment.name}: nothing says how long {container.name} is kept."
            yield Problem(container.origin, "bewaren", sentence)


def _lifecycle(deployment: Deployment) -> Iterator[Problem]:
    found: set[str] = set()
    for policy in deployment.of(f"{ACCOUNT}/managementPolicies"):
        for rule in policy.get("properties", "policy", "rules"):
            if not rule["enabled"]:
                continue
            delete = rule["definition"]["actions"]["baseBlob"]["delete"]
            days, at = delete["daysAfterModificationGreaterThan"], delete.at
            for prefix in rule["definition"]["filters"]["prefixMatch"]:
                name = str(prefix).rstrip("/")
                found.add(name)
                if name not in BY_LIFECYCLE:
                    sentence = f"{deployment.name}: the platform deletes {name}; only the purge may, with a tombstone."
                    yield Problem(at, "bewaren", sentence)
                elif days != TERMS[BY_LIFECYCLE[name]].default:
                    term = TERMS[BY_LIFECYCLE[name]]
                    sentence = f"{deployment.name}: {name} is deleted after {days} days, in the code {term.default}."
                    yield Problem(at, "bewaren", sentence)
    for name in sorted(BY_LIFECYCLE.keys() - found):
        place = Place("infra/main.bicep", 1)
        yield Problem(place, "bewaren", f"{deployment.name}: no lifecycle rule deletes {name}.")


def _immutable(deployment: Deployment) -> Iterator[Problem]:
    found = {}
    for policy in deployment.of(f"{CONTAINER}/immutabilityPolicies"):
        if policy.parent is not None:
            found[policy.parent.name] = policy
    for name, kept in IMMUTABLE.items():
        days = found[name].get("properties", "immutabilityPeriodSinceCreationInDays") if name in found else 0
        if days != TERMS[kept].default:
            place = found[name].origin if name in found else Place("infra/main.bicep", 1)
            sentence = f"{deployment.name}: {name} is immutable for {days} days, its term is {TERMS[kept].default}."
            yield Problem(place, "bewaren", sentence)
    for name in sorted(found.keys() - IMMUTABLE.keys()):
        sentence = f"{deployment.name}: {name} is immutable, and so cannot be removed at its term."
        yield Problem(found[name].origin, "bewaren", sentence)


def _gone(deployment: Deployment) -> Iterator[Problem]:
    for service in deployment.of(f"{ACCOUNT}/blobServices"):
        for path in (
            ("isVersioningEnabled",),
            ("changeFeed", "enabled"),
            ("deleteRetentionPolicy", "enabled"),
            ("containerDeleteRetentionPolicy", "enabled"),
            ("restorePolicy", "enabled"),
        ):
            if service.get("properties", *path) is not False:
                yield _kept(deployment, service, path)


def _kept(deployment: Deployment, service: Resource, path: tuple[str, ...]) -> Problem:
    account = service.parent.name if service.parent else service.name
    place = service.properties.place("properties", *path)
    return Problem(place, "bewaren", f"{deployment.name}, {account}: {'.'.join(path)} must be false: gone is gone.")
