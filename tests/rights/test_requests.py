"""A request is recorded, decided by one and carried out by another; the number of the person is never kept."""

import json

import pytest

from shared.errors import FourEyesRequired, NotKnown, RequestBusy, RequestRefused, TransitionRefused
from shared.events import Action
from shared.retention.terms import DEFAULT
from shared.rights.export import export_person
from shared.rights.removal import remove_person
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
    export_person(desk.rights("derde"), DEFAULT, request, ANNA, "zoals toegewezen")
    found = desk.rights("wie dan ook").records.request(request)
    assert [(step.toestand, step.actor) for step in found.stappen] == [
        (S.VASTGELEGD, "eerste"),
        (S.TOEGEWEZEN, "tweede"),
        (S.IN_UITVOERING, "derde"),
        (S.UITGEVOERD, "derde"),
    ]
    assert found.stappen[-1].uitkomst == {"resultaten": 1, "leveringen": 1}
    told = desk.scene.sql(f"SELECT resultaat FROM gebeurtenissen WHERE handeling = '{Action.PERSOONSVERZOEK}'")
    assert [result for (result,) in told] == ["vastgelegd", "toegewezen", "in uitvoering", "uitgevoerd"]


def test_who_decided_does_not_carry_out_and_who_recorded_may(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1})
    request = desk.granted(Asked.VERWIJDERING)
    with pytest.raises(FourEyesRequired, match="SC-560"):
        remove_person(desk.rights("tweede"), request, ANNA, "ik doe het zelf")
    assert desk.scene.count("resultaten") == 1
    remove_person(desk.rights("eerste"), request, ANNA, "als ander dan wie besliste")
    assert desk.scene.count("resultaten") == 0


def test_the_database_itself_keeps_the_four_eyes(either: Scene) -> None:
    """Also when two act at once on what they saw: the rule is checked in the transaction."""
    desk = office(either)
    request = desk.granted(Asked.INZAGE)
    with pytest.raises(FourEyesRequired):
        take_step(desk.rights("tweede"), request, S.IN_UITVOERING, "toch", {})
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
        export_person(desk.rights("derde"), DEFAULT, request.id, ANNA, "toch")


def test_a_request_that_is_carried_out_is_not_decided_again(scene: Scene) -> None:
    desk = office(scene)
    request = desk.granted(Asked.INZAGE)
    take_step(desk.rights("derde"), request, S.IN_UITVOERING, "bezig", {})
    with pytest.raises(TransitionRefused):
        decide_request(desk.rights("vierde"), request, True, "nog eens")


def test_a_person_can_withdraw_what_was_asked(scene: Scene) -> None:
    desk = office(scene)
    request = desk.granted(Asked.VERWIJDERING)
    assert withdraw_request(desk.rights("derde"), request, "niet meer nodig").toestand is S.INGETROKKEN
    with pytest.raises(TransitionRefused):
        remove_person(desk.rights("derde"), request, ANNA, "toch")


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
        remove_person(desk.rights("derde"), request, BEN, "vergissing")
    assert BEN not in str(told.value) and ANNA not in str(told.value)
    assert desk.scene.count("resultaten") == 2
    remove_person(desk.rights("derde"), request, f"  {ANNA} ", "nu goed")
    assert desk.scene.count("resultaten") == 1


@pytest.mark.parametrize("number", ["", "   ", "x" * 129, "a\nb"])
def test_what_cannot_be_a_number_is_refused(scene: Scene, number: str) -> None:
    with pytest.raises(RequestRefused):
        record_request(office(scene).rights("eerste"), Asked.INZAGE, number, "vraag")


def test_a_request_for_one_thing_is_not_used_for_another(scene: Scene) -> None:
    desk = office(scene)
    request = desk.granted(Asked.INZAGE)
    with pytest.raises(RequestRefused):
        remove_person(desk.rights("derde"), request, ANNA, "dan maar weg")
    with pytest.raises(NotKnown):
        remove_person(desk.rights("derde"), "onbekend", ANNA, "dan maar weg")


def test_two_requests_are_not_carried_out_at_once_until_the_first_is_given_up(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", {"zaak1001-anna": 1, "zaak1002-ben": 2})
    first, second = desk.granted(Asked.VERWIJDERING), desk.granted(Asked.VERWIJDERING, BEN)
    take_step(desk.rights("derde"), first, S.IN_UITVOERING, "en toen viel de stroom uit", {})
    with pytest.raises(RequestBusy):
        remove_person(desk.rights("vierde"), second, BEN, "ook")
    desk.scene.later(0.05)
    remove_person(desk.rights("vierde"), second, BEN, "ook")
    remove_person(desk.rights("vijfde"), first, ANNA, "opnieuw")
    assert desk.scene.count("resultaten") == 0


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
    export_person(desk.rights("derde"), DEFAULT, request, ANNA, "zoals toegewezen")
    desk.scene.later(1100)
    assert not desk.scene.purge().failures
    assert desk.scene.sql("SELECT verzoek FROM persoonsverzoeken") == [(open_one,)]
    assert desk.scene.count("persoonsverzoekstappen") == 2
