"""Turns a document into one HTML file that needs nothing else: no script, its own style, nothing from the network."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import lru_cache
from itertools import count
from pathlib import Path

from shared.monitoring.report.document import Block, Bullets, Document, Figure, Notice, Part, Section, Table
from shared.monitoring.report.markup import Markup, element, joined

_BESIDE = 4  # columns that fit beside a picture; a table with more stands below it
_STYLE = Path(__file__).resolve().parent / "style.css"


@lru_cache(maxsize=1)
def stylesheet() -> str:
    """Return the style of every report."""
    return _STYLE.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def content_policy() -> str:
    """Return what a browser may do with a report: use this style, and nothing else.

    The style is named by its hash: one that anybody would put in is not used.
    """
    digest = b64encode(hashlib.sha256(stylesheet().encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def page(document: Document) -> bytes:
    """Return a document as an HTML file; equal documents are equal bytes."""
    head = element(
        "head",
        (
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", http_equiv="Content-Security-Policy", content=content_policy()),
            element("title", document.title),
            element("style", Markup(stylesheet())),
        ),
    )
    skip = element("a", "Direct naar de inhoud", class_="overslaan", href="#inhoud")
    header = element("header", (element("p", "Slimme Check", class_="merk"), element("h1", document.title)))
    names = Names()
    main = element(
        "main",
        (_facts(document.facts), _contents(document), *(section(each, names) for each in document.sections)),
        id="inhoud",
        tabindex="-1",
    )
    foot = element("footer", element("p", "Een mens beslist altijd. De score is een signaal en geen besluit."))
    body = element("body", (skip, header, main, foot))
    return joined((Markup("<!doctype html>\n"), element("html", (head, body), lang="nl"), Markup("\n"))).encode("utf-8")


class Names:
    """Gives every figure of a page a name of its own, in order."""

    def __init__(self) -> None:
        """Begin at the first name."""
        self._numbers = count(1)

    def figure(self) -> str:
        """Return the next name."""
        return f"f{next(self._numbers)}"


def _facts(facts: tuple[tuple[str, str], ...]) -> Markup:
    pairs = [element("div", (element("dt", name), element("dd", value))) for name, value in facts]
    return element("dl", pairs, class_="feiten")


def _contents(document: Document) -> Markup:
    links = [element("li", element("a", each.title, href=f"#{each.name}")) for each in document.sections]
    return element("nav", (element("h2", "Inhoud"), element("ol", links)), aria_label="Inhoud", class_="inhoud")


def section(content: Section, names: Names) -> Markup:
    """Return a chapter; its figures get the next names."""
    title = f"{content.name}-kop"
    blocks = [_block(block, names) for block in content.blocks]
    parts = [_part(part, names) for part in content.parts]
    heading = element("h2", content.title, id=title)
    return element("section", ("\n", heading, *blocks, *parts), id=content.name, aria_labelledby=title)


def _part(part: Part, names: Names) -> Markup:
    """Return a part; its heading and its words stay on one sheet of paper with the picture or table they are about."""
    last = next((at for at, block in enumerate(part.blocks) if isinstance(block, Figure | Table)), 0)
    blocks = [_block(block, names) for block in part.blocks]
    first = element("div", ("\n", element("h3", part.title), *blocks[: last + 1]), class_="samen")
    return joined((first, *blocks[last + 1 :]))


def _block(block: Block, names: Names) -> Markup:
    match block:
        case str():
            return element("p", block)
        case Bullets(items):
            return element("ul", [element("li", item) for item in items])
        case Notice(title, sentences, urgent):
            said = (element("p", element("strong", title)), *(element("p", each) for each in sentences))
            return element("div", said, class_="melding dringend" if urgent else "melding")
        case Table():
            return _table(block)
        case Figure(picture, table):
            drawn = element("figure", picture.drawn(names.figure()))
            wide = len(table.heads) > _BESIDE
            return element("div", (drawn, _table(table)), class_="figuur breed" if wide else "figuur")


def _table(table: Table) -> Markup:
    """Return a table that scrolls by itself on a small screen, also for who uses the keyboard."""
    first_number = len(table.heads) - table.numbers
    classes = ["getal" if at >= first_number else None for at in range(len(table.heads))]
    heads = [element("th", head, scope="col", class_=kind) for head, kind in zip(table.heads, classes, strict=True)]
    rows = []
    for name, *cells in table.rows:
        first = element("th", name, scope="row")
        others = [element("td", cell, class_=kind) for cell, kind in zip(cells, classes[1:], strict=True)]
        rows.append(element("tr", (first, *others)))
    content = (
        element("caption", element("span", table.title)),
        element("thead", element("tr", heads)),
        element("tbody", [joined(("\n", row)) for row in rows]),
    )
    scrolls = element(
        "div", element("table", content), class_="tabel", role="region", aria_label=table.title, tabindex=0
    )
    note = [element("p", table.note, class_="noot")] if table.note else []
    return element("div", (scrolls, *note), class_="tabelblok")
