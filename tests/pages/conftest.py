"""One site for all tests here, on one worker, and a browser; each test begins with browsers that nobody signed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.pages.browser import Missing, browser
from tests.pages.looking import HERE_SIZE, Checker, Visitor, sign_in
from tests.pages.site import Site, running_site

_NEEDS = {"site", "chrome", "visit"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent and _NEEDS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("pages"))  # one worker, so that both are started once
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def browser_running() -> Iterator[Browser | str]:
    """The browser, or what is missing of it; for one file: its event loop would be in the way of other tests."""
    try:
        with browser() as found:
            yield found
    except Missing as missing:
        yield str(missing)


@pytest.fixture
def chrome(browser_running: Browser | str) -> Browser:
    """The browser; a test that needs it is skipped on a laptop that has none, and fails where CI=true."""
    if isinstance(browser_running, str):
        if os.environ.get("CI") == "true":
            pytest.fail(browser_running)
        pytest.skip(browser_running)
    return browser_running


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, with five nights in it."""
    with running_site(tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture
def checker(chrome: Browser) -> Iterator[Checker]:
    """What looks at pages with axe."""
    context = chrome.new_context()
    yield Checker(context)
    context.close()


@pytest.fixture
def visit(chrome: Browser, site: Site, checker: Checker) -> Iterator[Callable[..., Visitor]]:
    """Open the site as somebody with a role (as it stands on the start page), in a browser of its own.

    Scripts are off unless a test says otherwise: nothing here needs them.
    """
    opened: list[BrowserContext] = []

    def open_site(role: str = "", *, script: bool = False, width: int = HERE_SIZE[0]) -> Visitor:
        context = chrome.new_context(viewport={"width": width, "height": HERE_SIZE[1]}, java_script_enabled=script)
        context.set_default_timeout(15_000)
        opened.append(context)
        page: Page = context.new_page()
        page.goto(site.address)
        if role:
            sign_in(page, role)
        return Visitor(page, site.address, checker)

    yield open_site
    for context in opened:
        context.close()
