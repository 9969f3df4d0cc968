// Who may do what: the whole table, for systems and for people. Rights within the app are app roles (entra/), rights in
// the database are roles there (database/identiteiten.sql). The key vault names its one reader itself.
param names object

@description('Object ids of people and systems outside this resource group, by role of domain.md paragraph 7.')
param people object

@description('Object ids of the identities of the app and the purge.')
param systems object

param modelWorkspace string
param insights string

var here = resourceGroup().id
var roles = {
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  accountContributor: '17d1049b-9a84-46fb-8f53-869881c3d3ab'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  logReader: '73c42c96-874c-492b-b04d-ab87d138a893'
}

// --- roles of our own (roles.bicep), for what no built-in role says ------------------------------------------------------
resource deliverer 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  name: guid(here, 'bezorger')
}

resource adder 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  name: guid(here, 'toevoeger')
}

// --- the table ------------------------------------------------------------------------------------------------------------
var ids = {
  app: systems.app
  purge: systems.purge
  leverancier: people.leverancier
  dataverkenner: people.dataverkenner
  procesbeheerder: people.procesbeheerder
  toezichthouder: people.toezichthouder
  modelontwikkelaar: people.modelontwikkelaar
}
var onContainers = [
  // systems and people outside
  { who: 'leverancier', type: 'ServicePrincipal', account: names.mailbox, container: 'brievenbus', role: deliverer.name, may: 'delivers' }
  { who: 'leverancier', type: 'ServicePrincipal', account: names.feedback, container: 'terugkoppeling', role: roles.blobReader, may: 'reads what we made of a delivery' }
  { who: 'dataverkenner', type: 'ServicePrincipal', account: names.output, container: 'uitvoer', role: roles.blobReader, may: 'reads published results' }
  { who: 'procesbeheerder', type: 'Group', account: names.mailbox, container: 'quarantaine', role: roles.blobReader, may: 'looks into a held or rejected delivery' }
  { who: 'toezichthouder', type: 'Group', account: names.audit, container: 'logboek', role: roles.blobReader, may: 'reads the logboek' }
  { who: 'toezichthouder', type: 'Group', account: names.report, container: 'rapportage', role: roles.blobReader, may: 'reads the reports' }
  { who: 'modelontwikkelaar', type: 'Group', account: names.model, container: 'modellog', role: roles.blobReader, may: 'reads the log of the model' }
  // the app: adds, and deletes only what it took out of the mailbox or what an attempt staged
  { who: 'app', type: 'ServicePrincipal', account: names.feedback, container: 'terugkoppeling', role: adder.name, may: 'answers the supplier' }
  { who: 'app', type: 'ServicePrincipal', account: names.output, container: 'uitvoer', role: roles.blobContributor, may: 'publishes, and drops what an attempt staged' }
  { who: 'app', type: 'ServicePrincipal', account: names.snapshot, container: 'momentopname', role: adder.name, may: 'keeps the pseudonymised input' }
  { who: 'app', type: 'ServicePrincipal', account: names.audit, container: 'logboek', role: adder.name, may: 'writes the logboek' }
  { who: 'app', type: 'ServicePrincipal', account: names.model, container: 'modellog', role: adder.name, may: 'writes the log of the model' }
  { who: 'app', type: 'ServicePrincipal', account: names.snapshot, container: 'uitkomsten', role: roles.blobContributor, may: 'keeps what came of applications, drops what another attempt staged' }
  { who: 'app', type: 'ServicePrincipal', account: names.snapshot, container: 'tussenstand', role: roles.blobContributor, may: 'keeps the finished parts of a run until it is published' }
  { who: 'app', type: 'ServicePrincipal', account: names.groups, container: 'groepskenmerken', role: roles.blobContributor, may: 'keeps group attributes, drops what another attempt staged' }
  { who: 'app', type: 'ServicePrincipal', account: names.report, container: 'telling', role: adder.name, may: 'counts a closed month' }
  { who: 'app', type: 'ServicePrincipal', account: names.report, container: 'rapportage', role: adder.name, may: 'writes reports' }
  // the purge: removes what is past its term, and rewrites what is left
  { who: 'purge', type: 'ServicePrincipal', account: names.mailbox, container: 'brievenbus', role: roles.blobContributor, may: 'removes what was left too long' }
  { who: 'purge', type: 'ServicePrincipal', account: names.mailbox, container: 'quarantaine', role: roles.blobContributor, may: 'removes what was left too long' }
  { who: 'purge', type: 'ServicePrincipal', account: names.feedback, container: 'terugkoppeling', role: roles.blobContributor, may: 'removes what is past its term' }
  { who: 'purge', type: 'ServicePrincipal', account: names.output, container: 'uitvoer', role: roles.blobContributor, may: 'removes and rewrites results' }
  { who: 'purge', type: 'ServicePrincipal', account: names.snapshot, container: 'momentopname', role: roles.blobContributor, may: 'removes and rewrites snapshots' }
  { who: 'purge', type: 'ServicePrincipal', account: names.snapshot, container: 'uitkomsten', role: roles.blobContributor, may: 'removes what is past its term' }
  { who: 'purge', type: 'ServicePrincipal', account: names.snapshot, container: 'tussenstand', role: roles.blobContributor, may: 'drops the parts of a run that never ends' }
  { who: 'purge', type: 'ServicePrincipal', account: names.audit, container: 'logboek', role: roles.blobContributor, may: 'writes proofs, removes what is past its term' }
  { who: 'purge', type: 'ServicePrincipal', account: names.model, container: 'modellog', role: roles.blobContributor, may: 'removes what is past its term' }
  { who: 'purge', type: 'ServicePrincipal', account: names.groups, container: 'groepskenmerken', role: roles.blobContributor, may: 'removes what is past its term' }
  { who: 'purge', type: 'ServicePrincipal', account: names.report, container: 'telling', role: roles.blobContributor, may: 'removes what is past its term' }
  { who: 'purge', type: 'ServicePrincipal', account: names.report, container: 'rapportage', role: roles.blobContributor, may: 'removes what is past its term' }
]
var onAccounts = [
  // what the platform asks for: https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger
  { who: 'app', account: names.mailbox, role: roles.blobOwner, may: 'is triggered by deliveries, reads and removes them' }
  { who: 'app', account: names.mailbox, role: roles.queueContributor, may: 'hears of events that were given up' }
  { who: 'app', account: names.hostApp, role: roles.blobOwner, may: 'host of the app' }
  { who: 'app', account: names.hostApp, role: roles.queueContributor, may: 'host of the app' }
  { who: 'app', account: names.hostApp, role: roles.tableContributor, may: 'host of the app' }
  { who: 'app', account: names.hostApp, role: roles.accountContributor, may: 'host of the app' }
  { who: 'purge', account: names.hostPurge, role: roles.blobOwner, may: 'host of the purge' }
  { who: 'purge', account: names.hostPurge, role: roles.tableContributor, may: 'host of the purge' }
]

module containerRole 'role-on-container.bicep' = [for grant in onContainers: {
  name: 'rol-${uniqueString(grant.who, grant.container, grant.role)}'
  params: {
    account: grant.account
    container: grant.container
    principalId: ids[grant.who]
    principalType: grant.type
    role: grant.role
    description: '${grant.who}: ${grant.may}'
  }
}]

module accountRole 'role-on-account.bicep' = [for grant in onAccounts: {
  name: 'rol-${uniqueString(grant.who, grant.account, grant.role)}'
  params: {
    account: grant.account
    principalId: ids[grant.who]
    role: grant.role
    description: '${grant.who}: ${grant.may}'
  }
}]

resource telemetry 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insights
}

resource sends 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for who in ['app', 'purge']: {
  name: guid(telemetry.id, ids[who], roles.metricsPublisher)
  scope: telemetry
  properties: {
    principalId: ids[who]
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.metricsPublisher)
    description: '${who}: sends measurements'
  }
}]

resource modelLogs 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: modelWorkspace
}

resource readsModelLogs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(modelLogs.id, people.modelontwikkelaar, roles.logReader)
  scope: modelLogs
  properties: {
    principalId: people.modelontwikkelaar
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.logReader)
    description: 'modelontwikkelaar: reads the log of the model'
  }
}
