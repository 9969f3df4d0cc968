"""A night of the app with an invented delivery of any size: what it took, and what each stage of it took."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measuring import Cost, process
from development.population import write_delivery
from shared.events import Action, moment_of

DAY, DATASET = "2026-11-20", "levensonderhoud"
PERIOD = (datetime(2025, 11, 20), datetime(2026, 11, 20))
_STAGES = {
    Action.LEZEN: "read and check",
    Action.PSEUDONIMISEREN: "minimise, pseudonymise",
    Action.KENMERKEN: "features",
    Action.BEOORDELEN: "score and explain",
    Action.RESULTATEN_SCHRIJVEN: "result files",
}
_SQL, _TAIL, _REST = "SQL", "manifest, current files, logboek, snapshot", "start-up and the rest"
STAGES = (_REST, *_STAGES.values(), _SQL, _TAIL)


class Night:
    """One delivery, kept in a folder, and the app that finds it in its mailbox."""

    def __init__(self, home: Path, applications: int) -> None:
        """Keep everything under `home`; the delivery is written at the first turn."""
        self.applications = applications
        self.delivery, self.storage = home / "delivery" / DAY, home / "storage"

    def turn(self) -> Cost:
        """Run the app on the delivery, in an installation where nothing was before.

        Raises RuntimeError when it did not publish a result of every application: then that was no night.
        """
        if not self.delivery.exists():
            write_delivery(self.delivery, applications=self.applications, period=PERIOD, seed=3, format="csv")
        shutil.rmtree(self.storage, ignore_errors=True)
        shutil.copytree(self.delivery, self.storage / "brievenbus" / DATASET / DAY)
        command = [sys.executable, "-m", "shared", "run"]
        cost = process(command, environment={"SLIMME_CHECK_OPSLAG": str(self.storage)})()
        must_have_published(self.storage, self.applications)
        return cost

    def stages(self, seconds: float) -> Mapping[str, float]:
        """Return the seconds of each stage of the last turn, as the app itself recorded them; `seconds`: of all."""
        spent = dict.fromkeys(STAGES, 0.0)
        published: datetime | None = None
        for action, moment, details in self._events():
            took = float(details.get("seconden", 0.0))
            if action in _STAGES:
                spent[_STAGES[Action(action)]] += took
            elif action == Action.PUBLICEREN:
                published = moment
            elif published is not None and "seconden" in details:
                if not spent[_SQL]:  # what the tail begins with begins when the transaction has ended
                    spent[_SQL] = (moment - timedelta(seconds=took) - published).total_seconds()
                spent[_TAIL] += took
        return spent | {_REST: seconds - sum(spent.values())}

    def _events(self) -> list[tuple[str, datetime, dict[str, object]]]:
        asked = "SELECT handeling, tijdstip, details FROM gebeurtenissen WHERE run <> '' ORDER BY volgnr"
        found = _rows(self.storage, asked)
        return [(action, moment_of(moment), json.loads(details)) for action, moment, details in found]


def must_have_published(storage: Path, applications: int) -> None:
    """Raise RuntimeError when the results in an administration are not so many; those of held or rejected are none."""
    ((published,),) = _rows(storage, "SELECT count(*) FROM resultaten")
    if published != applications:
        raise RuntimeError(f"of {applications} applications {published} were published")


def _rows(storage: Path, asked: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{storage}/administratie.sqlite?mode=ro", uri=True)) as connection:
        return connection.execute(asked).fetchall()
