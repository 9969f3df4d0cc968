// One environment of Slimme Check, in one resource group. After the code is deployed, events.bicep adds the event
// subscription: its webhook key exists only then. What is checked without Azure: make infra-check.
targetScope = 'resourceGroup'

@description('Which environment this is; also the value of SLIMME_CHECK_OMGEVING.')
@allowed([
  'ontwikkel'
  'test'
  'acceptatie'
  'productie'
])
param omgeving string

@description('Region of every resource.')
param location string

@description('Days that each kind of data is kept, by the name of its setting; the same numbers as in the code.')
param retention object

@description('How large: sku of the database and the storage, memory of the app, days of database backup.')
param size object

@description('Address ranges of the network and its subnets; the city links them to its own network.')
param addresses object

@description('Other values of settings, by the name of the setting.')
param settings object

// From the pipeline, never in a file: who people and systems are differs by tenant.
@description('Object ids in Entra ID: leverancier, dataverkenner, procesbeheerder, toezichthouder, modelontwikkelaar.')
param people object

@description('Client id of the app registration; see entra/app-registratie.json.')
param appRegistration string

@description('Where alarms are mailed to.')
param alarmAddress string

@description('Address of the app for people, https:// and a host name of the city; empty: the name that the platform gives.')
param webAddress string = ''

@description('Which server holds the database: 1, and one more after each time that a backup was put back (runbook).')
param databaseNumber int

@description('Whether somebody locked the immutability of the audit trail; tools/deploy.sh asks the platform.')
param auditLocked bool = false

var suffix = uniqueString(subscription().id, resourceGroup().id)
var short = substring(omgeving, 0, 1)
var tags = {
  product: 'slimme-check'
  omgeving: omgeving
}
var names = {
  app: 'func-slimme-check-${omgeving}-${suffix}'
  purge: 'func-slimme-check-verwijder-${omgeving}-${suffix}'
  mailbox: 'sc${short}brief${suffix}'
  feedback: 'sc${short}terug${suffix}'
  output: 'sc${short}uit${suffix}'
  snapshot: 'sc${short}moment${suffix}'
  audit: 'sc${short}log${suffix}'
  groups: 'sc${short}groep${suffix}'
  report: 'sc${short}rapp${suffix}'
  model: 'sc${short}model${suffix}'
  hostApp: 'sc${short}hostapp${suffix}'
  hostPurge: 'sc${short}hostver${suffix}'
  vault: 'kv-sc-${short}-${suffix}'
  database: 'psql-slimme-check-${omgeving}-${suffix}${databaseNumber > 1 ? '-${databaseNumber}' : ''}'
}

module network 'modules/network.bicep' = {
  name: 'netwerk'
  params: {
    location: location
    tags: tags
    addresses: addresses
  }
}

module identities 'modules/identities.bicep' = {
  name: 'identiteiten'
  params: {
    location: location
    tags: tags
    omgeving: omgeving
  }
}

module logs 'modules/logs.bicep' = {
  name: 'logs'
  params: {
    location: location
    tags: tags
    omgeving: omgeving
    days: retention.BEWAAR_SYSTEEMLOG_DAGEN
    subnetId: network.outputs.endpointSubnetId
    zones: network.outputs.zones
  }
}

module accounts 'modules/accounts.bicep' = {
  name: 'opslag'
  params: {
    location: location
    tags: tags
    names: names
    retention: retention
    sku: size.storageSku
    auditLocked: auditLocked
    workspaceId: logs.outputs.workspaceId
    modelWorkspaceId: logs.outputs.modelWorkspaceId
    subnetId: network.outputs.endpointSubnetId
    zones: network.outputs.zones
  }
}

module vault 'modules/vault.bicep' = {
  name: 'sleutelkluis'
  params: {
    name: names.vault
    location: location
    tags: tags
    readerPrincipalId: identities.outputs.app.principalId
    logsTo: logs.outputs.workspaceId
    subnetId: network.outputs.endpointSubnetId
    zones: network.outputs.zones
  }
}

module database 'modules/database.bicep' = {
  name: 'database'
  params: {
    name: names.database
    location: location
    tags: tags
    size: size
    owner: identities.outputs.migration
    logsTo: logs.outputs.workspaceId
    subnetId: network.outputs.endpointSubnetId
    zones: network.outputs.zones
  }
}

module access 'modules/access.bicep' = {
  name: 'toegang'
  params: {
    names: names
    people: people
    systems: {
      app: identities.outputs.app.principalId
      purge: identities.outputs.purge.principalId
    }
    modelWorkspace: logs.outputs.modelWorkspaceName
    insights: logs.outputs.insightsName
  }
  dependsOn: [
    accounts
  ]
}

// --- the two apps: one package; the second one removes and does nothing else -------------------------------------------
var containerAccounts = {
  brievenbus: names.mailbox
  quarantaine: names.mailbox
  terugkoppeling: names.feedback
  uitvoer: names.output
  momentopname: names.snapshot
  logboek: names.audit
  modellog: names.model
  uitkomsten: names.snapshot
  groepskenmerken: names.groups
  tussenstand: names.snapshot
  telling: names.report
  rapportage: names.report
}
var blobSuffix = 'blob.${environment().suffixes.storage}'
var ownAccounts = [for each in items(containerAccounts): '${each.key}=https://${each.value}.${blobSuffix}']
var address = webAddress == '' ? 'https://${names.app}.azurewebsites.net' : webAddress
var databaseAt = '${database.outputs.host}:5432/${database.outputs.database}'

var shared = {
  SLIMME_CHECK_OMGEVING: omgeving
  SLIMME_CHECK_OPSLAG: 'https://${names.output}.${blobSuffix}'
  SLIMME_CHECK_OPSLAG_PER_CONTAINER: join(ownAccounts, ',')
  SLIMME_CHECK_DATABASE_ENTRA: 'ja'
  SLIMME_CHECK_DATABASE_WACHTTIJD: string(settings.DATABASE_WACHTTIJD)
  SLIMME_CHECK_SLEUTELKLUIS: vault.outputs.address
  SLIMME_CHECK_TIJDSLIMIET: string(settings.TIJDSLIMIET)
  SLIMME_CHECK_VERWERKINGSACTIVITEIT: settings.VERWERKINGSACTIVITEIT
  SLIMME_CHECK_LEVERDAGEN: settings.LEVERDAGEN
  SLIMME_CHECK_VRIJE_DAGEN: settings.VRIJE_DAGEN
  SLIMME_CHECK_LOGNIVEAU: settings.LOGNIVEAU
  // the package before this one starts with what this one added
  SLIMME_CHECK_ONBEKEND: 'overslaan'
  SLIMME_CHECK_TELEMETRIE: logs.outputs.connection
  SLIMME_CHECK_WEBADRES: address
  SLIMME_CHECK_CONTACT: settings.CONTACT
  SLIMME_CHECK_AANMELDING_TENANT: subscription().tenantId
  SLIMME_CHECK_AANMELDING_DOELGROEP: appRegistration
  SLIMME_CHECK_QUARANTAINE_DAGEN: string(retention.QUARANTAINE_DAGEN)
  SLIMME_CHECK_BEWAAR_BRIEVENBUS_DAGEN: string(retention.BEWAAR_BRIEVENBUS_DAGEN)
  SLIMME_CHECK_BEWAAR_TERUGKOPPELING_DAGEN: string(retention.BEWAAR_TERUGKOPPELING_DAGEN)
  SLIMME_CHECK_BEWAAR_MOMENTOPNAME_DAGEN: string(retention.BEWAAR_MOMENTOPNAME_DAGEN)
  SLIMME_CHECK_BEWAAR_RESULTATEN_DAGEN: string(retention.BEWAAR_RESULTATEN_DAGEN)
  SLIMME_CHECK_BEWAAR_GROEPEN_DAGEN: string(retention.BEWAAR_GROEPEN_DAGEN)
  SLIMME_CHECK_BEWAAR_AUDIT_DAGEN: string(retention.BEWAAR_AUDIT_DAGEN)
  SLIMME_CHECK_BEWAAR_SYSTEEMLOG_DAGEN: string(retention.BEWAAR_SYSTEEMLOG_DAGEN)
  SLIMME_CHECK_BEWAAR_UITKOMSTEN_DAGEN: string(retention.BEWAAR_UITKOMSTEN_DAGEN)
  SLIMME_CHECK_BEWAAR_TELLING_DAGEN: string(retention.BEWAAR_TELLING_DAGEN)
  SLIMME_CHECK_BEWAAR_RAPPORTAGE_DAGEN: string(retention.BEWAAR_RAPPORTAGE_DAGEN)
  SLIMME_CHECK_INZAGE_DAGEN: string(retention.INZAGE_DAGEN)
  SLIMME_CHECK_BEWAAR_VERZOEKSLEUTELS_DAGEN: string(retention.BEWAAR_VERZOEKSLEUTELS_DAGEN)
}

module app 'modules/functionapp.bicep' = {
  name: 'app'
  params: {
    name: names.app
    location: location
    tags: tags
    identity: identities.outputs.app
    hostAccount: names.hostApp
    memory: size.memory
    subnetId: network.outputs.appSubnetId
    endpointSubnetId: network.outputs.endpointSubnetId
    zones: network.outputs.zones
    insightsConnection: logs.outputs.connection
    hearsEventGrid: true
    appRegistration: appRegistration
    settings: union(shared, {
      SLIMME_CHECK_IDENTITEIT: identities.outputs.app.clientId
      SLIMME_CHECK_DATABASE: 'postgresql+psycopg://${identities.outputs.app.name}@${databaseAt}'
      SLIMME_CHECK_EASY_AUTH: 'ja'
      BRIEVENBUS__blobServiceUri: 'https://${names.mailbox}.${blobSuffix}'
      BRIEVENBUS__queueServiceUri: 'https://${names.mailbox}.queue.${environment().suffixes.storage}'
      BRIEVENBUS__credential: 'managedidentity'
      BRIEVENBUS__clientId: identities.outputs.app.clientId
      'AzureWebJobs.purge.Disabled': 'true'
    })
  }
  dependsOn: [
    access
  ]
}

module purge 'modules/functionapp.bicep' = {
  name: 'verwijder'
  params: {
    name: names.purge
    location: location
    tags: tags
    identity: identities.outputs.purge
    hostAccount: names.hostPurge
    memory: size.memory
    subnetId: network.outputs.purgeSubnetId
    endpointSubnetId: network.outputs.endpointSubnetId
    zones: network.outputs.zones
    insightsConnection: logs.outputs.connection
    hearsEventGrid: false
    appRegistration: ''
    settings: union(shared, {
      SLIMME_CHECK_IDENTITEIT: identities.outputs.purge.clientId
      SLIMME_CHECK_DATABASE: 'postgresql+psycopg://${identities.outputs.purge.name}@${databaseAt}'
      SLIMME_CHECK_VERWIJDER_DATABASE: 'postgresql+psycopg://${identities.outputs.purge.name}@${databaseAt}'
      SLIMME_CHECK_VERWIJDER_IDENTITEIT: identities.outputs.purge.clientId
      SLIMME_CHECK_EASY_AUTH: 'nee'
      'AzureWebJobs.delivery_arrived.Disabled': 'true'
      'AzureWebJobs.poison.Disabled': 'true'
      'AzureWebJobs.nightly.Disabled': 'true'
      'AzureWebJobs.daytime.Disabled': 'true'
      'AzureWebJobs.http.Disabled': 'true'
    })
  }
  dependsOn: [
    access
  ]
}

module alarms 'modules/alarms.bicep' = {
  name: 'alarmen'
  params: {
    location: location
    tags: tags
    omgeving: omgeving
    workspaceId: logs.outputs.workspaceId
    mailTo: alarmAddress
  }
}

output webAddress string = address
output appName string = names.app
output purgeName string = names.purge
output mailboxAccount string = names.mailbox
output outputAccount string = names.output
output hostAccount string = names.hostApp
output location string = location
output auditAccount string = names.audit
output vaultName string = names.vault
output databaseHost string = database.outputs.host
output appPrincipal string = identities.outputs.app.principalId
output purgePrincipal string = identities.outputs.purge.principalId
