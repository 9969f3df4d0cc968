"""A storage with deliveries of its own for each test, and a way to do a job on this machine without a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bulk import worker
from bulk.job import Job
from bulk.rescore import Request, make_job
from development.population import write_delivery, write_mailbox
from shared import bootstrap
from shared.installation import Installation

DATASET = "levensonderhoud"
FIRST_DAY = date(2026, 11, 16)
LAST_TOT = datetime(2026, 11, 15)


def deliver(root: Path, days: int, applications: int) -> None:
    """Five deliveries of which three are accepted, one held and one rejected, and `days` of Parquet before them."""
    write_mailbox(root, seed=11, day=FIRST_DAY)
    for back in range(days):
        tot = LAST_TOT - timedelta(days=back)
        folder = root / "brievenbus" / DATASET / str(tot.date())
        period = (tot - timedelta(days=1), tot)
        write_delivery(folder, applications=applications, period=period, seed=50 + back, format="parquet")


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A storage with six deliveries, which the settings name."""
    root = tmp_path / "werk"
    deliver(root, days=1, applications=40)
    monkeypatch.setenv("SLIMME_CHECK_OPSLAG", str(root))
    bootstrap.let_go()
    worker._key.cache_clear()
    yield root
    bootstrap.let_go()
    worker._key.cache_clear()


@pytest.fixture
def installation(storage: Path) -> Installation:
    """The installation on that storage."""
    return bootstrap.installation(bootstrap.person_here(), DATASET)


@pytest.fixture
def job(installation: Installation) -> Job:
    """The job of its deliveries, in small parts."""
    return make_job(installation, Request("proef", part_size=15))


def here(job: Job) -> dict[int, dict[int, bytes]]:
    """Do a job in this process, in the order in which a cluster would be slowest to get it right: parts backwards."""
    records: dict[int, dict[int, bytes]] = {}
    for place in reversed(range(len(job.runs))):
        pieces: dict[int, dict[str, bytes]] = {}
        for piece in worker.check_and_split(job, place):
            pieces.setdefault(piece.part, {})[piece.name] = piece.content
        records[place] = {part: worker.judge_part(job, place, part, pieces[part]) for part in sorted(pieces)[::-1]}
    return records


def files_of(storage: Path) -> dict[str, bytes]:
    """Everything in the output, by name."""
    output = storage / "uitvoer"
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


type Doing = Callable[[Job], dict[int, dict[int, bytes]]]
