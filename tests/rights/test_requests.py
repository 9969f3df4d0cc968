"""A request is recorded, decided by one and carried out by another; the number of the person is never kept."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest
import sqlalchemy as sa

from shared.errors import FourEyesRequired, NotKnown, RequestRefused, TransitionRefused
from shared.events import Action
from shared.retention.terms import DEFAULT
from shared.rights.carrying import accept_request
from shared.rights.export import fetch_export
from shared.rights.requests import called, decide_request, record_request, take_step, withdraw_request
from shared.rights.states import CLOSED, SENTENCES, TRANSITIONS, Asked, RequestState
from tests.rights.persons import ANNA, BEN, office
from tests.rights.removing import Scene

pytestmark = pytest.mark.xdist_group("postgresql")
S = RequestState


def test_every_state_has_a_sentence_a_way_in_and_but_for_the_ends_a_way_out() -> None:
    assert TRANSITIONS.keys() == SENTENCES.keys() == set(S)
    assert {to for then in TRANSITIONS.values() for to in then} == set(S) - {S.VASTGELEGD}
    assert {S.AFGEWEZEN, S.UITGEVOERD, S.INGETROKKEN} == CLOSED


def test_a_request_tells_who_recorded_decided_and_carried_out_and_why(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1})
    request = desk.granted(Asked.INZAGE)
    desk.export(request)
    desk.scene.later(8)
    assert desk.clock() == []
    found = desk.rights("wie dan ook").records.request(request)
    assert [(step.toestand, step.actor) for step in found.stappen] == [
        (S.VASTGELEGD, "eerste"),
        (S.TOEGEWEZEN, "tweede"),
        (S.WACHT, "derde"),
        (S.IN_UITVOERING, "derde"),
        (S.OPHAALBAAR, "derde"),
        (S.OPHAALBAAR, "derde"),
        (S.UITGEVOERD, "systeem"),
    ]
    assert found.stappen[4].uitkomst == {"resultaten": 1, "leveringen": 1}
    told = desk.scene.sql(f"SELECT resultaat FROM gebeurtenissen WHERE handeling = '{Action.PERSOONSVERZOEK}'")
    assert [result for (result,) in told] == [str(step.toestand) for step in found.stappen]


def test_who_decided_does_not_carry_out_and_who_recorded_may(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1})
    request = desk.granted(Asked.VERWIJDERING)
    with pytest.raises(FourEyesRequired, match="SC-560"):
        desk.remove(request, "tweede")
    assert desk.scene.count("resultaten") == 1
    desk.remove(request, "eerste")
    assert desk.scene.count("resultaten") == 0


def test_the_database_itself_keeps_the_four_eyes(either: Scene) -> None:
    """Also when two act at once on what they saw: the rule is checked in the transaction."""
    desk = office(either)
    request = desk.granted(Asked.INZAGE)
    with pytest.raises(FourEyesRequired):
        take_step(desk.rights("tweede"), request, S.WACHT, "toch", {})
    with pytest.raises(TransitionRefused):
        take_step(desk.rights("derde"), request, S.UITGEVOERD, "zonder begin", {})
    assert desk.rights("x").records.request(request).toestand is S.TOEGEWEZEN


def test_a_request_is_decided_once(scene: Scene) -> None:
    desk = office(scene)
    request = record_request(desk.rights("eerste"), Asked.INZAGE, ANNA, "vraag")
    decide_request(desk.rights("tweede"), request.id, False, "niet wie hij zegt te zijn")
    with pytest.raises(TransitionRefused):
        decide_request(desk.rights("tweede"), request.id, True, "toch")
    with pytest.raises(TransitionRefused):
        desk.export(request.id)


def test_a_request_that_is_carried_out_is_not_decided_again(scene: Scene) -> None:
    desk = office(scene)
    request = desk.granted(Asked.INZAGE)
    take_step(desk.rights("derde"), request, S.WACHT, "bezig", {})
    with pytest.raises(TransitionRefused):
        decide_request(desk.rights("vierde"), request, True, "nog eens")


def test_a_person_can_withdraw_what_was_asked(scene: Scene) -> None:
    desk = office(scene)
    request = desk.granted(Asked.VERWIJDERING)
    assert withdraw_request(desk.rights("derde"), request, "niet meer nodig").toestand is S.INGETROKKEN
    with pytest.raises(TransitionRefused):
        desk.remove(request)


def test_neither_the_number_nor_a_pseudonym_that_leads_to_rows_is_kept_with_a_request(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1})
    request = desk.granted(Asked.INZAGE)
    pseudonyms = [row for (row,) in desk.scene.sql("SELECT persoon FROM resultaten")]
    kept = json.dumps(
        desk.scene.sql("SELECT * FROM persoonsverzoeken") + desk.scene.sql("SELECT * FROM persoonsverzoekstappen")
    )
    assert ANNA not in kept and not [name for name in pseudonyms if name in kept]
    assert desk.scene.found([ANNA]) == []
    twice = record_request(desk.rights("eerste"), Asked.INZAGE, ANNA, "nog eens")
    one, other = (desk.rights("x").records.request(each).check[1] for each in (request, twice.id))
    assert one != other, "two requests of one person cannot be put together"


def test_the_number_of_somebody_else_is_refused_and_nothing_is_shown(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1, "zaak1002-ben": 2})
    request = desk.granted(Asked.VERWIJDERING)
    with pytest.raises(RequestRefused) as told:
        desk.remove(request, number=BEN)
    assert BEN not in str(told.value) and ANNA not in str(told.value)
    assert desk.scene.count("resultaten") == 2
    desk.remove(request, number=f"  {ANNA} ")
    assert desk.scene.count("resultaten") == 1


@pytest.mark.parametrize("number", ["", "   ", "x" * 129, "a\nb"])
def test_what_cannot_be_a_number_is_refused(scene: Scene, number: str) -> None:
    with pytest.raises(RequestRefused):
        record_request(office(scene).rights("eerste"), Asked.INZAGE, number, "vraag")


def test_a_request_for_one_thing_is_not_used_for_another(scene: Scene) -> None:
    desk = office(scene)
    request = desk.granted(Asked.INZAGE)
    with pytest.raises(RequestRefused):
        desk.remove(request)
    with pytest.raises(NotKnown):
        desk.remove("onbekend")


def test_two_requests_are_not_carried_out_at_once_until_the_first_is_given_up(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1, "zaak1002-ben": 2})
    first, second = desk.granted(Asked.VERWIJDERING), desk.granted(Asked.VERWIJDERING, BEN)
    accept_request(desk.rights("derde"), first, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    worker = desk.rights("derde")
    event = worker.event(Action.PERSOONSVERZOEK, called(first), "in uitvoering")
    worker.records.begin(first, "en toen viel de stroom uit", event, worker.installation.lease)
    desk.remove(second, "vierde", BEN)
    assert (desk.found(second).toestand, desk.scene.count("resultaten")) == (S.WACHT, 2)
    desk.scene.later(0.05)
    assert desk.clock() == []
    assert {desk.found(each).toestand for each in (first, second)} == {S.UITGEVOERD}
    assert desk.scene.count("resultaten") == 0


def test_what_was_granted_is_taken_in_once(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1})
    request = desk.granted(Asked.VERWIJDERING)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    with pytest.raises(TransitionRefused):
        accept_request(desk.rights("vierde"), request, Asked.VERWIJDERING, ANNA, "nog eens")
    assert desk.scene.count("resultaten") == 1, "nothing is done before the clock does it"


def test_where_nobody_may_remove_a_removal_waits_for_where_somebody_may(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1})
    request = desk.granted(Asked.VERWIJDERING)
    accept_request(desk.rights("derde"), request, Asked.VERWIJDERING, ANNA, "zoals toegewezen")
    assert desk.clock(removes=False) == [] and desk.found(request).toestand is S.WACHT
    assert desk.clock() == [] and desk.found(request).toestand is S.UITGEVOERD


def test_what_a_request_goes_by_is_kept_until_it_is_done_and_no_longer(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1, "zaak1002-ben": 2})
    export, removal = desk.granted(Asked.INZAGE), desk.granted(Asked.VERWIJDERING)
    withdrawn = desk.granted(Asked.VERWIJDERING, BEN)
    accept_request(desk.rights("derde"), withdrawn, Asked.VERWIJDERING, BEN, "zoals toegewezen")
    assert desk.scene.count("persoonsverzoeknamen") == 1
    withdraw_request(desk.rights("vierde"), withdrawn, "niet meer nodig")
    assert desk.scene.count("persoonsverzoeknamen") == 0
    desk.export(export)
    assert desk.scene.count("persoonsverzoeknamen") == 2
    desk.remove(removal)
    desk.scene.later(8)
    assert desk.clock() == []
    assert desk.found(export).toestand is S.UITGEVOERD
    assert desk.scene.count("persoonsverzoeknamen") == 0


@pytest.mark.parametrize(
    "statement", ["DELETE FROM persoonsverzoeknamen", "UPDATE persoonsverzoeknamen SET naam = 'x'"]
)
def test_names_of_what_is_carried_out_stay_as_they_are(either: Scene, statement: str) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1})
    desk.export()
    with pytest.raises(sa.exc.DBAPIError):
        desk.scene.add(statement)


def test_names_are_not_added_to_what_is_not_carried_out(either: Scene) -> None:
    desk = office(either)
    request = desk.granted(Asked.INZAGE)
    with pytest.raises(sa.exc.DBAPIError, match="names come while"):
        desk.scene.add(f"INSERT INTO persoonsverzoeknamen VALUES ('{request}', 'persoon', 'k-1:x')")


# An overview that was made ready -----------------------------------------------------------------------------------


def test_an_overview_is_fetched_again_while_the_term_lasts_and_every_time_is_on_record(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1})
    request = desk.granted(Asked.INZAGE)
    first = desk.export(request)
    desk.scene.later(6.9)
    assert desk.clock() == []
    again = fetch_export(desk.rights("vierde"), DEFAULT, request, "nog een afdruk")
    assert again["aanvragen"] == first["aanvragen"] and again["invoer"] == first["invoer"] != []
    read = desk.scene.sql(
        "SELECT actor, details FROM gebeurtenissen WHERE handeling = 'inzage gegeven' ORDER BY volgnr"
    )
    assert [(actor, json.loads(details)["reden"]) for actor, details in read] == [
        ("derde", "de persoon haalt het op"),
        ("vierde", "nog een afdruk"),
    ]
    desk.scene.later(0.2)
    with pytest.raises(TransitionRefused, match="SC-520"):
        fetch_export(desk.rights("vierde"), DEFAULT, request, "te laat")
    assert desk.clock() == []
    assert desk.found(request).toestand is S.UITGEVOERD


def test_an_overview_that_nobody_fetched_was_not_given(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1})
    request = desk.granted(Asked.INZAGE)
    accept_request(desk.rights("derde"), request, Asked.INZAGE, ANNA, "zoals toegewezen")
    assert desk.clock() == []
    desk.scene.later(8)
    assert desk.clock() == []
    assert desk.found(request).toestand is S.TOEGEWEZEN
    assert desk.scene.count("persoonsverzoeknamen") == 0
    assert desk.export(request)["aanvragen"]


def test_who_granted_does_not_fetch_and_nobody_does_before_it_is_ready(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1})
    request = desk.granted(Asked.INZAGE)
    accept_request(desk.rights("derde"), request, Asked.INZAGE, ANNA, "zoals toegewezen")
    with pytest.raises(TransitionRefused):
        fetch_export(desk.rights("derde"), DEFAULT, request, "te vroeg")
    assert desk.clock() == []
    with pytest.raises(FourEyesRequired):
        fetch_export(desk.rights("tweede"), DEFAULT, request, "ik wees het toe")
    assert desk.scene.sql("SELECT count(*) FROM gebeurtenissen WHERE handeling = 'inzage gegeven'") == [(0,)]


def test_a_fetch_reads_the_snapshots_of_the_person_and_no_other(scene: Scene) -> None:
    """So that the answer takes as long with a thousand deliveries as with one."""
    desk = office(scene)
    for day in range(1, 8):
        desk.scene.night(f"2026-11-0{day}", {"zaak1001-anna": 1} if day == 3 else {f"zaak200{day}-ben": 1})
    request = desk.granted(Asked.INZAGE)
    accept_request(desk.rights("derde"), request, Asked.INZAGE, ANNA, "zoals toegewezen")
    assert desk.clock() == []
    read: list[str] = []
    plain = desk.scene.installation

    class Watched:
        def __getattr__(self, name: str) -> Any:
            return getattr(plain.blobs, name)

        def read(self, container: str, name: str, most: int | None = None) -> bytes:
            read.append(name)
            return plain.blobs.read(container, name, most)

    fetch_export(desk.rights("derde", replace(plain, blobs=cast(Any, Watched()))), DEFAULT, request, "ophalen")
    assert len({name.split("/")[1] for name in read if name.startswith("proef/")}) == 1


def test_a_reason_is_always_needed(scene: Scene) -> None:
    desk = office(scene)
    with pytest.raises(RequestRefused):
        record_request(desk.rights("eerste"), Asked.INZAGE, ANNA, " ")
    request = record_request(desk.rights("eerste"), Asked.INZAGE, ANNA, "vraag").id
    with pytest.raises(RequestRefused):
        decide_request(desk.rights("tweede"), request, True, "")
    assert called(request) not in ANNA


def test_requests_that_are_long_done_go_with_the_audit_trail(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1})
    request = desk.granted(Asked.INZAGE)
    open_one = desk.granted(Asked.VERWIJDERING)
    desk.export(request)
    desk.scene.later(8)
    assert desk.clock() == []
    desk.scene.later(1100)
    assert not desk.scene.purge().failures
    assert desk.scene.sql("SELECT verzoek FROM persoonsverzoeken") == [(open_one,)]
    assert desk.scene.count("persoonsverzoekstappen") == 2
