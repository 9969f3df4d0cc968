"""The API Design Rules on real responses: a problem for every kind of error, and a trace that is taken over."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest

from shared.access import Role
from shared.adapters.functions import answer, handed_over
from shared.api import PREFIX
from shared.api.guard import LARGEST_BODY
from tests.api.calling import Client, Said
from tests.api.conftest import Site
from tests.api.documented import check_headers

RUN = "0" * 32


@pytest.fixture(scope="module")
def site(make_site: Callable[[Path], Site], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One app, which no request in this file changes."""
    yield make_site(tmp_path_factory.mktemp("regels"))


def _problem(said: Said, status: int) -> dict[str, Any]:
    check_headers(said)
    assert said.status == status, said.body
    found: dict[str, Any] = said.document
    return found


@pytest.mark.parametrize("path", ["/leveringen/", "/openapi.json/", "/", "/gezondheid//", "/modellen/x/"])
def test_an_address_with_a_slash_at_its_end_is_not_found_and_never_a_redirect(site: Site, path: str) -> None:
    _problem(site.as_(*Role).get(f"{PREFIX}{path}"), 404)


@pytest.mark.parametrize("path", ["/api", "/api/v2/leveringen", "/api/v1", "/api/v1/Leveringen", "/api/v1/onbekend"])
def test_another_address_is_not_found(site: Site, path: str) -> None:
    assert _problem(site.nobody().get(path), 404)["code"] == "HTTP-404"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_another_method_is_refused_with_those_there_are(site: Site, method: str) -> None:
    said = site.as_(*Role).call(method, f"{PREFIX}/verwerkingen")
    _problem(said, 405)
    assert said.headers["allow"] == "GET, HEAD, POST"


def test_head_is_get_without_a_body(site: Site) -> None:
    got = site.as_(*Role).get(f"{PREFIX}/verwerkingen")
    said = site.as_(*Role).call("HEAD", f"{PREFIX}/verwerkingen")
    assert (said.status, said.body) == (200, b"")
    assert said.headers["content-length"] == str(len(got.body))


def test_all_that_is_wrong_is_told_at_once_by_name_and_never_by_value(site: Site) -> None:
    sent = {"levering": "kanarie-levering", "aanvraagnummers": [], "kanarie-veld": 1}
    said = site.as_(*Role).post(f"{PREFIX}/verwerkingen", sent)
    errors = _problem(said, 400)["errors"]
    assert [(each["in"], each["location"]) for each in errors] == [
        ("body", "#/levering"),
        ("body", "#/aanvraagnummers"),
        ("body", "#/reden"),
        ("body", "#/(onbekend)"),
    ]
    assert all(each["detail"] and each["code"] for each in errors)
    assert b"kanarie" not in said.body


@pytest.mark.parametrize(
    "query",
    [
        "kanarie=1",
        "pagina=0",
        "pagina=kanarie",
        "paginaGrootte=101",
        "pagina=1&pagina=2",
        "dataset=KANARIE",
        "Pagina=1",
    ],
)
def test_a_query_that_is_wrong_or_unknown_is_refused(site: Site, query: str) -> None:
    said = site.as_(*Role).get(f"{PREFIX}/leveringen?{query}")
    assert _problem(said, 400)["errors"]
    assert b"kanarie" not in said.body.lower()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"kanarie",
        b"\xff\xfe",
        b'{"nummer": "1", "reden": "a", "reden": "b"}',
        b'{"nummer": "1", "nummer": "1", "reden": "a"}',
        b"[" * 100_000,
        b'{"nummer": NaN}',
        b'"kanarie"',
        b"[]",
        b"null",
        b'{"nummer": "\\ud800", "reden": "kanarie"}',
        b'{"nummer": "1\\u0000", "reden": "kanarie"}',
        b'{"nummer": 1, "reden": "kanarie"}',
        b'{"nummer": "1", "reden": "  "}',
        b'{"nummer": "1", "reden": "?!"}',
    ],
)
def test_what_is_no_plain_json_or_has_another_form_is_refused(site: Site, raw: bytes) -> None:
    said = site.as_(*Role).call("POST", f"{PREFIX}/aanvragen/_zoek", raw=raw, content_type="application/json")
    assert _problem(said, 400)["errors"]
    assert b"kanarie" not in said.body


def test_a_body_of_more_than_a_megabyte_is_refused_whatever_the_headers_say(site: Site) -> None:
    for length in (str(LARGEST_BODY + 1), "0", "veel"):
        said = site.as_(*Role).call(
            "POST",
            f"{PREFIX}/aanvragen/_zoek",
            raw=b'{"nummer": "' + b"k" * LARGEST_BODY + b'"}',
            content_type="application/json",
            content_length=length,
        )
        _problem(said, 413)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json-seq", ""])
def test_another_kind_of_body_is_refused(site: Site, kind: str) -> None:
    said = site.as_(*Role).call("POST", f"{PREFIX}/aanvragen/_zoek", raw=b"{}", content_type=kind)
    _problem(said, 415)


def test_a_charset_beside_json_is_fine(site: Site) -> None:
    said = site.as_(*Role).call(
        "POST",
        f"{PREFIX}/aanvragen/_zoek",
        raw='{"nummer": "1", "reden": "één vraag"}'.encode(),
        content_type="application/json; charset=utf-8",
    )
    assert said.status == 200


def test_a_read_of_a_person_asks_a_reason_in_a_header(site: Site) -> None:
    said = site.as_(Role.BEHANDELAAR).get(f"{PREFIX}/voorspellingen/{RUN}-0")
    assert [(each["in"], each["location"]) for each in _problem(said, 400)["errors"]] == [("header", "Inzage-Reden")]


@pytest.mark.parametrize("path", ["/verwerkingen/../geheim", "/verwerkingen/%00", "/verwerkingen/" + "x" * 5000])
def test_strange_addresses_are_answered_too(site: Site, path: str) -> None:
    said = site.as_(*Role).get(f"{PREFIX}{path}")
    check_headers(said)
    assert said.status in (400, 404)


# The trace -----------------------------------------------------------------------------------------------------------


def test_a_trace_is_taken_over_with_a_span_of_our_own_and_stands_in_the_audit_event(site: Site) -> None:
    trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    client = site.as_(*Role)
    said = client.post(
        f"{PREFIX}/aanvragen/_zoek", {"nummer": "1", "reden": "vraag"}, traceparent=f"00-{trace}-{span}-01"
    )
    assert said.headers["traceparent"].split("-")[1] == trace
    assert said.headers["traceparent"].split("-")[2] != span
    newest = client.post(
        f"{PREFIX}/gebeurtenissen/_zoek", {"handeling": "voorspelling opgezocht", "aantal": 1, "reden": "controle"}
    )
    (event,) = newest.document["gebeurtenissen"]
    assert json.loads(event["bijzonderheden"])["trace"] == trace
    assert event["herkomst"] == "api 192.0.2.7"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "kanarie",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-4bf92f3577b34da6a3ce929d0e0e4736-{'0' * 16}-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    ],
)
def test_a_trace_that_breaks_its_form_is_not_taken_over(site: Site, header: str) -> None:
    said = site.nobody().get(f"{PREFIX}/gezondheid", traceparent=header)
    check_headers(said)
    assert header[3:35] not in said.headers["traceparent"] or not header


@pytest.mark.parametrize(
    ("forwarded", "herkomst"),
    [
        ("203.0.113.9", "api 203.0.113.9"),
        ("10.0.0.1, 203.0.113.9:4711", "api 203.0.113.9"),
        ("[2001:db8::1]", "api 2001:db8::1"),
        ("2001:db8::1", "api 2001:db8::1"),
        ("[2001:db8::1]:443", "api 2001:db8::1"),
        ("kanarie", "api"),
        ("", "api"),
    ],
)
def test_the_origin_in_the_audit_log_is_an_address_and_nothing_else(site: Site, forwarded: str, herkomst: str) -> None:
    client = site.as_(*Role)
    client = Client(handed_over(client.app), client.headers)
    client.post(f"{PREFIX}/aanvragen/_zoek", {"nummer": "1", "reden": "vraag"}, x_forwarded_for=forwarded)
    assert _origin_of_last_search(client) == herkomst


def test_where_no_platform_stands_in_front_the_origin_is_the_connection_whatever_a_header_says(site: Site) -> None:
    client = site.as_(*Role)
    for forwarded in ("203.0.113.9", "203.0.113.9, 198.51.100.7"):
        client.post(f"{PREFIX}/aanvragen/_zoek", {"nummer": "1", "reden": "vraag"}, x_forwarded_for=forwarded)
        assert _origin_of_last_search(client) == "api 192.0.2.7"


def test_a_function_of_the_platform_hands_over_what_the_platform_saw(site: Site) -> None:
    """As Azure does: no connection of the caller itself, and the address at the end of the header."""
    client = site.as_(*Role)
    asked = func.HttpRequest(
        method="POST",
        url=f"https://localhost{PREFIX}/aanvragen/_zoek",
        headers={
            **client.headers,
            "content-type": "application/json",
            "x-forwarded-for": "198.51.100.7, 203.0.113.9:4711",
        },
        body=b'{"nummer": "1", "reden": "vraag"}',
    )
    assert asyncio.run(answer(client.app, asked, None)).status_code == 200
    assert _origin_of_last_search(client) == "api 203.0.113.9"


def _origin_of_last_search(client: Client) -> str:
    (event,) = client.post(
        f"{PREFIX}/gebeurtenissen/_zoek", {"handeling": "voorspelling opgezocht", "aantal": 1, "reden": "controle"}
    ).document["gebeurtenissen"]
    return str(event["herkomst"])
