"""What somebody may write wrong of where data lie: storage, key vault and database."""

from tests.infra.mistakes import ACCOUNTS, DATABASE, SQL, STORAGE, VAULT, Mistake

WITH_DATA = {
    "public blobs": Mistake(
        STORAGE, "allowBlobPublicAccess: false", "allowBlobPublicAccess: true", STORAGE, "must be False"
    ),
    "public container": Mistake(
        STORAGE, "publicAccess: 'None'", "publicAccess: 'Blob'", STORAGE, "publicAccess must be"
    ),
    "public network": Mistake(
        STORAGE, "publicNetworkAccess: 'Disabled'", "publicNetworkAccess: 'Enabled'", STORAGE, "publicNetworkAccess"
    ),
    "vault open": Mistake(
        VAULT, "publicNetworkAccess: 'Disabled'", "publicNetworkAccess: 'Enabled'", VAULT, "vaults|kv-"
    ),
    "vault without purge protection": Mistake(
        VAULT, "enablePurgeProtection: true", "enablePurgeProtection: false", VAULT, "enablePurgeProtection"
    ),
    "database password": Mistake(
        DATABASE, "passwordAuth: 'Disabled'", "passwordAuth: 'Enabled'", DATABASE, "passwordAuth"
    ),
    "no private endpoint": Mistake(VAULT, "target: vault.id", "target: name", VAULT, "private endpoints for"),
    "role on everything": Mistake(
        VAULT,
        "  scope: vault\n  properties: {\n    principalId",
        "  properties: {\n    principalId",
        VAULT,
        "whole resource group",
    ),
    "versions in the mailbox": Mistake(
        STORAGE, "isVersioningEnabled: false", "isVersioningEnabled: true", STORAGE, "isVersioningEnabled must be false"
    ),
    "soft delete": Mistake(
        STORAGE,
        "deleteRetentionPolicy: {\n      enabled: false",
        "deleteRetentionPolicy: {\n      enabled: true",
        STORAGE,
        "gone is gone",
    ),
    "another term in the rule": Mistake(
        ACCOUNTS,
        "deleteAfterDays: retention.BEWAAR_TERUGKOPPELING_DAGEN",
        "deleteAfterDays: 30",
        STORAGE,
        "after 30 days",
    ),
    "the platform deletes results": Mistake(
        ACCOUNTS,
        "{ name: 'uitvoer', deleteAfterDays: 0",
        "{ name: 'uitvoer', deleteAfterDays: 400",
        STORAGE,
        "only the purge may",
    ),
    "audit not immutable": Mistake(
        ACCOUNTS,
        "immutableDays: auditLocked ? 0 : retention.BEWAAR_AUDIT_DAGEN",
        "immutableDays: auditLocked ? 0 : 365",
        f"{ACCOUNTS}:",
        "immutable for 365 days",
    ),
    "a brace too few": Mistake(
        VAULT,
        "  scope: vault\n  properties: {\n    principalId",
        "  scope: vault\n  properties: \n    principalId",
        f"{VAULT}:",
        r"\[bicep\]",
    ),
    "an unknown name": Mistake(
        VAULT, "workspaceId: logsTo", "workspaceId: logsHere", f"{VAULT}:", "Nothing here is called 'logsHere'"
    ),
    "the app removes from the database": Mistake(
        SQL, "GRANT slimme_check_app TO {app};", "GRANT slimme_check_purge TO {app};", f"{SQL}:3", "no membership"
    ),
    "no road to the poison queue": Mistake(
        ACCOUNTS, "    queues: true\n", "    queues: false\n", STORAGE, r"endpoints for \['blob', 'queue'\] are needed"
    ),
    "a private name in the wrong zone": Mistake(
        VAULT, "zones.vault", "zones.blob", "infra/modules/endpoint.bicep:", r"privatelink\.vaultcore\.azure\.net"
    ),
    "nobody sees who read the key": Mistake(
        VAULT,
        "category: 'AuditEvent'\n        enabled: true",
        "category: 'AuditEvent'\n        enabled: false",
        VAULT,
        "must log",
    ),
    "the log of the model with the rest": Mistake(
        ACCOUNTS,
        "account.ofModel ? modelWorkspaceId : workspaceId",
        "account.ofModel ? workspaceId : modelWorkspaceId",
        STORAGE,
        "wrong workspace",
    ),
    "statements in the log of the database": Mistake(
        DATABASE, "log_statement: 'none'", "log_statement: 'all'", DATABASE, "must have log_statement 'none'"
    ),
    "a version of Azure that does not exist": Mistake(
        STORAGE,
        "managementPolicies@2024-01-01",
        "managementPolicies@2031-01-01",
        f"{STORAGE}:",
        "in version 2024-01-01 alone",
    ),
}
