"""Other code, settings or another model deployed while a worker is at it: published once, and all of one code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shared.runstates import RunState
from tests.reliability.counting import counted
from tests.reliability.judging import Found, Stand, chain, judge, look_halfway, stand_of
from tests.reliability.killing import boundaries, recover
from tests.reliability.looking import rows
from tests.reliability.othercode import OTHER_CODE, disagreements
from tests.reliability.processes import KILLED, run
from tests.reliability.scenes import Ground, accepted, overlapping, prepare, released, requested
from tests.reliability.size import some
from tests.reliability.striking import Strike
from tests.reliability.taking_turns import both_frozen, thawed_at
from tests.shell.workshop import Workshop, model

Scene = Callable[[Workshop], None]
MODEL = {"code_version": "1", "settings_digest": "1", "model": model("2.0.0", 0.7)}


def deployed_after(ground: Ground, strike: Strike, changes: dict[str, object], expected: Stand | None) -> Found:
    """Kill a worker, recover with what was deployed meanwhile, then go back to the old and do another round."""
    job = ground.fresh()
    assert run(replace(job, strike=strike)) == KILLED
    found = look_halfway(job.root, ground.raw)
    recover(job, changes)
    recover(job)
    found |= judge(job.root, expected) if expected else _published_once(job.root)
    found |= Found(different=tuple(disagreements(job.root)))
    ground.forget(job)
    return found


def _published_once(root: Path) -> Found:
    """Which model judged depends on the moment; that exactly one did, and that everything is finished, does not."""
    runs = rows(root, "SELECT run, toestand, publicatie FROM verwerkingen")
    published = [run for run, _, number in runs if number is not None]
    ended = {state for _, state, _ in runs} <= {RunState.AFGEROND, RunState.VERVALLEN}
    current = rows(root, "SELECT DISTINCT run FROM actuele_resultaten")
    results = rows(root, "SELECT DISTINCT verwerking_nr, aanvraagnummer FROM resultaten")
    left = [path.name for path in (root / "brievenbus").rglob("*") if path.is_file()]
    return Found(
        lost=() if len(results) >= 3 and [*current] == [(run,) for run in published[:1]] else (f"results: {runs}",),
        doubled=() if len(published) == 1 and len(results) <= 3 else (f"publications: {runs}",),
        different=() if ended and not left else (f"{runs} and {left}",),
    ) | chain(root)


def by_other_code(ground: Ground) -> Stand:
    """Return how the work ends when only the other code does it."""
    job = ground.fresh()
    recover(job, OTHER_CODE)
    stand = stand_of(job.root)
    assert not list(disagreements(job.root)) and stand != ground.end
    ground.forget(job)
    return stand


def _published_at(ground: Ground) -> int:
    return ground.effects.index("publish") + 1


@pytest.mark.parametrize("scene", [accepted, released], ids=lambda scene: scene.__name__)
def test_other_code_between_crash_and_recovery(home: Path, scene: Scene) -> None:
    """Whoever publishes decides by which code everything is: rows, files and manifest."""
    ground = prepare(home, scene)
    other, published = by_other_code(ground), _published_at(ground)
    with counted("deploy-code") as tally:
        for strike in some([strike for strike in boundaries(ground) if strike.after], by_day=10):
            expected = ground.end if strike.at >= published else other
            found = deployed_after(ground, strike, OTHER_CODE, expected)
            tally.add(f"{strike} ({ground.effects[strike.at - 1]})", found)


@pytest.mark.parametrize("scene", [accepted, released], ids=lambda scene: scene.__name__)
def test_another_model_between_crash_and_recovery(home: Path, scene: Scene) -> None:
    ground = prepare(home, scene)
    with counted("deploy-model") as tally:
        for strike in some([strike for strike in boundaries(ground) if strike.after], by_day=10):
            found = deployed_after(ground, strike, MODEL, None)
            tally.add(f"{strike} ({ground.effects[strike.at - 1]})", found)


@pytest.mark.parametrize("scene", [accepted, requested, overlapping], ids=lambda scene: scene.__name__)
def test_thawed_when_other_code_has_finished(home: Path, scene: Scene) -> None:
    """The late worker still writes what the old code made of it, and must not bring it into what was published."""
    ground = prepare(home, scene)
    late = replace(ground, end=by_other_code(ground))
    with counted("deploy-thawed") as tally:
        for at in range(2, _published_at(ground) + 1):
            found = thawed_at(late, Strike(at), OTHER_CODE, disagreements)
            tally.add(f"frozen before {at} ({ground.effects[at - 1]})", found)


@pytest.mark.parametrize("scene", [accepted, requested, overlapping], ids=lambda scene: scene.__name__)
def test_thawed_while_other_code_is_between_its_files_and_publication(home: Path, scene: Scene) -> None:
    ground = prepare(home, scene)
    late, published = replace(ground, end=by_other_code(ground)), _published_at(ground)
    pairs = [(one, two) for one in range(2, published + 1) for two in range(3, published + 6)]
    with counted("deploy-thawed") as tally:
        for one, two in some(pairs, by_day=8 if scene is accepted else 3):
            strikes = Strike(one, freeze=True), Strike(two, freeze=True)
            found = both_frozen(late, *strikes, OTHER_CODE, disagreements)
            if found is not None:
                tally.add(f"{strikes[0]} and {strikes[1]}", found)
