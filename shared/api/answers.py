"""Answers of the API: JSON, or problem+json that says what to do; never a traceback, never a value of a row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.errors import NotKnown, RequestRefused, SlimmeCheckError, TransitionRefused

_STATUS: tuple[tuple[type[SlimmeCheckError], int], ...] = (
    (NotKnown, 404),
    (TransitionRefused, 409),
    (RequestRefused, 400),
)
_TITLES = {
    400: "Het verzoek klopt niet",
    404: "Niet gevonden",
    409: "Nu niet mogelijk",
    413: "Het verzoek is te groot",
    500: "Er ging iets mis",
    503: "Tijdelijk niet beschikbaar",
}


@dataclass(frozen=True)
class Answer:
    """A status, a body and its type."""

    status: int
    body: bytes
    mimetype: str
    headers: Mapping[str, str] = field(default_factory=lambda: {"Cache-Control": "no-store"})

    def as_response(self) -> dict[str, Any]:
        """Return the arguments of the response class of Azure Functions."""
        return {
            "status_code": self.status,
            "body": self.body,
            "mimetype": self.mimetype,
            "charset": "utf-8",
            "headers": dict(self.headers),
        }


def accepted(document: Mapping[str, object]) -> Answer:
    """Return 202: recorded, and done soon."""
    return Answer(202, _json(document), "application/json")


def problem(status: int, code: str, detail: str, **members: object) -> Answer:
    """Return problem+json (RFC 9457) with a code and what to do."""
    document = {"title": _TITLES[status], "status": status, "code": code, "detail": detail, **members}
    return Answer(status, _json(document), "application/problem+json")


def problem_of(cause: Exception) -> Answer:
    """Return the answer to whatever went wrong; of a foreign error nothing but that it happened."""
    if not isinstance(cause, SlimmeCheckError):
        return problem(500, "SC-900", "An unexpected error. The administrator finds it in the log.")
    for kind, status in _STATUS:
        if isinstance(cause, kind):
            return problem(status, cause.code, f"{cause.what} {cause.next_step}".strip())
    return problem(503 if cause.retry else 500, cause.code, f"{cause.what} {cause.next_step}".strip())


def _json(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8")
