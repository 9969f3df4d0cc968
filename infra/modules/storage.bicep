// One storage account. What is deleted is deleted: no versions, no snapshots kept, no soft delete.
param name string
param location string
param tags object
param sku string

@description('Containers: name, deleteAfterDays (0: the platform deletes nothing), immutableDays (0: not immutable).')
param containers array

param queues bool
param tables bool
param logsTo string
param subnetId string
param zones object

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    isHnsEnabled: false
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: 'Disabled'
    supportsHttpsTrafficOnly: true
    encryption: {
      requireInfrastructureEncryption: true
      keySource: 'Microsoft.Storage'
      services: {
        blob: {
          enabled: true
          keyType: 'Account'
        }
        queue: {
          enabled: true
          keyType: 'Account'
        }
        table: {
          enabled: true
          keyType: 'Account'
        }
      }
    }
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: 'Deny'
      ipRules: []
      virtualNetworkRules: []
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: false
    changeFeed: {
      enabled: false
    }
    deleteRetentionPolicy: {
      enabled: false
    }
    containerDeleteRetentionPolicy: {
      enabled: false
    }
    restorePolicy: {
      enabled: false
    }
  }
}

resource made 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [for container in containers: {
  parent: blobs
  name: container.name
  properties: {
    publicAccess: 'None'
  }
}]

// locked by a person after acceptance, once and for ever: see the runbook
resource immutable 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2024-01-01' = [for (container, i) in containers: if (container.immutableDays > 0) {
  parent: made[i]
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: container.immutableDays
    allowProtectedAppendWrites: false
  }
}]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [for container in containers: {
        name: 'bewaartermijn-${container.name}'
        enabled: container.deleteAfterDays > 0
        type: 'Lifecycle'
        definition: {
          filters: {
            blobTypes: [
              'blockBlob'
            ]
            prefixMatch: [
              '${container.name}/'
            ]
          }
          actions: {
            baseBlob: {
              delete: {
                daysAfterModificationGreaterThan: container.deleteAfterDays > 0 ? container.deleteAfterDays : 36500
              }
            }
          }
        }
      }]
    }
  }
  dependsOn: [
    made
  ]
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = if (queues) {
  parent: account
  name: 'default'
  properties: {}
}

resource audited 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'wie-las-en-schreef'
  scope: blobs
  properties: {
    workspaceId: logsTo
    logs: [
      {
        category: 'StorageRead'
        enabled: true
      }
      {
        category: 'StorageWrite'
        enabled: true
      }
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
  }
}

module blobEndpoint 'endpoint.bicep' = {
  name: 'pe-${name}-blob'
  params: {
    name: 'pe-${name}-blob'
    location: location
    tags: tags
    target: account.id
    service: 'blob'
    subnetId: subnetId
    zoneIds: [
      zones.blob
    ]
  }
}

module queueEndpoint 'endpoint.bicep' = if (queues) {
  name: 'pe-${name}-queue'
  params: {
    name: 'pe-${name}-queue'
    location: location
    tags: tags
    target: account.id
    service: 'queue'
    subnetId: subnetId
    zoneIds: [
      zones.queue
    ]
  }
}

module tableEndpoint 'endpoint.bicep' = if (tables) {
  name: 'pe-${name}-table'
  params: {
    name: 'pe-${name}-table'
    location: location
    tags: tags
    target: account.id
    service: 'table'
    subnetId: subnetId
    zoneIds: [
      zones.table
    ]
  }
}
