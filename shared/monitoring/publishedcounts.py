"""Computes every measure of a published table of counts, so that anyone can check what was published.

Each row is a group with TN, FP, FN and TP; what was suppressed is None and makes every measure that needs it None.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from shared.errors import SlimmeCheckError
from shared.monitoring.measures import Share, shares_of
from shared.monitoring.reportfacts import Measure

CELLS = ("TN", "FP", "FN", "TP")
NAMES = ("dataset", "model", "group", "value")
COLUMNS = (*NAMES, *CELLS)
MEASURES: Mapping[str, Measure] = {
    "FPR": Measure.FPR,
    "PPV": Measure.PPV,
    "FDR": Measure.FDR,
    "TPR": Measure.TPR,
    "share_flagged": Measure.SHARE_FLAGGED,
    "wrongly_flagged_per_member": Measure.WRONGLY_FLAGGED,
    "error": Measure.ERROR,
}
_DECIMALS = 4

type Line = dict[str, str | int | float | None]


class CountsUnusable(SlimmeCheckError):
    """A table of counts lacks a column or holds something that is no count; says where, and never what."""

    code = "SC-661"


@dataclass(frozen=True)
class PublishedRow:
    """One group of one model: what the row is about (dataset, model, group, value) and the cells that are shown."""

    about: tuple[str, str, str, str]
    cells: Mapping[str, int]

    def shares(self) -> dict[str, Share]:
        """Return the measures that the shown cells allow and that do not divide by zero."""
        found = shares_of(self.cells)
        size = sum(self.cells.values())
        if len(self.cells) == len(CELLS) and size:
            found[Measure.SHARE_FLAGGED] = Share(self.cells["FP"] + self.cells["TP"], size)
        return {name: found[measure] for name, measure in MEASURES.items() if measure in found}


def published_rows(content: bytes) -> list[PublishedRow]:
    """Return the rows of a CSV with commas, in UTF-8, whose header has exactly COLUMNS in any order.

    CountsUnusable for other columns, rows of another length, doubled rows and cells that are no count.
    """
    header, *lines = _lines(content) or [[]]
    if sorted(header) != sorted(COLUMNS):
        missing = [name for name in COLUMNS if name not in header]
        raise CountsUnusable(
            "The table has other columns than asked for.",
            where=f"missing: {', '.join(missing) or 'none'}; columns found: {len(header)}",
            next_step=f"Give one header row with exactly {','.join(COLUMNS)}, separated by commas.",
        )
    rows = []
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        if len(line) != len(header):
            raise CountsUnusable(
                "A row has more or fewer cells than the header.",
                where=f"row {number}",
                next_step="Put text with a comma in it between double quotes.",
            )
        cells = dict(zip(header, (cell.strip() for cell in line), strict=True))
        counts = {name: _count(cells[name], number, name) for name in CELLS if cells[name]}
        rows.append(PublishedRow((cells["dataset"], cells["model"], cells["group"], cells["value"]), counts))
    if max(Counter(row.about for row in rows).values(), default=1) > 1:
        raise CountsUnusable(
            "Two rows are about the same group of the same model.",
            where="columns dataset, model, group, value",
            next_step="Keep one row per dataset, model, group and value.",
        )
    return rows


def privileged_values(arguments: Sequence[str], rows: Sequence[PublishedRow]) -> dict[str, str]:
    """Return the privileged value per group from arguments `group=value`; each must be in the table."""
    found: dict[str, str] = {}
    known = {row.about[2:] for row in rows}
    for place, argument in enumerate(arguments, start=1):
        group, sign, value = argument.partition("=")
        group, value = group.strip(), value.strip()
        if not sign or group in found or (group, value) not in known:
            raise CountsUnusable(
                "A privileged group is not written as group=value, is given twice, or is not in the table.",
                where=f"--privileged, number {place}",
                next_step="Write it as it stands in the columns group and value.",
            )
        found[group] = value
    return found


def measured(rows: Sequence[PublishedRow], privileged: Mapping[str, str]) -> list[Line]:
    """Return per row n and every measure in percent; None where it is hidden or would divide by zero.

    With `privileged` also, per measure, the difference from that group in percentage points (this − privileged) and
    the ratio (this / privileged); None in the privileged group's own row.
    """
    by_about = {row.about: row for row in rows}
    lines = []
    for row in rows:
        shares = row.shares()
        line: Line = dict(zip(NAMES, row.about, strict=True))
        line["n"] = sum(row.cells.values()) if len(row.cells) == len(CELLS) else None
        line |= {name: _percent(shares.get(name)) for name in MEASURES}
        if privileged:
            dataset, model, group, value = row.about
            beside = by_about.get((dataset, model, group, privileged.get(group, value)))
            others = beside.shares() if beside is not None and beside is not row else {}
            for name in MEASURES:
                line |= _compared(name, shares.get(name), others.get(name))
        lines.append(line)
    return lines


def _compared(name: str, share: Share | None, other: Share | None) -> Line:
    apart: float | None = None
    times: float | None = None
    if share is not None and other is not None:
        one, two = share.hits / share.size, other.hits / other.size
        apart = round(100 * (one - two), _DECIMALS)
        times = round(one / two, _DECIMALS) if two else None
    return {f"{name}_difference": apart, f"{name}_ratio": times}


def _percent(share: Share | None) -> float | None:
    return None if share is None else round(100 * share.hits / share.size, _DECIMALS)


def _lines(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        return list(csv.reader(StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):  # the cause may quote a cell
        raise CountsUnusable(
            "The file is no CSV in UTF-8.", where="the file", next_step="Save it as CSV with commas, in UTF-8."
        ) from None


def _count(text: str, row: int, column: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise CountsUnusable(
            "A cell is no count.",
            where=f"row {row}, column {column}",
            next_step="Write a whole number of 0 or more, or leave the cell empty where it is suppressed.",
        )
    return int(text)
