"""The report of a year of invented months, in a real browser: with axe, on a small screen, on paper, and as served."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from development.population.months import synthetic_months
from development.report import MODELS, PLANTED, SEED, editions, year_of_reports
from shared.adapters.packages import load_package
from shared.levensonderhoud.usecase import LEVENSONDERHOUD
from shared.monitoring.report.make import Edition
from shared.monitoring.report.page import content_policy
from shared.reporting import FILES, RECORD
from tests.pages.looking import HERE_SIZE, NARROW, PICTURES, Checker, Visitor, draw, faults
from tests.pages.site import Site

ADDRESS = "https://rapport.example/"
# Of every picture: words whose box meets that of a line, a mark or other words. A box is higher than its letters.
CROSSING = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const grown = (box, x, y) => ({left: box.left - x, right: box.right + x, top: box.top - y, bottom: box.bottom + y});
  const placed = (node, x, y) => ({node, ...grown(node.getBoundingClientRect(), x, y)});
  const meet = (a, b) => Math.min(a.right, b.right) > Math.max(a.left, b.left)
    && Math.min(a.bottom, b.bottom) > Math.max(a.top, b.top);
  const words = [...svg.querySelectorAll('text')].map(
    node => node.hasAttribute('transform') ? placed(node, -2, 0) : placed(node, 0, -2.5));
  const marks = [...svg.querySelectorAll('line, path, circle')].map(node => placed(node, 0.5, 0.5));
  return words.flatMap((word, at) => [...marks, ...words.slice(at + 1)].filter(other => meet(word, other)).map(
    other => [svg.textContent.slice(0, 60), word.node.textContent, other.node.outerHTML]));
})"""


@pytest.fixture(scope="module")
def reports() -> dict[Edition, bytes]:
    package = load_package(MODELS / LEVENSONDERHOUD.package)
    return editions(year_of_reports(synthetic_months(PLANTED, SEED), package)[-1], package)


@pytest.fixture(params=list(Edition))
def shown(request: pytest.FixtureRequest, chrome: Browser, reports: dict[Edition, bytes]) -> Iterator[Page]:
    """An edition, as it is served: with its policy, in a browser without scripts."""
    width, height = HERE_SIZE
    context = chrome.new_context(viewport={"width": width, "height": height}, java_script_enabled=False)
    page = context.new_page()
    headers = {"Content-Security-Policy": content_policy(), "Content-Type": "text/html; charset=utf-8"}
    page.route(ADDRESS, lambda route: route.fulfill(body=reports[request.param], headers=headers))
    page.goto(ADDRESS)
    yield page
    context.close()


def test_nothing_is_wrong_with_it(shown: Page, checker: Checker) -> None:
    assert not faults(shown, checker)


def test_its_own_style_is_used_and_no_other_would_be(shown: Page) -> None:
    border = "node => getComputedStyle(node).borderBlockEndWidth"
    assert shown.locator("body > header").evaluate(border) == "3px"
    shown.evaluate(
        "document.head.append(Object.assign(document.createElement('style'), {textContent: 'h1{color:red}'}))"
    )
    assert shown.locator("h1").evaluate("node => getComputedStyle(node).color") == "rgb(32, 32, 32)"


def test_a_small_screen_shows_words_in_pictures_that_can_be_read(shown: Page) -> None:
    shown.set_viewport_size({"width": NARROW, "height": HERE_SIZE[1]})
    sizes = shown.evaluate(
        "[...document.querySelectorAll('svg text')].map(node => node.getBoundingClientRect().height)"
    )
    assert sizes
    widths = shown.evaluate("[...document.querySelectorAll('svg')].map(node => node.getBoundingClientRect().width)")
    assert min(widths) >= 0.8 * NARROW  # of 320 units: letters of 12 units are 10 pixels or more
    draw(shown, "rapport", (NARROW,))


@pytest.mark.parametrize("width", [NARROW, HERE_SIZE[0]])
def test_in_no_picture_words_cross_a_line_or_other_words(shown: Page, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": HERE_SIZE[1]})
    assert shown.locator("svg text").count() > 300
    assert not shown.evaluate(CROSSING)


def test_it_prints_on_a4_and_no_picture_is_cut(shown: Page) -> None:
    printed = shown.pdf(prefer_css_page_size=True, print_background=True)
    assert printed.startswith(b"%PDF")
    boxes = {tuple(found) for found in re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", printed)}
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
    shown.emulate_media(media="print")
    inside = shown.evaluate(
        "[...document.querySelectorAll('.figuur, .tabelblok, .melding, tr')].every(node => "
        "getComputedStyle(node).breakInside === 'avoid')"
    )
    assert inside
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / "rapport.pdf").write_bytes(printed)


def test_the_keyboard_reaches_the_content_first_and_every_table(shown: Page) -> None:
    shown.keyboard.press("Tab")
    assert shown.locator(":focus").inner_text() == "Direct naar de inhoud"
    assert shown.locator(":focus").evaluate("node => node.getBoundingClientRect().left") >= 0
    shown.keyboard.press("Enter")
    assert shown.url.endswith("#inhoud")
    tables = shown.locator("table").count()
    assert tables > 40
    assert shown.locator("[role=region][tabindex='0'] > table").count() == tables


def test_who_oversees_finds_it_in_the_menu_and_reads_it_as_it_was_written(
    visit: Callable[..., Visitor], site: Site, reports: dict[Edition, bytes]
) -> None:
    folder = site.root / "rapportage" / LEVENSONDERHOUD.dataset / "2026-10"
    folder.mkdir(parents=True)
    for edition, name in FILES.items():
        (folder / name).write_bytes(reports[edition])
    (folder / RECORD).write_text('{"gemaakt": "2026-11-01"}', encoding="utf-8")
    watcher = visit("Toezichthouder")
    watcher.follow("Rapportages")
    watcher.looks_well("60-rapportages")
    watcher.follow("oktober 2026")
    assert watcher.title == "Rapport over het model: Aanvragen levensonderhoud, oktober 2026"
    line = watcher.page.locator("body > header").evaluate("node => getComputedStyle(node).borderBlockEndWidth")
    assert line == "3px", "its style is let through"
    watcher.go("/rapportages")
    watcher.follow("Openbare versie van oktober 2026")
    assert "Leveringen, controles en storingen" not in watcher.text
