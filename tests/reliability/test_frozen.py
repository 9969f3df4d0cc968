"""R5: a worker that stands still past its lease is fenced when it goes on: another finished its work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.reliability.counting import counted
from tests.reliability.judging import Found, judge, look_halfway
from tests.reliability.killing import LEASE, boundaries, recover
from tests.reliability.processes import DONE, ended, frozen
from tests.reliability.scenes import SCENES, Ground, accepted, prepare, requested
from tests.reliability.size import number, some
from tests.reliability.striking import Strike
from tests.shell.workshop import Workshop


def thawed_at(ground: Ground, strike: Strike) -> Found:
    """Freeze a worker, let another take over when the lease is past, thaw the first, and end with a round."""
    job = ground.fresh()
    later = replace(job, owner="tweede", later=LEASE)
    with frozen(replace(job, owner="eerste", strike=replace(strike, freeze=True))) as first:
        assert first.is_alive(), "it did not freeze"
        found = look_halfway(job.root, ground.raw)
        recover(later)
        found |= judge(job.root, ground.end)
    code = ended(first)
    if code != DONE:
        found |= Found(different=(f"the thawed worker ended with {code}",))
    found |= look_halfway(job.root, ground.raw) | judge(job.root, ground.end)
    recover(later)
    found |= judge(job.root, ground.end)
    ground.forget(job)
    return found


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_frozen_past_its_lease_and_thawed(home: Path, scene: Callable[[Workshop], None]) -> None:
    ground = prepare(home, scene)
    by_day = len(ground.effects) if scene in (accepted, requested) else 5
    with counted("frozen") as tally:
        for strike in some([strike for strike in boundaries(ground) if not strike.after], by_day):
            tally.add(f"{strike} ({ground.effects[strike.at - 1]})", thawed_at(ground, strike))


def test_frozen_with_the_real_stages(home: Path) -> None:
    ground = prepare(home)
    publish = ground.effects.index("publish") + 1
    with counted("frozen") as tally:
        for at in range(publish - 1, publish + number(2, len(ground.effects) - publish)):
            tally.add(f"frozen before {at}, real stages", thawed_at(ground, Strike(at)))
