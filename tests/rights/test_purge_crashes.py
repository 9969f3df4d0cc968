"""Killed at any effect, before or after it, or with any port call failing: the next round finishes, nothing twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from shared.adapters.sql.due_rows import SqlDue
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.purge import SqlPurge
from shared.errors import SlimmeCheckError
from shared.retention.purge import Purge
from shared.retention.terms import DEFAULT
from tests.reliability.failing import Failing, Fault, Faults
from tests.rights.removing import DATASET, Scene
from tests.shell.crashing import EFFECTS, Fuse
from tests.shell.workshop import Crash, SetClock, Workshop, make_installation

REMOVALS = EFFECTS | {"remove_results", "remove_rows", "remove_events", "remove_of", "tell_files"}
PEOPLE = {"zaak1001": 1, "zaak1002": 2, "zaak1003": 4}


class Fused:
    """A port whose effects pass a fuse, removals too."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self._port, self._fuse = port, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name not in REMOVALS:
            return found
        return lambda *given, **named: self._fuse.burn(name, found, given, named)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> tuple[Path, datetime]:
    """A folder in which two nights are past their term, one application of which was judged again later."""
    root = tmp_path_factory.mktemp("oud")
    scene = Scene(workshop := Workshop(make_installation(root, empty_database), root), None, None)  # type: ignore[arg-type]
    workshop.clock.moment = datetime.now().astimezone()
    scene.night("2026-11-20", PEOPLE)
    scene.night("2026-11-21", {"zaak1004": 1})
    workshop.deliver("2026-11-23", description=False)
    scene.later(401)
    scene.night("2026-11-22", {"zaak1002": 1, "zaak1005": 2})
    scene.later(1)
    cast(SqlLedger, workshop.installation.ledger).engine.dispose()
    return root, workshop.clock.moment


@contextmanager
def copied(prepared: tuple[Path, datetime], to: Path) -> Iterator[Scene]:
    """The prepared folder again, in a place of its own; files keep the moment at which they were written."""
    root, moment = prepared
    shutil.copytree(root, to)
    workshop = Workshop(make_installation(to), to)
    cast(SetClock, workshop.installation.clock).moment = moment
    engine = cast(SqlLedger, workshop.installation.ledger).engine
    try:
        yield Scene(workshop, engine, engine)
    finally:
        engine.dispose()
        shutil.rmtree(to)


def interrupted(scene: Scene, wrapped: Callable[[str, Any], Any]) -> None:
    """Do a round of removal with every port wrapped."""
    installation = replace(
        scene.purging,
        blobs=wrapped("blobs", scene.installation.blobs),
        ledger=wrapped("ledger", scene.installation.ledger),
    )
    due = wrapped("ledger", SqlDue(scene.app))
    Purge(wrapped("ledger", SqlPurge(scene.purger)), due, DEFAULT).run([installation])


def finished(scene: Scene) -> None:
    """After one more round everything is as if nothing had happened, and another one does nothing."""
    assert not scene.purge().failures
    assert scene.workshop.current("2026-11-20") == scene.workshop.current("2026-11-21") == []
    assert [line["aanvraagnummer"] for line in scene.workshop.current("2026-11-22")] == ["zaak1002", "zaak1005"]
    assert scene.found(["zaak1001", "zaak1003", "zaak1004"]) == []
    assert scene.workshop.files("brievenbus") == {}
    assert len([name for name in scene.workshop.files("momentopname") if name.endswith("manifest.json")]) == 1
    assert scene.sql("SELECT sum(aantal), count(*) FROM verwijderbewijzen WHERE soort = 'resultaten'") == [(4, 2)]
    told = [one["gebeurtenis"] for proof in scene.proofs() for one in proof["verwijderd"]]
    assert sorted(told) == [event for (event,) in scene.sql("SELECT gebeurtenis FROM verwijderbewijzen ORDER BY 1")]
    objects = scene.sql("SELECT object FROM gebeurtenissen WHERE handeling = 'bestanden verwijderd'")
    assert len(objects) == len(set(objects)), "what went in two rounds was told twice"
    assert scene.holds()
    done = scene.purge()
    assert done.counts == {} and not done.failures


def test_killed_at_any_effect_the_next_round_finishes(prepared: tuple[Path, datetime], tmp_path: Path) -> None:
    with copied(prepared, tmp_path / "telling") as scene:
        fuse = Fuse()
        interrupted(scene, lambda _, port: Fused(port, fuse))
        number = len(fuse.seen)
    assert number > 15
    for at in range(1, number + 1):
        for after in (False, True):
            with copied(prepared, tmp_path / f"{at}-{after}") as scene:
                fuse = Fuse(at, after)
                with pytest.raises(Crash):
                    interrupted(scene, lambda _, port, fuse=fuse: Fused(port, fuse))  # type: ignore[misc]
                finished(scene)


@pytest.mark.parametrize(
    "fault", [Fault.TRANSIENT, Fault.TIMEOUT, Fault.SHORT, Fault.FULL], ids=lambda fault: fault.name
)
def test_whatever_call_fails_in_whatever_way_the_next_round_finishes(
    prepared: tuple[Path, datetime], tmp_path: Path, fault: Fault
) -> None:
    with copied(prepared, tmp_path / "telling") as scene:
        counting = Faults(fault)
        interrupted(scene, lambda kind, port: Failing(kind, port, counting))
        number = len(counting.seen)
    for at in range(1, number + 1, 3):
        with copied(prepared, tmp_path / f"{fault.name}-{at}") as scene:
            faults = Faults(fault, at=at)
            with suppress(OSError, SlimmeCheckError):  # the last note of the round is guarded by nobody
                interrupted(scene, lambda kind, port, faults=faults: Failing(kind, port, faults))  # type: ignore[misc]
            finished(scene)


def test_a_removal_that_the_database_refuses_leaves_the_files_as_they_were(scene: Scene) -> None:
    """Files follow the administration: without a tombstone nothing goes from them."""
    scene.night("2026-11-20", PEOPLE)
    before = scene.workshop.files("uitvoer")
    scene.later(401)
    faults = Faults(Fault.TRANSIENT, method="ledger.remove_results")
    interrupted(scene, lambda kind, port: Failing(kind, port, faults))
    after = scene.workshop.files("uitvoer")
    assert {name: data for name, data in after.items() if DATASET in name} == before
