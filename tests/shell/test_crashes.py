"""A worker that dies at any effect, before or after it, loses nothing and doubles nothing; nor do two in a row."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from shared import runs
from shared.administration import Claim, RunRecord
from shared.installation import Installation, Steps
from shared.interventions import release, request_run
from shared.records import ResultSet
from shared.runfiles import Staged
from shared.sweep import run_waiting
from tests.real.memory import MemoryStore
from tests.shell.crashing import Fuse, fused
from tests.shell.workshop import Crash, Workshop

Make = Callable[[str], Workshop]
Scene = Callable[[Workshop], None]

TABLES = (
    "SELECT run, toestand, reden, publicatie FROM verwerkingen ORDER BY nr",
    "SELECT verwerking_nr, regel, aanvraagnummer, score FROM resultaten ORDER BY 1, 2",
    "SELECT * FROM bijdragen ORDER BY 1, 2",
    "SELECT digest, plaats, bestanden FROM leveringen ORDER BY nr",
    "SELECT run, aanvraagnummer FROM actuele_resultaten ORDER BY 2",
)


def accepted(workshop: Workshop) -> None:
    workshop.deliver()


def rejected(workshop: Workshop) -> None:
    workshop.deliver(oordeel="afgekeurd")


def held(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")


def released(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, "2026-11-20", "nagekeken")


def overlapping(workshop: Workshop) -> None:
    workshop.deliver("2026-11-19", {"1001": 1, "1002": 2})
    run_waiting(workshop.installation)
    workshop.deliver("2026-11-20", {"1002": 1, "1003": 2}, days=1)


SCENES: tuple[Scene, ...] = (accepted, rejected, held, released, overlapping)


def state_of(workshop: Workshop) -> object:
    return workshop.everything(), [workshop.sql(query) for query in TABLES]


def undisturbed(make: Make, scene: Scene) -> tuple[object, list[str]]:
    workshop = make("ongestoord")
    scene(workshop)
    fuse = Fuse()
    run_waiting(fused(workshop, fuse))
    return state_of(workshop), fuse.seen


def lease_passes(workshop: Workshop) -> None:
    workshop.clock.pass_by(workshop.installation.lease + timedelta(seconds=1))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_killed_at_any_effect_the_next_round_ends_in_the_same_state(make_workshop: Make, scene: Scene) -> None:
    expected, effects = undisturbed(make_workshop, scene)
    assert len(effects) >= 8
    for at in range(1, len(effects) + 1):
        for after in (False, True):
            workshop = make_workshop(f"{at}-{after}")
            scene(workshop)
            with pytest.raises(Crash):
                run_waiting(fused(workshop, Fuse(at, after)))
            lease_passes(workshop)
            assert not run_waiting(workshop.installation).failed
            assert state_of(workshop) == expected, f"killed {'after' if after else 'before'} {at} ({effects[at - 1]})"


def test_killed_twice_the_next_round_ends_in_the_same_state(make_workshop: Make) -> None:
    expected, effects = undisturbed(make_workshop, accepted)
    for at in range(1, len(effects) + 1):
        for again in (1, 3, 6):
            workshop = make_workshop(f"{at}-{again}")
            accepted(workshop)
            with pytest.raises(Crash):
                run_waiting(fused(workshop, Fuse(at, after=True)))
            lease_passes(workshop)
            with suppress(Crash):
                run_waiting(fused(workshop, Fuse(again)))
            lease_passes(workshop)
            assert not run_waiting(workshop.installation).failed
            assert state_of(workshop) == expected, f"killed after {at} and before {again}"


def test_a_request_killed_at_any_effect_is_done_once(make_workshop: Make) -> None:
    def asked(name: str) -> Workshop:
        workshop = make_workshop(name)
        workshop.deliver()
        run_waiting(workshop.installation)
        request_run(workshop.installation, "2026-11-20", ["1002"], "bezwaar")
        return workshop

    fuse = Fuse()
    run_waiting(fused(asked("ongestoord"), fuse))
    for at in range(1, len(fuse.seen) + 1):
        workshop = asked(f"{at}")
        with pytest.raises(Crash):
            run_waiting(fused(workshop, Fuse(at, after=True)))
        lease_passes(workshop)
        assert not run_waiting(workshop.installation).failed
        assert workshop.sql("SELECT toestand, publicatie FROM verwerkingen ORDER BY nr") == [
            ("afgerond", 1),
            ("afgerond", 2),
        ]
        assert len({line["run"] for line in workshop.current("2026-11-20")}) == 2


def test_a_reader_never_sees_half_a_run(make_workshop: Make) -> None:
    """Whatever a pointer or manifest names is there, whole, at every moment."""
    _, effects = undisturbed(make_workshop, accepted)
    for at in range(1, len(effects) + 1):
        workshop = make_workshop(f"{at}")
        accepted(workshop)
        with pytest.raises(Crash):
            run_waiting(fused(workshop, Fuse(at, after=True)))
        files = workshop.files("uitvoer")
        manifests = [name for name in files if name.endswith("manifest.json")]
        if manifests or any("actueel" in name for name in files):
            assert workshop.sql("SELECT count(*) FROM resultaten") == [(3,)]
            assert len([name for name in files if "/runs/" in name]) >= 3


def test_a_naive_order_fails_the_same_trial(make_workshop: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trial can fail: with the result files written after publish, a crash in between loses them."""
    staged, published = runs.stage_results, runs.publish

    def publish_first(
        installation: Installation, claim: Claim, parts: Iterable[ResultSet], steps: Steps, *told: object
    ) -> None:
        known = list(parts)
        published(installation, claim, (part for part in known), steps, *told)  # type: ignore[arg-type]
        staged(installation, claim.run, known)

    def staged_nowhere(installation: Installation, run: RunRecord, parts: Iterable[ResultSet]) -> Staged:
        return staged(replace(installation, blobs=MemoryStore()), run, parts)

    monkeypatch.setattr(runs, "stage_results", staged_nowhere)
    monkeypatch.setattr(runs, "publish", publish_first)
    expected, effects = undisturbed(make_workshop, accepted)
    differences = 0
    for at in range(1, len(effects) + 1):
        workshop = make_workshop(f"{at}")
        accepted(workshop)
        with suppress(Crash):
            run_waiting(fused(workshop, Fuse(at, after=True)))
        lease_passes(workshop)
        run_waiting(workshop.installation)
        differences += state_of(workshop) != expected
    assert differences >= 2
