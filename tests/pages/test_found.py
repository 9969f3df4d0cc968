"""What people find by a number, on the page and in the API; and that four eyes are not one pair in capitals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from shared.access import Person, Role
from shared.administration import StopState
from shared.api import PREFIX
from shared.api.app import make_api
from shared.api.services import ServedModel, Services
from shared.api.shield import Shield
from shared.modelregister.port import ModelVersion, VersionId
from shared.modelregister.states import VersionStatus
from shared.pages.app import make_pages
from shared.pages.csrf import COOKIE, FIELD, FormKey, new_session
from shared.pages.route import PageSettings
from shared.people.records import Hit, PredictionId
from tests.api.calling import Client, Said
from tests.pages.empty import services
from tests.pages.test_card import NOW, RUN

KEY, ADDRESS, MODEL = FormKey(b"k" * 32), "https://pagina.example", RUN.new.model
NEWEST = Hit(
    PredictionId("1" * 32, 0), RUN, True, "0012", "d", "p", "2026-11-16T13:30:00", 2, "MODEL", "inkomensconsulent", True
)
OLDER = replace(NEWEST, id=PredictionId("0" * 32, 0), huidig=False, resultaattype=1, advies="handhaving")
HIDDEN = replace(OLDER, resultaattype=None, reden="", advies="", verborgen=True)


def _call(served: Services, person: Person, method: str, path: str, form: dict[str, str] | None = None) -> Said:
    app = make_pages(served, lambda *_: person, ADDRESS, PageSettings(lambda: KEY, ADDRESS, {}))
    session = new_session()
    headers = {"origin": ADDRESS, "cookie": f"{COOKIE}={session}"}
    if form is None:
        return Client(Shield(app, ADDRESS), headers).call(method, path)
    headers["content-type"] = "application/x-www-form-urlencoded"
    sent = urlencode({FIELD: KEY.token(session, person.subject, datetime.now(UTC)), **form})
    return Client(Shield(app, ADDRESS), headers).call(method, path, raw=sent.encode())


def _finding(*hits: Hit) -> Services:
    base: Services = services()
    return replace(base, people=replace(base.people, find=lambda *_: list(hits)))


def test_the_page_tells_no_advice_of_what_is_hidden() -> None:
    person = Person("iemand", frozenset({Role.BEHANDELAAR}))
    asked = {"soort": "persoon", "nummer": "900100001", "reden": "Ik behandel dit."}
    open_ = _call(_finding(NEWEST, OLDER), person, "POST", "/aanvragen", asked).body.decode()
    assert "Handhaving" in open_ and "Inkomensconsulent" in open_
    page = _call(_finding(NEWEST, HIDDEN), person, "POST", "/aanvragen", asked).body.decode()
    assert "verborgen tot de nieuwste is beoordeeld" in page and "Inkomensconsulent" in page
    assert "andhaving" not in page


def test_the_api_tells_no_type_and_no_advice_of_what_is_hidden() -> None:
    person = Person("iemand", frozenset({Role.BEHANDELAAR}))
    app = make_api(_finding(NEWEST, HIDDEN), lambda *_: person, ADDRESS)
    asked = {"nummer": "0012", "reden": "Ik behandel dit."}
    answer = Client(Shield(app, ADDRESS), {}).post(f"{PREFIX}/aanvragen/_zoek", asked)
    assert answer.status == 200
    told = [(one["verborgen"], one["resultaattype"], one["advies"]) for one in answer.document["voorspellingen"]]
    assert told == [(False, 2, "inkomensconsulent"), (True, None, "")]


@pytest.mark.parametrize("who", ["iemand", "IEMAND", " Iemand "])
def test_who_proposed_a_version_is_not_asked_to_approve_it_however_the_name_is_written(who: str) -> None:
    base: Services = services()
    proposed = ModelVersion(VersionId("d", MODEL, "2.0.0", "0" * 64), VersionStatus.VOORGESTELD, NOW, "iemand", "")
    served: dict[str, Any] = {
        "models": replace(
            base.models,
            known=lambda: [ServedModel("d", "Titel", MODEL, "1.0.0", NOW, "0" * 64, StopState(MODEL))],
        ),
        "versions": replace(base.versions, find=lambda *_: (proposed, [])),
    }
    person = Person(who, frozenset({Role.MODELBEHEERDER}))
    page = _call(replace(base, **served), person, "GET", f"/modellen/{MODEL}/versies/2.0.0").body.decode()
    assert "Een ander moet dit beoordelen" in page and "Goedkeuren" not in page
    other = Person("een ander", frozenset({Role.MODELBEHEERDER}))
    assert (
        "Goedkeuren" in _call(replace(base, **served), other, "GET", f"/modellen/{MODEL}/versies/2.0.0").body.decode()
    )
