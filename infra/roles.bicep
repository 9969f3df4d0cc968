// Roles of our own, for what no built-in role says: made once, by an owner of the resource group (make roles), so that
// who rolls out may assign roles and define none.
targetScope = 'resourceGroup'

@description('Which environment this is.')
param omgeving string

var here = resourceGroup().id

resource deliverer 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(here, 'bezorger')
  properties: {
    roleName: 'Slimme Check bezorger (${omgeving})'
    description: 'Writes blobs; reads, lists and deletes none.'
    type: 'CustomRole'
    assignableScopes: [
      here
    ]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
        ]
        notDataActions: []
      }
    ]
  }
}

resource adder 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(here, 'toevoeger')
  properties: {
    roleName: 'Slimme Check toevoeger (${omgeving})'
    description: 'Reads, lists and writes blobs; deletes none.'
    type: 'CustomRole'
    assignableScopes: [
      here
    ]
    permissions: [
      {
        actions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/read'
        ]
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
        ]
        notDataActions: []
      }
    ]
  }
}

// assigned to nobody here: for an hour, by PIM, to who rotates the key (runbook). What is deleted the vault keeps for 90 days
resource keySetter 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(here, 'sleutelzetter')
  properties: {
    roleName: 'Slimme Check sleutelzetter (${omgeving})'
    description: 'Sets, deletes and recovers secrets and sees their names; reads none.'
    type: 'CustomRole'
    assignableScopes: [
      here
    ]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.KeyVault/vaults/secrets/setSecret/action'
          'Microsoft.KeyVault/vaults/secrets/readMetadata/action'
          'Microsoft.KeyVault/vaults/secrets/delete'
          'Microsoft.KeyVault/vaults/secrets/recover/action'
        ]
        notDataActions: []
      }
    ]
  }
}
