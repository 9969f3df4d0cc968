"""Who writes current files of a date needs files of other runs, of which a worker may not have come to the tail yet."""

from __future__ import annotations

import pytest

from shared.runstates import RunState
from shared.sweep import run_waiting
from tests.shell.crashing import Refusing
from tests.shell.workshop import Crash, Worker, Workshop

DAY, NEXT = "2026-11-20", "2026-11-21"
FIRST = {"1001": 1, "1002": 2, "1003": 4}


@pytest.fixture
def published(workshop: Workshop) -> Workshop:
    """A delivery whose worker ended when it was published, before a file was in its place; its lease still runs."""
    workshop.deliver(DAY, FIRST)
    blobs = Refusing(workshop.installation.blobs, "uitvoer", Crash, effect="move")
    with pytest.raises(Crash):
        run_waiting(workshop.with_(blobs=blobs).installation)
    assert workshop.states() == {DAY: RunState.GEPUBLICEERD}
    assert not any(name.endswith("/actueel.json") for name in workshop.files("uitvoer"))
    return workshop.with_(owner=Worker("ander"))


@pytest.mark.parametrize("second", [{"1002": 1}, {"1002": 1, "2001": 2}, dict.fromkeys(FIRST, 1)])
def test_another_run_that_wins_rows_of_it_is_finished_meanwhile(published: Workshop, second: dict[str, int]) -> None:
    published.deliver(NEXT, second)
    round_ = run_waiting(published.installation)
    assert not round_.failed
    assert published.states() == {DAY: RunState.GEPUBLICEERD, NEXT: RunState.AFGEROND}
    assert [line["aanvraagnummer"] for line in published.current(DAY)] == sorted(FIRST.keys() - second.keys())
    assert [line["aanvraagnummer"] for line in published.current(NEXT)] == sorted(second)
    before = published.files("uitvoer")
    published.clock.pass_by(published.installation.lease)
    assert not run_waiting(published.installation).failed
    assert published.states() == {DAY: RunState.AFGEROND, NEXT: RunState.AFGEROND}
    after = published.files("uitvoer")
    assert not any("/poging-" in name for name in after if f"/{DAY}/" in name)
    assert all(after[name] == data for name, data in before.items() if "/actueel." in name and name.count("/") > 1)
