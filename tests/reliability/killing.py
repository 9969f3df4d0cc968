"""One try: workers that are killed one after another, a worker that finishes, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.reliability.judging import Found, judge, look_halfway
from tests.reliability.processes import DONE, KILLED, Job, run
from tests.reliability.scenes import Ground
from tests.reliability.striking import Strike

LEASE = timedelta(minutes=32)


def boundaries(ground: Ground) -> list[Strike]:
    """Before and after every effect."""
    return [Strike(at, after) for at in range(1, len(ground.effects) + 1) for after in (False, True)]


def killed_at(ground: Ground, *strikes: Strike, by_lease: bool = False) -> Found | None:
    """Kill a worker at every strike in turn, then let one finish; None when one of them ended before its strike.

    Who comes next sees that the one before it died; with `by_lease` it only sees that the lease is over.
    """
    job = ground.fresh()
    found = Found()
    for turn, strike in enumerate(strikes):
        code = run(replace(_turn(job, turn, by_lease), strike=strike))
        if code == DONE:
            ground.forget(job)
            return None
        assert code == KILLED, f"{strike}: ended with {code}"
        found |= look_halfway(job.root, ground.raw)
    recover(_turn(job, len(strikes), by_lease))
    found |= judge(job.root, ground.end)
    ground.forget(job)
    return found


def _turn(job: Job, turn: int, by_lease: bool) -> Job:
    return replace(job, owner=f"werker {turn}", later=turn * LEASE) if by_lease else job


def recover(job: Job, changes: Mapping[str, Any] | None = None) -> None:
    """Let a fresh process do what is left."""
    code = run(replace(job, strike=None, changes=changes or job.changes))
    assert code == DONE, f"the recovery ended with {code}"
