"""docs/performance.md: what was measured stands between two marks per benchmark; people write the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from benchmarks.outcome import Goal, Measured, Outcome, Table

_BLOCK = re.compile(r"(<!-- benchmark: (\w+) -->\n)(.*?)(<!-- end of benchmark -->\n)", re.DOTALL)


def blocks(page: str) -> dict[str, str]:
    """Return what stands between the marks of each benchmark."""
    return {found[2]: found[3] for found in _BLOCK.finditer(page)}


def filled(page: str, found: Mapping[str, Outcome]) -> str:
    """Return the page with what was found in its place; a benchmark that was not run keeps what it says."""

    def fill(block: re.Match[str]) -> str:
        text = f"{rendered(found[block[2]])}\n" if block[2] in found else block[3]
        return f"{block[1]}{text}{block[4]}"

    return _BLOCK.sub(fill, page)


def rendered(found: Outcome) -> str:
    """Return an outcome as Markdown."""
    parts = [f"### {found.title}", found.about, _size(found)]
    if found.goals:
        goals = [_goal(goal, large_enough=found.large_enough) for goal in found.goals]
        parts.append(_table(("asked", "found", ""), goals))
    for title, group in found.groups.items():
        parts.append(_group(title, group))
    parts += [_titled(table) for table in found.tables]
    told = [f"{name} {value}" for name, value in found.surroundings.items()]
    told.append(", ".join(f"{name} {value}" for name, value in found.versions.items()))
    parts.append(f"<sub>{' · '.join(filter(None, told))}</sub>")
    return "\n\n".join(part for part in parts if part) + "\n"


def _titled(table: Table) -> str:
    title = f"**{table.title}**\n\n" if table.title else ""
    return title + _table(table.header, table.rows)


def _size(found: Outcome) -> str:
    return f"Size: {found.size:,}" + ("." if found.large_enough else f"; what is asked is asked of {found.asked:,}.")


def _goal(goal: Goal, *, large_enough: bool) -> tuple[str, str, str]:
    said = ("met" if goal.met else "**missed**") if large_enough else "not at the size asked"
    return goal.sentence, _number(goal.found, goal.unit), said


def _group(title: str, group: Iterable[Measured]) -> str:
    several = list(group)
    memory = any(one.megabytes for one in several)
    units = any(one.units for one in several)
    header = [title, "least", "median", "rounds"]
    header += ["memory"] if memory else []
    header += ["per second"] if units else []
    rows = []
    for one in several:
        row = [one.name, seconds(one.least), seconds(one.median), str(len(one.seconds))]
        row += [f"{one.most_memory:.0f} MB" if one.megabytes else ""] if memory else []
        row += [_rate(one.units / one.least) if one.units else ""] if units else []
        rows.append(tuple(row))
    return _table(tuple(header), rows)


def seconds(value: float) -> str:
    """Return a time as a person reads it."""
    for factor, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= factor:
            return f"{value / factor:.3g} {unit}" if value / factor < 1000 else f"{value / factor:.0f} {unit}"
    return f"{value * 1e9:.3g} ns"


def _rate(value: float) -> str:
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}".replace(",", " ") if rounded >= 100 else f"{rounded:g}"


def _number(value: float, unit: str) -> str:
    decimals = 2 if value < 10 else 1 if value < 100 else 0  # a goal just missed must not look met
    text = f"{value:.{decimals}f}"
    return f"{text} {unit}"


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = tuple(header)
    lines = [names, ("---",) * len(names), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
