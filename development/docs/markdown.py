"""Small pieces of Markdown, so that every page escapes the same way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_PLACE = re.compile(r"\{(\w+)\}")


def cell(text: str) -> str:
    """Return text that is safe inside a table cell."""
    return " ".join(text.split()).replace("|", "\\|")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table, with an empty line after it."""
    lines = [f"| {' | '.join(header)} |", "|" + "---|" * len(header)]
    lines += [f"| {' | '.join(cell(text) for text in row)} |" for row in rows]
    return [*lines, ""]


def bullets(items: Iterable[str]) -> list[str]:
    """Return the lines of a list, with an empty line after it."""
    return [*(f"* {item}" for item in items), ""]


def fenced(text: str, language: str) -> list[str]:
    """Return the lines of a block of code, with an empty line after it."""
    return [f"```{language}", *text.rstrip("\n").split("\n"), "```", ""]


def made_from(*sources: str) -> list[str]:
    """Return the sentence under a title that says where a page comes from."""
    return [
        f"Gemaakt uit {', '.join(f'`{s}`' for s in sources)} (`make docs`); wijzig dit bestand niet met de hand.",
        "",
    ]


def with_places(template: str) -> str:
    """Return the sentence of a rule with its places shown as places: {aantal} becomes ‹aantal›."""
    return _PLACE.sub(r"‹\1›", template)


def in_words(items: Sequence[str]) -> str:
    """Return items as one Dutch phrase: a, b en c."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} en {items[-1]}"


def page(lines: Iterable[str]) -> str:
    """Return the text of a page, ending with one line feed."""
    return "\n".join(lines).rstrip("\n") + "\n"
