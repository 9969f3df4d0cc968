"""Replaces the pseudonyms in rows by names that hold within one answer: rows can be joined, and lead nowhere. Pure.

A pseudonym of an application in somebody's hands is what a draw of the sample is made from, and what ties an answer to
other answers, files and logs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.people.inputs import Rows


OWN = "deze aanvraag"
_PSEUDONYM = re.compile(r"[a-z0-9-]{1,32}:[A-Za-z0-9_-]{43}")


def relabelled(rows: Rows, dienst: str) -> Rows:
    """Return the rows with each pseudonym as the name of its column and a number; the application's own is OWN."""
    names: dict[tuple[str, str], str] = {}
    given: dict[str, int] = {}

    def named(column: str, value: object) -> object:
        if not isinstance(value, str) or not (value == dienst or _PSEUDONYM.fullmatch(value)):
            return value
        if value == dienst:
            return OWN
        if (column, value) not in names:
            given[column] = given.get(column, 0) + 1
            names[column, value] = f"{column} {given[column]}"
        return names[column, value]

    return {
        table: [{column: named(column, value) for column, value in row.items()} for row in found]
        for table, found in rows.items()
    }
