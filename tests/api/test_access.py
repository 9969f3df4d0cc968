"""Roles and routes: the table is complete, and the app keeps to it for every role, for no role and for nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.access import PUBLIC, ROUTES, Role
from shared.api.app import RESOURCES
from shared.api.guard import GuardedRoute
from tests.api.conftest import Site

HEX = "0" * 64
SAMPLES = {"id": f"levensonderhoud-{HEX}", "naam": "levensonderhoud", "versie": "9.9.9"}
API_ROUTES = sorted(name for name in ROUTES if "/api/v1/" in name)


@pytest.fixture(scope="module")
def site(make_site: Callable[[Path], Site], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One app for the whole matrix: no request in it may change anything."""
    yield make_site(tmp_path_factory.mktemp("toegang"))


def _status(site: Site, name: str, *roles: Role, token: bool = True) -> int:
    method, path = name.split(" ")
    url = path.format(**SAMPLES)
    client = site.as_(*roles) if token else site.nobody()
    # no body, so that what is allowed stops at its form
    return client.call(method, url).status


def test_every_route_of_the_api_has_a_row_and_every_row_a_route() -> None:
    made = {
        f"{method} {route.path}"
        for router in RESOURCES
        for route in router.routes
        if isinstance(route, GuardedRoute)
        for method in route.methods
    }
    assert made | {"GET /api/v1/openapi.json"} == set(API_ROUTES)


def test_a_route_without_a_row_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        GuardedRoute("/api/v1/achterdeur", lambda: None, methods=["GET"])


def test_every_route_in_the_app_goes_through_the_gate(site: Site) -> None:
    app = site.app._app  # type: ignore[attr-defined]
    assert [route for route in app.routes if not isinstance(route, GuardedRoute)] == []


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", API_ROUTES)
def test_a_role_may_do_what_the_table_says_and_nothing_else(site: Site, name: str, role: Role) -> None:
    allowed = ROUTES[name]
    status = _status(site, name, role)
    if allowed == PUBLIC or role in allowed:
        assert status not in (401, 403)
    else:
        assert status == 403


@pytest.mark.parametrize("name", API_ROUTES)
def test_without_a_role_or_a_token_only_what_is_public(site: Site, name: str) -> None:
    public = ROUTES[name] == PUBLIC
    assert _status(site, name) == (200 if public else 403)
    assert _status(site, name, token=False) == (200 if public else 401)


def test_what_is_public_is_the_document_and_a_status_without_details(site: Site) -> None:
    assert [name for name in API_ROUTES if ROUTES[name] == PUBLIC] == [
        "GET /api/v1/gezondheid",
        "GET /api/v1/openapi.json",
    ]
    assert site.nobody().get("/api/v1/gezondheid").document == {"status": "goed"}
    assert site.as_().get("/api/v1/gezondheid").document == {"status": "goed"}
    assert set(site.as_(Role.PROCESBEHEERDER).get("/api/v1/gezondheid").document) > {"status", "onderdelen"}


@pytest.mark.parametrize("name", API_ROUTES)
def test_a_wrong_token_is_refused_everywhere_also_where_none_is_needed(site: Site, name: str) -> None:
    method, path = name.split(" ")
    said = site.nobody().call(method, path.format(**SAMPLES), authorization="Bearer geen.echt.token")
    assert said.status == 401
    assert said.headers["www-authenticate"] == "Bearer"
    assert said.document["code"] == "SC-700"


@pytest.mark.parametrize(
    "headers",
    [
        {"x_functions_key": "een-functiesleutel"},
        {"cookie": "slimme-check-sessie=TOKEN"},
        {"x_ms_token_aad_id_token": "TOKEN"},
        {"x_ms_client_principal": "eyJ9"},
    ],
)
def test_a_function_key_a_cookie_or_a_header_of_the_platform_is_nobody_for_the_api(
    site: Site, headers: dict[str, str]
) -> None:
    shown = {name: value.replace("TOKEN", site.issuer.token(*Role)) for name, value in headers.items()}
    assert site.nobody().get("/api/v1/leveringen", **shown).status == 401


def test_nobody_learns_the_form_of_what_he_may_not_do(site: Site) -> None:
    for client, status in ((site.nobody(), 401), (site.as_(Role.LEVERANCIER), 403)):
        said = client.call("POST", "/api/v1/verwerkingen?vreemd=1", raw=b"{", content_type="text/plain")
        assert said.status == status
        assert "errors" not in said.document
