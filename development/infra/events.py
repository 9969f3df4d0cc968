"""The event that starts a run: only of a complete delivery, to the one function, kept when it cannot be delivered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from development.infra.environments import Deployment
from development.infra.places import Place, Problem

SUBSCRIPTION = "Microsoft.EventGrid/systemTopics/eventSubscriptions"
HOOK = "/runtime/webhooks/blobs?functionName=Host.Functions.delivery_arrived&code=<geheim>"
FILTER = {
    "includedEventTypes": ["Microsoft.Storage.BlobCreated"],
    "subjectBeginsWith": "/blobServices/default/containers/brievenbus/blobs/",
    "subjectEndsWith": "/datapackage.json",
    "isSubjectCaseSensitive": True,
}
# by which a blob is complete: an account with folders also tells of blobs that were only begun
APIS = {"PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"}


def check_events(deployment: Deployment) -> Iterator[Problem]:
    """Yield what is wrong with the subscription."""
    found = deployment.events.of(SUBSCRIPTION)
    if len(found) != 1:
        yield Problem(Place("infra/events.bicep", 1), "gebeurtenis", f"{deployment.name}: one subscription is needed.")
    for topic in deployment.events.of("Microsoft.EventGrid/systemTopics"):
        if not re.search(r"/sc.brief", str(topic.get("properties", "source"))):
            place = topic.properties.place("properties", "source")
            yield Problem(place, "gebeurtenis", f"{deployment.name}: the events must be those of the mailbox.")
    for one in found:
        url = str(one.get("properties", "destination", "properties", "endpointUrl"))
        if not url.endswith(HOOK):
            place = one.properties.place("properties", "destination", "properties", "endpointUrl")
            sentence = (
                f"{deployment.name}: the webhook must be that of delivery_arrived, with the key read from the app."
            )
            yield Problem(place, "gebeurtenis", sentence)
        for name, value in FILTER.items():
            if one.get("properties", "filter", name) != value:
                place = one.properties.place("properties", "filter", name)
                yield Problem(place, "gebeurtenis", f"{deployment.name}: the filter {name} must be {value!r}.")
        further = one.get("properties", "filter", "advancedFilters") or []
        if [(each["operatorType"], each["key"], set(each["values"])) for each in further] != [
            ("StringIn", "data.api", APIS)
        ]:
            place = one.properties.place("properties", "filter", "advancedFilters")
            yield Problem(place, "gebeurtenis", f"{deployment.name}: only {', '.join(sorted(APIS))} complete a blob.")
        if one.get("properties", "eventDeliverySchema") != "EventGridSchema":
            place = one.properties.place("properties", "eventDeliverySchema")
            yield Problem(place, "gebeurtenis", f"{deployment.name}: the trigger reads EventGridSchema alone.")
        kept = one.get("properties", "deadLetterWithResourceIdentity", "deadLetterDestination", "properties")
        if not kept or kept.get("blobContainerName") != "onbestelbaar" or "hostapp" not in str(kept.get("resourceId")):
            place = one.properties.place("properties", "deadLetterWithResourceIdentity")
            yield Problem(place, "gebeurtenis", f"{deployment.name}: events that cannot be delivered must be kept.")
