"""What keeps a request from being carried out is found before anything goes, and holds nobody up for ever."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, cast

import pytest

from shared.adapters.sql.purge import SqlPurge
from shared.errors import RunNotFinished, SnapshotInvalid, TransitionRefused
from shared.events import Action
from shared.installation import Installation
from shared.interventions import let_go_of_snapshot, resume_model, stop_model
from shared.retention.terms import DEFAULT
from shared.rights.carrying import accept_request
from shared.rights.export import fetch_export
from shared.rights.requests import withdraw_request
from shared.rights.states import Asked, RequestState
from shared.runstates import REASON_SENTENCES, RunReason
from shared.sweep import run_waiting, take_up
from tests.rights.persons import ANNA, Office, office
from tests.rights.removing import Scene, terms
from tests.rights.test_removal import ROWS
from tests.shell.crashing import Refusing, no_answer
from tests.shell.workshop import Crash

pytestmark = pytest.mark.xdist_group("postgresql")


def damage(desk: Office) -> None:
    """Let a file of a snapshot be something else than its manifest says."""
    name = next(name for name in desk.scene.workshop.files("momentopname") if not name.endswith("manifest.json"))
    (desk.scene.workshop.root / "momentopname" / name).write_bytes(b"{}")


def test_a_damaged_snapshot_is_found_before_anything_goes_and_stands_in_nobodys_way(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    request = desk.granted(Asked.VERWIJDERING)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    damage(desk)
    before = desk.scene.workshop.everything()
    assert [failure.code for failure in desk.clock()] == [SnapshotInvalid.code]
    known = desk.found(request)
    assert known.toestand is RequestState.TOEGEWEZEN and SnapshotInvalid.code in known.stappen[-1].reden
    assert desk.scene.workshop.everything() == before and desk.scene.count("resultaten") == 3
    assert desk.scene.object("zaak1001-anna")
    assert withdraw_request(desk.rights("derde"), request, "toch niet").toestand is RequestState.INGETROKKEN


def test_a_fetch_that_fails_was_no_fetch(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    request = desk.granted(Asked.INZAGE)
    accept_request(desk.rights("derde"), request, Asked.INZAGE, ANNA, "zoals toegewezen")
    assert desk.clock() == []
    steps, events = desk.found(request).stappen, desk.scene.count("gebeurtenissen")
    damage(desk)
    with pytest.raises(SnapshotInvalid):
        fetch_export(desk.rights("derde"), DEFAULT, request, "de persoon haalt het op")
    assert desk.found(request).stappen == steps and desk.scene.count("gebeurtenissen") == events
    desk.scene.later(200)
    desk.clock()
    assert desk.found(request).toestand is RequestState.TOEGEWEZEN, "nobody fetched it"


def test_a_published_run_that_is_not_finished_is_told_on_the_request_that_waits_for_it(scene: Scene) -> None:
    """What is not finished may still write about the person, so the removal waits; not for ever, and not in silence."""
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    scene.workshop.deliver("2026-11-21", {"zaak1004-ben": 2})
    run_waiting(without_snapshot(desk.scene.installation))
    request = desk.granted(Asked.VERWIJDERING)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    assert desk.clock() == [] and desk.found(request).toestand is RequestState.WACHT, "it may be finished any moment"
    scene.later(1.1)
    assert [failure.code for failure in desk.clock()] == [RunNotFinished.code]
    known = desk.found(request)
    assert known.toestand is RequestState.TOEGEWEZEN and RunNotFinished.code in known.stappen[-1].reden
    assert desk.scene.count("resultaten") == 4 and desk.clock() == [], "told once, to who must carry it out again"
    let_go_of_snapshot(desk.scene.installation, "2026-11-21", "het geheugen is te klein")
    run_waiting(desk.scene.installation)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "nu wel")
    assert desk.clock() == [] and desk.found(request).toestand is RequestState.UITGEVOERD


def test_a_run_that_was_held_by_the_stop_switch_lapses_when_its_delivery_is_gone_by_then(scene: Scene) -> None:
    stop_model(scene.installation, "even niet")
    scene.workshop.deliver("2026-11-21", {"zaak1004-ben": 2})
    run_waiting(scene.installation)
    for name in scene.workshop.files("brievenbus"):
        (scene.workshop.root / "brievenbus" / name).unlink()
    assert run_waiting(scene.installation).outcomes == ()
    resume_model(scene.installation, "weer wel")
    (outcome,) = take_up(scene.installation)
    assert outcome.sentence == REASON_SENTENCES[RunReason.LEVERING_TERUGGENOMEN]
    assert take_up(scene.installation) == []


def test_a_run_whose_delivery_was_taken_back_holds_up_nobody(scene: Scene) -> None:
    """Its worker ended while it judged, and nobody can go on with it; delivered again it begins anew."""
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    scene.workshop.deliver("2026-11-21", {"zaak1004-ben": 2})

    def crash(*_: object) -> None:
        raise Crash

    with pytest.raises(Crash):
        run_waiting(replace(desk.scene.installation, core=replace(desk.scene.installation.core, judge=crash)))
    for name in scene.workshop.files("brievenbus"):
        (scene.workshop.root / "brievenbus" / name).unlink()
    request = desk.granted(Asked.VERWIJDERING)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    assert desk.clock() == [] and desk.found(request).toestand is RequestState.WACHT
    assert run_waiting(desk.scene.installation).outcomes == (), "its worker may be alive"
    scene.later(1)
    (outcome,) = run_waiting(desk.scene.installation).outcomes
    assert outcome.sentence == REASON_SENTENCES[RunReason.LEVERING_TERUGGENOMEN]
    assert desk.clock() == [] and desk.found(request).toestand is RequestState.UITGEVOERD
    scene.workshop.deliver("2026-11-21", {"zaak1004-ben": 2})
    run_waiting(desk.scene.installation)
    assert scene.workshop.states() == {"2026-11-20": "afgerond", "2026-11-21": "afgerond"}


def without_snapshot(installation: Installation) -> Installation:
    """The same, but no snapshot can be written."""
    return replace(installation, blobs=cast(Any, Refusing(installation.blobs, "momentopname", no_answer)))


class Broken:
    """A remover that cannot tell of files."""

    def __init__(self, scene: Scene) -> None:
        self._plain = SqlPurge(scene.purger)

    def __getattr__(self, name: str) -> Any:
        if name == "tell_files":
            raise OSError("geen antwoord")
        return getattr(self._plain, name)


def test_what_keeps_failing_is_tried_every_day_and_says_so(scene: Scene) -> None:
    scene.workshop = scene.workshop.with_(lease=timedelta(hours=12))
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    request = desk.granted(Asked.VERWIJDERING)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    tries: list[datetime] = []
    for _ in range(60):
        if desk.clock(remover=Broken(desk.scene)):
            tries.append(scene.workshop.clock.moment)
        scene.later(0.4)
    waits = [later - sooner for sooner, later in pairwise(tries)]
    assert len(tries) > 15 and max(waits) <= timedelta(days=1.4)
    reasons = [step.reden for step in desk.found(request).stappen if step.reden.startswith("Nog niet")]
    assert ["laat beheer" in reason for reason in reasons[:6]] == [False] * 4 + [True] * 2
    scene.later(1.1)
    assert desk.clock() == [] and desk.found(request).toestand is RequestState.UITGEVOERD


def test_what_is_being_carried_out_is_not_taken_in_again(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    request = desk.granted(Asked.VERWIJDERING)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    worker = desk.rights("derde")
    event = worker.event(Action.PERSOONSVERZOEK, "verzoek", "in uitvoering")
    worker.records.begin(request, "begonnen", event, worker.installation.lease)
    for _ in range(2):
        with pytest.raises(TransitionRefused):
            accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "nog eens")
        scene.later(1)


def test_inputs_without_a_result_are_told_under_the_name_of_the_person(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    ((person,),) = scene.sql("SELECT persoon FROM resultaten WHERE aanvraagnummer = 'zaak1001-anna'")
    desk.scene.later(401)
    desk.scene.purge(terms(momentopname=1000))
    assert desk.scene.count("resultaten") == 0
    seen = desk.export()
    assert seen["invoer"] and not seen["aanvragen"]
    told = "SELECT object FROM gebeurtenissen WHERE handeling = 'inzage gegeven'"
    assert scene.sql(told) == [(f"persoon {person}",)]
    desk.export(number="van niemand")
    assert scene.sql(told)[1:] == [("persoon onbekend",)]
