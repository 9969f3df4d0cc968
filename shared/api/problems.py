"""Problems of the API (RFC 9457): a status, a code, what is wrong and what to do; never a value that was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.exceptions import HTTPException

from shared.errors import (
    AttemptSuperseded,
    BlobNotFound,
    DossierOutdated,
    FormRefused,
    FourEyesRequired,
    IdentityUnavailable,
    LegalHold,
    NotAllowed,
    NotKnown,
    NotSignedIn,
    RequestBusy,
    RequestRefused,
    SentBefore,
    SlimmeCheckError,
    SnapshotInvalid,
    TooManyTries,
    TransitionRefused,
)
from shared.logs import run_log

MEDIA_TYPE = "application/problem+json"
TITLES: Mapping[int, str] = {
    400: "Het verzoek klopt niet",
    401: "U bent niet aangemeld",
    403: "U mag dit niet",
    404: "Niet gevonden",
    405: "Deze handeling bestaat hier niet",
    409: "Nu niet mogelijk",
    413: "Het verzoek is te groot",
    415: "Het verzoek heeft een andere vorm dan gevraagd",
    500: "Er ging iets mis",
    503: "Tijdelijk niet beschikbaar",
}
# what to do, in the words of whoever asks; the codes stand in docs/fouten.md
_ADVICE: Mapping[int, str] = {
    400: "Herstel wat hieronder staat en verstuur het verzoek opnieuw.",
    401: "Meld u aan, of stuur een geldig token mee als Authorization: Bearer.",
    403: "Vraag de beheerder om een rol die dit mag.",
    404: "Controleer het adres of het kenmerk; misschien bestaat het niet (meer).",
    405: "Gebruik een van de methoden in de header Allow.",
    409: "Bekijk eerst hoe het er nu voor staat; probeer het daarna opnieuw.",
    413: "Verstuur hoogstens 1 MB.",
    415: "Verstuur JSON met de header Content-Type: application/json.",
    500: "Probeer het later opnieuw; blijft het misgaan, meld dan de code en de tijd aan de beheerder.",
    503: "Probeer het over een minuut opnieuw; blijft het zo, meld het dan aan de beheerder.",
}
# where another thing helps than with the rest of its status
_OTHER_ADVICE: tuple[tuple[type[SlimmeCheckError], str], ...] = (
    (FourEyesRequired, "Vraag een collega met dezelfde rol om dit te doen: hier kijken twee mensen naar."),
    (FormRefused, "Open de pagina opnieuw en verstuur het formulier dan, of stuur een token mee."),
    (DossierOutdated, "Trek het voorstel in en stel de versie opnieuw voor, met een nieuw dossier."),
)
_STATUS: tuple[tuple[type[SlimmeCheckError], int], ...] = (
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (FourEyesRequired, 403),
    (FormRefused, 403),
    (NotKnown, 404),
    (BlobNotFound, 404),
    (SnapshotInvalid, 404),
    (TransitionRefused, 409),
    (AttemptSuperseded, 409),
    (LegalHold, 409),
    (RequestBusy, 409),
    (SentBefore, 409),
    (TooManyTries, 409),
    (DossierOutdated, 409),
    (RequestRefused, 400),
    (IdentityUnavailable, 503),
)
UNEXPECTED = "SC-900"


@dataclass(frozen=True)
class InputError:
    """One thing that is wrong with a request: where, by name, and which rule; never what was sent."""

    where: str
    location: str
    code: str
    detail: str


@dataclass(frozen=True)
class Problem:
    """What goes back when a request cannot be answered; `explanation`: the error in the words of docs/fouten.md."""

    status: int
    code: str
    detail: str
    errors: Sequence[InputError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    explanation: str = ""

    @property
    def title(self) -> str:
        """Return the title that goes with the status."""
        return TITLES[self.status]

    def document(self) -> dict[str, Any]:
        """Return the members of problem+json."""
        found: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.explanation:
            found["toelichting"] = self.explanation
        if self.errors:
            found["errors"] = [
                {"in": each.where, "location": each.location, "code": each.code, "detail": each.detail}
                for each in self.errors
            ]
        return found

    def body(self) -> bytes:
        """Return problem+json as bytes."""
        return json.dumps(self.document(), ensure_ascii=False).encode("utf-8")


class ProblemRaised(HTTPException):
    """A problem on its way out."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.status)


def problem_of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """Return the problem that a bare status stands for; an unknown status is one of ours that went wrong."""
    known = status if status in TITLES else (400 if 400 <= status < 500 else 500)
    return Problem(known, f"HTTP-{known}", _ADVICE[known], headers=dict(headers or {}))


def problem_of_input(errors: Sequence[InputError]) -> Problem:
    """Return the problem that names everything that is wrong with a request."""
    return Problem(400, "HTTP-400", _ADVICE[400], errors=tuple(errors))


def problem_of(cause: Exception) -> Problem:
    """Return the problem that an error is; of a foreign one nothing but that it happened, and its type in the log."""
    if isinstance(cause, ProblemRaised):
        return cause.problem
    if isinstance(cause, HTTPException):
        return problem_of_status(cause.status_code, cause.headers)
    if not isinstance(cause, SlimmeCheckError):
        # type only: the text of a foreign error may quote what was sent
        run_log().error("http: %s", type(cause).__name__)
        return Problem(500, UNEXPECTED, _ADVICE[500])
    status = next((status for kind, status in _STATUS if isinstance(cause, kind)), 503 if cause.retry else 500)
    if status >= 500:
        run_log().error("http: %s", cause)
        return Problem(status, cause.code, _ADVICE[status])
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    advice = next((text for kind, text in _OTHER_ADVICE if isinstance(cause, kind)), _ADVICE[status])
    explanation = f"{cause.what} {cause.next_step}".strip()
    return Problem(status, cause.code, advice, headers=headers, explanation=explanation)
