"""The alarms that must be there, held against the rules: each looks for what the code itself writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from development.infra.environments import Deployment
from development.infra.places import Place, Problem

RULE = "Microsoft.Insights/scheduledQueryRules"
# name of the alarm, and what its query must look for; tests/infra see that the code writes exactly this
ALARMS: Mapping[str, tuple[str, ...]] = {
    "levering-ontbreekt": ("AppTraces", '"LEV-113"'),
    "levering-aangehouden": ("slimme_check.verwerkingen", '"aangehouden"'),
    "levering-afgekeurd": ("slimme_check.verwerkingen", '"afgekeurd"'),
    "verboden-veld": ("slimme_check.bevindingen", '"LEV-402"'),
    "bsn-gevonden": ("slimme_check.bevindingen", '"LEV-403"'),
    "gebeurtenis-opgegeven": ("AppTraces", '"LEV-112"'),
    "verwerking-mislukt": ("slimme_check.verwerkingen", '"mislukt"'),
    "functie-mislukt": ("AppExceptions", '"TriggerFailed"'),
    "verloop": ("AppTraces", '"drift of"'),
    "auditspoor": ("AppTraces", '"SC-680"'),
    "stopknop": ("AppTraces", '"stop switch of"'),
}


def check_alarms(deployment: Deployment) -> Iterator[Problem]:
    """Yield every alarm that is missing, off, tells nobody, or looks for something else."""
    found = {rule.name.removeprefix("alarm-"): rule for rule in deployment.of(RULE)}
    for name, looks_for in ALARMS.items():
        if name not in found:
            place = Place("infra/modules/alarms.bicep", 1)
            yield Problem(place, "alarmen", f"{deployment.name}: the alarm {name} is missing.")
            continue
        rule = found[name]
        query = str(rule.get("properties", "criteria", "allOf")[0]["query"])
        if not all(part in query for part in looks_for):
            sentence = f"{deployment.name}: the alarm {name} must look for {', '.join(looks_for)}."
            yield Problem(rule.origin, "alarmen", sentence)
        judged = rule.get("properties", "criteria", "allOf")[0]
        said = (judged["timeAggregation"], judged["operator"], judged["threshold"])
        every, over = rule.get("properties", "evaluationFrequency"), rule.get("properties", "windowSize")
        if said != ("Count", "GreaterThan", 0) or (every, over) != ("PT15M", "PT30M"):
            sentence = f"{deployment.name}: the alarm {name} must tell of each line, looking back past its last look."
            yield Problem(rule.properties.place("properties", "criteria"), "alarmen", sentence)
        if rule.get("properties", "enabled") is not True or not rule.get("properties", "actions", "actionGroups"):
            yield Problem(rule.origin, "alarmen", f"{deployment.name}: the alarm {name} is off, or tells nobody.")
    if not deployment.of("Microsoft.Insights/metricAlerts"):
        place = Place("infra/events.bicep", 1)
        yield Problem(place, "alarmen", f"{deployment.name}: nobody hears of events that could not be delivered.")
