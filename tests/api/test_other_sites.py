"""What the browser proves by itself does not count for what another site makes it send, nor a form of an old key."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlencode

import pytest
from starlette.types import ASGIApp

from shared import bootstrap
from shared.access import Person, Role
from shared.api import PREFIX
from shared.api.app import make_api
from shared.api.shield import Shield
from shared.pages.csrf import FIELD
from tests.api.calling import Client
from tests.api.conftest import Site
from tests.pages.empty import services

ADDRESS = "https://slimme-check.example"
UNSAFE = [("POST", f"{PREFIX}/bezwaren"), ("PUT", f"{PREFIX}/modellen/levensonderhoud/stop")]


def app(*, ambient: bool) -> ASGIApp:
    person = Person("iemand", frozenset(Role), ambient)
    return Shield(make_api(services(), lambda *_: person, ADDRESS), ADDRESS)


@pytest.mark.parametrize(("method", "path"), UNSAFE)
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site", "Origin": ADDRESS},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "https://elders.example"},
        {"Origin": "null"},
        {},
    ],
    ids=str,
)
def test_under_the_platforms_login_another_site_changes_nothing(
    method: str, path: str, headers: dict[str, str]
) -> None:
    said = Client(app(ambient=True), {}).call(method, path, {"vul": "in"}, **headers)
    assert (said.status, said.document["code"]) == (403, "SC-730")
    with_token = Client(app(ambient=False), {}).call(method, path, {"vul": "in"}, **headers)
    assert with_token.status == 400, "a token in the request is proof enough; only the form is wrong"


@pytest.mark.parametrize("headers", [{"Sec_Fetch_Site": "same-origin"}, {"Origin": ADDRESS}], ids=str)
def test_a_page_of_ours_may(headers: dict[str, str]) -> None:
    assert Client(app(ambient=True), {}).call("POST", UNSAFE[0][1], {"vul": "in"}, **headers).status == 400


def test_reading_needs_no_origin() -> None:
    assert Client(app(ambient=True), {}).get(f"{PREFIX}/bezwaren").status == 200


def test_a_form_of_before_a_rotation_does_not_count_in_the_same_process(empty: Site) -> None:
    watcher = empty.as_(Role.TOEZICHTHOUDER)
    address = bootstrap.settings().access.address

    def sent() -> tuple[str, str]:
        page = watcher.get("/aanvragen")
        token = page.body.decode().split(f'name="{FIELD}" value="')[1].split('"')[0]
        return page.headers["set-cookie"].partition(";")[0], token

    def status(cookie: str, token: str) -> int:
        body = urlencode({FIELD: token, "soort": "aanvraag", "nummer": "1", "reden": "vraag"}).encode()
        kind = "application/x-www-form-urlencoded"
        return watcher.call("POST", "/aanvragen", raw=body, content_type=kind, origin=address, cookie=cookie).status

    old = sent()
    assert status(*old) == 404
    path = bootstrap.settings().key_file
    assert path is not None
    document = json.loads(path.read_text(encoding="ascii"))
    document["sleutels"]["k-nieuw"] = base64.b64encode(bytes(range(32))).decode()
    path.write_text(json.dumps({**document, "huidig": "k-nieuw"}), encoding="ascii")
    assert status(*old) == 403
    assert status(*sent()) == 404
