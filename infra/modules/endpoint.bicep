// A private endpoint: the only way in to one service of one resource.
param name string
param location string
param tags object
param target string
param service string
param subnetId string
param zoneIds array

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: name
        properties: {
          privateLinkServiceId: target
          groupIds: [
            service
          ]
        }
      }
    ]
  }
}

resource registered 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [for (zone, i) in zoneIds: {
      name: 'zone-${i}'
      properties: {
        privateDnsZoneId: zone
      }
    }]
  }
}
