"""R1, R3 and R5 on Azurite and PostgreSQL, and both restarted while a worker is in the middle of its work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.real.parts import Missing
from tests.real.worlds import Parts, running
from tests.reliability.counting import counted
from tests.reliability.judging import Found, judge, look_halfway
from tests.reliability.killing import LEASE, recover
from tests.reliability.processes import DONE, FAILED, KILLED, Job, effects_of, ended, frozen, run, start
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


def _restarted(
    there: Cloud, ground: Ground, home: Path, strike: Strike, restart: Callable[[], None]
) -> tuple[Found, int]:
    """Let a worker stand still, restart a service, and let it go on with what it had; then another recovers."""
    job = _job(there, ground)
    with frozen(replace(job, strike=strike)) as worker:
        assert worker.is_alive(), "it did not freeze"
        restart()
    code = ended(worker)
    assert code in (DONE, FAILED)
    found = _halfway(there, ground, home)
    recover(replace(job, later=LEASE))
    return found | _judged(there, ground, home), code


def test_storage_restarted_in_the_middle_of_the_work(home: Path, started: tuple[Parts, Mapping[str, str]]) -> None:
    if os.environ.get("TEST_BLOB_URL"):
        pytest.skip("a service that was given is not ours to restart")
    ground = prepare(home, accepted)
    lasting = Lasting(home / "azurite", started[0])
    strikes = [Strike(at, freeze=True) for at in range(1, len(ground.effects) + 1)]
    with counted("restarted-storage") as tally:
        for strike in some(strikes, by_day=4):
            with cloud(lasting.parts, started[1]) as there:
                found, _ = _restarted(there, ground, home, strike, lasting.restart)
            tally.add(f"{strike} ({ground.effects[strike.at - 1]})", found)
    lasting.stop()


def test_database_crashed_in_the_middle_of_a_transaction(home: Path, started: tuple[Parts, Mapping[str, str]]) -> None:
    """Before a statement or a commit is sent: the transaction is gone with its session."""
    if os.environ.get("TEST_DATABASE_URL"):
        pytest.skip("a service that was given is not ours to restart")
    ground = prepare(home, accepted)
    with cloud(*started) as there:
        statements = effects_of(replace(_job(there, ground), root=home / "x", strike=Strike(0, inside=True)))
    assert len(statements) > 10 and "commit" in statements
    felt = 0
    with counted("restarted-database") as tally:
        for at in some(range(1, len(statements) + 1), by_day=6):
            strike = Strike(at, inside=True, freeze=True)
            with cloud(*started) as there:
                found, code = _restarted(there, ground, home, strike, lambda: crash_database(started[0]))
            felt += code == FAILED
            tally.add(f"{strike} ({statements[at - 1]})", found)
    assert felt > 0, "no worker noticed"
