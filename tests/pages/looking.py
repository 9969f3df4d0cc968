"""What a visitor does on a page, and what is looked at on every page that is shown: accessibility, width, headers."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, FloatRect, Page, Response

from tests.pages.browser import AXE
from tests.pages.site import ROOT

HERE_SIZE = (1100, 900)
NARROW = 320
TALLEST = 7_000  # pixels that a browser can draw at once
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PICTURES = Path(os.environ.get("SCHERMBEELDEN", ROOT / "werk" / "schermbeelden"))
_RUN = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"
_AXE = AXE.read_text(encoding="utf-8") if AXE.exists() else ""


@dataclass
class Visitor:
    """Somebody with a browser."""

    page: Page
    address: str
    checker: Checker

    def go(self, path: str) -> Response:
        """Open a page by its address."""
        answer = self.page.goto(f"{self.address}{path}")
        assert answer is not None
        return answer

    def follow(self, link: str) -> None:
        """Follow a link by its words."""
        self.page.get_by_role("link", name=link, exact=True).first.click()

    def choose(self, question: str, answer: str) -> None:
        """Choose an answer of a question."""
        self.page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()

    def write(self, question: str, answer: str) -> None:
        """Write an answer to a question."""
        self.page.get_by_role("textbox", name=question).fill(answer)

    def press(self, button: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=button, exact=True).first.click()

    @property
    def title(self) -> str:
        """The heading of the page."""
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        """Everything that the page says."""
        return self.page.locator("main").inner_text()

    def looks_well(self, name: str) -> None:
        """Look at the page as it is shown now, whatever led to it, and keep a picture of it, wide and narrow."""
        draw(self.page, name)
        found = faults(self.page, self.checker)
        assert not found, f"{name}: {found}"


def draw(page: Page, name: str, widths: tuple[int, ...] = (HERE_SIZE[0], NARROW)) -> None:
    """Keep a picture of a page as it is shown now, of each width; of a very tall page its top."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": width, "height": HERE_SIZE[1]})
        _keep_picture(page, PICTURES / f"{name}-{width}.png", width)
    if before is not None:
        page.set_viewport_size(before)


def _keep_picture(page: Page, path: Path, width: int) -> None:
    box = page.locator("html").bounding_box()
    assert box is not None
    clip = FloatRect(x=0, y=0, width=width, height=min(TALLEST, box["height"]))
    try:
        page.screenshot(path=path, full_page=True, clip=clip)
    except Error:  # without a graphics card, on a busy machine, a browser now and then cannot draw a tall page
        page.screenshot(path=path, full_page=True, clip=clip)


def sign_in(page: Page, role: str) -> None:
    """Choose a role on the start page."""
    page.get_by_label(role, exact=True).check()
    page.get_by_role("button", name="Aanmelden").click()
    page.get_by_text("Wat u hier kunt doen").wait_for()


class Checker:
    """Looks at pages with axe: in a browser that runs scripts, at the very page that a visitor without them sees."""

    def __init__(self, context: BrowserContext) -> None:
        """Open one page to check others in."""
        self._page = context.new_page()

    def defects(self, page: Page) -> list[str]:
        """Return everything that axe finds wrong with a page as it is shown now: the rule and where."""
        shown, address = page.content(), page.url
        self._page.route(address, lambda route: route.fulfill(body=shown, content_type="text/html; charset=utf-8"))
        self._page.goto(address)
        self._page.unroute(address)
        self._page.evaluate(_AXE)
        told: dict[str, Any] = self._page.evaluate(_RUN, TAGS)
        return [
            f"{found['id']}: {' | '.join(str(node['target']) for node in found['nodes'][:3])}"
            for found in told["violations"]
        ]


def wider_than_the_screen(page: Page) -> int:
    """Return by how many pixels a page must be scrolled sideways on a narrow screen."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": HERE_SIZE[1]})
    over = int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
    if before is not None:
        page.set_viewport_size(before)
    return over


def faults(page: Page, checker: Checker) -> list[str]:
    """Return everything that is wrong with a page as it is shown, in whatever state it is."""
    found = checker.defects(page)
    over = wider_than_the_screen(page)
    if over > 0:
        found.append(f"{over} px te breed op een smal scherm")
    if page.locator("h1").count() != 1:
        found.append("niet precies één h1")
    if page.locator("script").count():
        found.append("een script")
    if page.locator("html").get_attribute("lang") != "nl":
        found.append("geen taal")
    if re.search(r"\d{6,}", page.title()) or re.search(r"\?(?!pagina=\d+$)", page.url):
        found.append("iets van een persoon in de titel of het adres")
    return found
