"""openapi.json: OpenAPI 3.0.3, made from the routes and their forms, with everything that the guard and shield add."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.openapi.utils import get_openapi

from shared.access import PUBLIC, ROUTES, Role
from shared.api import API_VERSION, PREFIX
from shared.api.forms import said
from shared.api.guard import GuardedRoute
from shared.api.problems import MEDIA_TYPE, TITLES
from shared.identitysettings import NOBODY

_TEXT = """De API van Slimme Check: leveringen, verwerkingen, voorspellingen en modellen volgen en bijsturen.

Een voorspelling is een signaal en nooit een besluit. Nummers van aanvragen en personen staan nooit in een adres.
Tijden zijn in UTC. Fouten komen als `application/problem+json` met een `code` en wat u kunt doen.

**Versies.** Deze versie wordt, als er een nieuwe hoofdversie komt, nog minstens zes maanden ondersteund; er zijn nooit
meer dan twee hoofdversies tegelijk. Wat er per versie wijzigde staat in CHANGELOG.md van de broncode."""
_TEAM = "Team Slimme Check, gemeente Amsterdam"
_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Wat er mis is en wat u kunt doen (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Altijd about:blank."},
        "title": {"type": "string", "description": "Korte omschrijving van de soort fout."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "De HTTP-status."},
        "detail": {"type": "string", "description": "Wat er mis is en wat u kunt doen."},
        "code": {"type": "string", "description": "Code van de fout; zie docs/fouten.md."},
        "toelichting": {"type": "string", "description": "De fout zelf, in het Engels, als er meer over te zeggen is."},
        "errors": {
            "type": "array",
            "description": "Alles wat er mis is, per plaats; nooit met de waarde die verstuurd is.",
            "items": {
                "type": "object",
                "required": ["in", "location", "code", "detail"],
                "properties": {
                    "in": {"type": "string", "description": "body, query, path, header of onderdeel."},
                    "location": {
                        "type": "string",
                        "description": "De plaats: een JSON-pointer in de body, een naam daarbuiten.",
                    },
                    "code": {"type": "string", "description": "De regel."},
                    "detail": {"type": "string", "description": "De regel in woorden."},
                },
            },
        },
    },
}
_HEADERS: dict[str, Any] = {
    "API-Version": {
        "description": "De volledige versie van de API.",
        "schema": {"type": "string", "example": API_VERSION},
    },
    "traceparent": {
        "description": "De W3C-trace van dit verzoek: die van u, of een nieuwe.",
        "schema": {"type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"},
    },
}
_LOCATION = {"description": "Waar de stand te volgen is.", "schema": {"type": "string", "format": "uri-reference"}}
_ALLOW = {"description": "Welke methoden er wel zijn.", "schema": {"type": "string"}}


def description_of(app: FastAPI, address: str) -> dict[str, Any]:
    """Return the OpenAPI document of an app that is reached at this address; its state may say who answers mail."""
    contact = {"name": _TEAM, "email": getattr(app.state, "contact", NOBODY), "url": address}
    raw = get_openapi(title="Slimme Check", version=API_VERSION, description=_TEXT, routes=app.routes)
    paths = {
        path.removeprefix(PREFIX): {method: _operation(method, path, found) for method, found in operations.items()}
        for path, operations in raw["paths"].items()
        if path.startswith(f"{PREFIX}/")
    }
    schemas = {
        name: schema
        for name, schema in raw.get("components", {}).get("schemas", {}).items()
        if name not in ("HTTPValidationError", "ValidationError")
    }
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Slimme Check",
            "description": _TEXT,
            "version": API_VERSION,
            "contact": contact,
            "license": {"name": "EUPL-1.2", "url": "https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12"},
        },
        "servers": [{"url": f"{address}{PREFIX}", "description": "Deze omgeving"}],
        "tags": [{"name": name} for name in sorted({tag for each in _operations(paths) for tag in each["tags"]})],
        "paths": paths,
        "components": {
            "schemas": {**_as_3_0(schemas), "Problem": _PROBLEM_SCHEMA},
            "headers": _HEADERS,
            "responses": {f"Problem{status}": _problem_response(status) for status in TITLES if status != 405},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": f"Token van Entra ID met een app-rol: {', '.join(Role)}.",
                }
            },
        },
    }


def _operations(paths: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [operation for operations in paths.values() for operation in operations.values()]


def _operation(method: str, path: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return an operation in 3.0.3 with its security and every status that it can have."""
    allowed = ROUTES[f"{method.upper()} {path}"]
    operation: dict[str, Any] = _as_3_0({**found, "operationId": _operation_id(method, path)})
    statuses = {int(status) for status in found["responses"] if int(status) >= 400 and status != "422"}
    statuses |= {400, 401, 500, 503} | (set() if allowed == PUBLIC else {403})
    for parameter in operation.get("parameters", ()):
        parameter["schema"].pop("nullable", None)  # it is there or it is not; sent as null it would be a text
    if "requestBody" in found:
        statuses |= {413, 415}
        operation["requestBody"]["required"] = True
    answers = {status: answer for status, answer in operation["responses"].items() if int(status) < 400}
    for answer in answers.values():
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
        if "202" in answers:
            answer["headers"]["Location"] = _LOCATION
    problems = {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(statuses)}
    operation["responses"] = {**answers, **problems}
    if allowed == PUBLIC:
        operation["security"] = [{}, {"token": []}]
    else:
        operation["security"] = [{"token": []}]
        operation["description"] += f"\n\nRollen: {', '.join(sorted(allowed))}."
    return operation


def _operation_id(method: str, path: str) -> str:
    words = path.removeprefix(PREFIX).replace("{", "").replace("}", "").replace(".", "-").replace("/", "-")
    return f"{method}{words}"


def _problem_response(status: int) -> dict[str, Any]:
    return {
        "description": TITLES[status],
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS},
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _as_3_0(node: Any) -> Any:
    """Return a part of an OpenAPI 3.1 document as 3.0.3 says the same."""
    if isinstance(node, list):
        return [_as_3_0(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node and len(node) > 1:  # in 3.0 nothing counts beside a reference
        rest = {name: value for name, value in node.items() if name != "$ref"}
        return {"allOf": [{"$ref": node["$ref"]}], **_as_3_0(rest)}
    if "anyOf" in node and {"type": "null"} in node["anyOf"]:
        return _nullable(node)
    changed = {}
    for name, value in node.items():
        if name == "const":
            changed["enum"] = [value]
        elif name == "examples" and isinstance(value, list):
            changed["example"] = value[0]
        elif name in ("title", "default") and not isinstance(value, dict) and "properties" not in node:
            if name == "default" and value is not None:
                changed[name] = value
        elif name == "title" and isinstance(value, str):
            continue
        else:
            changed[name] = _as_3_0(value)
    return changed


def _nullable(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema that may be null in the words of 3.0."""
    kinds = [_as_3_0(kind) for kind in node["anyOf"] if kind != {"type": "null"}]
    rest = _as_3_0({name: value for name, value in node.items() if name != "anyOf"})
    if len(kinds) == 1 and "$ref" not in kinds[0]:
        return {**kinds[0], **rest, "nullable": True}
    return {"allOf" if len(kinds) == 1 else "anyOf": kinds, **rest, "nullable": True}


class PublishedDocument:
    """The route that publishes openapi.json, for everybody and every site; made once."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        """Use this document, made at the first request."""
        self._make = make
        self._bytes = b""
        self.router = APIRouter(prefix=PREFIX, route_class=GuardedRoute, tags=["openapi"])
        self.router.add_api_route(
            "/openapi.json",
            self.publish,
            methods=["GET"],
            summary="Dit document",
            response_model=dict[str, Any],
            **said("De beschrijving van deze API in OpenAPI 3.0.3."),
        )

    def publish(self) -> Response:
        """Geeft de beschrijving van deze API."""
        if not self._bytes:
            self._bytes = json.dumps(self._make(), ensure_ascii=False).encode("utf-8")
        headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response(self._bytes, media_type="application/json", headers=headers)
