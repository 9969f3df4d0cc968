"""Every answer, of whatever route to whomever, tells a browser to frame, run, sniff, keep and pass on nothing."""

from __future__ import annotations

import pytest

from shared.access import ROUTES, Person, Role
from shared.api.shield import Shield
from shared.pages.app import make_pages
from shared.pages.csrf import FormKey
from shared.pages.route import PageSettings
from tests.api.calling import Client, Said
from tests.pages.empty import services

ADDRESS = "https://slimme-check.example"
PEOPLE = {"": frozenset[Role](), "everybody": frozenset(Role)}
_IDS = {"{id}": "0" * 32, "{naam}": "levensonderhoud", "{versie}": "1.0.0", "{stap}": "goedkeuren"}


def answer(name: str, roles: frozenset[Role], **headers: str) -> Said:
    """What a route answers to somebody with these roles, or to nobody."""
    person = Person("iemand", roles) if roles else None
    pages = PageSettings(lambda: FormKey(b"k" * 32), ADDRESS, {})
    app = Shield(make_pages(services(), lambda *_: person, ADDRESS, pages), ADDRESS)
    method, path = name.split(" ")
    for place, value in _IDS.items():
        path = path.replace(place, value)
    return Client(app, {}).call(method, path, **headers)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", [*sorted(ROUTES), "GET /bestaat-niet", "DELETE /", "TRACE /", "GET /api/v1/x"])
def test_every_answer_carries_every_header(name: str, who: str) -> None:
    found = answer(name, PEOPLE[who])
    said = found.headers
    policy = said["content-security-policy"]
    assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
    assert "unsafe" not in policy and "script-src" not in policy and "*" not in policy
    assert said["x-frame-options"] == "DENY"
    assert said["x-content-type-options"] == "nosniff"
    assert said["referrer-policy"] == "no-referrer"
    assert said["cross-origin-opener-policy"] == "same-origin"
    seconds = int(said["strict-transport-security"].partition("max-age=")[2].partition(";")[0])
    assert seconds >= 31_536_000 and "includeSubDomains" in said["strict-transport-security"]
    public = name == "GET /api/v1/openapi.json"
    assert said["cross-origin-resource-policy"] == ("cross-origin" if public else "same-origin")
    assert said["access-control-allow-origin"] == ("*" if public else ADDRESS)
    assert "access-control-allow-credentials" not in said
    if "stijl" not in name and not public:
        assert said["cache-control"] == "no-store"
    if found.body:
        kind = said["content-type"]
        assert kind.startswith(("application/json", "application/problem+json")) or "charset=utf-8" in kind
    assert "server" not in said and "x-powered-by" not in said


@pytest.mark.parametrize("origin", ["https://elders.example", "null", f"{ADDRESS}.elders.example"])
def test_no_other_site_may_read_an_answer(origin: str) -> None:
    said = answer("GET /api/v1/leveringen", PEOPLE["everybody"], Origin=origin).headers
    assert said["access-control-allow-origin"] == ADDRESS
    assert origin not in str(said)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "PATCH", "KANARIE"])
def test_a_method_that_no_route_has_does_nothing(method: str) -> None:
    found = answer(f"{method} /api/v1/leveringen", PEOPLE["everybody"])
    assert found.status == 405 and b"KANARIE" not in found.body


def test_no_cookie_of_ours_is_readable_or_sent_elsewhere_and_an_error_sets_none_of_somebody() -> None:
    cookie = answer("GET /", PEOPLE["everybody"]).headers["set-cookie"]
    assert cookie.startswith("__Host-")
    for word in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert word in cookie
    assert "domain" not in cookie.lower() and len(cookie.partition(";")[0]) < 4096
    assert "set-cookie" not in answer("GET /api/v1/gezondheid", PEOPLE["everybody"]).headers


def test_nothing_redirects_to_another_site() -> None:
    for name in sorted(ROUTES):
        for roles in PEOPLE.values():
            place = answer(name, roles, Host="elders.example", X_Forwarded_Host="elders.example").headers.get(
                "location"
            )
            assert place is None or place.startswith("/"), name
