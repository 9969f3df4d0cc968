"""Every page in states that the journey does not pass: for each role, refused, empty, plain; and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.pages.looking import NARROW, Checker, Visitor, faults
from tests.pages.site import Site

ROLES = ("Behandelaar", "Procesbeheerder", "Toezichthouder", "Modelbeheerder", "Modelontwikkelaar")
RUN = "0" * 32

type Visit = Callable[..., Visitor]

_FOCUSED = "document.activeElement.id || document.activeElement.textContent.trim() || document.activeElement.tagName"
_RING = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
}"""


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_the_menu_looks_well_for_each_role(visit: Visit, role: str) -> None:
    someone = visit(role)
    for path in [link.get_attribute("href") or "" for link in someone.page.locator(".sc-menu a").all()]:
        assert someone.go(path).status == 200
        someone.looks_well(f"70-{role.lower()}{path.replace('/', '-')}")


@pytest.mark.parametrize(
    ("path", "role", "status", "title"),
    [
        ("/", "", 200, "Welkom bij Slimme Check"),
        ("/toegankelijkheid", "", 200, "Toegankelijkheid"),
        ("/gezondheid", "", 200, "Gezondheid"),
        ("/leveringen", "", 401, "U bent niet aangemeld"),
        ("/audit", "Behandelaar", 403, "U mag dit niet"),
        ("/bestaat-niet", "Behandelaar", 404, "Niet gevonden"),
        (f"/verwerkingen/{RUN}", "Procesbeheerder", 404, "Niet gevonden"),
        ("/verwerkingen?pagina=nul", "Procesbeheerder", 400, "Dit verzoek klopt niet"),
        ("/verwerkingen?nummer=1", "Procesbeheerder", 400, "Dit verzoek klopt niet"),
        ("/afmelden", "Procesbeheerder", 405, "Dit kan hier niet"),
        ("/verwerkingen?pagina=900", "Procesbeheerder", 200, "Verwerkingen"),
        (f"/voorspellingen/{RUN}-0", "Toezichthouder", 200, "Een voorspelling"),
    ],
)
def test_a_page_that_turns_somebody_down_says_what_to_do(
    visit: Visit, path: str, role: str, status: int, title: str
) -> None:
    someone = visit(role)
    assert someone.go(path).status == status
    assert someone.title == title
    if status >= 400:
        assert "Wat kunt u doen?" in someone.text
        assert someone.page.locator("main li").count() >= 1
    if "nummer=1" not in path and "nul" not in path:
        someone.looks_well(f"80-{status}{path.split('?')[0].replace('/', '-')}")


def test_on_a_narrow_screen_no_table_of_words_hides_a_column_and_each_value_has_its_heading(visit: Visit) -> None:
    someone, seen = visit("Toezichthouder", width=NARROW), 0
    for path in ("/leveringen", "/verwerkingen", "/modellen", "/modellen/levensonderhoud", "/gezondheid"):
        someone.go(path)
        for table in someone.page.locator(".sc-stapel").all():
            assert table.evaluate("shown => shown.scrollWidth - shown.clientWidth") <= 0, path
            headings = [head.text_content() for head in table.get_by_role("columnheader").all()]
            row = table.get_by_role("row").nth(1)
            told = row.evaluate("shown => [...shown.children].map(cell => getComputedStyle(cell, '::before').content)")
            assert [str(each).split('"')[1] for each in told] == [
                f"{each} " if str(each).endswith("?") else f"{each}: " for each in headings
            ], path
            seen += 1
    assert seen >= 5


def test_without_the_stylesheet_of_the_city_the_pages_are_plain_and_whole(visit: Visit, checker: Checker) -> None:
    someone = visit("Toezichthouder")
    someone.page.route("**/stijl/stad.css", lambda route: route.abort())
    for path in ("/", "/aanvragen", "/modellen/levensonderhoud", "/audit"):
        someone.go(path)
        found = faults(someone.page, checker)
        assert not found, f"{path}: {found}"
    someone.looks_well("90-zonder-stijl-van-de-stad")


def test_every_action_is_reached_by_keyboard_in_the_order_of_the_page_with_a_focus_that_is_seen(
    visit: Visit, site: Site
) -> None:
    someone = visit("Behandelaar", script=True)  # scripts of this test alone: to ask where the focus is
    page = someone.page
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED) == "Direct naar de inhoud"
    assert page.evaluate(_RING)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED) == "Aanvraag zoeken"
    page.keyboard.press("Enter")
    page.wait_for_url("**/aanvragen")

    _tab_to(page, "zoeken-nummer")
    page.keyboard.type(site.current(1)[-1]["aanvraagnummer"])
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED) == "zoeken-reden"
    page.keyboard.type("Ik behandel deze aanvraag.")
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED) == "Zoeken"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Uitleg bij een aanvraag").wait_for()

    places = _tab_to(page, "beoordelen-route-1")
    assert places == sorted(places), "the focus jumps up the page"
    page.keyboard.press("Space")
    for place, choices in (("beoordelen-gevolgd-1", 0), ("beoordelen-reden-1", 0)):
        page.keyboard.press("Tab")
        assert page.evaluate(_FOCUSED) == place
        page.keyboard.press("Space")
        assert page.evaluate("document.activeElement.checked"), choices
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED) == "beoordelen-toelichting"
    page.keyboard.type("Dit past bij wat ik zie.")
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED) == "Beoordeling vastleggen"
    page.keyboard.press("Enter")
    page.get_by_text("Uw beoordeling is vastgelegd.").wait_for()


def _tab_to(page: Page, place: str) -> list[float]:
    """Press Tab until the focus is there; returns how far down the page each stop was. Each shows a ring."""
    stops: list[float] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(_RING), page.evaluate(_FOCUSED)
        stops.append(page.evaluate("document.activeElement.getBoundingClientRect().top + scrollY"))
        if page.evaluate(_FOCUSED) == place:
            return stops
    raise AssertionError(f"Tab never comes to {place}")


def test_the_card_prints_without_what_only_works_on_a_screen(visit: Visit, site: Site) -> None:
    someone = visit("Behandelaar")
    someone.go("/aanvragen")
    someone.write("Nummer", site.current(1)[-1]["aanvraagnummer"])
    someone.write("Waarom zoekt u dit op?", "Ik behandel deze aanvraag.")
    someone.press("Zoeken")
    someone.page.emulate_media(media="print")
    assert someone.page.get_by_text("Dit is een signaal, geen beslissing.").is_visible()
    assert not someone.page.locator("nav").first.is_visible()
    assert not someone.page.get_by_role("button", name="Beoordeling vastleggen").is_visible()


def test_nothing_on_a_page_is_refused_by_its_own_policy(chrome: Browser, site: Site) -> None:
    context = chrome.new_context()
    page, told = context.new_page(), []
    # what it refuses is an error or a warning; that it cleared something, as it was asked, is neither
    page.on("console", lambda message: told.append(message.text) if message.type in ("error", "warning") else None)
    page.on("requestfailed", lambda request: told.append(request.url))
    page.goto(site.address)
    page.goto(f"{site.address}/toegankelijkheid")
    context.close()
    assert not told
