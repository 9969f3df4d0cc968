// Who the parts of the product are to Azure: three identities, none of which may do the work of another.
param location string
param tags object
param omgeving string

resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-slimme-check-app-${omgeving}'
  location: location
  tags: tags
}

resource purge 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-slimme-check-verwijder-${omgeving}'
  location: location
  tags: tags
}

// used by the migrate step of the pipeline alone, through a federated service connection
resource migration 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-slimme-check-migratie-${omgeving}'
  location: location
  tags: tags
}

output app object = {
  id: app.id
  name: app.name
  clientId: app.properties.clientId
  principalId: app.properties.principalId
}
output purge object = {
  id: purge.id
  name: purge.name
  clientId: purge.properties.clientId
  principalId: purge.properties.principalId
}
output migration object = {
  id: migration.id
  name: migration.name
  clientId: migration.properties.clientId
  principalId: migration.properties.principalId
}
