"""What somebody may write wrong around the data: who may do what, the app, network, events, alarms and environments."""

from tests.infra.mistakes import (
    ACCESS,
    ALARMS,
    APP,
    DATABASE,
    EVENTS,
    LOGS,
    MAIN,
    NETWORK,
    PRODUCTION,
    ROLES,
    TEST,
    VAULT,
    Mistake,
)

AROUND = {
    "app open to all": Mistake(APP, "ipAddress: 'AzureEventGrid'", "ipAddress: 'Internet'", APP, "open to Enabled"),
    "purge open": Mistake(
        APP, "hearsEventGrid ? 'Enabled' : 'Disabled'", "'Enabled'", APP, r"verwijder-.*open to Enabled"
    ),
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
        ROLES,
        "        dataActions: [\n          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'",
        "        dataActions: [\n          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'\n"
        "          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'",
        ROLES,
        "The role bezorger says more or less",
    ),
    "purge reads the key": Mistake(
        MAIN,
        "readerPrincipalId: identities.outputs.app.principalId",
        "readerPrincipalId: identities.outputs.purge.principalId",
        VAULT,
        "verwijder gets Key Vault Secrets User on sleutelkluis",
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
        f"{MAIN}:{{+1}}",
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
    "another term in a file": Mistake(
        TEST, '"QUARANTAINE_DAGEN": 14', '"QUARANTAINE_DAGEN": 30', TEST, "QUARANTAINE_DAGEN is 30, in the code 14"
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
        "  uitvoer: names.output\n",
        "  uitvoer: logs.outputs.modelWorkspaceName\n",
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
    "a kind that no rule knows": Mistake(
        "infra/modules/identities.bicep",
        "output app object",
        "resource outside 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31'"
        " = {\n"
        "  parent: app\n  name: 'elders'\n  properties: {\n    issuer: 'https://example.org'\n    subject: 'iemand'\n"
        "  }\n}\n\noutput app object",
        "infra/modules/identities.bicep:",
        "no rule here looks at .*federatedIdentityCredentials",
    ),
    "the app is also the migration": Mistake(
        APP,
        "      '${identity.id}': {}\n",
        "      '${identity.id}': {}\n      '${replace(identity.id, 'app', 'migratie')}': {}\n",
        f"{APP}:",
        "replace|no other",
    ),
    "the app signs in as the purge": Mistake(
        MAIN,
        "BRIEVENBUS__clientId: identities.outputs.app.clientId",
        "BRIEVENBUS__clientId: identities.outputs.purge.clientId",
        f"{MAIN}:",
        "BRIEVENBUS__clientId must be the identity of app, not of verwijder",
    ),
    "the app enters the database as the migration": Mistake(
        MAIN,
        "SLIMME_CHECK_DATABASE: 'postgresql+psycopg://${identities.outputs.app.name}@",
        "SLIMME_CHECK_DATABASE: 'postgresql+psycopg://${identities.outputs.migration.name}@",
        f"{MAIN}:",
        "SLIMME_CHECK_DATABASE must be the identity of app, not of migratie",
    ),
    "another owner of the database": Mistake(
        MAIN, "owner: identities.outputs.migration", "owner: identities.outputs.app", DATABASE, "only the migration may"
    ),
    "nobody signs in and headers are believed": Mistake(
        MAIN, "    appRegistration: appRegistration\n", "    appRegistration: ''\n", MAIN, "EASY_AUTH differ"
    ),
    "a package where nothing is": Mistake(APP, "/pakket'", "/pakketten'", f"{APP}:", "looked for where it is not"),
    "a container in another account": Mistake(
        MAIN, "  modellog: names.model\n", "  modellog: names.output\n", f"{MAIN}:", "no container modellog"
    ),
    "the internet in the subnets": Mistake(
        NETWORK, "sourceAddressPrefix: 'VirtualNetwork'", "sourceAddressPrefix: 'Internet'", NETWORK, "lets in"
    ),
    "an app outside the network": Mistake(
        APP,
        "virtualNetworkSubnetId: subnetId",
        "virtualNetworkSubnetId: '${subnetId}-elders'",
        APP,
        "not in",
    ),
    "events in another form": Mistake(
        EVENTS, "'EventGridSchema'", "'CloudEventSchemaV1_0'", f"{EVENTS}:", "reads EventGridSchema alone"
    ),
    "a blob that was only begun is an event": Mistake(
        EVENTS, "            'PutBlob'\n", "            'CreateFile'\n", f"{EVENTS}:", "complete a blob"
    ),
    "a person as a system": Mistake(
        ACCESS,
        "who: 'toezichthouder', type: 'Group', account: names.audit",
        "who: 'toezichthouder', type: 'ServicePrincipal', account: names.audit",
        f"{ACCESS}:",
        "toezichthouder is no ServicePrincipal",
    ),
    "a key in hexadecimal": Mistake(
        TEST, '"CONTACT": "', f'"CONTACT": "{"0a1b2c3d" * 8} ', f"{TEST}:", "CONTACT looks like a key"
    ),
    "another term for the logs": Mistake(
        LOGS, "retentionInDays: days", "retentionInDays: days + 1", f"{LOGS}:", "which is not the term"
    ),
    "outside Europe": Mistake(TEST, '"westeurope"', '"eastus"', "infra/", "outside Europe"),
    "a shorter backup": Mistake(
        PRODUCTION, '"backupDays": 14', '"backupDays": 1', f"{PRODUCTION}:", "keeps backups 1 days"
    ),
    "one zone in production": Mistake(
        PRODUCTION, '"ZoneRedundant"', '"Disabled"', f"{PRODUCTION}:", "highAvailability must be"
    ),
    "a time limit beyond that of the host": Mistake(
        PRODUCTION, '"TIJDSLIMIET": 1800', '"TIJDSLIMIET": 86000', f"{PRODUCTION}:", "as host.json has it"
    ),
    "two accounts of one name": Mistake(
        MAIN, "'sc${short}rapp${suffix}'", "'sc${short}uit${suffix}'", "infra/modules/", "is made twice"
    ),
    "everybody's tenant": Mistake(APP, "${subscription().tenantId}/v2.0", "common/v2.0", f"{APP}:", "of our tenant"),
    "a token for another app": Mistake(
        APP, "'api://${appRegistration}'", "'api://iedereen'", f"{APP}:", "of our tenant and registration"
    ),
    "an old protocol": Mistake(APP, "minTlsVersion: '1.2'", "minTlsVersion: '1.0'", f"{APP}:", "minTlsVersion must be"),
    "events of another account": Mistake(
        MAIN,
        "output mailboxAccount string = names.mailbox",
        "output mailboxAccount string = names.output",
        EVENTS,
        "must be those of the mailbox",
    ),
    "an alarm that waits for ten": Mistake(ALARMS, "threshold: 0", "threshold: 10", f"{ALARMS}:", "tell of each line"),
    "logs from anywhere": Mistake(
        LOGS, "ingestionAccessMode: 'PrivateOnly'", "ingestionAccessMode: 'Open'", f"{LOGS}:", "must be 'PrivateOnly'"
    ),
    "an old drawing": Mistake(
        "docs/architectuur/rechten.md",
        "| leverancier | schrijft",
        "| iedereen | schrijft",
        "docs/architectuur/rechten.md",
        "infra-draw",
    ),
}
