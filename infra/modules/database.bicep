// PostgreSQL: who signs in does so with a token of Entra ID; there are no passwords. The migration owns the tables;
// the roles of the app, the purge and the reader are set by the migration itself (shared/adapters/sql/rights.py).
param name string
param location string
param tags object
param size object
param owner object
param logsTo string
param subnetId string
param zones object

var reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'

// what the server writes in its log may hold no value of a row: no statements, no details of errors
var quiet = {
  log_error_verbosity: 'terse'
  log_min_error_statement: 'panic'
  log_min_duration_statement: '-1'
  log_statement: 'none'
  log_connections: 'on'
  log_disconnections: 'on'
  require_secure_transport: 'on'
  ssl_min_protocol_version: 'TLSv1.2'
}

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: size.databaseSku
    tier: size.databaseTier
  }
  properties: {
    version: '17'
    createMode: 'Default'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: subscription().tenantId
    }
    storage: {
      storageSizeGB: size.databaseStorage
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: size.backupDays
      geoRedundantBackup: size.geoRedundantBackup
    }
    highAvailability: {
      mode: size.highAvailability
    }
    network: {
      publicNetworkAccess: 'Disabled'
    }
  }
}

// the server takes one change at a time
@batchSize(1)
resource configured 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = [for each in items(quiet): {
  parent: server
  name: each.key
  properties: {
    value: each.value
    source: 'user-override'
  }
}]

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2024-08-01' = {
  parent: server
  name: 'slimme_check'
  properties: {
    charset: 'UTF8'
    collation: 'C.UTF-8'
  }
  dependsOn: [
    configured
  ]
}

resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = {
  parent: server
  name: owner.principalId
  properties: {
    principalName: owner.name
    principalType: 'ServicePrincipal'
    tenantId: subscription().tenantId
  }
  dependsOn: [
    database
  ]
}

// without any role at all the pipeline could not sign in as the migration
resource maySee 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(server.id, owner.principalId, reader)
  scope: server
  properties: {
    principalId: owner.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', reader)
    description: 'migratie: sees that the server is there'
  }
}

resource audited 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'wie-verbond'
  scope: server
  properties: {
    workspaceId: logsTo
    logs: [
      {
        category: 'PostgreSQLLogs'
        enabled: true
      }
    ]
  }
}

module endpoint 'endpoint.bicep' = {
  name: 'pe-${name}'
  params: {
    name: 'pe-${name}'
    location: location
    tags: tags
    target: server.id
    service: 'postgresqlServer'
    subnetId: subnetId
    zoneIds: [
      zones.database
    ]
  }
}

output host string = '${name}.postgres.database.azure.com'
output database string = database.name
