"""R3: the same event a hundred times in a row, and sixteen workers at once: one publication."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shared.set_apart import PATIENCE
from tests.reliability.counting import counted
from tests.reliability.judging import Found, judge
from tests.reliability.killing import LEASE, recover
from tests.reliability.processes import DONE, ended, run, start
from tests.reliability.scenes import Ground, accepted, held, overlapping, prepare, rejected, released, two_at_once
from tests.reliability.size import number, some
from tests.shell.workshop import Workshop

WORKERS = 16
SECONDS_TO_START = 1.5
CLOCKS = PATIENCE - 1  # one more that takes over from a worker that takes over, and it holds the delivery unread
SCENES = (accepted, rejected, held, released, overlapping, two_at_once)


def at_once(ground: Ground, task: str = "event", ahead: timedelta = timedelta()) -> Found:
    """Let sixteen processes see the same event in the same moment, and one round come after.

    `ahead`: how far the clock of each is ahead of the one before it; there are five such clocks.
    """
    job = replace(ground.fresh(), task=task, begin=time.time() + SECONDS_TO_START)
    jobs = [replace(job, owner=f"werker {n}", later=n % CLOCKS * ahead) for n in range(WORKERS)]
    codes = [ended(worker) for worker in [start(each) for each in jobs]]
    crashed = tuple(f"a worker ended with {code}" for code in codes if code != DONE)
    if task == "event":
        recover(replace(job, task="round", begin=0.0, owner="daarna", later=CLOCKS * ahead))
    found = judge(job.root, ground.end) | Found(different=crashed)
    ground.forget(job)
    return found


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_sixteen_workers_at_once(home: Path, scene: Callable[[Workshop], None]) -> None:
    ground = prepare(home, scene)
    with counted("at-once") as tally:
        for turn in range(number(1, 20)):
            tally.add(f"turn {turn}", at_once(ground))


def test_sixteen_workers_at_once_with_the_real_stages(home: Path) -> None:
    ground = prepare(home)
    with counted("at-once") as tally:
        for turn in range(number(1, 5)):
            tally.add(f"real, turn {turn}", at_once(ground))


@pytest.mark.parametrize("scene", some((accepted, overlapping, held), by_day=1), ids=lambda scene: scene.__name__)
def test_sixteen_workers_that_take_over_from_each_other(home: Path, scene: Callable[[Workshop], None]) -> None:
    """To each of them the leases of those before it are over, so that a run changes hands in the middle of the work."""
    ground = prepare(home, scene)
    with counted("at-once-taken-over") as tally:
        for turn in range(number(4, 20)):
            tally.add(f"turn {turn}", at_once(ground, ahead=LEASE))


def test_workers_that_do_not_claim_fail_the_same_trial(home: Path) -> None:
    ground = prepare(home, accepted, task="mark_last")
    with counted("control-no-claim") as tally:
        tally.add("sixteen at once", at_once(ground, task="mark_last"))


@pytest.mark.parametrize("scene", [accepted, rejected, held, released], ids=lambda scene: scene.__name__)
def test_the_same_event_a_hundred_times(home: Path, scene: Callable[[Workshop], None]) -> None:
    ground = prepare(home, scene)
    with counted("same-event") as tally:
        job = ground.fresh()
        assert run(replace(job, task="event", times=100)) == DONE
        recover(job)
        tally.add("a hundred events", judge(job.root, ground.end))


@pytest.mark.parametrize("scene", [accepted, rejected, held], ids=lambda scene: scene.__name__)
def test_the_same_delivery_sent_a_hundred_times(home: Path, scene: Callable[[Workshop], None]) -> None:
    """The supplier writes the same bytes again after every event."""
    ground = prepare(home, scene)
    with counted("same-delivery") as tally:
        job = ground.fresh()
        assert run(replace(job, task="sent again", times=100)) == DONE
        recover(job)
        tally.add("a hundred deliveries", judge(job.root, ground.end))
