"""Lays out the public pages: the same neutral style as the report, a menu, no script, nothing from the network."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from shared.monitoring.register.plainhtml import blocks
from shared.monitoring.report.document import Section
from shared.monitoring.report.markup import Markup, element, joined
from shared.monitoring.report.page import Names, section, stylesheet

SITE = "Algoritmes in begrijpelijke taal"
_OWN_STYLE = Path(__file__).resolve().parent / "site.css"


@dataclass(frozen=True)
class Link:
    """Where one can go; `place`: from the page it stands on."""

    title: str
    place: str
    here: bool = False


@dataclass(frozen=True)
class Page:
    """One public page. `content`: sections and written markup, in order; `menu`: the other pages, this one included."""

    title: str
    lead: str
    menu: Sequence[Link]
    content: Sequence[Section | Markup]


@lru_cache(maxsize=1)
def style() -> str:
    """Return the style of every page: that of the report, and the few lines of the site."""
    return stylesheet() + _OWN_STYLE.read_text(encoding="utf-8")


def write_page(page: Page) -> bytes:
    """Return a page as HTML; equal pages are equal bytes."""
    digest = b64encode(hashlib.sha256(style().encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    names = Names()
    head = element(
        "head",
        (
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", http_equiv="Content-Security-Policy", content=policy),
            element("title", f"{page.title} – Slimme Check"),
            element("style", Markup(style())),
        ),
    )
    skip = element("a", "Direct naar de inhoud", class_="overslaan", href="#inhoud")
    header = element("header", (element("p", f"Slimme Check · {SITE}", class_="merk"), _menu(page.menu)))
    inside = [each if isinstance(each, Markup) else section(each, names) for each in page.content]
    main = element(
        "main",
        (element("h1", page.title), element("p", page.lead, class_="inleiding"), *inside),
        id="inhoud",
        tabindex="-1",
    )
    foot = element("footer", element("p", "Een mens beslist altijd. De score is een signaal en geen besluit."))
    body = element("body", (skip, header, main, foot))
    return joined((Markup("<!doctype html>\n"), element("html", (head, body), lang="nl"), Markup("\n"))).encode("utf-8")


def written(text: str) -> Markup:
    """Return what people wrote as paragraphs and lists."""
    return joined(
        element("p", lines[0]) if kind == "p" else element("ul", [element("li", line) for line in lines])
        for kind, lines in blocks(text)
    )


def chapter(name: str, title: str, content: Sequence[Markup]) -> Markup:
    """Return a section under its own heading."""
    heading = element("h2", title, id=f"{name}-kop")
    return element("section", (heading, *content), id=name, aria_labelledby=f"{name}-kop")


def links(items: Sequence[Link]) -> Markup:
    """Return a list of links."""
    return element("ul", [element("li", element("a", each.title, href=each.place)) for each in items])


def facts(pairs: Sequence[tuple[str, str]]) -> Markup:
    """Return pairs of a name and what it is."""
    rows = [element("div", (element("dt", name), element("dd", value))) for name, value in pairs]
    return element("dl", rows, class_="feiten")


def _menu(items: Sequence[Link]) -> Markup:
    here = [
        element("li", element("a", each.title, href=each.place, aria_current="page" if each.here else None))
        for each in items
    ]
    return element("nav", element("ul", here), aria_label="Menu", class_="menu")
