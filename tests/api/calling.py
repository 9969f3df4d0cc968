"""Calls an ASGI app as a server would, without a network: what went in, what came out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Said:
    """A response. `headers` by name in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """Somebody who calls, with headers of his own."""

    app: ASGIApp
    headers: Mapping[str, str]

    def call(self, method: str, url: str, body: object = None, *, raw: bytes | None = None, **headers: str) -> Said:
        """Make a request; `body` goes out as JSON, `raw` as it is; underscores in names of headers are dashes."""
        given = {**self.headers, **{name.replace("_", "-").lower(): value for name, value in headers.items()}}
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        if body is not None:
            given.setdefault("content-type", "application/json")
        if data:
            given.setdefault("content-length", str(len(data)))
        return asyncio.run(_call(self.app, method, url, given, data))

    def get(self, url: str, **headers: str) -> Said:
        """Read something."""
        return self.call("GET", url, **headers)

    def post(self, url: str, body: object, **headers: str) -> Said:
        """Send JSON."""
        return self.call("POST", url, body, **headers)

    def put(self, url: str, body: object, **headers: str) -> Said:
        """Put JSON."""
        return self.call("PUT", url, body, **headers)


async def _call(app: ASGIApp, method: str, url: str, headers: Mapping[str, str], data: bytes) -> Said:
    parts = urlsplit(url)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("192.0.2.7", 50000),
        "server": ("localhost", 443),
    }
    sent: list[Message] = []
    waiting: list[Message] = [{"type": "http.request", "body": data, "more_body": False}]

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    assert start["type"] == "http.response.start", "a response begins once, with its status"
    assert [message["type"] for message in sent[1:]].count("http.response.start") == 0
    names = [name.decode().lower() for name, _ in start["headers"]]
    assert len(names) == len(set(names)), "no header twice"
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Said(
        start["status"], {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}, body
    )
