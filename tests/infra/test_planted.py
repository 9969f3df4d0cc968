"""The infrastructure holds; and every planted mistake is found, with the place where to mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.infra.conftest import ROOT, ask

pytestmark = pytest.mark.slow


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
TEST, EVENTS, ALARMS = "infra/parameters/test.json", "infra/events.bicep", "infra/modules/alarms.bicep"
MISTAKES = {
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
    "app open to all": Mistake(APP, "ipAddress: 'AzureEventGrid'", "ipAddress: 'Internet'", APP, "open to Enabled"),
    "purge open": Mistake(
        APP, "hearsEventGrid ? 'Enabled' : 'Disabled'", "'Enabled'", APP, r"verwijder-.*open to Enabled"
    ),
    "no private endpoint": Mistake(VAULT, "target: vault.id", "target: name", VAULT, "no private endpoint"),
    "missing role": Mistake(
        ACCESS,
        "  { who: 'leverancier', type: 'ServicePrincipal', account: names.feedback",
        "  // { who: 'leverancier', type: 'ServicePrincipal', account: names.feedback",
        ACCESS,
        "nothing gives leverancier the role Storage Blob Data Reader on terugkoppeling",
    ),
    "a role too many": Mistake(
        ACCESS,
        "var onContainers = [",
        "var onContainers = [\n  { who: 'modelontwikkelaar', type: 'Group', account: names.output,"
        " container: 'uitvoer', role: roles.blobReader, may: 'looks' }",
        f"{ACCESS}:{{+1}}",
        "modelontwikkelaar gets Storage Blob Data Reader on uitvoer",
    ),
    "a wider role": Mistake(
        ACCESS,
        "container: 'logboek', role: adder.name",
        "container: 'logboek', role: roles.blobContributor",
        ACCESS,
        "app gets",
    ),
    "supplier reads the mailbox": Mistake(
        ACCESS,
        "        dataActions: [\n          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'",
        "        dataActions: [\n          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'\n"
        "          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'",
        ACCESS,
        "The role bezorger says more or less",
    ),
    "purge reads the key": Mistake(
        MAIN,
        "readerPrincipalId: identities.outputs.app.principalId",
        "readerPrincipalId: identities.outputs.purge.principalId",
        VAULT,
        "verwijder gets Key Vault Secrets User on sleutelkluis",
    ),
    "role on everything": Mistake(
        VAULT,
        "  scope: vault\n  properties: {\n    principalId",
        "  properties: {\n    principalId",
        VAULT,
        "whole resource group",
    ),
    "missing setting": Mistake(
        MAIN,
        "  SLIMME_CHECK_TIJDSLIMIET: string(settings.TIJDSLIMIET)\n",
        "",
        MAIN,
        "SLIMME_CHECK_TIJDSLIMIET is not set",
    ),
    "a setting that nothing reads": Mistake(
        MAIN,
        "  SLIMME_CHECK_OMGEVING: omgeving\n",
        "  SLIMME_CHECK_OMGEVING: omgeving\n  SLIMME_CHECK_DEBUG: 'ja'\n",
        f"{MAIN}:2",
        "nothing reads",
    ),
    "a value that the app refuses": Mistake(
        TEST, '"LOGNIVEAU": "INFO"', '"LOGNIVEAU": "LUID"', MAIN, "LOGNIVEAU must be DEBUG"
    ),
    "purge awake in the app": Mistake(
        MAIN, "      'AzureWebJobs.purge.Disabled': 'true'\n", "", MAIN, "AzureWebJobs.purge.Disabled is not set"
    ),
    "poison queue out of reach": Mistake(
        MAIN,
        "      BRIEVENBUS__queueServiceUri:",
        "      BRIEVENBUS__serviceUri:",
        MAIN,
        "BRIEVENBUS__queueServiceUri is not set",
    ),
    "secret in a parameter file": Mistake(
        TEST,
        '"LOGNIVEAU": "INFO"',
        '"LOGNIVEAU": "INFO",\n        "databaseWachtwoord": "Zomer2026"',
        TEST,
        "databaseWachtwoord must not be in a file",
    ),
    "account key in a parameter file": Mistake(
        TEST, '"VRIJE_DAGEN": "geen"', '"VRIJE_DAGEN": "AccountKey=abc"', TEST, "looks like a key"
    ),
    "key in an output": Mistake(
        EVENTS,
        "resource topic ",
        "output sleutel string = listKeys('${app.id}/host/default', '2024-04-01').systemKeys.blobs_extension\n\n"
        "resource topic ",
        EVENTS,
        "sleutel holds a secret",
    ),
    "password in an address": Mistake(
        MAIN,
        "'postgresql+psycopg://${identities.outputs.app.name}@",
        "'postgresql+psycopg://app:Zomer2026@",
        MAIN,
        "looks like a password",
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
    "another term in a file": Mistake(
        TEST, '"QUARANTAINE_DAGEN": 14', '"QUARANTAINE_DAGEN": 30', TEST, "QUARANTAINE_DAGEN is 30, in the code 14"
    ),
    "another term in the rule": Mistake(
        MAIN, "deleteAfterDays: retention.BEWAAR_TERUGKOPPELING_DAGEN", "deleteAfterDays: 30", STORAGE, "after 30 days"
    ),
    "the platform deletes results": Mistake(
        MAIN,
        "{ name: 'uitvoer', deleteAfterDays: 0",
        "{ name: 'uitvoer', deleteAfterDays: 400",
        STORAGE,
        "only the purge may",
    ),
    "audit not immutable": Mistake(
        MAIN, "immutableDays: retention.BEWAAR_AUDIT_DAGEN", "immutableDays: 365", f"{MAIN}:1", "immutable for 365 days"
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
    "a parameter that the module lacks": Mistake(
        MAIN,
        "    logsTo: logs.outputs.workspaceId\n    subnetId",
        "    logTo: logs.outputs.workspaceId\n    subnetId",
        f"{MAIN}:",
        "no parameter 'logTo'|is not given",
    ),
    "a list that is known too late": Mistake(
        MAIN,
        "    ofModel: true\n",
        "    ofModel: logs.outputs.modelWorkspaceId != ''\n",
        f"{MAIN}:",
        r"logs\.outputs is only known during the deployment",
    ),
    "no JSON": Mistake(TEST, '"contentVersion": "1.0.0.0",', '"contentVersion": "1.0.0.0"', f"{TEST}:4", "no JSON"),
    "another environment": Mistake(TEST, '"value": "test"', '"value": "productie"', f"{TEST}:5", "must say so"),
    "an alarm too few": Mistake(
        ALARMS, "  { name: 'stopknop'", "  // { name: 'stopknop'", ALARMS, "the alarm stopknop is missing"
    ),
    "an alarm for something else": Mistake(
        ALARMS, 'LEV-402"', 'LEV-999"', ALARMS, "the alarm verboden-veld must look for"
    ),
    "every blob is an event": Mistake(
        EVENTS, "subjectEndsWith: '/datapackage.json'", "subjectEndsWith: ''", EVENTS, "subjectEndsWith must be"
    ),
    "another app role": Mistake(
        "infra/entra/app-registratie.json",
        '"value": "toezichthouder"',
        '"value": "beheerder"',
        "infra/entra/app-registratie.json:",
        "app roles",
    ),
    "an old drawing": Mistake(
        "docs/architectuur/rechten.md",
        "| leverancier | schrijft",
        "| iedereen | schrijft",
        "docs/architectuur/rechten.md",
        "infra-draw",
    ),
}


def test_the_infrastructure_holds(checker: Path) -> None:
    assert ask(checker, ROOT, "problems") == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_found_in_its_place(name: str, checker: Path, copy: Path) -> None:
    mistake = MISTAKES[name]
    path = copy / mistake.file
    text = path.read_text(encoding="utf-8")
    assert mistake.old in text, "the mistake cannot be planted any more"
    path.write_text(text.replace(mistake.old, mistake.new, 1), encoding="utf-8")
    after = text[: text.index(mistake.old)].count("\n") + 2  # the line below the one where it is planted
    place = mistake.place.replace("{+1}", str(after))
    found = [line for line in ask(checker, copy, "problems") if "[tekening]" not in line or name == "an old drawing"]
    assert [line for line in found if line.startswith(place) and re.search(mistake.says, line)], found
    assert all(re.match(r"(infra|docs)/\S+:\d+: \[", line) for line in found), found
