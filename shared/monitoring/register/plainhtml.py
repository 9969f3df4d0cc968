"""Writes and judges the little HTML that the algorithm register allows: paragraphs and lists, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

ALLOWED = frozenset({"div", "br", "p", "ul", "ol", "li"})


def as_html(text: str) -> str:
    """Return a text as HTML: a blank line begins a paragraph, a line with an asterisk is a point of a list."""
    return "".join(_block(kind, lines) for kind, lines in blocks(text))


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Return the parts of a text in order: ("p", [sentences]) or ("ul", [points])."""
    for block in text.strip().split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        points = [line.removeprefix("* ") for line in lines if line.startswith("* ")]
        words = " ".join(line for line in lines if not line.startswith("* "))
        if words:
            yield "p", [words]
        if points:
            yield "ul", points


def visible(html: str) -> str:
    """Return what a reader sees of a text, as the register counts its length."""
    return _read(html).seen


def faults_in(html: str) -> list[str]:
    """Return what the register would refuse in a text: other tags, attributes, comments, tags that do not close."""
    return _read(html).faults


def _block(kind: str, lines: list[str]) -> str:
    if kind == "p":
        return f"<p>{escape(lines[0], quote=False)}</p>"
    return f"<ul>{''.join(f'<li>{escape(line, quote=False)}</li>' for line in lines)}</ul>"


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.faults += [f"<{tag}> is not closed" for tag in reader.open]
    return reader


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen = ""
        self.faults: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.faults.append(f"<{tag}> is not allowed")
        if attrs:
            self.faults.append(f"<{tag}> has attributes")
        if tag == "li" and (not self.open or self.open[-1] not in ("ul", "ol")):
            self.faults.append("<li> outside a list")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "br":
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes nothing")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.seen += data

    def handle_comment(self, data: str) -> None:
        self.faults.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.faults.append("a declaration")

    def unknown_decl(self, data: str) -> None:
        self.faults.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.faults.append("an instruction")
