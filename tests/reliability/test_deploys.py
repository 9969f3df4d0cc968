"""Other code, other settings or another model between a crash and the recovery: published once, never twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shared.runstates import RunState
from tests.reliability.counting import counted
from tests.reliability.judging import Found, chain, judge, look_halfway, rows
from tests.reliability.killing import boundaries, recover
from tests.reliability.processes import KILLED, run
from tests.reliability.scenes import Ground, accepted, prepare, released
from tests.reliability.size import some
from tests.reliability.striking import Strike
from tests.shell.workshop import Workshop, model

CODE = {"code_version": "1", "settings_digest": "1"}
MODEL = {**CODE, "model": model("2.0.0", 0.7)}


def deployed_after(ground: Ground, strike: Strike, changes: dict[str, object]) -> Found:
    """Kill a worker, recover with what was deployed meanwhile, then go back to the old and do another round."""
    job = ground.fresh()
    assert run(replace(job, strike=strike)) == KILLED
    found = look_halfway(job.root, ground.raw)
    recover(job, changes)
    recover(job)
    found |= judge(job.root, ground.end) if "model" not in changes else _published_once(job.root)
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


@pytest.mark.parametrize("scene", [accepted, released], ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("changes", [CODE, MODEL], ids=["code", "model"])
def test_a_deploy_between_crash_and_recovery(
    home: Path, scene: Callable[[Workshop], None], changes: dict[str, object]
) -> None:
    ground = prepare(home, scene)
    name = "deploy-model" if "model" in changes else "deploy-code"
    with counted(name) as tally:
        for strike in some([strike for strike in boundaries(ground) if strike.after], by_day=10):
            tally.add(f"{strike} ({ground.effects[strike.at - 1]})", deployed_after(ground, strike, changes))
