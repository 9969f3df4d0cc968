"""What people do by page and by API: a canary stands in the answer to whoever may see it, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shared import bootstrap
from shared.access import ROUTES, Role
from shared.api import PREFIX
from tests.api.calling import Said
from tests.api.conftest import Site, make_site
from tests.canary.allowed import DATABASE, STORED, Allowance, found, leaks, told
from tests.canary.canaries import What
from tests.canary.office import HELD, Office, opened, overheard
from tests.canary.searching import Search
from tests.pages.forms import send

__all__ = ["make_site"]

pytestmark = pytest.mark.slow
API = f"(?:{PREFIX})?"

SHOWN = (
    Allowance(
        (What.AANVRAAG, What.WAARDE, What.MOMENT),
        rf"answer 200 (GET {PREFIX}/voorspellingen/\*(/invoer)?|POST /(voorspellingen/\*|aanvragen)) \(body\)",
        "a case worker who said why sees one application: its number, its features, and what they were made of",
    ),
    Allowance(
        (What.AANVRAAG,),
        rf"answer 200 POST {PREFIX}/aanvragen/_zoek \(body\)",
        "what was found says of which application it is, also to who asked by the number of a person",
    ),
    Allowance(
        (What.AANVRAAG, What.WAARDE, What.MOMENT),
        rf"answer 200 GET {PREFIX}/verzoeken/\*/inzage \(body\)",
        "a person who asks is told all there is about that person; by one who may, after another decided",
    ),
    Allowance(
        (What.GETYPT,),
        rf"answer 20\d (GET|POST) {API}/(voorspellingen|verzoeken|gebeurtenissen|audit|aanvragen)\b.* \(body\)",
        "what was written down about an application or a request is shown to whoever works on it or oversees it",
    ),
    Allowance(
        (What.GETYPT,),
        rf"answer 200 (GET|PUT) {API}/modellen(/levensonderhoud.*)? \(body\)",
        "why a model is stopped is told (domain.md §7)",
    ),
    Allowance(
        (What.GETYPT, What.BSN),
        r"answer 404 POST /aanvragen \(body\)",
        "who typed a number that is not there sees the form again as it was filled in",
    ),
    Allowance(
        (What.KOLOM,),
        rf"answer 200 GET {API}/verwerkingen/\* \(body\)",
        "findings are shown to whoever runs the app",
    ),
    Allowance(
        (What.GETYPT,),
        rf"{DATABASE}:\w+\.(reden|details|toelichting)",
        "why somebody did something is on record",
    ),
)


@dataclass
class People:
    """Who work with what is planted."""

    office: Office
    site: Site

    def __post_init__(self) -> None:
        somebody = lambda *roles, who="": overheard(self.office, self.site, *roles, who=who)  # noqa: E731
        self.worker = somebody(Role.BEHANDELAAR, who="een")
        self.watcher, self.other = (somebody(Role.TOEZICHTHOUDER, who=who) for who in ("twee", "drie"))
        self.operator = somebody(Role.PROCESBEHEERDER, who="vier")
        self.manager = somebody(Role.MODELBEHEERDER, who="vijf")

    def why(self, where: str) -> dict[str, str]:
        return {"reden": self.office.type(where)}


@pytest.fixture
def people(make_site: Callable[[Path], Site], tmp_path: Path) -> Iterator[People]:
    with pytest.MonkeyPatch.context() as patch:
        office = opened(tmp_path / "werk", patch)
        with office.listening():
            site = make_site(office.root)
        yield People(office, site)


def done(said: Said, status: int) -> Any:
    assert said.status == status, said.body
    return said.document


def cases(people: People) -> None:
    """Look somebody up by number and by person, read all there is, judge, object."""
    number, person = people.office.made.applications()[0], people.office.made.person(1)
    for asked in ({"nummer": number}, {"soort": "persoon", "nummer": person}):
        hits = done(people.worker.post(f"{PREFIX}/aanvragen/_zoek", asked | people.why("a search")), 200)
        assert len(hits["voorspellingen"]) == 1
    assert done(people.worker.post(f"{PREFIX}/aanvragen/_zoek", {"nummer": person} | people.why("a search")), 200)
    url = f"{PREFIX}/voorspellingen/{hits['voorspellingen'][0]['id']}"
    for path in ("", "/invoer", "/beoordelingen"):
        done(people.worker.get(f"{url}{path}", Inzage_Reden=people.office.type("a reading")), 200)
    done(people.worker.post(f"{url}/herberekening", people.why("a replay")), 200)
    judged = {"route": "consult", "gevolgd": False, "reden": "anders", "toelichting": people.office.type("a judgement")}
    done(people.worker.post(f"{url}/beoordelingen", judged), 201)
    done(people.worker.get(f"{url}/beoordelingen", Inzage_Reden=people.office.type("a reading")), 200)
    objection = {"voorspelling": hits["voorspellingen"][0]["id"]} | people.why("an objection")
    opened_as = done(people.worker.post(f"{PREFIX}/bezwaren", objection), 201)["id"]
    page = url.removeprefix(PREFIX)
    for kind, asked_for, status in (
        ("aanvraag", number, 200),
        ("persoon", person, 200),
        ("persoon", people.office.made.aviary.bsn("a page"), 404),
    ):
        said = send(
            people.worker, "/aanvragen", "/aanvragen", soort=kind, nummer=asked_for, reden=people.office.type("a page")
        )
        assert said.status == status, said.body
    assert send(people.worker, page, "/aanvragen", reden=people.office.type("a page")).status == 200
    for path in ("/bezwaren", f"/bezwaren/{opened_as}", f"{PREFIX}/bezwaren", f"{PREFIX}/bezwaren/{opened_as}"):
        assert people.watcher.get(path).status == 200
    done(
        people.watcher.post(f"{PREFIX}/bezwaren/{opened_as}/afhandeling", {"uitkomst": "gegrond"} | people.why("x")),
        200,
    )


def requests(people: People) -> None:
    """A person asks to see, and to be removed; the number is typed again and again, also a wrong one."""
    person, url = people.office.made.person(2), f"{PREFIX}/verzoeken"
    for kind in ("inzage", "verwijdering"):
        asked = {"soort": kind, "persoonsnummer": person} | people.why("a request")
        request = done(people.watcher.post(url, asked), 201)["id"]
        done(people.watcher.post(f"{url}/{request}/beslissing", {"toegewezen": True} | people.why("a decision")), 200)
        wrong = {"persoonsnummer": people.office.made.aviary.bsn("a wrong number")} | people.why("a request")
        assert people.other.post(f"{url}/{request}/{kind}", wrong).status == 400
        done(people.other.post(f"{url}/{request}/{kind}", {"persoonsnummer": person} | people.why("a request")), 202)
        with people.office.listening():
            bootstrap.daytime()
        if kind == "inzage":
            done(people.other.get(f"{url}/{request}/inzage", Inzage_Reden=people.office.type("a fetch")), 200)
        assert people.watcher.get(f"/verzoeken/{request}").status == 200
        done(people.watcher.get(f"{url}/{request}"), 200)


def operation(people: People) -> None:
    """Deliveries and runs; one is released, and some applications are judged again; the model is stopped."""
    deliveries = done(people.operator.get(f"{PREFIX}/leveringen"), 200)["leveringen"]
    held = next(one["id"] for one in deliveries if one["naam"] == HELD and one["dataset"] == "levensonderhoud")
    done(people.operator.post(f"{PREFIX}/leveringen/{held}/vrijgave", people.why("a release")), 200)
    first = next(one["id"] for one in deliveries if one["naam"] == "2026-11-20" and one["dataset"] == "levensonderhoud")
    named = {"levering": first, "aanvraagnummers": people.office.made.applications()[2:]} | people.why("a request")
    done(people.operator.post(f"{PREFIX}/verwerkingen", named), 202)
    with people.office.listening():
        bootstrap.daytime()
    for one in deliveries:
        assert people.operator.get(f"/leveringen/{one['id']}").status == 200
        done(people.operator.get(f"{PREFIX}/leveringen/{one['id']}"), 200)
    for run in done(people.operator.get(f"{PREFIX}/verwerkingen"), 200)["verwerkingen"]:
        assert people.operator.get(f"/verwerkingen/{run['id']}").status == 200
        done(people.operator.get(f"{PREFIX}/verwerkingen/{run['id']}"), 200)
    stop = f"{PREFIX}/modellen/levensonderhoud/stop"
    done(people.watcher.put(stop, {"gestopt": True} | people.why("the stop switch")), 200)
    assert people.watcher.get("/modellen/levensonderhoud").status == 200
    done(people.watcher.put(stop, {"gestopt": False} | people.why("the stop switch")), 200)


def oversight(people: People) -> None:
    """What happened, on page and over the API; and every page of the menu for everybody."""
    asked = {"aantal": 100} | people.why("the audit log")
    done(people.watcher.post(f"{PREFIX}/gebeurtenissen/_zoek", asked), 200)
    assert send(people.watcher, "/audit", "/audit", reden=people.office.type("the audit log")).status == 200
    plain = [name.partition(" ")[2] for name in ROUTES if name.startswith("GET /") and "{" not in name]
    for client in (people.worker, people.watcher, people.operator, people.manager):
        for path in plain:
            assert client.get(path).status in (200, 403, 404), path


def test_a_canary_is_shown_to_whoever_may_see_it_and_to_nobody_else(people: People) -> None:
    for act in (cases, requests, operation, oversight):
        act(people)
    hits = found(people.office.pieces(), Search(people.office.made.canaries))
    wrong = leaks(hits, (*STORED, *SHOWN))
    assert wrong == [], told(wrong)
    assert {one for hit in hits for one in SHOWN if one.covers(hit)} == set(SHOWN)
