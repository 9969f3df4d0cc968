"""Reads a report as a reader that is no browser does: its elements, tables, pictures and words."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = {"meta", "br", "line", "rect", "circle", "path"}


@dataclass
class Node:
    """An element, with what is in it."""

    tag: str
    attributes: dict[str, str]
    parent: Node | None
    children: list[Node] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Node]:
        """Every element below this one with one of these names, in order."""
        found = []
        for child in self.children:
            if not tags or child.tag in tags:
                found.append(child)
            found += child.all(*tags)
        return found

    @property
    def text(self) -> str:
        """The words of this element and of all in it."""
        return "".join(self.words)

    def cells(self) -> list[list[str]]:
        """The rows of a table, heads first."""
        return [[cell.text for cell in row.all("th", "td")] for row in self.all("tr")]


class Reader(HTMLParser):
    """Makes a tree, and fails on an element that is not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {}, None)
        self._at = self.root
        self.feed(html)
        assert self._at is self.root, f"{self._at.tag} is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice"
        node = Node(tag, {name: value or "" for name, value in attrs}, self._at)
        self._at.children.append(node)
        if tag not in _EMPTY:
            self._at = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._at.children.append(Node(tag, {name: value or "" for name, value in attrs}, self._at))

    def handle_endtag(self, tag: str) -> None:
        assert self._at.tag == tag, f"{tag} closes {self._at.tag}"
        assert self._at.parent is not None
        self._at = self._at.parent

    def handle_data(self, data: str) -> None:
        at: Node | None = self._at
        while at is not None:
            at.words.append(data)
            at = at.parent


def read_page(content: bytes) -> Node:
    """The tree of a page."""
    return Reader(content.decode("utf-8")).root
