"""Who gets in, and what a page refuses: roles, forms that come from elsewhere, and fields that are not ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from fastapi import FastAPI

from shared.access import PAGES, PUBLIC, Person, Role
from shared.adapters.identity.easyauth import SIGN_OUT
from shared.api.origin import from_here
from shared.api.shield import Shield
from shared.pages import styles
from shared.pages.app import make_pages
from shared.pages.csrf import COOKIE, FIELD, HOLDS, FormKey, new_session
from shared.pages.route import PageRoute, PageSettings
from tests.api.calling import Client, Said
from tests.pages.empty import services

STYLES = Path(styles.__file__).parent / "style"
KEY = FormKey(b"k" * 32)
ADDRESS = "https://pagina.example"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_IDS = {"{id}": "0" * 32, "{naam}": "levensonderhoud", "{versie}": "1.0.0", "{stap}": "activeren"}


@pytest.fixture
def app() -> FastAPI:
    def sign_in(headers: object, _: object) -> Person | None:
        role = dict(headers).get("x-rol", "")  # type: ignore[call-overload]
        return Person(f"iemand-{role}", frozenset({Role(role)})) if role else None

    return make_pages(services(), sign_in, ADDRESS, PageSettings(lambda: KEY, ADDRESS, {}))


@pytest.fixture
def site_of_keys() -> tuple[FastAPI, list[FormKey]]:
    """Pages of which the key of forms may change, and where it stands."""
    keys = [KEY]
    person = Person("iemand", frozenset({Role.TOEZICHTHOUDER}))
    pages = PageSettings(lambda: keys[0], ADDRESS, {})
    return make_pages(services(), lambda *_: person, ADDRESS, pages), keys


@dataclass
class Office:
    """Somebody with a role behind a browser that keeps one cookie. `cookie`: what it keeps."""

    app: FastAPI
    cookie: str = ""

    def get(self, path: str, role: str = "toezichthouder") -> Said:
        """Open a page."""
        return self._client(role).get(path)

    def post(self, path: str, content: str, role: str = "toezichthouder", **headers: str) -> Said:
        """Send what a form holds, from a page of ours unless the headers say otherwise."""
        given = {"origin": ADDRESS, "content_type": "application/x-www-form-urlencoded", **headers}
        return self._client(role).call("POST", path, raw=content.encode(), **given)

    def key(self, role: str = "toezichthouder") -> str:
        """Open a page with a form, keep its cookie, and return the key of the form."""
        page = self.get("/aanvragen", role)
        self.cookie = page.headers["set-cookie"].partition(";")[0]
        return page.body.decode().split(f'name="{FIELD}" value="')[1].split('"')[0]

    def _client(self, role: str) -> Client:
        headers = {"x-rol": role} if role else {}
        return Client(Shield(self.app, ADDRESS), headers | ({"cookie": self.cookie} if self.cookie else {}))


@pytest.fixture
def office(app: FastAPI) -> Office:
    return Office(app)


def _path(name: str) -> tuple[str, str]:
    method, path = name.split(" ")
    if path.startswith("/stijl"):
        return method, "/stijl/thema.css"
    if path.startswith("/leveringen/"):
        path = path.replace("{id}", "levensonderhoud-" + "0" * 64)
    if path.startswith("/rapportages/"):
        path = path.replace("{id}", "levensonderhoud-2026-10")
    for place, value in _IDS.items():
        path = path.replace(place, value)
    return method, path


def test_the_table_has_a_row_for_every_page_and_no_other(app: FastAPI) -> None:
    made = {
        f"{method} {route.path}"
        for route in app.routes
        if isinstance(route, PageRoute)
        for method in (route.methods or set())
    }
    assert {name for name in made if not name.startswith("HEAD ")} == set(PAGES)


@pytest.mark.parametrize("name", sorted(PAGES))
@pytest.mark.parametrize("role", ["", *Role])
def test_a_page_opens_for_its_roles_and_for_nobody_else(office: Office, name: str, role: str) -> None:
    method, path = _path(name)
    answer = office.get(path, role) if method == "GET" else office.post(path, "", role)
    allowed = PAGES[name] == PUBLIC or (role and Role(role) in PAGES[name])
    if not role and not allowed:
        assert answer.status == 401
        assert "U bent niet aangemeld" in answer.body.decode()
    elif not allowed:
        assert answer.status == 403
        assert "Uw rol mag deze pagina niet gebruiken." in answer.body.decode()
    elif method == "GET":
        assert answer.status in (200, 404)
    else:  # past the role, a form without a key goes no further
        assert answer.status == 403
        assert "Er is niets gedaan." in answer.body.decode()


@pytest.mark.parametrize("path", ["/", "/toegankelijkheid", "/aanvragen", "/bestaat-niet", "/verwerkingen?pagina=x"])
def test_every_page_is_kept_by_nobody_and_runs_nothing(office: Office, path: str) -> None:
    headers = office.get(path).headers
    assert headers["content-type"].startswith("text/html")
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "script" not in policy


def test_the_cookie_of_forms_goes_nowhere_else(office: Office) -> None:
    cookie = office.get("/").headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "Path=/", "SameSite=strict", "Secure"):
        assert part in cookie


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 400),  # the form itself is read: it is empty
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"origin": "https://elders.example"}, 403),
        ({"origin": "null"}, 403),
        ({"x_rol": "behandelaar"}, 403),
        ({"content_type": "text/plain"}, 415),
    ],
)
def test_a_form_counts_only_from_a_page_of_ours_for_the_same_person(
    office: Office, changed: dict[str, str], status: int
) -> None:
    assert office.post("/aanvragen", f"{FIELD}={office.key()}", **changed).status == status


def test_a_form_of_another_browser_does_not_count(office: Office) -> None:
    key = office.key()
    office.cookie = f"{COOKIE}={new_session()}"
    answer = office.post("/aanvragen", f"{FIELD}={key}")
    assert answer.status == 403
    assert "Er is niets gedaan." in answer.body.decode()


@pytest.mark.parametrize("sent", ["vreemd=1", "nummer=1&nummer=2"])
def test_fields_that_are_not_ours_are_refused_and_never_shown(office: Office, sent: str) -> None:
    answer = office.post("/aanvragen", f"{FIELD}={office.key()}&{sent}")
    assert answer.status == 400
    assert "vreemd" not in answer.body.decode()


def test_what_was_typed_comes_back_as_text_and_never_as_markup(office: Office) -> None:
    wrong = '"><script>x</script>'
    sent = urlencode({FIELD: office.key(), "soort": "aanvraag", "nummer": wrong, "reden": ""})
    answer = office.post("/aanvragen", sent)
    assert answer.status == 400
    assert "<script" not in answer.body.decode()
    assert "&lt;script&gt;" in answer.body.decode()


def test_a_key_of_a_form_holds_for_some_hours_for_one_browser_and_one_person() -> None:
    session = new_session()
    token = KEY.token(session, "iemand", NOW)
    assert KEY.accepts(token, session, "iemand", NOW)
    assert KEY.accepts(token, session, "iemand", NOW + HOLDS)
    assert not KEY.accepts(token, session, "iemand", NOW + HOLDS + timedelta(seconds=1))
    assert not KEY.accepts(token, session, "iemand", NOW - timedelta(minutes=2))
    assert not KEY.accepts(token, session, "een ander", NOW)
    assert not KEY.accepts(token, new_session(), "iemand", NOW)
    assert not KEY.accepts(token, "", "iemand", NOW)
    assert not FormKey(b"x" * 32).accepts(token, session, "iemand", NOW)
    assert not KEY.accepts(token[:-1] + ("0" if token[-1] != "0" else "1"), session, "iemand", NOW)
    assert not KEY.accepts("", session, "iemand", NOW)
    assert "k" * 32 not in repr(KEY)
    with pytest.raises(ValueError, match="too short"):
        FormKey(b"short")


def test_a_browser_that_says_where_a_form_comes_from_is_believed() -> None:
    assert from_here({"sec-fetch-site": "same-origin", "origin": "null"}, ADDRESS)
    assert from_here({"origin": ADDRESS}, ADDRESS)
    assert not from_here({}, ADDRESS)
    assert not from_here({"sec-fetch-site": "none", "origin": ADDRESS}, ADDRESS)


def test_a_page_with_a_form_that_nobody_checks_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="without checking"):
        PageRoute("/afmelden", lambda: None, methods=["POST"])
    with pytest.raises(KeyError):
        PageRoute("/nergens", lambda: None, methods=["GET"])


def test_a_form_of_before_a_rotation_of_the_key_does_not_count(
    site_of_keys: tuple[FastAPI, list[FormKey]],
) -> None:
    app, keys = site_of_keys
    office = Office(app)
    sent = {"soort": "aanvraag", "nummer": "1", "reden": "vraag"}
    old = urlencode({FIELD: office.key(), **sent})
    assert office.post("/aanvragen", old).status == 404
    keys[0] = FormKey(b"n" * 32)
    assert office.post("/aanvragen", old).status == 403
    office.cookie = ""
    assert office.post("/aanvragen", urlencode({FIELD: office.key(), **sent})).status == 404


@pytest.mark.parametrize("sign_out", ["", "/.auth/logout?post_logout_redirect_uri=%2F"])
def test_who_came_in_by_the_platform_can_sign_out_there(sign_out: str) -> None:
    person = Person("iemand", frozenset({Role.TOEZICHTHOUDER}))
    app = make_pages(services(), lambda *_: person, ADDRESS, PageSettings(lambda: KEY, ADDRESS, {}, sign_out))
    page = Client(Shield(app, ADDRESS), {}).get("/").body.decode()
    assert (f'href="{sign_out}">Afmelden' in page) is bool(sign_out)


def test_who_signed_out_comes_to_a_page_that_lets_the_browser_forget_all(app: FastAPI) -> None:
    for page, role, forgets in (("/", "", True), ("/", "toezichthouder", False), ("/toegankelijkheid", "", False)):
        said = Client(Shield(app, ADDRESS), {"x-rol": role} if role else {}).get(page)
        assert said.status == 200
        assert said.headers.get("clear-site-data", "") == ('"cache", "storage"' if forgets else "")
    assert urlsplit(SIGN_OUT).query == "post_logout_redirect_uri=%2F", "and the platform sends them there"


def test_every_page_links_to_each_stylesheet_of_ours_and_all_are_served_our_layout_last(office: Office) -> None:
    linked = re.findall(r'href="/stijl/([^"]+)"', office.get("/toegankelijkheid").body.decode())
    assert sorted(linked) == sorted(path.name for path in STYLES.iterdir())
    assert linked[-1] == "paginas.css"
    for name in linked:
        said = office.get(f"/stijl/{name}")
        assert (said.status, said.body) == (200, (STYLES / name).read_bytes())
