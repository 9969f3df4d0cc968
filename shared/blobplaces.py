"""What an error says of where a blob is; errors end up in the technical log, and names may come from outside."""

from __future__ import annotations

import re

_FROM_OUTSIDE = frozenset({"brievenbus", "quarantaine"})  # the supplier chose the names of folders and files
_BY_DELIVERY = frozenset({"terugkoppeling", "logboek"})  # a folder for every delivery, as its supplier calls it
_ANCHORS = "ankers"  # of the log; they have numbers
_OURS = re.compile(r"\d{4}-\d{2}-\d{2}|[0-9a-f]{32}|[0-9a-f]{64}", re.ASCII)  # a date, a run, a digest
_NAMES = frozenset({"levering", "datapackage.json", "bevindingen.json"})
_DATE = 10
UNTOLD = "…"


def told_place(container: str, name: str = "") -> str:
    """Return container and name of a blob, with what others may have chosen left out.

    Whoever may write to the mailbox can call a delivery or a file after anybody. Of a delivery its date is told, and of
    a file nothing; the run that stands beside it in the log leads to the names on record.
    """
    if not name:
        return container
    first, *rest = name.split("/")
    if container in _FROM_OUTSIDE:
        rest = [_told(part) for part in rest]
    elif container in _BY_DELIVERY and first != _ANCHORS:
        rest = [*map(_told, rest[:1]), *rest[1:]]
    return "/".join([container, first, *rest])


def _told(part: str) -> str:
    if part in _NAMES or _OURS.fullmatch(part):
        return part
    return f"{part[:_DATE]}{UNTOLD}" if _OURS.match(part[:_DATE]) else UNTOLD
