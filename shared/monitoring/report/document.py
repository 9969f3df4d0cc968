"""What a report is made of, before it is a page: sections with words, tables, and pictures that never come alone."""

from __future__ import annotations

from dataclasses import dataclass

from shared.monitoring.report.drawing import Picture


@dataclass(frozen=True)
class Table:
    """Rows of words under heads; the first cell of a row is its name, the last `numbers` columns hold numbers."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 0
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture and the table that says the same; there is no picture without one."""

    picture: Picture
    table: Table


@dataclass(frozen=True)
class Bullets:
    """Short sentences below one another."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Notice:
    """What must be seen. `urgent`: something must be done; it says so in words too."""

    title: str
    sentences: tuple[str, ...]
    urgent: bool = False


type Block = str | Bullets | Notice | Table | Figure


@dataclass(frozen=True)
class Part:
    """A piece of a section under its own heading."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Section:
    """A chapter; `name` is its place in the document."""

    name: str
    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole report. `facts`: what it is about, as pairs; the first section is the summary."""

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
