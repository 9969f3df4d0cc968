// Logs of the product, and apart from them the workspace of the model: whoever builds the model sees that one alone.
param location string
param tags object
param omgeving string
param days int
param subnetId string
param zones object

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-slimme-check-${omgeving}'
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: days
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: false
    }
    publicNetworkAccessForIngestion: 'Disabled'
    publicNetworkAccessForQuery: 'Disabled'
  }
}

resource modelWorkspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-slimme-check-model-${omgeving}'
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: days
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: false
    }
    publicNetworkAccessForIngestion: 'Disabled'
    publicNetworkAccessForQuery: 'Disabled'
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-slimme-check-${omgeving}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
    DisableIpMasking: false
    publicNetworkAccessForIngestion: 'Disabled'
    publicNetworkAccessForQuery: 'Disabled'
  }
}

resource private 'Microsoft.Insights/privateLinkScopes@2021-07-01-preview' = {
  name: 'ampls-slimme-check-${omgeving}'
  location: 'global'
  tags: tags
  properties: {
    accessModeSettings: {
      ingestionAccessMode: 'PrivateOnly'
      queryAccessMode: 'PrivateOnly'
    }
  }
}

resource privateWorkspace 'Microsoft.Insights/privateLinkScopes/scopedResources@2021-07-01-preview' = {
  parent: private
  name: 'logs'
  properties: {
    linkedResourceId: workspace.id
  }
}

resource privateModelWorkspace 'Microsoft.Insights/privateLinkScopes/scopedResources@2021-07-01-preview' = {
  parent: private
  name: 'modellogs'
  properties: {
    linkedResourceId: modelWorkspace.id
  }
}

resource privateInsights 'Microsoft.Insights/privateLinkScopes/scopedResources@2021-07-01-preview' = {
  parent: private
  name: 'telemetrie'
  properties: {
    linkedResourceId: insights.id
  }
}

module endpoint 'endpoint.bicep' = {
  name: 'pe-logs-${omgeving}'
  params: {
    name: 'pe-logs-${omgeving}'
    location: location
    tags: tags
    target: private.id
    service: 'azuremonitor'
    subnetId: subnetId
    zoneIds: [
      zones.monitor
      zones.oms
      zones.ods
      zones.agent
      zones.blob
    ]
  }
}

output workspaceId string = workspace.id
output modelWorkspaceId string = modelWorkspace.id
output modelWorkspaceName string = modelWorkspace.name
output insightsName string = insights.name
// no secret: without a token of Entra ID nothing is taken in (DisableLocalAuth)
output connection string = insights.properties.ConnectionString
