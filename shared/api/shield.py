"""The outermost layer: headers on every response, the trace of a request, and an answer where all else failed."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.api import API_VERSION
from shared.api.problems import MEDIA_TYPE, problem_of

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_ALWAYS = {
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_POLICY_API = "default-src 'none'; frame-ancestors 'none'"
_POLICY_PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
STATE = "slimme_check.trace"


@dataclass(frozen=True)
class Trace:
    """The W3C trace of a request: that of whoever called, or a new one; with a span of our own."""

    trace_id: str
    span_id: str
    flags: str

    @property
    def traceparent(self) -> str:
        """Return the header that goes with whatever follows from this request."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


def is_api(path: str) -> bool:
    """Say whether a path is of the API, in whatever version, and not of a page."""
    return path.startswith("/api/") or path == "/api"


def read_trace(traceparent: str) -> Trace:
    """Return the trace that a header names, or a new one where it breaks the form of W3C Trace Context."""
    found = _TRACEPARENT.fullmatch(traceparent)
    own = secrets.token_hex(8)
    if found is None or set(found[1]) == {"0"} or set(found[2]) == {"0"}:
        return Trace(secrets.token_hex(16), own, "01")
    return Trace(found[1], own, found[3])


def trace_of(scope: Scope) -> Trace:
    """Return the trace of a request."""
    found: Trace = scope[STATE]
    return found


class Shield:
    """Wraps the app. `origin`: the only origin that may read answers in a browser, besides public documents."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self._app = app
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; whatever is not a request goes to the app as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = [value for name, value in scope["headers"] if name.lower() == b"traceparent"]
        trace = read_trace(given[0].decode("latin-1") if len(given) == 1 else "")
        scope[STATE] = trace
        started, silent = False, scope["method"] == "HEAD"
        if silent:  # the same answer as to GET, without its body
            scope = {**scope, "method": "GET"}

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message.setdefault("headers", [])
                self._add_headers(MutableHeaders(scope=message), scope["path"], trace)
            elif silent:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except Exception as cause:
            # nothing may get out of here: whoever serves us would log its text, which may quote what was sent
            problem = problem_of(cause)
            if started:
                return
            headers = [(b"content-type", MEDIA_TYPE.encode())]
            await with_headers({"type": "http.response.start", "status": problem.status, "headers": headers})
            await with_headers({"type": "http.response.body", "body": problem.body()})

    def _add_headers(self, headers: MutableHeaders, path: str, trace: Trace) -> None:
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        page = headers.get("content-type", "").startswith(("text/html", "text/css", "image/", "font/"))
        headers.setdefault("Content-Security-Policy", _POLICY_PAGE if page else _POLICY_API)
        headers.setdefault("Access-Control-Allow-Origin", self._origin)
        headers["traceparent"] = trace.traceparent
        if is_api(path):
            headers["API-Version"] = API_VERSION
