"""Numbers that are not that of a request leave their mark, and nobody finds out whose it is by trying many."""

from __future__ import annotations

import json

import pytest

from shared.errors import FourEyesRequired, RequestRefused, TooManyTries
from shared.rights.carrying import accept_request
from shared.rights.requests import WRONG_NUMBER, called, take_step
from shared.rights.states import Asked, RequestState
from tests.rights.persons import ANNA, BEN, office
from tests.rights.removing import Scene

TRIES = 5  # as docs/security.md promises, for a day
pytestmark = pytest.mark.xdist_group("postgresql")


@pytest.mark.parametrize("soort", list(Asked))
def test_a_wrong_number_leaves_an_event_without_the_number(either: Scene, soort: Asked) -> None:
    desk = office(either)
    request = desk.granted(soort)
    with pytest.raises(RequestRefused, match="SC-550"):
        accept_request(desk.rights("derde"), request, soort, BEN, "zoals toegewezen")
    ((actor, object_, details),) = desk.scene.sql(
        f"SELECT actor, object, details FROM gebeurtenissen WHERE resultaat = '{WRONG_NUMBER}'"
    )
    assert (actor, object_) == ("derde", called(request))
    assert BEN not in details and json.loads(details) == {}


def test_after_some_wrong_numbers_none_is_taken_for_a_day_not_even_the_right_one(either: Scene) -> None:
    desk = office(either)
    request, other = desk.granted(Asked.INZAGE), desk.granted(Asked.INZAGE)
    for n in range(TRIES):
        with pytest.raises(RequestRefused):
            accept_request(desk.rights(f"iemand {n}"), request, Asked.INZAGE, f"90010099{n}", "proberen")
    for number in (ANNA, BEN):
        with pytest.raises(TooManyTries, match="SC-566"):
            accept_request(desk.rights("derde"), request, Asked.INZAGE, number, "proberen")
    assert desk.scene.sql(f"SELECT count(*) FROM gebeurtenissen WHERE resultaat = '{WRONG_NUMBER}'") == [(TRIES,)]
    desk.export(other)
    desk.scene.later(0.95)
    with pytest.raises(TooManyTries, match="SC-566"):
        accept_request(desk.rights("derde"), request, Asked.INZAGE, ANNA, "proberen")
    desk.scene.later(0.06)
    assert desk.export(request)["verzoek"] == request


@pytest.mark.parametrize("name", ["TWEEDE", " tweede", "Tweede "])
def test_another_way_to_write_a_name_is_not_another_person(either: Scene, name: str) -> None:
    desk = office(either)
    request = desk.granted(Asked.VERWIJDERING)
    with pytest.raises(FourEyesRequired):
        take_step(desk.rights(name), request, RequestState.WACHT, "toch", {})
    assert desk.found(request).toestand is RequestState.TOEGEWEZEN
