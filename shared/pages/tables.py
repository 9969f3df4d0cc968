"""Gives every cell of a table the heading of its column, so that a row can be read by itself on a narrow screen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

_TAG = re.compile(r"<(tr|th|td)\b")
_ROLES = {"tr": "row", "th": "rowheader", "td": "cell"}


def with_headings(rows: Markup, headings: Sequence[str]) -> Markup:
    """Return the rows of a table in which every cell carries its heading and says what it is.

    What it is must be said again, because a browser forgets it of a cell that is not laid out as one. Values cannot be
    taken for tags: they are escaped before they come here.
    """
    said = [escape(heading if heading.endswith("?") else f"{heading}:") for heading in headings]
    pieces, place, column = [], 0, 0
    for found in _TAG.finditer(rows):
        name = found[1]
        column = 0 if name == "tr" else column + 1
        heading = f' data-kop="{said[column - 1]}"' if column else ""
        pieces += [rows[place : found.end()], f' role="{_ROLES[name]}"{heading}']
        place = found.end()
    return Markup("".join([*pieces, rows[place:]]))  # noqa: S704 - made of escaped rows and escaped headings
