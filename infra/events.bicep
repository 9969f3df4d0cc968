// The event that a delivery is complete: from the mailbox to the app. Deployed after the code, because the key of its
// webhook is made when the app first starts; the key is read here and goes into no file, parameter or output.
targetScope = 'resourceGroup'

@description('Which environment this is.')
param omgeving string

@description('Region of every resource.')
param location string

@description('Name of the Function App, as main.bicep gives it.')
param appName string

@description('Name of the storage account of the mailbox, as main.bicep gives it.')
param mailboxAccount string

@description('Name of the storage account of the host, where events that could not be delivered are kept.')
param hostAccount string

var tags = {
  product: 'slimme-check'
  omgeving: omgeving
}
var blobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: appName
}

resource mailbox 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: mailboxAccount
}

resource host 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostAccount
}

resource hostBlobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: host
  name: 'default'
}

resource undelivered 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  parent: hostBlobs
  name: 'onbestelbaar'
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-slimme-check-${omgeving}'
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: mailbox.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource mayKeep 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(undelivered.id, topic.id, blobContributor)
  scope: undelivered
  properties: {
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
    description: 'event grid: keeps events that could not be delivered'
  }
}

resource delivered 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'levering-compleet'
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.delivery_arrived&code=${listKeys('${app.id}/host/default', '2024-04-01').systemKeys.blobs_extension}'
        maxEventsPerBatch: 1
        minimumTlsVersionAllowed: '1.2'
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: [
        'Microsoft.Storage.BlobCreated'
      ]
      subjectBeginsWith: '/blobServices/default/containers/brievenbus/blobs/'
      subjectEndsWith: '/datapackage.json'
      isSubjectCaseSensitive: true
      advancedFilters: [
        {
          operatorType: 'StringIn'
          key: 'data.api'
          values: [
            'PutBlob'
            'PutBlockList'
            'CopyBlob'
            'FlushWithClose'
          ]
        }
      ]
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'SystemAssigned'
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: host.id
          blobContainerName: 'onbestelbaar'
        }
      }
    }
  }
  dependsOn: [
    mayKeep
  ]
}

resource undeliveredAlarm 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alarm-gebeurtenis-onbestelbaar'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid could not deliver an event about a delivery; the nightly sweep takes the delivery up.'
    severity: 2
    enabled: true
    scopes: [
      topic.id
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'onbestelbaar'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'DeadLetteredCount'
          operator: 'GreaterThan'
          threshold: 0
          timeAggregation: 'Total'
        }
      ]
    }
    actions: [
      {
        actionGroupId: resourceId('Microsoft.Insights/actionGroups', 'ag-slimme-check-${omgeving}')
      }
    ]
  }
}
