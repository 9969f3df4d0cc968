"""Writes docs/reliability.md from what the last test run counted.

`python -m tests.reliability.report` shows it, with `--write` it replaces the page; a name chooses a run (--testrunuid).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.reliability.counting import EXPERIMENTS, HOME
from tests.reliability.failing import Fault

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
COLUMNS = ("lost", "doubled", "half", "different")
_HEAD = """# Reliability: what was tried, how often, lost, doubled

Generated from a run of `tests/reliability` ({size}); do not edit by hand.

```console
$ make reliability                            # all of it, and this page written anew: takes a while
$ python -m pytest tests/reliability -n 2     # the part that every change is tested with
```

A try begins with deliveries in the mailbox, or a person's request, disturbs the work in one way, and lets a later
worker finish. Then everything is compared with the same work undisturbed: every file and every row, but for times and
numbers of attempts. *Lost*: tries after which a file or a row was missing. *Doubled*: there was one too many. *Half*:
at the moment of the disturbance a reader could see something that was not whole, or not published. *Different*: other
bytes, another state, or a chain of events that does not hold. Drawn tries are drawn the same way every time.

A control does something wrong on purpose: it shows that the same trial finds it.

| goal | what | tries | lost | doubled | half | different | test |
|---|---|---|---|---|---|---|---|
"""
_FOOT = """
The goals R1 to R8 are those of the project: killed anywhere (R1), every port fails (R2), events repeated and at once
(R3), any order of arrival (R4), a worker that stands still (R5), shuffled input (R6), replay (R7), any history (R8).

The five ways in which a call fails (R2):

{faults}

Processes are real and killed by the kernel; deliveries are small, and most tries use a core of a few lines around the
real shell, storage and administration, because what is tried is the order of effects. Storage is a folder and the
administration SQLite, unless the row says Azurite and PostgreSQL.
"""


class Incomplete(Exception):
    """The last run did not do every experiment."""


def last_run() -> Path:
    """Return the folder of the test run that wrote last."""
    found = sorted(HOME.glob("*"), key=lambda folder: folder.stat().st_mtime)
    if not found:
        raise Incomplete("nothing was counted yet: run tests/reliability first")
    return found[-1]


def totals(folder: Path) -> tuple[bool, dict[str, Counter[str]]]:
    """Return whether it was the nightly size, and the counts by experiment."""
    series: list[dict[str, Any]] = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    counts: dict[str, Counter[str]] = {name: Counter() for name in EXPERIMENTS}
    for each in series:
        counts[each["experiment"]].update({name: each.get(name, 0) for name in ("tries", *COLUMNS)})
    missing = [name for name, counted in counts.items() if not counted["tries"]]
    if missing:
        raise Incomplete(f"not tried: {', '.join(missing)}")
    return all(each["night"] for each in series), counts


def rows(counts: dict[str, Counter[str]]) -> list[str]:
    """Return the rows of the table, in the order of the experiments."""
    lines = []
    for name, experiment in EXPERIMENTS.items():
        goal = f"{experiment.goal}, control" if experiment.fails else experiment.goal
        figures = " | ".join(f"{counts[name][column]:,}" for column in ("tries", *COLUMNS))
        lines.append(f"| {goal} | {experiment.what} | {figures} | `tests/reliability/{experiment.test}` |")
    return lines


def render(folder: Path) -> str:
    """Return the page for a test run."""
    night, counts = totals(folder)
    size = "nightly size" if night else "the size of every change"
    faults = "\n".join(f"* {fault}" for fault in Fault)
    return _HEAD.format(size=size) + "\n".join(rows(counts)) + "\n" + _FOOT.format(faults=faults)


def main() -> int:
    """Show or write the page."""
    named = [word for word in sys.argv[1:] if not word.startswith("-")]
    try:
        text = render(HOME / named[0] if named else last_run())
    except Incomplete as cause:
        print(cause, file=sys.stderr)
        return 1
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8", newline="\n")
        print(PAGE)
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
