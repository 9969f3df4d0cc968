"""The public pages: what they say, that every link leads somewhere, and how they look in a real browser."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser, Page

from shared.monitoring.register.facts import UNKNOWN, Algorithm, gather
from shared.monitoring.register.files import register_files
from shared.monitoring.register.site import site_pages
from tests.pages.looking import HERE_SIZE, Checker, draw, faults

PAGES = (
    "index.html",
    "reageren.html",
    "toegankelijkheid.html",
    "levensonderhoud/index.html",
    "levensonderhoud/techniek.html",
    "levensonderhoud/uitleg.html",
)
LONGEST_SENTENCE = 30  # words; B1 asks for short sentences


class _Read(HTMLParser):
    """What a page holds: its links, the names in it, its text, and the tags that are used."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.tags: set[str] = set()
        self.text = ""
        self._silent = 0
        self.feed(content.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self._silent += tag in ("style", "title")
        if found.get("id"):
            self.names.add(str(found["id"]))
        if tag == "a":
            self.links.append(str(found["href"]))
        self.text += "\n" if tag in ("p", "li", "td", "th", "h1", "h2", "h3", "dt", "dd", "caption", "text") else ""

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        self.text += "" if self._silent else data


def _page(files: dict[str, bytes], name: str) -> _Read:
    return _Read(files[f"site/{name}"])


def test_there_are_a_general_a_technical_and_an_applicants_page(files: dict[str, bytes]) -> None:
    assert sorted(name.removeprefix("site/") for name in files if name.startswith("site/")) == sorted(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(algorithm: Algorithm, files: dict[str, bytes], name: str) -> None:
    read = _page(files, name)
    assert read.links
    assert (algorithm.text.fields["contact_email"] in read.links) == (name == "reageren.html")
    for link in (each for each in read.links if each != algorithm.text.fields["contact_email"]):
        place, _, anchor = link.partition("#")
        target = posixpath.normpath(posixpath.join("site", posixpath.dirname(name), place)) if place else f"site/{name}"
        assert target in files, link
        assert not anchor or anchor in _Read(files[target]).names, link


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_script_and_fetches_nothing(files: dict[str, bytes], name: str) -> None:
    read = _page(files, name)
    assert not read.tags & {"script", "img", "iframe", "link", "form", "object"}
    assert "default-src 'none'" in unescape(files[f"site/{name}"].decode("utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_no_place_is_left_unfilled_and_sentences_are_short(files: dict[str, bytes], name: str) -> None:
    text = _page(files, name).text
    assert not re.findall(r"\{\w+\}", text)
    sentences = [each for line in text.splitlines() for each in re.split(r"[.?!:;] ", line)]
    assert not [each for each in sentences if len(each.split()) > LONGEST_SENTENCE]


def test_every_feature_has_a_section_with_its_reason_effect_and_tests(
    algorithm: Algorithm, files: dict[str, bytes]
) -> None:
    read = _page(files, "levensonderhoud/techniek.html")
    assert len(algorithm.features) == 15
    for feature in algorithm.features:
        assert feature.name.replace("_", "-") in read.names
        assert feature.text.why in read.text
        assert len(feature.tests) >= 5
        assert all(test in read.text for test in feature.tests)
    assert files["site/levensonderhoud/techniek.html"].count(b"<svg") >= len(algorithm.features)


def test_an_applicant_is_told_the_stored_reasons_and_that_a_person_decides(
    algorithm: Algorithm, files: dict[str, bytes]
) -> None:
    text = _page(files, "levensonderhoud/uitleg.html").text
    assert algorithm.example is not None
    for reason in (*algorithm.example.raised, *algorithm.example.lowered, *algorithm.example.unknown):
        assert reason[1:] in text
    assert "Een mens beslist" in text
    assert "bezwaar" in text
    assert "verzonnen" in text


def test_without_an_example_of_this_version_the_page_says_so(algorithm: Algorithm) -> None:
    page = site_pages([replace(algorithm, example=None)])["levensonderhoud/uitleg.html"].decode()
    assert "nog geen voorbeeld" in page
    assert "Waardoor de score hoger werd" not in page


def test_where_applications_are_drawn_the_page_says_so_and_shows_what_is_told_while_one_waits(
    algorithm: Algorithm, files: dict[str, bytes]
) -> None:
    name = "levensonderhoud/uitleg.html"
    without = _page(files, name).text
    assert "aanvrager" not in without
    assert "lot kiest" not in without
    drawing = replace(
        algorithm,
        package=replace(algorithm.package, sample_share=0.05),
        words={**algorithm.words, "steekproef": "5 procent"},
    )
    text = _Read(site_pages([drawing])[name]).text
    assert "Het lot kiest daarnaast 5 procent van de aanvragen" in text
    assert "Zolang uw aanvraag nog niet is beoordeeld" in text
    assert "Gekozen door het lot" in text


def test_the_lesson_of_the_pilot_is_told_where_it_was_measured(files: dict[str, bytes]) -> None:
    text = _page(files, "levensonderhoud/techniek.html").text
    assert "Geslacht (vrouw): vaker ten onrechte een seintje" in text
    assert "Nederlandse nationaliteit (ja): vaker ten onrechte een seintje" in text
    assert "Nederlandse nationaliteit (nee): minder vaak ten onrechte een seintje" in text


@pytest.fixture
def page(chrome: Browser) -> Iterator[Page]:
    """A page in a browser that runs no scripts."""
    context = chrome.new_context(viewport={"width": HERE_SIZE[0], "height": HERE_SIZE[1]}, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_it_fits_a_narrow_screen(chrome: Browser, page: Page, address: str, name: str) -> None:
    answer = page.goto(address + name)
    assert answer is not None
    assert answer.ok
    draw(page, f"register-{name.replace('/', '-').removesuffix('.html')}")
    looking = chrome.new_context()
    found = faults(page, Checker(looking))
    looking.close()
    assert not found, found


def test_a_model_that_was_trained_elsewhere_gets_pages_and_papers_that_say_what_is_not_known(
    algorithm: Algorithm,
) -> None:
    card = {**algorithm.package.card, "quality": None, "training": None, "invented_people": False, "origin": "Elders."}
    package = replace(algorithm.package, card=card, reference={}, date="2026-12-01")
    case = replace(algorithm.case, group_rules={}, no_values={})
    told = gather(case, package, algorithm.text, {}, algorithm.activity)
    written = {name: content.decode("utf-8") for name, content in register_files([told]).items()}
    assert UNKNOWN in written["site/levensonderhoud/index.html"]
    assert "Dit model is gemaakt met verzonnen mensen" not in written["site/levensonderhoud/index.html"]
    assert "Uitkomsten per groep staan niet in het pakket." in written["papieren/levensonderhoud/gebruiksinstructie.md"]
    assert "Wat herwegen zou veranderen" not in written["papieren/levensonderhoud/modelkaart.md"]
