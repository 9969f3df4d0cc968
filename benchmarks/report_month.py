"""How long it takes to count and report a month, beside judging its applications: `python -m benchmarks.report_month`.

One night in the month, with everything delivered; then the month is closed and reported as the timer does it, on a
folder and SQLite.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from benchmarks.measuring import in_turns, work
from benchmarks.outcome import Goal, Measured, Outcome
from benchmarks.running import alone
from development.population import write_history
from shared.adapters.clock import SystemClock
from shared.events import SYSTEM, Caller
from shared.usecases import datasets

SIZE, SMALL = 10_000, 40
_ASKED = 30.0  # seconds, for both
_ABOUT = """One night with everything that was delivered in a month; then the month is counted (by group, in memory) and
reported (both editions). All on a folder and SQLite, once each: a month is closed once."""


def measure(size: int) -> Outcome:
    """Measure judging, counting and reporting a month of so many applications."""
    from shared import bootstrap
    from shared.adapters.chosen import month_records_of
    from shared.bootstrap.reports import write_due_reports
    from shared.closing.months import close_months

    dataset, caller = datasets()[0], Caller(SYSTEM, "meting")
    with ExitStack() as stack:
        root = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(patch.dict(os.environ, {"SLIMME_CHECK_OPSLAG": root}))
        bootstrap.let_go()
        write_history(Path(root), applications=size, period=(datetime(2026, 10, 1), datetime(2026, 11, 1)), seed=1)
        stack.callback(bootstrap.let_go)
        records = month_records_of(bootstrap.ledger(bootstrap.settings()))
        last, after = datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 1, 3, 30, tzinfo=UTC)
        steps = [
            _once("judged", size, last, bootstrap.run_waiting),
            _once("counted", size, after, lambda: close_months(bootstrap.installation(caller, dataset), records)),
            _once("reported", size, after, lambda: write_due_reports(caller, dataset)),
        ]
        report = Path(root) / "rapportage" / dataset / "2026-10" / "rapport.html"
        assert report.stat().st_size > 1_000
    seconds = steps[1].least + steps[2].least
    goals = [Goal("counting and reporting 10,000 applications: at most 30 s", seconds, _ASKED, "s", at_most=True)]
    return Outcome("A month counted and reported", _ABOUT, size, {"applications of a month": steps}, goals)


def _once(name: str, size: int, moment: datetime, do: Callable[[], object]) -> Measured:
    """Do some work once, at a moment of the calendar; the seconds are those that it really took."""
    with patch.object(SystemClock, "now", lambda _: moment):
        [found] = in_turns(1, {name: work(do)}, units=size, warm=False)
    return found


if __name__ == "__main__":
    alone("report_month")
