"""Killed at any effect, or with an objection at any effect, a removal is whole in the end: all of it, or nothing."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from shared.adapters.sql.due_rows import SqlDue
from shared.adapters.sql.oversight import SqlOversight
from shared.adapters.sql.purge import SqlPurge
from shared.errors import NotKnown, RequestBusy, TransitionRefused
from shared.events import Action
from shared.interventions import request_run
from shared.retention.purge import Purge
from shared.retention.terms import DEFAULT
from shared.rights.carrying import accept_request, take_up
from shared.rights.requests import called, withdraw_request
from shared.rights.states import Asked, RequestState
from shared.sweep import run_waiting
from tests.rights.persons import ANNA, BEN, Office, office
from tests.rights.removing import DATASET, Scene, terms
from tests.rights.test_removal import ROWS, left_of, names_of_anna, told
from tests.shell.crashing import Fuse
from tests.shell.workshop import Crash, Keys

pytestmark = pytest.mark.xdist_group("postgresql")


class Fused:
    """A port whose effects pass a fuse, removals and steps of requests too."""

    EFFECTS = frozenset(
        {"write", "write_by", "copy", "delete", "note", "record_output", "step", "begin", "tell_files"}
        | {"remove_of", "remove_rows", "remove_from_requests"}
    )

    def __init__(self, port: object, fuse: Fuse) -> None:
        self._port, self._fuse = port, fuse

    def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
        found = getattr(self._port, name)
        if name not in self.EFFECTS:
            return found
        return lambda *given, **named: self._fuse.burn(name, found, given, named)


def interrupted(desk: Office, fuse: Fuse) -> None:
    """Let the clock carry out what waits, every port of which passes the fuse."""
    plain = desk.rights("systeem")
    wrapped = replace(
        plain.installation, blobs=Fused(plain.installation.blobs, fuse), ledger=Fused(plain.installation.ledger, fuse)
    )
    ports = {"records": Fused(plain.records, fuse), "remover": Fused(plain.remover(), fuse)}
    assert take_up(desk.rights("systeem", wrapped, **ports), DEFAULT, removes=True) == []


def much_of_anna(desk: Office) -> None:
    """Everything by which something could be forgotten: a run that was asked for, in which no client is known for an
    application that the first run knew one of; a closed objection; an application of another night."""
    desk.scene.night("2026-11-20", ROWS)
    desk.scene.night("2026-11-21", {"zaak1004-anna": 2, "zaak1005-ben": 1})
    core = desk.scene.installation.core

    def judge(*given):  # type: ignore[no-untyped-def]
        results = core.judge(*given)
        return replace(results, results=results.results.assign(persoon=None))

    forgetful = desk.scene.workshop.with_(core=replace(core, judge=judge)).installation
    request_run(forgetful, "2026-11-20", ["zaak1001-anna"], "op verzoek")
    assert not run_waiting(forgetful).failed
    desk.scene.close(desk.scene.object("zaak1001-anna"))


def test_killed_at_any_effect_the_next_rounds_finish_and_nothing_is_forgotten(
    make_scene: Callable[[str], Scene],
) -> None:
    def prepared(name: str) -> tuple[Office, str, list[str]]:
        desk = office(make_scene(name))
        much_of_anna(desk)
        names = sorted({*names_of_anna(desk), "op verzoek", "niet eens"})
        request = desk.granted(Asked.VERWIJDERING)
        accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
        return desk, request, names

    desk, request, names = prepared("telling")
    assert len(left_of(desk, names)) > 8
    fuse = Fuse()
    interrupted(desk, fuse)
    at_once = told(desk.found(request))
    assert at_once.aantallen["resultaten"] == 3 and at_once.aantallen["datums herschreven"] == 2 and at_once.bewijs
    assert len(fuse.seen) > 20 and {"begin", "remove_of", "remove_rows", "tell_files"} <= set(fuse.seen)
    for at in range(1, len(fuse.seen) + 1):
        desk, request, names = prepared(f"na-{at}")
        with pytest.raises(Crash):
            interrupted(desk, Fuse(at, after=True))
        desk.scene.later(0.05)
        assert desk.clock() == []
        assert desk.found(request).toestand is RequestState.UITGEVOERD, fuse.seen[at - 1]
        assert left_of(desk, names) == [], fuse.seen[at - 1]
        assert not desk.scene.purge().failures
        gone = desk.scene.sql("SELECT soort, sum(aantal) FROM verwijderbewijzen GROUP BY soort ORDER BY soort")
        assert [pair for pair in gone if pair[0] != "bestanden"] == [
            ("bezwaren", 4),
            ("resultaten", 3),
            ("verzoeken", 1),
        ]
        assert [line["aanvraagnummer"] for line in desk.scene.workshop.current("2026-11-21")] == ["zaak1005-ben"]
        stones = [one["gebeurtenis"] for proof in desk.scene.proofs() for one in proof["verwijderd"]]
        assert len(stones) == len(set(stones)) == desk.scene.count("verwijderbewijzen")
        outcome = told(desk.found(request))
        assert outcome.aantallen == at_once.aantallen, fuse.seen[at - 1]
        proof = json.loads(desk.scene.workshop.files("logboek")[outcome.bewijs])
        assert called(request) in {one["grond"] for one in proof["verwijderd"]}, fuse.seen[at - 1]
        assert max(stones) in {one["gebeurtenis"] for one in proof["verwijderd"]}, fuse.seen[at - 1]
        assert desk.scene.holds()


# Objections while it goes on ------------------------------------------------------------------------------------------


class Meddling:
    """A port at whose n-th effect somebody tries to open an objection, just before it."""

    def __init__(self, port: object, attempt: Callable[[str], None]) -> None:
        self._port, self._attempt = port, attempt

    def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
        found = getattr(self._port, name)
        if name not in Fused.EFFECTS:
            return found

        def effect(*given, **named):  # type: ignore[no-untyped-def]
            self._attempt(name)
            return found(*given, **named)

        return effect


def test_an_objection_comes_before_all_of_a_removal_or_not_at_all(make_scene: Callable[[str], Scene]) -> None:
    """At every effect once: either nothing at all is removed, or everything is and the objection was refused."""
    outcomes = []
    for at in range(1, 30):
        desk = office(make_scene(f"bezwaar-{at}"))
        much_of_anna(desk)
        names, before = names_of_anna(desk), desk.scene.workshop.everything()
        rows = desk.scene.count("resultaten"), desk.scene.count("bezwaren"), desk.scene.count("verzoeken")
        ((dienst,),) = desk.scene.sql("SELECT DISTINCT dienst FROM resultaten WHERE aanvraagnummer = 'zaak1001-anna'")
        request = desk.granted(Asked.VERWIJDERING)
        accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
        seen: list[str] = []
        answer: list[str] = []

        def attempt(name: str, desk: Office = desk, dienst: str = dienst, at: int = at) -> None:
            seen.append(name)  # noqa: B023
            if len(seen) != at:  # noqa: B023
                return
            event = desk.scene.installation.event(Action.BEZWAAR_OPENEN, f"aanvraag {dienst}", "open")
            try:
                SqlOversight(desk.scene.app).open_objection(DATASET, dienst, "b" * 32, "niet eens", event)
                answer.append("open")  # noqa: B023
            except RequestBusy:
                answer.append("geweigerd")  # noqa: B023

        plain = desk.rights("systeem")
        wrapped = replace(plain.installation, blobs=Meddling(plain.installation.blobs, attempt))
        ports = {"records": Meddling(plain.records, attempt), "remover": Meddling(plain.remover(), attempt)}
        assert take_up(desk.rights("systeem", wrapped, **ports), DEFAULT, removes=True) == []
        if not answer:
            break
        outcomes.append(answer[0])
        if desk.found(request).toestand is RequestState.TOEGEWEZEN:
            assert answer == ["open"]
            assert desk.scene.workshop.everything() == before
            assert desk.scene.count("resultaten") == rows[0] and desk.scene.count("verzoeken") == rows[2]
            assert desk.scene.count("bezwaren") == rows[1] + 1
            assert "Er is niets verwijderd." in desk.found(request).stappen[-1].reden
        else:
            assert desk.found(request).toestand is RequestState.UITGEVOERD
            assert answer == ["geweigerd"] and left_of(desk, names) == []
    assert outcomes[0] == "open" and set(outcomes[1:]) == {"geweigerd"} and len(outcomes) > 10


def test_the_transaction_that_begins_a_removal_is_the_one_that_looks_at_holds(either: Scene) -> None:
    """On both databases: the hold that comes between taking in and beginning keeps everything."""
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    request = desk.granted(Asked.VERWIJDERING)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    before, bezwaar = desk.scene.workshop.everything(), desk.scene.object("zaak1001-anna")
    assert desk.clock() == []
    assert desk.found(request).toestand is RequestState.TOEGEWEZEN
    assert desk.scene.workshop.everything() == before and desk.scene.count("persoonsverzoeknamen") == 0
    desk.scene.close(bezwaar)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "nu kan het")
    worker = desk.rights("derde")
    event = worker.event(Action.PERSOONSVERZOEK, "verzoek", "in uitvoering")
    worker.records.begin(request, "begonnen", event, worker.installation.lease)
    with pytest.raises(RequestBusy):
        desk.scene.object("zaak1001-anna")
    desk.scene.object("zaak1002-ben")
    desk.scene.later(0.05)
    assert desk.clock() == []
    assert desk.found(request).toestand is RequestState.UITGEVOERD
    assert {number for (number,) in desk.scene.sql("SELECT aanvraagnummer FROM resultaten")} == {
        "zaak1002-ben",
        "zaak1003-",
    }


def test_a_snapshot_at_the_end_of_its_term_stays_when_an_objection_opens_just_before(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    desk.scene.later(401)
    plain, opened = SqlPurge(desk.scene.purger), []

    class Late:
        def __getattr__(self, name: str) -> Any:
            if name == "tell_files" and not opened:
                opened.append(desk.scene.object("zaak1001-anna"))
            return getattr(plain, name)

    only_snapshots = terms(resultaten=1000)
    Purge(cast(Any, Late()), SqlDue(desk.scene.app), only_snapshots).run([desk.scene.purging])
    assert opened and desk.scene.workshop.files("momentopname"), "the hold was there before the tombstone"
    desk.scene.close(opened[0])
    desk.scene.purge(only_snapshots)
    assert not desk.scene.workshop.files("momentopname")


def test_a_removal_that_keeps_failing_is_tried_again_ever_later_and_keeps_no_other_waiting(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    first, second = desk.granted(Asked.VERWIJDERING), desk.granted(Asked.VERWIJDERING, BEN)
    accept_request(desk.rights("derde"), first, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    accept_request(desk.rights("derde"), second, Asked.VERWIJDERING, BEN, "zoals toegewezen")

    class Broken:
        def __getattr__(self, name: str) -> Any:
            return getattr(SqlPurge(desk.scene.purger), name)

        def tell_files(self, object_: str, *given: Any) -> Any:
            if first in object_:
                raise OSError("geen antwoord")
            return SqlPurge(desk.scene.purger).tell_files(object_, *given)

    assert len(desk.clock(remover=Broken())) == 1
    assert desk.found(second).toestand is RequestState.UITGEVOERD
    assert desk.found(first).toestand is RequestState.WACHT
    assert "Nog niet voltooid: SC-" in desk.found(first).stappen[-1].reden
    with pytest.raises(TransitionRefused, match="SC-520"):
        withdraw_request(desk.rights("derde"), first, "toch niet")  # something may be gone
    assert desk.clock(remover=Broken()) == [], "not at once again"
    desk.scene.later(0.05)
    assert len(desk.clock(remover=Broken())) == 1
    desk.scene.later(0.03)
    assert desk.clock(remover=Broken()) == [], "a longer while later than before"
    desk.scene.later(0.05)
    assert desk.clock() == []
    assert desk.found(first).toestand is RequestState.UITGEVOERD
    assert desk.scene.sql("SELECT aanvraagnummer FROM resultaten") == [("zaak1003-",)]


def test_a_snapshot_under_a_key_that_came_after_the_order_is_not_passed_over(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    request = desk.granted(Asked.VERWIJDERING)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    rotated = office(replace(scene, workshop=scene.workshop.with_(keys=Keys(("k-2", "k-1")))))
    rotated.scene.night("2026-11-21", {"zaak1004-anna": 2})
    names = names_of_anna(rotated)
    assert [failure.code for failure in rotated.clock()] == ["SC-300"]
    assert rotated.found(request).toestand is RequestState.TOEGEWEZEN and rotated.scene.count("resultaten") == 4
    rotated.remove(request)
    assert left_of(rotated, names) == []


# Runs that are asked for while it goes on -----------------------------------------------------------------------------
@pytest.mark.parametrize("named", [["zaak1001-anna"], None])
def test_a_run_asked_for_during_a_removal_comes_before_it_or_not_at_all(
    make_scene: Callable[[str], Scene], named: list[str] | None
) -> None:
    """At every effect once: before it begins the removal waits for the run; from then on nobody asks for one.

    Of the whole delivery one can be asked for again when nothing of the person is left in it.
    """
    answers: list[str] = []
    for at in range(1, 40):
        desk = office(make_scene(f"verzoek-{at}"))
        much_of_anna(desk)
        names = sorted({*names_of_anna(desk), "op verzoek"})
        request = desk.granted(Asked.VERWIJDERING)
        accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
        seen: list[str] = []
        given: list[str] = []

        def attempt(name: str, desk: Office = desk, at: int = at) -> None:
            seen.append(name)  # noqa: B023
            if len(seen) != at:  # noqa: B023
                return
            try:
                request_run(desk.scene.installation, "2026-11-20", named, "tijdens")
                given.append("aangevraagd")  # noqa: B023
            except (RequestBusy, NotKnown) as refused:
                given.append(type(refused).__name__)  # noqa: B023

        plain = desk.rights("systeem")
        wrapped = replace(plain.installation, blobs=Meddling(plain.installation.blobs, attempt))
        ports = {"records": Meddling(plain.records, attempt), "remover": Meddling(plain.remover(), attempt)}
        assert take_up(desk.rights("systeem", wrapped, **ports), DEFAULT, removes=True) == []
        if not given:
            break
        answers += given
        if named:
            assert (desk.found(request).toestand is RequestState.UITGEVOERD) == (given != ["aangevraagd"])
        assert not run_waiting(desk.scene.installation).failed
        desk.scene.later(0.1)
        assert desk.clock() == []
        assert desk.found(request).toestand is RequestState.UITGEVOERD, seen[at - 1]
        assert left_of(desk, names) == [], seen[at - 1]
        assert desk.scene.holds()
    later = "NotKnown" if named else "aangevraagd"
    assert answers[0] == "aangevraagd" and answers[1:10] == ["RequestBusy"] * 9 and answers[-1] == later
    assert set(answers[1:]) == {"RequestBusy", later}


def test_nobody_asks_for_a_run_of_what_is_being_removed(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    request = desk.granted(Asked.VERWIJDERING)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    worker = desk.rights("derde")
    event = worker.event(Action.PERSOONSVERZOEK, "verzoek", "in uitvoering")
    worker.records.begin(request, "begonnen", event, worker.installation.lease)
    for named in (["zaak1001-anna"], ["zaak1001-anna", "zaak1002-ben"], None):
        with pytest.raises(RequestBusy):
            request_run(desk.scene.installation, "2026-11-20", named, "tijdens")
    assert desk.scene.count("verzoeken") == 0
    request_run(desk.scene.installation, "2026-11-20", ["zaak1002-ben"], "een ander")
