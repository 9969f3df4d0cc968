"""What openapi.json promises, to hold every real response against."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from openapi_schema_validator import OAS30Validator, oas30_format_checker

from shared.api import API_VERSION, PREFIX
from shared.api.problems import MEDIA_TYPE
from tests.api.calling import Client, Said

EVERYWHERE = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "api-version": API_VERSION,
}


class Promises:
    """The document, and which statuses were seen of each operation."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.seen: dict[str, set[str]] = defaultdict(set)

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every operation: method, path below the base, and what is said of it."""
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                yield method.upper(), path, operation

    def names(self) -> list[str]:
        """Every operation by name."""
        return [f"{method} {path}" for method, path, _ in self.operations()]

    def named(self, method: str, url: str) -> str:
        """The operation that a request is for; "" when there is none."""
        path = url.partition("?")[0].removeprefix(PREFIX)
        fitting = [
            (known.count("{"), f"{known_method} {known}")
            for known_method, known, _ in self.operations()
            if known_method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path)
        ]
        return min(fitting)[1] if fitting else ""

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """What a reference points at."""
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def check(self, method: str, url: str, said: Said) -> None:
        """Fail unless a response is as promised; remember its status."""
        check_headers(said)
        name = self.named(method, url)
        if not name:
            assert said.status in (404, 405)
            return
        operation = self.document["paths"][name.partition(" ")[2]][method.lower()]
        assert str(said.status) in operation["responses"], f"{name} answered {said.status}: not documented"
        self.seen[name].add(str(said.status))
        promised = self.resolve(operation["responses"][str(said.status)])
        assert {header.lower() for header in promised["headers"]} <= said.headers.keys()
        ((media, content),) = promised["content"].items()
        assert said.headers["content-type"] == media
        schema = {**content["schema"], "components": self.document["components"]}
        OAS30Validator(schema, format_checker=oas30_format_checker).validate(json.loads(said.body))


class Held(Client):
    """Somebody who calls, while every response is held against the document."""

    def __init__(self, client: Client, promises: Promises) -> None:
        super().__init__(client.app, client.headers)
        object.__setattr__(self, "promises", promises)

    promises: Promises

    def call(self, method: str, url: str, body: object = None, *, raw: bytes | None = None, **headers: str) -> Said:
        said = super().call(method, url, body, raw=raw, **headers)
        self.promises.check(method, url, said)
        return said


def check_headers(said: Said) -> None:
    """Fail unless a response has the headers that every one must have, and a problem is one."""
    for name, value in EVERYWHERE.items():
        assert said.headers.get(name) == value, name
    assert "frame-ancestors 'none'" in said.headers["content-security-policy"]
    assert said.headers["strict-transport-security"].startswith("max-age=31536000")
    assert said.headers["access-control-allow-origin"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", said.headers["traceparent"])
    assert said.headers["content-type"]
    assert not {"server", "x-powered-by"} & said.headers.keys(), "nothing about what it is made with"
    if said.status >= 400:
        assert said.headers["content-type"] == MEDIA_TYPE
        problem = said.document
        assert problem["status"] == said.status
        assert all(problem[name] for name in ("title", "detail", "code", "type"))
        assert "Traceback" not in said.body.decode()
