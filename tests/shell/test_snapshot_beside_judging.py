"""A part goes into the snapshot while parts are judged: whatever goes wrong on either side, neither harms the other."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from development.population import write_delivery
from shared import bootstrap
from shared.errors import ExplanationBroken
from shared.records import PseudonymisedPart
from shared.runs import Outcome
from shared.runstates import RunState
from shared.snapshot import SnapshotFiles
from tests.shell.test_real_run_in_parts import DAY, PERIOD, kept, results

PARTS = 6
ADD, CLOSE = SnapshotFiles.add, SnapshotFiles.close


@pytest.fixture
def a_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Outcome]:
    """Do a round on a storage that has a delivery of six parts the first time."""
    monkeypatch.setattr("shared.parts._APPLICATIONS_AT_ONCE", 7)

    def run() -> Outcome:
        root = tmp_path / "opslag"
        if not root.exists():
            mailbox = root / "brievenbus" / "levensonderhoud"
            write_delivery(mailbox / DAY, applications=40, period=PERIOD, seed=5, format="csv")
        monkeypatch.setenv("SLIMME_CHECK_OPSLAG", str(root))
        bootstrap.let_go()
        (outcome,) = bootstrap.run_waiting()[0].outcomes
        bootstrap.let_go()
        return outcome

    return run


def test_it_is_closed_only_when_nothing_is_being_added(
    a_round: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    failed, closed = threading.Event(), threading.Event()
    seen: list[bool] = []

    def add(snapshot: SnapshotFiles, part: PseudonymisedPart) -> None:
        if seen:  # the second: features of the first are computed meanwhile
            assert failed.wait(60)
            seen.append(closed.wait(0.5))
        else:
            seen.append(False)
        ADD(snapshot, part)

    def close(snapshot: SnapshotFiles) -> None:
        closed.set()
        CLOSE(snapshot)

    def features(*_: object) -> None:
        failed.set()
        raise ExplanationBroken("The contributions do not add up.", where="rij 1")

    monkeypatch.setattr(SnapshotFiles, "add", add)
    monkeypatch.setattr(SnapshotFiles, "close", close)
    monkeypatch.setattr("shared.levensonderhoud.judge.compute_features", features)
    outcome = a_round()
    assert isinstance(outcome.failure, ExplanationBroken) and closed.is_set()
    assert seen == [False, False]


@pytest.mark.parametrize("at", [1, 2, PARTS])
def test_a_disk_that_is_full_publishes_nothing_and_the_next_round_everything(
    a_round: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at: int
) -> None:
    added: list[int] = []

    def add(snapshot: SnapshotFiles, part: PseudonymisedPart) -> None:
        added.append(len(part.delivery.applications))
        if len(added) == at:
            raise OSError(errno.ENOSPC, "full")
        ADD(snapshot, part)

    monkeypatch.setattr(SnapshotFiles, "add", add)
    outcome = a_round()
    assert outcome.run is not None and outcome.failure is not None
    assert (outcome.run.state, outcome.run.publication) == (RunState.MISLUKT, None)
    assert len(added) in (at, at + 1) and results(tmp_path / "opslag").keys() <= {"resultaten.jsonl"}
    monkeypatch.undo()
    monkeypatch.setattr("shared.parts._APPLICATIONS_AT_ONCE", 7)
    outcome = a_round()
    assert outcome.run is not None and outcome.run.state is RunState.AFGEROND
    assert len(results(tmp_path / "opslag")) == 4 and len(kept(tmp_path / "opslag")) == 12
