"""R8: histories that Hypothesis makes up end well, whatever happens in them; and a machine that errs is caught."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from shared.administration import ClaimKind
from tests.reliability.counting import counted
from tests.reliability.histories import Histories, empty_database
from tests.reliability.judging import Found
from tests.reliability.size import NIGHT, number

KINDS = {"deliver", "duplicate", "crash", "round", "event", "release", "stop", "resume", "reprocess", "deploy"}
KINDS |= {"rotate", "quarantine passes", "slow worker"} | ({"tail stands still"} if NIGHT else set())


def settled(examples: int, steps: int) -> settings:
    """The same histories every time."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


def test_histories_end_well(home: Path) -> None:
    empty_database(home)
    made: list[Histories] = []

    class Counted(Histories):
        """Tells that it was made."""

        steps: ClassVar[Counter[str]] = Counter()

        def __init__(self) -> None:
            super().__init__()
            self.home = home
            made.append(self)

    with counted("machine") as tally:
        run_state_machine_as_test(Counted, settings=settled(number(40, 400), number(16, 40)))
        for turn in range(len(made)):
            tally.add(f"history {turn}", Found())
    assert Counted.steps.keys() >= KINDS


def test_a_shell_without_fencing_is_caught(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somewhere in the histories a run that was finished is done again when the claim forgets that."""
    from shared.adapters.sql import claims

    empty_database(home)
    told = claims._refusal

    def forgetful(*given: object) -> ClaimKind | None:
        refused = told(*given)  # type: ignore[arg-type]
        return None if refused in (ClaimKind.KLAAR, ClaimKind.GESTOPT) else refused

    class Spoiled(Histories):
        """Histories on a shell that forgets."""

        def __init__(self) -> None:
            super().__init__()
            self.home = home

    monkeypatch.setattr(claims, "_refusal", forgetful)
    with counted("control-machine") as tally:
        try:
            run_state_machine_as_test(Spoiled, settings=settled(100, 20))
        except Exception as caught:
            tally.add("histories", Found(different=(type(caught).__name__,)))
