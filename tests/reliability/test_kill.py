"""R1: a worker that is really killed at any effect, or at any two, loses nothing, doubles nothing, shows no half."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.reliability.counting import counted
from tests.reliability.judging import judge
from tests.reliability.killing import boundaries, killed_at, recover
from tests.reliability.processes import KILLED, effects_of, run
from tests.reliability.scenes import SCENES, accepted, prepare
from tests.reliability.size import some
from tests.reliability.striking import Strike
from tests.shell.workshop import Workshop

Scene = Callable[[Workshop], None]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_killed_at_any_effect(home: Path, scene: Scene) -> None:
    ground = prepare(home, scene)
    assert len(ground.effects) >= 8
    with counted("killed-once") as tally:
        for number, strike in enumerate(boundaries(ground)):
            found = killed_at(ground, strike, by_lease=number % 4 > 1)
            assert found is not None
            tally.add(f"{strike} ({ground.effects[strike.at - 1]})", found)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_killed_at_any_two_effects(home: Path, scene: Scene) -> None:
    """After an effect is before the next, to everybody else. The second may have less to do: then there is no pair."""
    ground = prepare(home, scene)
    first = range(1, len(ground.effects) + 1)
    second = range(1, len(ground.effects) + 3)  # who takes over tells so in the log
    pairs = [(Strike(one, after=True), Strike(two)) for one in first for two in second]
    with counted("killed-twice") as tally:
        for number, pair in enumerate(some(pairs, by_day=10)):
            found = killed_at(ground, *pair, by_lease=number % 2 > 0)
            if found is not None:
                tally.add(f"{pair[0]} and {pair[1]}", found)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_killed_inside_a_call(home: Path, scene: Scene) -> None:
    """At every file touched and every statement and commit sent; also while a transaction is open."""
    ground = prepare(home, scene)
    whole = ground.fresh()
    inside = effects_of(replace(whole, owner="ongestoord", strike=Strike(0, inside=True)))
    assert len(inside) > 2 * len(ground.effects)
    strikes = [Strike(at, inside=True) for at in range(1, len(inside) + 1)]
    with counted("killed-inside") as tally:
        for number, strike in enumerate(some(strikes, by_day=14)):
            found = killed_at(ground, strike, by_lease=number % 2 > 0)
            assert found is not None
            tally.add(f"{strike} ({inside[strike.at - 1]})", found)


def test_killed_after_any_effect_with_the_real_stages(home: Path) -> None:
    ground = prepare(home)
    with counted("killed-real") as tally:
        for strike in some([strike for strike in boundaries(ground) if strike.after], by_day=8):
            found = killed_at(ground, strike)
            assert found is not None
            tally.add(f"{strike} ({ground.effects[strike.at - 1]})", found)


@pytest.mark.parametrize(("order", "wrong"), [("mark_first", "lost"), ("mark_last", "doubled")])
def test_a_naive_order_fails_the_same_trial(home: Path, order: str, wrong: str) -> None:
    ground = prepare(home, accepted, task=order)
    with counted(f"control-{order.replace('_', '-')}") as tally:
        for strike in boundaries(ground):
            job = replace(ground.fresh(), owner="ongestoord")
            assert run(replace(job, strike=strike)) == KILLED
            recover(job)
            tally.add(str(strike), judge(job.root, ground.end))
    assert tally.wrong[wrong] > 0
