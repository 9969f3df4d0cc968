"""Does an environment work? Outside production one invented delivery goes the whole way, from mailbox to results.

Each step is done as who does it in earnest: the delivery as Leverancier, the results as Dataverkenner. In production
nothing is delivered; there the app judges the golden case of its model and says whether its parts answer.
"""

from __future__ import annotations

import json
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from development.population import write_delivery
from shared.errors import SlimmeCheckError
from shared.ports import BlobStore, Container

DATASET = "levensonderhoud"
APPLICATIONS = 5  # below twenty no band holds the delivery
LAST = "datapackage.json"
_HISTORY = timedelta(days=30)  # overlaps with every earlier one, so there is no gap that holds it
_PAUSE, _PATIENCE = 15.0, timedelta(minutes=20)


class SmokeTestFailed(SlimmeCheckError):
    """An environment does not do what it should after a deployment."""

    code = "SC-690"


@dataclass(frozen=True)
class Delivered:
    """A delivery of invented people: its name, and the numbers of its applications."""

    levering: str
    numbers: frozenset[str]

    def as_text(self) -> str:
        """Return it as the next step of the pipeline reads it."""
        return json.dumps({"levering": self.levering, "aanvraagnummers": sorted(self.numbers)})

    @classmethod
    def of_text(cls, text: str) -> Delivered:
        """Return what `as_text` wrote."""
        found = json.loads(text)
        return cls(found["levering"], frozenset(found["aanvraagnummers"]))


def deliver(mailbox: BlobStore, now: datetime, number: int) -> Delivered:
    """Deliver a few invented applications, the description last. `number`: another number is other people."""
    day = datetime(now.year, now.month, now.day)  # local, as deliveries are
    since = day - _HISTORY
    levering = f"{day.date()}-rook-{number}"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / levering
        write_delivery(folder, applications=APPLICATIONS, period=(since, day), seed=number, format="parquet")
        for file in sorted(folder.iterdir(), key=lambda path: (path.name == LAST, path.name)):
            mailbox.write(Container.BRIEVENBUS, f"{DATASET}/{levering}/{file.name}", file.read_bytes())
        first = pd.read_parquet(folder / "werkopdrachten.parquet").groupby("dienstnr")["dtopvoer"].min()
    return Delivered(levering, frozenset(first.index[(first >= since) & (first < day)].astype(str)))


def wait_for_results(
    output: BlobStore,
    delivered: Delivered,
    pause: Callable[[float], None] = time.sleep,
    patience: timedelta = _PATIENCE,
) -> int:
    """Wait until every application of the delivery has its current result; returns how many that are.

    Raises SmokeTestFailed when they are not there in time.
    """
    name = f"{DATASET}/{delivered.levering[:10]}/actueel.jsonl"
    left = int(patience.total_seconds() / _PAUSE)
    while missing := delivered.numbers - _numbers(output, name):
        if not left:
            raise SmokeTestFailed(
                f"Of the {len(delivered.numbers)} applications of the smoke test {len(missing)} have no result.",
                where=delivered.levering,
                next_step="Look at the run of this delivery (docs/runbook.md); roll back meanwhile.",
            )
        left -= 1
        pause(_PAUSE)
    return len(delivered.numbers)


def _numbers(output: BlobStore, name: str) -> set[str]:
    if name not in set(output.names(Container.UITVOER, name)):
        return set()
    lines = output.read(Container.UITVOER, name).decode("utf-8").splitlines()
    return {str(json.loads(line)["aanvraagnummer"]) for line in lines if line.strip()}


def check_health(
    address: str, pause: Callable[[float], None] = time.sleep, patience: timedelta = timedelta(minutes=5)
) -> None:
    """Ask whether the app works, golden case of its model included; SmokeTestFailed when it does not in time."""
    left = int(patience.total_seconds() / _PAUSE)
    while not _healthy(f"{address}/api/v1/gezondheid"):
        if not left:
            raise SmokeTestFailed(
                "The app does not say that it works.",
                where=address,
                next_step="Ask /gezondheid with a role to see which part is disturbed; roll back meanwhile.",
            )
        left -= 1
        pause(_PAUSE)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - https, from the pipeline
            return json.load(answer).get("status") == "goed"
    except (urllib.error.URLError, ValueError, TimeoutError):
        return False


def number_of(now: datetime) -> int:
    """Return a number for a delivery that nothing else was numbered with: the second it is made."""
    return int(now.astimezone(UTC).timestamp())
