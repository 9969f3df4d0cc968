"""Two workers at one run: the first stands still, the second takes over and stands still too, then each goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.reliability.judging import Found, judge, look_halfway
from tests.reliability.killing import LEASE, recover
from tests.reliability.processes import DONE, ended, frozen
from tests.reliability.scenes import Ground
from tests.reliability.striking import Strike

type Look = Callable[[Path], Iterable[str]]


def thawed_at(
    ground: Ground, strike: Strike, deployed: Mapping[str, Any] | None = None, look: Look = lambda _: ()
) -> Found:
    """Freeze a worker, let another take over when the lease is past, thaw the first, and end with a round.

    `deployed`: what the other one has that the first has not. `look`: finds more that is wrong once all is done.
    """
    job = ground.fresh()
    later = replace(job, owner="tweede", later=LEASE, changes=deployed or {})
    with frozen(replace(job, owner="eerste", strike=replace(strike, freeze=True))) as first:
        assert first.is_alive(), "it did not freeze"
        found = look_halfway(job.root, ground.raw)
        recover(later)
        found |= judge(job.root, ground.end)
    found |= _went_well(first, "thawed")
    found |= look_halfway(job.root, ground.raw) | judge(job.root, ground.end, staged=True)
    recover(later)
    found |= judge(job.root, ground.end) | Found(different=tuple(look(job.root)))
    ground.forget(job)
    return found


def both_frozen(
    ground: Ground, one: Strike, two: Strike, deployed: Mapping[str, Any] | None = None, look: Look = lambda _: ()
) -> Found | None:
    """Thaw the first while the second stands still, then the second; None when the second had ended before its strike.

    The first lost the run to the second: it must not bring it one step further.
    """
    job = ground.fresh()
    later = replace(job, owner="tweede", later=LEASE, changes=deployed or {}, strike=two)
    with ExitStack() as stack:
        first = stack.enter_context(frozen(replace(job, owner="eerste", strike=one)))
        assert first.is_alive(), "the first did not freeze"
        with frozen(later) as second:
            found = look_halfway(job.root, ground.raw)
            stood_still = second.is_alive()
            stack.close()  # thaws the first
            found |= _went_well(first, "first") | look_halfway(job.root, ground.raw)
        found |= _went_well(second, "second")
    found |= look_halfway(job.root, ground.raw) | judge(job.root, ground.end, staged=True)
    recover(replace(later, owner="derde", later=2 * LEASE))
    found |= judge(job.root, ground.end) | Found(different=tuple(look(job.root)))
    ground.forget(job)
    return found if stood_still else None


def _went_well(worker: BaseProcess, which: str) -> Found:
    code = ended(worker)
    return Found() if code == DONE else Found(different=(f"the {which} worker ended with {code}",))


def pairs(ground: Ground) -> list[tuple[Strike, Strike]]:
    """Return every two effects before which two workers may stand; the second has less to do after publication."""
    effects = len(ground.effects)
    published = ground.effects.index("publish") + 1 if "publish" in ground.effects else effects
    return [
        (Strike(one, freeze=True), Strike(two, freeze=True))
        for one in range(2, effects + 1)
        for two in range(2, (effects if one <= published else effects - published) + 3)  # who takes over tells so
    ]
