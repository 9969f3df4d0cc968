"""What people do through the API on five real nights, and what comes of it, act by act."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared import bootstrap
from shared.access import Role
from shared.adapters.sql.purge import SqlPurge
from shared.api import PREFIX
from shared.modelpackage.manifest import MANIFEST_FILE, OWN_DIGEST, seal
from shared.triggers import TriggerFailed
from tests.api.calling import Client
from tests.api.conftest import Site
from tests.api.documented import Held, Promises
from tests.api.reported import write_reports
from tests.house.repository import ROOT

DATASET = "levensonderhoud"
WHY = {"reden": "Vraag van de aanvrager"}
READING = "Vraag van de aanvrager"


def add_version(models: Path, version: str) -> None:
    """Package the model again under another version, with another threshold."""
    first = ROOT / "models" / f"{DATASET}-1.0.0"
    files = {path.name: path.read_bytes() for path in first.iterdir()}
    policy = json.loads(files["policy.json"]) | {"version": version, "threshold": 0.5, "date": "2026-11-20"}
    files["policy.json"] = json.dumps(policy).encode()
    manifest = json.loads(files.pop(MANIFEST_FILE))
    facts = {name: value for name, value in manifest.items() if name not in ("files", OWN_DIGEST)}
    folder = models / f"{DATASET}-{version}"
    folder.mkdir(parents=True)
    for name, content in {**files, MANIFEST_FILE: seal(files, facts)}.items():
        (folder / name).write_bytes(content)


class Story:
    """Who takes part in the story, with every response held against the document."""

    def __init__(self, site: Site, promises: Promises) -> None:
        self.site = site
        self.promises = promises
        self.operator = self.person(Role.PROCESBEHEERDER)
        self.case_worker = self.person(Role.BEHANDELAAR)
        self.watcher = self.person(Role.TOEZICHTHOUDER)
        self.first, self.second = (self.person(Role.MODELBEHEERDER, who=who) for who in ("een", "twee"))

    def person(self, *roles: Role, who: str = "") -> Client:
        return Held(self.site.as_(*roles, who=who), self.promises)

    def numbers(self, kind: int) -> list[str]:
        """Numbers of current applications with this result."""
        return self.site.numbers(kind)

    def pointer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.site.storage / "uitvoer" / DATASET / "actueel.json").read_bytes())
        return found


def _let_go_of_snapshot(story: Story, delivery: str) -> None:
    """Let the delivery be finished without a snapshot, once it was published and its snapshot could not be written."""
    afronding = f"{PREFIX}/leveringen/{delivery}/afronding"
    assert story.operator.post(afronding, WHY).status == 409, "nothing was published yet"
    dataset, _, digest = delivery.rpartition("-")
    in_the_way = story.site.storage / "momentopname" / dataset / digest / "manifest.json"
    in_the_way.mkdir(parents=True)
    with pytest.raises(TriggerFailed):
        bootstrap.daytime()
    in_the_way.rmdir()
    let_go = story.operator.post(afronding, WHY)
    assert (let_go.status, let_go.document["reden"]) == (200, "momentopname_losgelaten")
    bootstrap.daytime()


def deliveries_and_runs(story: Story) -> None:
    known = story.operator.get(f"{PREFIX}/leveringen").document
    assert known["aantal"] == 5
    states = {each["naam"]: each["verwerkingen"][-1]["toestand"] for each in known["leveringen"]}
    assert list(states.values()) == ["afgekeurd", "aangehouden", *["afgerond"] * 3], "the newest first"
    some = story.operator.get(f"{PREFIX}/leveringen?pagina=2&paginaGrootte=2&dataset={DATASET}").document
    assert [each["naam"] for each in some["leveringen"]] == [each["naam"] for each in known["leveringen"][2:4]]
    held, done = known["leveringen"][1], known["leveringen"][-1]
    assert story.watcher.get(f"{PREFIX}/leveringen/{held['id']}").document == held
    freed = story.operator.post(f"{PREFIX}/leveringen/{held['id']}/vrijgave", WHY)
    assert (freed.status, freed.document["toestand"]) == (200, "vrijgegeven")
    assert story.operator.post(f"{PREFIX}/leveringen/{held['id']}/vrijgave", WHY).status == 409
    _let_go_of_snapshot(story, held["id"])
    run = story.operator.get(f"{PREFIX}/verwerkingen/{freed.document['id']}").document
    assert run["toestand"] == "afgerond" and run["aantal"] > 0 and run["bevindingen"]
    whole = story.operator.post(f"{PREFIX}/verwerkingen", {"levering": done["id"], **WHY})
    assert (whole.status, whole.document["toestand"]) == (202, "wachtend")
    bootstrap.daytime()
    assert story.operator.get(whole.headers["location"]).document["toestand"] == "afgerond"
    number = story.numbers(1)[0]
    for delivery in known["leveringen"][2:]:
        asked = {"levering": delivery["id"], "aanvraagnummers": [number], **WHY}
        one = story.operator.post(f"{PREFIX}/verwerkingen", asked)
        if one.status == 202:
            break
    assert one.document["toestand"] == "afgerond" and one.document["opVerzoek"]
    assert story.operator.get(one.headers["location"]).document["aantal"] == 1
    rounds = story.operator.get(f"{PREFIX}/verwerkingen?toestand=afgerond&dataset={DATASET}").document
    assert {each["id"] for each in rounds["verwerkingen"]} >= {one.document["id"], whole.document["id"]}


def predictions(story: Story) -> None:
    number = story.numbers(1)[0]
    found = story.case_worker.post(f"{PREFIX}/aanvragen/_zoek", {"nummer": number, **WHY}).document["voorspellingen"]
    current = next(hit for hit in found if hit["huidig"])
    url = f"{PREFIX}/voorspellingen/{current['id']}"
    told = story.case_worker.get(url, Inzage_Reden=READING).document
    assert told["aanvraagnummer"] == number and told["score"] >= told["drempel"] and told["verhogend"]
    assert story.case_worker.get(f"{url}/invoer", Inzage_Reden=READING).document["tabellen"]
    for hit in found:
        again = story.case_worker.post(f"{PREFIX}/voorspellingen/{hit['id']}/herberekening", WHY).document
        assert again["oordeel"] == "gelijk", again
    assessment = {"route": "inkomensconsulent", "gevolgd": False, "reden": "andere informatie", "toelichting": "Gezien"}
    assert story.case_worker.post(f"{url}/beoordelingen", assessment).status == 201
    system = story.person(Role.DATAVERKENNER)
    assert system.post(f"{url}/beoordelingen", {**assessment, "route": "consult"}).document["rol"] == "dataverkenner"
    assert system.post(f"{url}/beoordelingen", {**assessment, "route": "elders"}).status == 400
    listed = story.case_worker.get(f"{url}/beoordelingen", Inzage_Reden=READING).document["beoordelingen"]
    assert [each["rol"] for each in listed] == ["dataverkenner", "behandelaar"]
    objection = story.case_worker.post(f"{PREFIX}/bezwaren", {"voorspelling": current["id"], **WHY})
    assert objection.status == 201
    own = objection.headers["location"]
    assert story.watcher.get(own).document["toestand"] == "open"
    assert story.case_worker.get(url, Inzage_Reden=READING).document["bewaarplicht"]
    closing = {"uitkomst": "ongegrond", **WHY}
    assert story.watcher.post(f"{own}/afhandeling", closing).document["toestand"] == "ongegrond"
    assert story.watcher.post(f"{own}/afhandeling", closing).status == 409
    assert story.watcher.get(f"{PREFIX}/bezwaren?alleenOpen=true&dataset={DATASET}").document["aantal"] == 0
    assert story.watcher.get(f"{PREFIX}/bezwaren").document["aantal"] == 1
    looked = story.watcher.post(f"{PREFIX}/gebeurtenissen/_zoek", {"handeling": "uitleg bekeken", **WHY}).document
    assert {json.loads(event["bijzonderheden"])["reden"] for event in looked["gebeurtenissen"]} == {READING}
    first = story.watcher.post(f"{PREFIX}/gebeurtenissen/_zoek", {"aantal": 1, **WHY}).document
    assert story.watcher.post(f"{PREFIX}/gebeurtenissen/_zoek", {"voor": first["verder"], **WHY}).status == 200


def models(story: Story) -> None:
    (model,) = story.watcher.get(f"{PREFIX}/modellen").document["modellen"]
    url = f"{PREFIX}/modellen/{model['naam']}"
    assert story.watcher.get(url).document == model
    stopped = story.watcher.put(f"{url}/stop", {"gestopt": True, **WHY}).document
    assert stopped["gestopt"] and story.pointer()["model"]["gestopt"]
    assert story.operator.get(f"{url}/stop").document == stopped
    assert not story.watcher.put(f"{url}/stop", {"gestopt": False, **WHY}).document["gestopt"]
    assert not story.pointer()["model"]["gestopt"]
    proposal = {"versie": "1.1.0", "redenDrempel": "Minder werk", "redenSteekproef": "Geen steekproef", **WHY}
    proposed = story.first.post(f"{url}/versies", proposal)
    assert proposed.status == 201
    assert story.first.post(f"{url}/versies", proposal).status == 409
    assert story.first.post(f"{url}/versies", {**proposal, "versie": "7.7.7"}).status == 409
    steps = f"{proposed.headers['location']}/stappen"
    assert story.first.post(steps, {"stap": "goedkeuren", **WHY}).status == 403, "four eyes"
    assert story.second.post(steps, {"stap": "activeren", **WHY}).status == 409, "nobody approved it yet"
    assert story.second.post(steps, {"stap": "afwijzen", "steekproef": 0.5, **WHY}).status == 400
    for share in (True, "0.1"):
        assert story.second.post(steps, {"stap": "goedkeuren", "steekproef": share, **WHY}).status == 400, "no number"
    for step, status in (
        ("afwijzen", "afgewezen"),
        ("", "voorgesteld"),
        ("goedkeuren", "goedgekeurd"),
        ("schaduw beginnen", "schaduw"),
        ("schaduw stoppen", "goedgekeurd"),
        ("activeren", "actief"),
    ):
        if not step:
            assert story.first.post(f"{url}/versies", proposal).status == 201
            continue
        taken = story.second.post(steps, {"stap": step, **WHY})
        assert (taken.status, taken.document["status"]) == (201, status)
    assert story.watcher.get(url).document["versie"] == "1.1.0"
    back = story.second.post(f"{url}/versies/1.0.0/stappen", {"stap": "activeren", **WHY})
    assert back.document["status"] == "actief"
    assert story.second.post(steps, {"stap": "intrekken", **WHY}).document["status"] == "ingetrokken"
    known = story.first.get(f"{url}/versies").document["versies"]
    assert {each["versie"]: each["status"] for each in known} == {"1.0.0": "actief", "1.1.0": "ingetrokken"}
    detail = story.watcher.get(proposed.headers["location"]).document
    assert detail["stappen"][0]["dossier"] and detail["stappen"][0]["redenDrempel"] == "Minder werk"
    now = datetime.now(UTC)
    period = {"van": (now - timedelta(hours=2)).isoformat(), "tot": now.isoformat(), **WHY}
    scored = story.operator.post(f"{url}/versies/1.0.0/aanvragen/_zoek?paginaGrootte=100", period).document
    assert len(scored["aanvragen"]) == 100 < scored["aantal"]


def being_removed(story: Story, prediction: str) -> None:
    """While the clock removes, an objection about what goes is refused."""
    refused = []

    def meddling(*given: Any, plain: Any = SqlPurge.remove_of) -> Any:
        said = story.case_worker.post(f"{PREFIX}/bezwaren", {"voorspelling": prediction, **WHY})
        refused.append((said.status, said.document["code"]))
        return plain(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlPurge, "remove_of", meddling)
        bootstrap.daytime()
    assert refused and set(refused) == {(409, "SC-580")}


def requests_of_persons(story: Story, clients: dict[str, str]) -> None:
    number = story.numbers(1)[0]
    person, url = clients[number], f"{PREFIX}/verzoeken"
    first, second = (story.person(Role.TOEZICHTHOUDER, who=who) for who in ("een", "twee"))
    carrying_out = {"persoonsnummer": person, **WHY}

    def recorded(soort: str) -> str:
        said = first.post(url, {"soort": soort, "persoonsnummer": person, **WHY})
        assert (said.status, said.document["toestand"]) == (201, "vastgelegd")
        return said.headers["location"]

    found = story.case_worker.post(f"{PREFIX}/aanvragen/_zoek", {"soort": "persoon", "nummer": person, **WHY})
    prediction = found.document["voorspellingen"][0]["id"]
    access = recorded("inzage")
    assert first.post(f"{access}/inzage", carrying_out).status == 409, "nobody decided yet"
    assert first.post(f"{access}/beslissing", {"toegewezen": True, **WHY}).document["toestand"] == "toegewezen"
    assert first.post(f"{access}/beslissing", {"toegewezen": True, **WHY}).status == 409
    assert first.post(f"{access}/inzage", carrying_out).status == 403, "another carries out"
    assert second.post(f"{access}/inzage", {"persoonsnummer": "1", **WHY}).status == 400
    taken_in = second.post(f"{access}/inzage", carrying_out)
    assert (taken_in.status, taken_in.document["toestand"]) == (202, "wacht op uitvoering")
    assert taken_in.headers["location"] == access
    assert second.get(f"{access}/inzage", Inzage_Reden=READING).status == 409, "not ready yet"
    bootstrap.daytime()
    assert second.get(access).document["toestand"] == "op te halen"
    assert first.get(f"{access}/inzage", Inzage_Reden=READING).status == 403, "another fetches"
    exported = second.get(f"{access}/inzage", Inzage_Reden=READING)
    assert second.get(f"{access}/inzage", Inzage_Reden=READING).document["tekst"], "more than once"
    assert number in exported.body.decode() and exported.document["tekst"]
    others = set(clients.values()) - {person}
    assert not [other for other in others if len(other) > 6 and other in exported.body.decode()]
    gone = recorded("verwijdering")
    assert first.post(f"{gone}/beslissing", {"toegewezen": True, **WHY}).status == 200
    objection = story.case_worker.post(f"{PREFIX}/bezwaren", {"voorspelling": prediction, **WHY}).headers["location"]
    assert second.post(f"{gone}/verwijdering", carrying_out).document["code"] == "SC-590", "an objection is running"
    story.watcher.post(f"{objection}/afhandeling", {"uitkomst": "ingetrokken", **WHY})
    taken_in = second.post(f"{gone}/verwijdering", carrying_out)
    assert (taken_in.status, taken_in.headers["location"]) == (202, gone)
    being_removed(story, prediction)
    removed = second.get(gone).document
    assert removed["bewijs"] and removed["blijft"] and removed["stappen"][-1]["uitkomst"]["resultaten"] > 0
    again = {"soort": "persoon", "nummer": person, **WHY}
    assert story.case_worker.post(f"{PREFIX}/aanvragen/_zoek", again).document["voorspellingen"] == []
    taken_back = recorded("inzage")
    assert first.post(f"{taken_back}/intrekking", WHY).document["toestand"] == "ingetrokken"
    assert first.post(f"{taken_back}/intrekking", WHY).status == 409
    listed = first.get(f"{url}?dataset={DATASET}").document["verzoeken"]
    assert [each["toestand"] for each in listed] == ["ingetrokken", "uitgevoerd", "op te halen"]
    assert first.get(access).document == listed[-1]


def reports(story: Story) -> None:
    """A report is found in the list, and read."""
    write_reports()
    listed = story.watcher.get(f"{PREFIX}/rapportages").document["rapportages"]
    assert story.watcher.get(f"{PREFIX}/rapportages/{listed[0]['id']}").document["feiten"]["month"] == "2026-10"
