"""Shows on a terminal what others named: a name may hold signs that move the cursor, hide lines or make up new ones."""

from __future__ import annotations


def plain(text: object) -> str:
    """Return a text on one line, with a question mark for whatever is not shown as itself."""
    return "".join(character if character.isprintable() else "?" for character in str(text))
