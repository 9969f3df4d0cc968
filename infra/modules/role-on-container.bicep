// One role on one container, and on nothing beside it.
param account string
param container string
param principalId string
param principalType string
param role string
param description string

resource stored 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: account
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: stored
  name: 'default'
}

resource place 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  parent: blobs
  name: container
}

resource granted 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(place.id, principalId, role)
  scope: place
  properties: {
    principalId: principalId
    principalType: principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    description: description
  }
}
