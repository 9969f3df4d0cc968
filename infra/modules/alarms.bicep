// What a person must hear of at once. Each query looks for words or numbers that the app itself writes; tests/infra
// holds them against the code. No alarm carries data of a person: the logs hold none.
param location string
param tags object
param omgeving string
param workspaceId string
param mailTo string

resource told 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-slimme-check-${omgeving}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'slimmecheck'
    enabled: true
    emailReceivers: [
      {
        name: 'procesbeheer'
        emailAddress: mailTo
        useCommonAlertSchema: true
      }
    ]
  }
}

var runs = 'AppMetrics | where Name == "slimme_check.verwerkingen" | where tostring(Properties.toestand) =='
var findings = 'AppMetrics | where Name == "slimme_check.bevindingen" | where tostring(Properties.code) =='
var lines = 'AppTraces | where Message has'
var alarms = [
  { name: 'levering-ontbreekt', severity: 1, query: '${lines} "LEV-113"', what: 'An expected delivery did not come.' }
  { name: 'levering-aangehouden', severity: 2, query: '${runs} "aangehouden"', what: 'A delivery is held.' }
  { name: 'levering-afgekeurd', severity: 2, query: '${runs} "afgekeurd"', what: 'A delivery was rejected.' }
  { name: 'verboden-veld', severity: 1, query: '${findings} "LEV-402"', what: 'A forbidden column arrived, and was dropped.' }
  { name: 'bsn-gevonden', severity: 1, query: '${findings} "LEV-403"', what: 'A number like a BSN arrived, and was masked.' }
  { name: 'gebeurtenis-opgegeven', severity: 1, query: '${lines} "LEV-112"', what: 'An event about a delivery was given up (poison).' }
  { name: 'verwerking-mislukt', severity: 1, query: '${runs} "mislukt"', what: 'A run failed.' }
  { name: 'functie-mislukt', severity: 1, query: 'AppExceptions | where ExceptionType has "TriggerFailed" or OuterMessage has "TriggerFailed"', what: 'A function failed.' }
  { name: 'verloop', severity: 2, query: '${lines} "drift of"', what: 'Drift is outside its band.' }
  { name: 'auditspoor', severity: 0, query: '${lines} "SC-680"', what: 'The audit trail is not as it was written.' }
  { name: 'stopknop', severity: 1, query: '${lines} "stop switch of"', what: 'The stop switch was used.' }
]

resource rule 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alarm in alarms: {
  name: 'alarm-${alarm.name}'
  location: location
  tags: tags
  properties: {
    displayName: 'Slimme Check ${omgeving}: ${alarm.name}'
    description: alarm.what
    severity: alarm.severity
    enabled: true
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    autoMitigate: false
    scopes: [
      workspaceId
    ]
    criteria: {
      allOf: [
        {
          query: alarm.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        told.id
      ]
    }
  }
}]
