"""Small pieces of Markdown, so that every paper escapes the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.monitoring.report.document import Bullets, Section, Table


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table, with an empty line after it."""
    lines = [f"| {' | '.join(header)} |", "|" + "---|" * len(header)]
    return [*lines, *(f"| {' | '.join(_cell(text) for text in row)} |" for row in rows), ""]


def bullets(items: Iterable[str]) -> list[str]:
    """Return the lines of a list, with an empty line after it."""
    return [*(f"* {item}" for item in items), ""]


def paper(lines: Iterable[str]) -> bytes:
    """Return a whole paper, ending with one line feed."""
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8")


def section_lines(section: Section) -> list[str]:
    """Return a section of the report as Markdown: its words, lists and tables, without pictures."""
    lines = [f"## {section.title}", ""]
    for block in section.blocks:
        lines += _block(block)
    for part in section.parts:
        lines += [f"### {part.title}", ""]
        for block in part.blocks:
            lines += _block(block)
    return lines


def _block(block: object) -> list[str]:
    if isinstance(block, str):
        return [block, ""]
    if isinstance(block, Bullets):
        return bullets(block.items)
    if isinstance(block, Table):
        note = [block.note, ""] if block.note else []
        return [f"**{block.title}**", "", *table(block.heads, block.rows), *note]
    raise TypeError(f"a paper has no place for a {type(block).__name__}")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
