// Every storage account with its containers, and how long each is kept.
param location string
param tags object
param names object
param retention object
param sku string

@description('Somebody locked the immutability of the audit trail; the platform then refuses to hear of it again.')
param auditLocked bool

param workspaceId string
param modelWorkspaceId string
param subnetId string
param zones object

// An account for each audience, so that a right on one is a right on nothing else.
// deleteAfterDays: the platform deletes too, at the term of the app. Not where a person's objection may hold data longer
// than its term (output, snapshot), nor in the audit trail, where each removal leaves a tombstone: there the purge alone.
var accounts = [
  {
    name: names.mailbox
    queues: true
    tables: false
    ofModel: false
    containers: [
      { name: 'brievenbus', deleteAfterDays: retention.BEWAAR_BRIEVENBUS_DAGEN, immutableDays: 0 }
      { name: 'quarantaine', deleteAfterDays: retention.QUARANTAINE_DAGEN, immutableDays: 0 }
    ]
  }
  {
    name: names.feedback
    queues: false
    tables: false
    ofModel: false
    containers: [
      { name: 'terugkoppeling', deleteAfterDays: retention.BEWAAR_TERUGKOPPELING_DAGEN, immutableDays: 0 }
    ]
  }
  {
    name: names.output
    queues: false
    tables: false
    ofModel: false
    containers: [
      { name: 'uitvoer', deleteAfterDays: 0, immutableDays: 0 }
    ]
  }
  {
    name: names.snapshot
    queues: false
    tables: false
    ofModel: false
    containers: [
      { name: 'momentopname', deleteAfterDays: 0, immutableDays: 0 }
      { name: 'uitkomsten', deleteAfterDays: 0, immutableDays: 0 }
      { name: 'tussenstand', deleteAfterDays: retention.QUARANTAINE_DAGEN, immutableDays: 0 }
    ]
  }
  {
    name: names.audit
    queues: false
    tables: false
    ofModel: false
    containers: [
      { name: 'logboek', deleteAfterDays: 0, immutableDays: auditLocked ? 0 : retention.BEWAAR_AUDIT_DAGEN }
    ]
  }
  {
    name: names.groups
    queues: false
    tables: false
    ofModel: false
    containers: [
      { name: 'groepskenmerken', deleteAfterDays: retention.BEWAAR_GROEPEN_DAGEN, immutableDays: 0 }
    ]
  }
  {
    name: names.report
    queues: false
    tables: false
    ofModel: false
    containers: [
      { name: 'telling', deleteAfterDays: 0, immutableDays: 0 }
      { name: 'rapportage', deleteAfterDays: 0, immutableDays: 0 }
    ]
  }
  {
    name: names.model
    queues: false
    tables: false
    ofModel: true
    containers: [
      { name: 'modellog', deleteAfterDays: 0, immutableDays: 0 }
    ]
  }
  {
    name: names.hostApp
    queues: true
    tables: true
    ofModel: false
    containers: [
      { name: 'pakket', deleteAfterDays: 0, immutableDays: 0 }
      { name: 'onbestelbaar', deleteAfterDays: retention.BEWAAR_BRIEVENBUS_DAGEN, immutableDays: 0 }
    ]
  }
  {
    name: names.hostPurge
    queues: false
    tables: true
    ofModel: false
    containers: [
      { name: 'pakket', deleteAfterDays: 0, immutableDays: 0 }
    ]
  }
]

module storage 'storage.bicep' = [for account in accounts: {
  name: 'opslag-${account.name}'
  params: {
    name: account.name
    location: location
    tags: tags
    sku: sku
    containers: account.containers
    queues: account.queues
    tables: account.tables
    logsTo: account.ofModel ? modelWorkspaceId : workspaceId
    subnetId: subnetId
    zones: zones
  }
}]
