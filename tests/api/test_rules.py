"""The API Design Rules, on the document that says what the API promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from shared.access import ROUTES
from shared.api import API_VERSION, PREFIX
from tests.api.conftest import Site


@pytest.fixture(scope="module")
def site(make_site: Callable[[Path], Site], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One app, which no request in this file changes."""
    yield make_site(tmp_path_factory.mktemp("regels"))


@pytest.fixture(scope="module")
def document(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = site.nobody().get(f"{PREFIX}/openapi.json").document
    return found


def _walk(node: object, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for name, value in node.items():
            yield from _walk(value, f"{path}/{name}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _walk(value, f"{path}/{number}")


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation) for path, found in document["paths"].items() for method, operation in found.items()
    ]


def test_the_document_is_valid_openapi_3_0_3(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.0.3"
    OpenAPIV30SpecValidator(document).validate()


def test_nothing_in_it_is_of_3_1(document: dict[str, Any]) -> None:
    for path, node in _walk(document):
        if path.endswith("/properties"):
            continue
        strange = {"const", "examples", "prefixItems", "$schema", "propertyNames", "contentMediaType"} & node.keys()
        assert not strange, f"{path}: {strange}"
        assert not isinstance(node.get("type"), list), path
        assert node.get("type") != "null", path
        assert "$ref" not in node or len(node) == 1, f"{path}: nothing counts beside a reference"
        for name in ("exclusiveMinimum", "exclusiveMaximum"):
            assert isinstance(node.get(name, True), bool), path


def test_it_says_what_it_is_of_whom_and_where(document: dict[str, Any]) -> None:
    info = document["info"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", info["version"])
    assert info["version"] == API_VERSION
    assert all(info["contact"][name] for name in ("name", "email", "url"))
    assert info["license"]["name"] == "EUPL-1.2"
    for server in document["servers"]:
        assert re.fullmatch(r"https://[^/]+/api/v1", server["url"])


def test_who_answers_mail_is_a_setting(
    make_site: Callable[[Path], Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLIMME_CHECK_CONTACT", "team@stad.example")
    monkeypatch.setenv("SLIMME_CHECK_WEBADRES", "https://check.stad.example")
    said = make_site(tmp_path / "werk").nobody().get(f"{PREFIX}/openapi.json")
    contact = said.document["info"]["contact"]
    assert (contact["email"], contact["url"]) == ("team@stad.example", "https://check.stad.example")


def test_it_is_public_listed_and_readable_from_every_site(site: Site, document: dict[str, Any]) -> None:
    said = site.nobody().get(f"{PREFIX}/openapi.json")
    assert said.status == 200
    assert said.headers["access-control-allow-origin"] == "*"
    assert said.headers["content-type"] == "application/json"
    assert "/openapi.json" in document["paths"]
    assert document["paths"]["/openapi.json"]["get"]["security"][0] == {}


def test_every_route_is_in_it(document: dict[str, Any]) -> None:
    listed = {f"{method.upper()} {PREFIX}{path}" for path, method, _ in _operations(document)}
    assert listed == {name for name in ROUTES if PREFIX in name}


def test_paths_are_kebab_nouns_and_queries_camel(document: dict[str, Any]) -> None:
    for path, _, operation in _operations(document):
        *most, last = path.strip("/").split("/")
        assert not path.endswith("/")
        for part in most:
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*|\{[a-z][A-Za-z0-9]*\}", part), path
        assert re.fullmatch(r"_?[a-z0-9.]+(-[a-z0-9]+)*|\{[a-z][A-Za-z0-9]*\}", last), path
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                assert re.fullmatch(r"[a-z][A-Za-z0-9]*", parameter["name"]), path
            assert parameter["description"], path


def test_no_number_of_a_person_or_an_application_can_stand_in_an_address(document: dict[str, Any]) -> None:
    for path, _, operation in _operations(document):
        for parameter in operation.get("parameters", []):
            assert "nummer" not in parameter["name"].lower(), path
            assert parameter["in"] == "header" or parameter["name"] != "reden", path


def test_every_operation_documents_every_error_as_a_problem(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        statuses = set(operation["responses"])
        assert {"400", "401", "500", "503"} <= statuses, path
        assert "422" not in statuses, path
        if "requestBody" in operation:
            assert {"413", "415"} <= statuses, path
        if "{" in path:
            assert "404" in statuses, f"{method} {path}"
        for status, answer in operation["responses"].items():
            found = document["components"]["responses"][answer["$ref"].split("/")[-1]] if "$ref" in answer else answer
            assert "API-Version" in found["headers"], path
            if int(status) >= 400:
                assert list(found["content"]) == ["application/problem+json"]
    schema = document["components"]["schemas"]["Problem"]
    assert {"status", "title", "detail"} <= set(schema["required"]) <= schema["properties"].keys()


def test_moments_and_dates_have_their_format(document: dict[str, Any]) -> None:
    moments = {"sinds", "tijdstip", "gepubliceerd", "gewijzigd", "geopend", "aangekomen", "peilmoment", "van", "tot"}
    for path, node in _walk(document["components"]["schemas"]):
        if not path.endswith("/properties"):
            continue
        for name, field in node.items():
            kinds = [field, *field.get("anyOf", []), *field.get("allOf", [])]
            if name in moments:
                assert any(kind.get("format") == "date-time" for kind in kinds), f"{path}/{name}"
            if "datum" in name.lower():
                assert field["format"] == "date"


def test_it_is_in_dutch_and_describes_every_operation(document: dict[str, Any]) -> None:
    for path, _, operation in _operations(document):
        assert operation["summary"] and operation["tags"], path
        assert re.search(r"\b(de|het|een|dit|wat|hoe|zegt|geeft)\b", operation["description"].lower()), path
    identifiers = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(set(identifiers)) == len(identifiers)


def test_what_comes_in_refuses_unknown_fields(document: dict[str, Any]) -> None:
    for path, _, operation in _operations(document):
        if "requestBody" in operation:
            (reference,) = operation["requestBody"]["content"]["application/json"]["schema"].values()
            schema = document["components"]["schemas"][reference.split("/")[-1]]
            assert schema["additionalProperties"] is False, path
