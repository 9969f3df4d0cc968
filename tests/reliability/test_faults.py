"""R2: whatever call of a port fails in whatever way, the run is in a named state, nothing is half, a round finishes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast
from unittest import mock

import pytest

from shared.adapters.folder import FolderStore
from shared.adapters.sql.ledger import SqlLedger
from shared.errors import SlimmeCheckError
from shared.runstates import FAILURES, REASON_SENTENCES, RunReason, RunState
from shared.sweep import run_waiting
from tests.reliability.counting import counted
from tests.reliability.failing import Fault, Faults, failing
from tests.reliability.judging import Found, judge, look_halfway
from tests.reliability.killing import LEASE, recover
from tests.reliability.looking import rows
from tests.reliability.processes import Job, run
from tests.reliability.scenes import Ground, accepted, held, overlapping, prepare, rejected, released, requested
from tests.reliability.size import some
from tests.reliability.workers import installation_of
from tests.shell.workshop import Workshop

SCENES = (accepted, rejected, held, released, requested, overlapping)
INJECTED = (PermissionError, TimeoutError, OSError)
LIMITS = (1, 100, 700, 2_000, 5_000, 20_000, 60_000, 100_000, 140_000, 180_000, 250_000)


def round_of(job: Job, faults: Faults) -> None:
    """Do a round; what it raises is one of our errors, or what was injected outside of any run."""
    installation = installation_of(job)
    try:
        with suppress(SlimmeCheckError, *INJECTED):
            run_waiting(failing(installation, faults))
    finally:
        cast(SqlLedger, installation.ledger).engine.dispose()


def named_states(root: Path) -> Found:
    """Every run is in a state that says why; what failed says so by one of the reasons to fail."""
    wrong = []
    for run_id, state, reason in rows(root, "SELECT run, toestand, reden FROM verwerkingen"):
        fits = RunReason(reason) in FAILURES if RunState(state) is RunState.MISLUKT else True
        if not fits or not REASON_SENTENCES[RunReason(reason)]:
            wrong.append(f"{run_id} is {state} because of {reason}")
    return Found(different=tuple(wrong))


def survived(ground: Ground, faults: Faults, rounds: int = 1) -> Found:
    """Let rounds go wrong, then one by another worker go well."""
    job = replace(ground.fresh(), owner="eerste")
    found = Found()
    for turn in range(rounds):
        round_of(replace(job, later=turn * LEASE), faults)
        found |= named_states(job.root) | look_halfway(job.root, ground.raw)
    round_of(replace(job, later=rounds * LEASE, owner="tweede"), Faults())
    found |= judge(job.root, ground.end)
    ground.forget(job)
    return found


def calls_of(ground: Ground) -> list[str]:
    """Every call of a port in the undisturbed round, in order."""
    job, faults = ground.fresh(), Faults()
    round_of(job, faults)
    ground.forget(job)
    return faults.seen


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_one_call_fails(home: Path, scene: Callable[[Workshop], None]) -> None:
    ground = prepare(home, scene)
    calls = calls_of(ground)
    assert len(calls) > 20
    tries = [(at, fault) for at in range(1, len(calls) + 1) for fault in Fault]
    with counted("fault-once") as tally:
        for at, fault in some(tries, by_day=40):
            tally.add(f"{fault.name} at {at} ({calls[at - 1]})", survived(ground, Faults(fault, at)))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_a_method_fails_for_two_rounds(home: Path, scene: Callable[[Workshop], None]) -> None:
    ground = prepare(home, scene)
    tries = [(method, fault) for method in sorted(set(calls_of(ground))) for fault in Fault]
    with counted("fault-lasting") as tally:
        for method, fault in some(tries, by_day=20):
            found = survived(ground, Faults(fault, method=method), rounds=2)
            tally.add(f"{fault.name} at every {method}", found)


@pytest.mark.parametrize("scene", [accepted, held, overlapping], ids=lambda scene: scene.__name__)
def test_the_system_refuses_files_beyond_a_size(home: Path, scene: Callable[[Workshop], None]) -> None:
    ground = prepare(home, scene)
    with counted("disk-full") as tally:
        for limit in LIMITS:
            job = ground.fresh()
            run(replace(job, largest=limit))
            found = named_states(job.root) | look_halfway(job.root, ground.raw)
            recover(job)
            tally.add(f"at {limit} bytes", found | judge(job.root, ground.end))
            ground.forget(job)


@contextmanager
def in_place(store: FolderStore, container: str, name: str) -> Iterator[BinaryIO]:
    """Write where the reader looks; on a full disk half of it stays."""
    path = store.root / container / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        yield stream
        try:
            os.fsync(stream.fileno())
        except OSError:
            stream.truncate(stream.tell() // 2)
            raise


def test_storage_that_writes_in_place_fails_the_same_trial(home: Path) -> None:
    ground = prepare(home, accepted)
    written = [at for at, call in enumerate(calls_of(ground), start=1) if call in ("blobs.write", "blobs.copy")]
    with counted("control-half-write") as tally, mock.patch.object(FolderStore, "_new_file", in_place):
        for at in written:
            job = replace(ground.fresh(), owner="eerste")
            round_of(job, Faults(Fault.FULL, at))
            tally.add(f"at {at}", look_halfway(job.root, ground.raw))
