"""What is sent twice is recorded once: by the API with a key, and by a form of a page by itself."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from shared import bootstrap
from shared.access import Role
from shared.api import PREFIX
from shared.pages.csrf import FIELD
from tests.api.calling import Client, Said
from tests.api.conftest import Site
from tests.api.twice import WHY, everything_twice

pytestmark = pytest.mark.slow


def prediction_of(site: Site, kind: int) -> tuple[str, str]:
    """The number of an application with this result, and its current prediction."""
    number = site.numbers(kind)[0]
    asked = {"nummer": number, **WHY}
    found = site.as_(Role.BEHANDELAAR).post(f"{PREFIX}/aanvragen/_zoek", asked).document["voorspellingen"]
    return number, next(str(hit["id"]) for hit in found if hit["huidig"])


def test_with_a_key_of_the_api_everything_counts_once(site: Site) -> None:
    people = (site.as_(role) for role in (Role.BEHANDELAAR, Role.PROCESBEHEERDER, Role.TOEZICHTHOUDER))
    everything_twice(*people, site.numbers(1)[0])


class Browser:
    """Somebody behind a browser: keeps the cookie of forms, and sends what a page holds."""

    def __init__(self, site: Site, role: Role) -> None:
        self.client = site.as_(role)

    def open(self, path: str, **fields: str) -> str:
        """Return the token of a page, opened by a form when it asks for something."""
        page = self.client.get(path)
        if "set-cookie" in page.headers:
            cookie = page.headers["set-cookie"].partition(";")[0]
            self.client = Client(self.client.app, {**self.client.headers, "cookie": cookie})
        if not fields:
            return _token(page)
        return _token(self.send(path, _token(page), **fields))

    def send(self, path: str, token: str, **fields: str) -> Said:
        """Send a form."""
        body, address = urlencode({FIELD: token, **fields}).encode(), bootstrap.settings().access.address
        kind = "application/x-www-form-urlencoded"
        return self.client.call("POST", path, raw=body, content_type=kind, origin=address)


def _token(page: Said) -> str:
    return page.body.decode().split(f'name="{FIELD}" value="')[1].split('"')[0]


def test_a_form_that_is_sent_twice_records_once_and_answers_alike(site: Site) -> None:
    number, prediction = prediction_of(site, 1)
    worker = Browser(site, Role.BEHANDELAAR)
    card = worker.open("/aanvragen", soort="aanvraag", nummer=number, **WHY)
    path = f"/voorspellingen/{prediction}"
    judged = {"route": "consult", "gevolgd": "nee", "reden": "anders", "toelichting": "Gezien", "leesreden": "Nodig"}
    for _ in range(2):
        said = worker.send(f"{path}/beoordelingen", card, **judged)
        assert said.status == 200 and "Uw beoordeling is vastgelegd." in said.body.decode()
        assert worker.send(f"{path}/bezwaren", card, reden="Oneens").status == 303
    other = worker.send(f"{path}/beoordelingen", card, **judged | {"toelichting": "Toch iets anders"})
    assert other.status == 409 and "Dit formulier is al verstuurd" in other.body.decode()
    assert worker.send(f"{path}/bezwaren", card, reden="Nog een keer").status == 409

    watcher = Browser(site, Role.TOEZICHTHOUDER)
    form = watcher.open("/verzoeken")
    asked = {"soort": "inzage", "persoonsnummer": "900100001", "reden": "Brief"}
    places = [watcher.send("/verzoeken", form, **asked).headers["location"] for _ in range(2)]
    assert places[0] == places[1]
    assert watcher.send("/verzoeken", form, **asked | {"persoonsnummer": "900100002"}).status == 409
    assert watcher.send("/verzoeken", watcher.open("/verzoeken"), **asked).headers["location"] != places[0]

    operator = Browser(site, Role.PROCESBEHEERDER)
    run = operator.client.get(f"{PREFIX}/verwerkingen/{prediction.partition('-')[0]}").document
    form = operator.open(f"/leveringen/{run['levering']}")
    again = {"aanvraagnummers": "", "reden": "Opnieuw"}
    path_again = f"/leveringen/{run['levering']}/herverwerking"
    places = [operator.send(path_again, form, **again).headers["location"] for _ in range(2)]
    assert places[0] == places[1]

    seen = site.as_(Role.BEHANDELAAR).get(f"{PREFIX}{path}/beoordelingen", Inzage_Reden="Nakijken").document
    assert len(seen["beoordelingen"]) == 1
    assert site.as_(Role.TOEZICHTHOUDER).get(f"{PREFIX}/bezwaren").document["aantal"] == 1
    assert site.as_(Role.TOEZICHTHOUDER).get(f"{PREFIX}/verzoeken").document["aantal"] == 2


def test_an_application_that_was_not_weighed_asks_nothing_of_an_advice_of_the_model(site: Site) -> None:
    number, prediction = prediction_of(site, 4)
    worker = Browser(site, Role.BEHANDELAAR)
    card = worker.open("/aanvragen", soort="aanvraag", nummer=number, **WHY)
    url = f"/voorspellingen/{prediction}/beoordelingen"
    given = {"route": "inkomensconsulent", "reden": "anders", "toelichting": "Gezien"}
    for followed in (True, False):
        refused = worker.client.post(f"{PREFIX}{url}", given | {"gevolgd": followed})
        assert (refused.status, refused.document["code"]) == (400, "SC-550")
    said = worker.send(url, card, **given, leesreden="Nodig")
    shown = said.body.decode()
    assert said.status == 200 and "Uw beoordeling is vastgelegd." in shown
    assert "Volgt u het advies van het model?" not in shown and "geen advies" in shown
    assert worker.client.post(f"{PREFIX}{url}", given).document["gevolgd"] is None
    scored = prediction_of(site, 1)[1]
    assert worker.client.post(f"{PREFIX}/voorspellingen/{scored}/beoordelingen", given).status == 400
