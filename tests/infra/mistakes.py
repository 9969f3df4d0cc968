"""A mistake that somebody may write in the infrastructure: where, and what the check must say of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """What somebody writes in one file instead of what is there, and what the check must say."""

    file: str
    old: str
    new: str
    place: str  # the file and line, or a part of it; {+1}: the line below where it is planted
    says: str


MAIN, STORAGE, ACCESS = "infra/main.bicep", "infra/modules/storage.bicep", "infra/modules/access.bicep"
APP, VAULT, DATABASE = "infra/modules/functionapp.bicep", "infra/modules/vault.bicep", "infra/modules/database.bicep"
ACCOUNTS, LOGS, NETWORK = "infra/modules/accounts.bicep", "infra/modules/logs.bicep", "infra/modules/network.bicep"
PRODUCTION = "infra/parameters/productie.json"
ROLES, SQL = "infra/roles.bicep", "infra/database/identiteiten.sql"
TEST, EVENTS, ALARMS = "infra/parameters/test.json", "infra/events.bicep", "infra/modules/alarms.bicep"
