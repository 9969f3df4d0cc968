"""What is sent again with the same key is answered as before, also where what it was about was removed since."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.api.once import once_of
from shared.errors import NotKnown
from shared.events import Caller
from shared.installation import Installation
from shared.interventions import request_run
from shared.sweep import run_waiting
from tests.rights.persons import office
from tests.rights.removing import Scene
from tests.rights.test_removal import ROWS, remove

pytestmark = pytest.mark.xdist_group("postgresql")


def sending(installation: Installation, key: str) -> Installation:
    return replace(installation, caller=Caller("beheerder", "test", once=once_of("beheerder", "api", key, b"een")))


def test_a_request_for_a_run_is_answered_alike_when_its_applications_are_gone(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    first = request_run(sending(desk.scene.installation, "k1"), "2026-11-20", ["zaak1001-anna"], "op verzoek")
    run_waiting(desk.scene.installation)
    remove(desk)
    with pytest.raises(NotKnown):
        request_run(sending(desk.scene.installation, "k2"), "2026-11-20", ["zaak1001-anna"], "op verzoek")
    again = request_run(sending(desk.scene.installation, "k1"), "2026-11-20", ["zaak1001-anna"], "op verzoek")
    assert again.run_id == first.run_id and desk.scene.count("verzoeken") == 0
