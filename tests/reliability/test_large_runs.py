"""R1: a run with the real stages and model, cut in parts, that is really killed goes on behind the finished parts."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from development.population import write_delivery
from shared.adapters.sql.ledger import SqlLedger
from shared.events import Action
from shared.records import FeatureTable, PseudonymisedDelivery, ResultSet
from shared.sweep import run_waiting
from tests.reliability.judging import Found, files_of, judge, look_halfway, stand_of
from tests.reliability.looking import rows
from tests.reliability.processes import KILLED, Job, effects_of, run
from tests.reliability.striking import Strike
from tests.reliability.workers import REAL_CORE, installation_of
from tests.shell.workshop import blobs_in

APPLICATIONS, IN_A_PART, PARTS, FINISHED = 40, 7, 6, 2
PERIOD = (datetime(2026, 11, 1), datetime(2026, 11, 20))


@pytest.fixture
def ready(home: Path) -> Job:
    """A large delivery in the mailbox, for workers that cut it in six parts."""
    job = Job(home / "ready", real=True, part=IN_A_PART)
    cast(SqlLedger, installation_of(job).ledger).engine.dispose()
    folder = job.root / "brievenbus" / "levensonderhoud" / "2026-11-20"
    write_delivery(folder, applications=APPLICATIONS, period=PERIOD, seed=5, format="csv")
    return job


def on_a_copy(job: Job, name: str) -> Job:
    """Return the same job on a copy of its folder."""
    root = job.root.with_name(name)
    shutil.copytree(job.root, root)
    return replace(job, root=root)


def test_killed_after_two_of_six_parts_the_next_worker_judges_the_other_four(
    ready: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, killed = on_a_copy(ready, "whole"), on_a_copy(ready, "killed")
    effects = effects_of(whole)
    first = effects.index("write") + 1
    assert effects[first - 1 :][: PARTS + 1] == ["write"] * PARTS + ["publish"], "a part is written when it is finished"

    assert run(replace(killed, strike=Strike(first + FINISHED - 1, after=True))) == KILLED
    assert len(blobs_in(killed.root / "tussenstand")) == FINISHED
    assert not look_halfway(killed.root, files_of(ready.root))

    seen: dict[str, list[str]] = {"features": [], "scores": []}

    def features(delivery: PseudonymisedDelivery, *others: Any) -> FeatureTable:
        seen["features"].extend(delivery.aanvraagnummers)
        return REAL_CORE.features(delivery, *others)

    def judged(table: FeatureTable, *others: Any) -> ResultSet:
        seen["scores"].extend(table.frame["aanvraagnummer"])
        return REAL_CORE.judge(table, *others)

    monkeypatch.setattr("shared.parts._APPLICATIONS_AT_ONCE", IN_A_PART)
    next_worker = replace(installation_of(killed), core=replace(REAL_CORE, features=features, judge=judged))
    assert not run_waiting(next_worker).failed
    cast(SqlLedger, next_worker.ledger).engine.dispose()

    numbers = [number for (number,) in rows(whole.root, "SELECT aanvraagnummer FROM resultaten ORDER BY regel")]
    behind = numbers[FINISHED * IN_A_PART :]
    assert len(numbers) == APPLICATIONS and seen == {"features": behind, "scores": behind}
    assert judge(killed.root, stand_of(whole.root)) == Found()
    assert not blobs_in(killed.root / "tussenstand")
    asked = f"SELECT details FROM gebeurtenissen WHERE handeling = '{Action.BEOORDELEN}'"
    [details] = [json.loads(text) for (text,) in rows(killed.root, asked)]
    assert details["eerder_beoordeeld"] == FINISHED * IN_A_PART
