"""R1, R3 and R5 on Azurite and PostgreSQL, and both restarted while a worker is in the middle of its work."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.real.parts import Missing
from tests.real.worlds import Parts, running
from tests.reliability.counting import counted
from tests.reliability.judging import Found, judge, look_halfway
from tests.reliability.killing import LEASE, recover
from tests.reliability.processes import DONE, FAILED, KILLED, Job, ended, frozen, run, start
from tests.reliability.realparts import Cloud, Lasting, cloud, crash_database
from tests.reliability.scenes import Ground, accepted, held, prepare
from tests.reliability.size import number, some
from tests.reliability.striking import Strike

pytestmark = pytest.mark.xdist_group("real-reliability")  # one worker, so that the parts are started once
WORKERS = 16


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Parts, Mapping[str, str]]]:
    """Azurite and PostgreSQL, and the environment in which a worker finds its identity."""
    try:
        with running(tmp_path_factory.mktemp("parts")) as found:
            yield found
    except Missing as missing:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(missing))


def _judged(there: Cloud, ground: Ground, home: Path) -> Found:
    looked = there.look(home / "looked")
    return judge(looked, ground.end)


def _halfway(there: Cloud, ground: Ground, home: Path) -> Found:
    return look_halfway(there.look(home / "looked"), ground.raw)


def _job(there: Cloud, ground: Ground) -> Job:
    there.put(ground.raw)
    return replace(ground.job, services=there.services)


@pytest.mark.parametrize("scene", [accepted, held], ids=lambda scene: scene.__name__)
def test_killed_after_any_effect(home: Path, started: tuple[Parts, Mapping[str, str]], scene: object) -> None:
    ground = prepare(home, scene)  # type: ignore[arg-type]
    strikes = [Strike(at, after=True) for at in range(1, len(ground.effects) + 1)]
    with counted("killed-azure") as tally:
        for strike in some(strikes, by_day=5):
            with cloud(*started) as there:
                job = _job(there, ground)
                assert run(replace(job, strike=strike)) == KILLED
                found = _halfway(there, ground, home)
                recover(job)
                found |= _judged(there, ground, home)
            tally.add(f"{strike} ({ground.effects[strike.at - 1]})", found)


def test_frozen_past_its_lease_and_thawed(home: Path, started: tuple[Parts, Mapping[str, str]]) -> None:
    ground = prepare(home, accepted)
    strikes = [Strike(at, freeze=True) for at in range(1, len(ground.effects) + 1)]
    with counted("frozen-azure") as tally:
        for strike in some(strikes, by_day=4):
            with cloud(*started) as there:
                job = _job(there, ground)
                with frozen(replace(job, owner="eerste", strike=strike)) as first:
                    recover(replace(job, owner="tweede", later=LEASE))
                assert ended(first) == DONE
                tally.add(f"{strike} ({ground.effects[strike.at - 1]})", _judged(there, ground, home))


def test_sixteen_workers_at_once(home: Path, started: tuple[Parts, Mapping[str, str]]) -> None:
    ground = prepare(home, accepted)
    with counted("at-once-azure") as tally:
        for turn in range(number(1, 10)):
            with cloud(*started) as there:
                job = replace(_job(there, ground), task="event", begin=time.time() + 2)
                codes = [ended(each) for each in [start(replace(job, owner=f"werker {n}")) for n in range(WORKERS)]]
                recover(replace(job, task="round", begin=0.0, owner="daarna"))
                crashed = tuple(f"a worker ended with {code}" for code in codes if code != DONE)
                tally.add(f"turn {turn}", _judged(there, ground, home) | Found(different=crashed))


@pytest.mark.parametrize("which", ["storage", "database"])
def test_restarted_in_the_middle_of_the_work(home: Path, started: tuple[Parts, Mapping[str, str]], which: str) -> None:
    """The worker stands still at an effect, the service is restarted, and the worker goes on with what it had."""
    if os.environ.get("TEST_DATABASE_URL" if which == "database" else "TEST_BLOB_URL"):
        pytest.skip("a service that was given is not ours to restart")
    ground = prepare(home, accepted)
    parts, environment = started
    lasting = Lasting(home / "azurite", parts) if which == "storage" else None
    strikes = [Strike(at, freeze=True) for at in range(1, len(ground.effects) + 1)]
    with counted("restarted") as tally:
        for strike in some(strikes, by_day=4):
            with cloud(lasting.parts if lasting else parts, environment) as there:
                job = _job(there, ground)
                with frozen(replace(job, strike=strike)) as worker:
                    lasting.restart() if lasting else crash_database(parts)
                assert ended(worker) in (DONE, FAILED)
                found = _halfway(there, ground, home)
                recover(replace(job, later=LEASE))
                found |= _judged(there, ground, home)
            tally.add(f"{which} restarted, {strike} ({ground.effects[strike.at - 1]})", found)
    if lasting:
        lasting.stop()
