"""Sends everything that records something twice with one key: it counts once, and something else with it is refused."""

from __future__ import annotations

import uuid
from typing import Any

from shared.api import PREFIX
from tests.api.calling import Client

WHY = {"reden": "Vraag van de aanvrager"}


def sent_twice(client: Client, path: str, body: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the one answer to a request that was sent twice; `other` is refused with the same key."""
    key = str(uuid.uuid4())
    first = client.post(f"{PREFIX}{path}", body, Idempotency_Key=key)
    again = client.post(f"{PREFIX}{path}", body, Idempotency_Key=key)
    assert first.status == again.status in (201, 202), first.body
    assert again.document == first.document
    assert again.headers.get("location") == first.headers.get("location")
    refused = client.post(f"{PREFIX}{path}", other, Idempotency_Key=key)
    assert (refused.status, refused.document["code"]) == (409, "SC-565")
    assert client.post(f"{PREFIX}{path}", body, Idempotency_Key="1").status == 400
    document: dict[str, Any] = first.document
    return document


def everything_twice(case_worker: Client, operator: Client, watcher: Client, number: str) -> None:
    """Send an assessment, an objection, a request of a person and a request for a run twice."""
    found = case_worker.post(f"{PREFIX}/aanvragen/_zoek", {"nummer": number, **WHY}).document["voorspellingen"]
    prediction = next(str(hit["id"]) for hit in found if hit["huidig"])
    assessment = {"route": "consult", "gevolgd": False, "reden": "anders", "toelichting": "Twee keer verstuurd"}
    path = f"/voorspellingen/{prediction}/beoordelingen"
    sent_twice(case_worker, path, assessment, assessment | {"toelichting": "Iets anders"})
    told = case_worker.get(f"{PREFIX}{path}", Inzage_Reden=WHY["reden"]).document["beoordelingen"]
    assert [one["toelichting"] for one in told].count("Twee keer verstuurd") == 1

    objection = {"voorspelling": prediction, "reden": "Twee keer verstuurd"}
    before = watcher.get(f"{PREFIX}/bezwaren").document["aantal"]
    opened = sent_twice(case_worker, "/bezwaren", objection, objection | {"reden": "Iets anders"})
    assert watcher.get(f"{PREFIX}/bezwaren").document["aantal"] == before + 1
    ending = {"uitkomst": "ingetrokken", "reden": "Was een proef"}
    assert watcher.post(f"{PREFIX}/bezwaren/{opened['id']}/afhandeling", ending).status == 200

    request = {"soort": "inzage", "persoonsnummer": "900100001", **WHY}
    before = watcher.get(f"{PREFIX}/verzoeken").document["aantal"]
    recorded = sent_twice(watcher, "/verzoeken", request, request | {"persoonsnummer": "900100002"})
    assert watcher.get(f"{PREFIX}/verzoeken").document["aantal"] == before + 1
    assert watcher.post(f"{PREFIX}/verzoeken/{recorded['id']}/intrekking", WHY).status == 200

    run = operator.get(f"{PREFIX}/verwerkingen/{prediction.partition('-')[0]}").document
    asked = {"levering": run["levering"], **WHY}
    before = operator.get(f"{PREFIX}/verwerkingen").document["aantal"]
    sent_twice(operator, "/verwerkingen", asked, asked | {"reden": "Iets anders"})
    assert operator.get(f"{PREFIX}/verwerkingen").document["aantal"] == before + 1
