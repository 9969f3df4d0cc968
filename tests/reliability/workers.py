"""What a worker process does: one round, or one event, on a folder that it did not make. For the fork server."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from azure.identity import ManagedIdentityCredential

from shared import parts, pipeline, snapshot
from shared.adapters.azure.blobs import AzureStore
from shared.adapters.owner import ProcessOwner
from shared.adapters.packages import load_package
from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.errors import SlimmeCheckError
from shared.events import Caller
from shared.installation import Core, Installation
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.ports import Container
from shared.sweep import process_arrived, run_waiting
from tests.reliability.naive import NAIVE_ROUNDS
from tests.reliability.striking import Strike, armed, watch_inside
from tests.shell.workshop import START, SetClock, Worker, make_installation

FAILED = 3
WAIT = timedelta(seconds=20)
PACKAGE = load_package(Path(__file__).parents[2] / "models" / LEVENSONDERHOUD.package)
REAL_CORE = Core(
    check=pipeline.check_delivery,
    check_in_parts=pipeline.check_in_parts,
    pseudonymise=pipeline.pseudonymise_in_parts,
    features=pipeline.features,
    judge=pipeline.judge,
    new_snapshot=snapshot.SnapshotFiles,
    snapshot_files=snapshot.snapshot_files,
    read_snapshot=snapshot.read_snapshot,
)


@dataclass(frozen=True)
class Services:
    """A storage account and a database elsewhere, and the environment in which a worker may sign in."""

    blobs: str
    database: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Job:
    """What a worker is to do. `owner`: a name of which nobody sees whether it lives; empty for this very process.

    `later`: how far its clock is ahead. `changes`: what a deploy changed. `tell`: where to write what effects it had.
    `largest`: the size at which the disk refuses. `begin`: the moment at which workers start together.
    `part`: applications in a part of the delivery, 0 for as many as the app takes.
    """

    root: Path
    task: str = "round"
    real: bool = False
    strike: Strike | None = None
    owner: str = ""
    later: timedelta = timedelta()
    changes: Mapping[str, Any] = field(default_factory=dict)
    times: int = 1
    begin: float = 0.0
    largest: int = 0
    part: int = 0
    tell: Path | None = None
    services: Services | None = None


def installation_of(job: Job) -> Installation:
    """Return the shell on the folder of the job: with the tiny core of the tests, or with the real one."""
    installation = replace(
        make_installation(job.root),
        owner=Worker(job.owner) if job.owner else ProcessOwner(),
        caller=Caller("systeem", f"test {job.owner or os.getpid()}"),
        clock=SetClock(START + job.later),
    )
    if job.real:
        installation = replace(installation, use_case=LEVENSONDERHOUD, model=PACKAGE, core=REAL_CORE)
    if job.services:
        os.environ.update(job.services.environment)
        url_of = dict.fromkeys(map(str, Container), job.services.blobs)
        installation = replace(
            installation,
            blobs=AzureStore(url_of, ManagedIdentityCredential()),
            ledger=SqlLedger(make_engine(job.services.database, WAIT)),
        )
    return replace(installation, **job.changes)


def work(job: Job) -> None:
    """Do the job in this process; the exit code says whether anything failed."""
    installation = installation_of(job)
    engine = cast(SqlLedger, installation.ledger).engine
    if job.part:
        parts._APPLICATIONS_AT_ONCE = job.part
    inside: list[str] = []
    if job.strike and job.strike.inside:
        inside = watch_inside(engine, job.root, job.strike)
    fused, fuse = armed(installation, job.strike)
    if job.largest:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job.largest, job.largest))
    time.sleep(max(0.0, job.begin - time.time()))
    failed = 0
    for _ in range(job.times):
        failed += _do(job, fused)
    if job.tell:
        job.tell.write_text(json.dumps(inside or fuse.seen))
    engine.dispose()
    sys.stderr.flush()
    os._exit(FAILED if failed else 0)


def _do(job: Job, installation: Installation) -> bool:
    try:
        return _failed(job, installation)
    except SlimmeCheckError as failure:  # outside of any delivery: the trigger fails with it
        print(failure, file=sys.stderr)
        return True


def _failed(job: Job, installation: Installation) -> bool:
    if job.task == "round":
        return run_waiting(installation).failed
    if job.task == "event":
        return any(outcome.failure is not None for outcome in process_arrived(installation))
    if job.task == "sent again":
        return _sent_again(job, installation)
    NAIVE_ROUNDS[job.task](installation)
    return False


def _sent_again(job: Job, installation: Installation) -> bool:
    """Handle the event of a delivery, after writing the same files once more as the supplier did."""
    mailbox, copy = job.root / "brievenbus", job.root / "nog-eens"
    if not copy.exists():
        shutil.copytree(mailbox, copy)
    shutil.copytree(copy, mailbox, dirs_exist_ok=True)
    return any(outcome.failure is not None for outcome in process_arrived(installation))
