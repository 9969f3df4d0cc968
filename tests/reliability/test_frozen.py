"""R5: a worker that stands still past its lease is fenced when it goes on: another finished its work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from shared.adapters.sql.ledger import SqlLedger
from shared.errors import SlimmeCheckError
from shared.sweep import run_waiting
from tests.reliability.counting import counted
from tests.reliability.judging import judge, stand_of
from tests.reliability.killing import LEASE, boundaries
from tests.reliability.scenes import SCENES, accepted, prepare, requested
from tests.reliability.size import number, some
from tests.reliability.striking import Strike
from tests.reliability.taking_turns import both_frozen, pairs, thawed_at
from tests.shell.crashing import Fuse, fused
from tests.shell.workshop import Crash, Worker, Workshop, make_installation


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


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_both_frozen_and_thawed_in_turn(home: Path, scene: Callable[[Workshop], None]) -> None:
    """Only the fencing number tells the first that the run is held by another: nothing has changed but the holder."""
    ground = prepare(home, scene)
    by_day = 12 if scene in (accepted, requested) else 4
    with counted("frozen-twice") as tally:
        for one, two in some(pairs(ground), by_day, at_night=100 if by_day > 4 else 30):
            found = both_frozen(ground, one, two)
            if found is not None:
                tally.add(f"{one} and {two} ({ground.effects[one.at - 1]})", found)


class LateAndKilled(Fuse):
    """Stands still before an effect while others work, then has that effect, and is gone."""

    others: Callable[[], None]

    def burn(self, name: str, effect: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        self.seen.append(name)
        if len(self.seen) != self.at:
            return effect(*arguments, **named)
        self.others()
        with suppress(SlimmeCheckError):
            effect(*arguments, **named)
        raise Crash


def test_thawed_and_killed_right_after_its_next_effect(home: Path) -> None:
    """Meanwhile another took over and a later delivery won an application: what is current must not go back."""

    def two_nights(workshop: Workshop, worker: Callable[[], None]) -> None:
        workshop.deliver("2026-11-19", {"1001": 1, "1002": 2})
        worker()
        run_waiting(workshop.installation)

    def others(workshop: Workshop) -> None:
        workshop.clock.pass_by(LEASE)
        second = workshop.with_(owner=Worker("tweede"))
        run_waiting(second.installation)
        second.deliver("2026-11-20", {"1002": 1, "1003": 2}, days=1)
        run_waiting(second.installation)

    def made(name: str) -> Workshop:
        return Workshop(make_installation(home / name), home / name)

    def closed(workshop: Workshop) -> None:
        cast(SqlLedger, workshop.installation.ledger).engine.dispose()

    calm = made("calm")
    two_nights(calm, lambda: others(calm))
    expected = stand_of(calm.root)
    closed(calm)
    effects = len(prepare(home / "counted", accepted).effects)
    with counted("late-and-killed") as tally:
        for at in range(2, effects + 1):
            workshop = made(f"{at}")
            late = LateAndKilled(at=at)
            late.others = partial(others, workshop)

            def first(workshop: Workshop = workshop, late: Fuse = late) -> None:
                with suppress(Crash):
                    run_waiting(fused(workshop, late))

            two_nights(workshop, first)
            tally.add(f"at {at} ({late.seen[-1]})", judge(workshop.root, expected))
            closed(workshop)
