// One role of an identity of ours on one whole storage account.
param account string
param principalId string
param role string
param description string

resource stored 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: account
}

resource granted 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(stored.id, principalId, role)
  scope: stored
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    description: description
  }
}
