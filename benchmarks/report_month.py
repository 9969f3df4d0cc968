"""How long it takes to count and report a month of 10,000 applications, beside judging them: seconds and the ratio.

`.venv/bin/python -m benchmarks.report_month [APPLICATIONS]`. One night in the month, with everything delivered; then
the month is closed and reported as the timer does it, on a folder and SQLite. Asked is less than 30 seconds.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from development.population import write_history
from shared.adapters.clock import SystemClock
from shared.events import SYSTEM, Caller

APPLICATIONS, ASKED = 10_000, 30.0
DATASET = "levensonderhoud"
_CALLER = Caller(SYSTEM, "meting")


def main(applications: int) -> None:
    """Print how long each step took."""
    with tempfile.TemporaryDirectory() as root:
        os.environ["SLIMME_CHECK_OPSLAG"] = root
        write_history(
            Path(root), applications=applications, period=(datetime(2026, 10, 1), datetime(2026, 11, 1)), seed=1
        )
        from shared import bootstrap
        from shared.adapters.chosen import month_records_of
        from shared.bootstrap.reports import write_due_reports
        from shared.closing.months import close_months

        judging = _timed(datetime(2026, 10, 31, tzinfo=UTC), bootstrap.run_waiting)
        records = month_records_of(bootstrap.ledger(bootstrap.settings()))
        after = datetime(2026, 11, 1, 3, 30, tzinfo=UTC)
        closing = _timed(after, lambda: close_months(bootstrap.installation(_CALLER, DATASET), records))
        reporting = _timed(after, lambda: write_due_reports(_CALLER, DATASET))
        report = Path(root) / "rapportage" / DATASET / "2026-10" / "rapport.html"
        size = report.stat().st_size
    both = closing + reporting
    print(f"{applications} applications: judged in {judging:.1f} s")
    print(f"counted in {closing:.1f} s, reported in {reporting:.1f} s ({size / 1000:.0f} kB)")
    print(f"together {both:.1f} s of {ASKED:.0f} s asked; {both / judging:.2f} of the time of judging")


def _timed(moment: datetime, work: Callable[[], object]) -> float:
    """Do some work at a moment of the calendar, and return the seconds it really took."""
    with patch.object(SystemClock, "now", lambda _: moment):
        began = time.perf_counter()
        work()
        return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else APPLICATIONS)
