"""The gate of every route: who calls, whether a role allows it, and whether the request has the form that was asked.

In this order, so that nobody learns anything about a form that he may not use. Both API and pages go through here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response, params
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive

from shared.access import ROUTES, Person, check_access
from shared.api import PREFIX
from shared.api.once import KEY_PATTERN, once_of
from shared.api.origin import PLATFORM, SAFE, address_of, from_here
from shared.api.problems import InputError, ProblemRaised, problem_of_input, problem_of_status
from shared.api.services import Services
from shared.api.shield import trace_of
from shared.errors import FormRefused, FourEyesRequired, NotAllowed, NotSignedIn, SlimmeCheckError, TooManyTries
from shared.events import Caller
from shared.logs import run_log
from shared.retention.terms import TERMS, Kept

LARGEST_BODY = 1_000_000  # bytes
SESSION_COOKIE = "slimme-check-sessie"  # of a local issuer; the platform's login has its own
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"

type Handler = Callable[[Request], Coroutine[Any, Any, Response]]
type SignIn = Callable[[Mapping[str, str], Mapping[str, str]], Person | None]


class PlainJson(Request):
    """A request whose body is one plain JSON value: no doubled names, no NaN, not too deep."""

    async def json(self) -> Any:
        """Return the value."""
        try:
            text = (await self.body()).decode("utf-8")
            return json.loads(text, object_pairs_hook=_each_name_once, parse_constant=_no_constants)
        except (ValueError, RecursionError):
            raise ProblemRaised(
                problem_of_input(
                    [InputError("body", "#/", "json", "Verstuur een JSON-object in UTF-8, met elke naam één keer.")]
                )
            ) from None


class GuardedRoute(APIRoute):
    """A route of the table in shared/access.py; one that is not in the table cannot be made (KeyError)."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Look up the roles of this route, once."""
        (method,) = options["methods"] or ("GET",)
        self.allowed = ROUTES[f"{method} {path}"]
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Handler:
        """Return the handler with the gate before it."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            sign_in: SignIn = request.app.state.sign_in
            cookies = {} if self.path.startswith(PREFIX) else request.cookies
            headers = {name.lower(): value for name, value in request.headers.items()}
            person: Person | None = None
            try:
                # in a thread: keys may have to be fetched
                person = await run_in_threadpool(sign_in, headers, cookies)
                check_access(person, self.allowed)
                request.scope["slimme_check.person"] = person
                self._check_site(request, person, headers)
                self._check_form(request)
                return await answer(PlainJson(request.scope, _limited(request.receive), request._send))
            except (NotSignedIn, NotAllowed, FormRefused, FourEyesRequired, TooManyTries) as refused:
                self._tell_refused(request, person, refused)
                raise

        return guarded

    def _tell_refused(self, request: Request, person: Person | None, refused: SlimmeCheckError) -> None:
        """Log who was turned away where, and why: the route and not the address, which names what was asked for.

        In the technical log and not in the administration: nobody who may not come in can make that grow.
        """
        who = person.subject if person else "niet aangemeld"
        trace = trace_of(request.scope).trace_id
        run_log().warning(
            "http: refused %s, %s %s, %s, from %s, trace %s",
            refused.code,
            request.method,
            self.path,
            who,
            _address(request) or "onbekend",
            trace,
        )

    def _check_site(self, request: Request, person: Person | None, headers: Mapping[str, str]) -> None:
        """Refuse what another site makes a browser send, where the browser itself proves who somebody is.

        A form of a page is checked with its token; a request with a token of its own no other site can make.
        """
        signed_in_by_browser = person is not None and person.ambient and self.path.startswith(PREFIX)
        if signed_in_by_browser and request.method not in SAFE and not from_here(headers, request.app.state.address):
            raise FormRefused(
                "The request does not come from a page of ours.",
                next_step="Send it with a token as Authorization: Bearer.",
            )

    def _check_form(self, request: Request) -> None:
        """Refuse what this route does not take: unknown query keys, another media type, a body that is too large."""
        known = {each.alias for each in self.dependant.query_params}
        unknown = sorted({"(onbekend)" for name in request.query_params if name not in known})
        if unknown:
            raise ProblemRaised(
                problem_of_input([InputError("query", "", "onbekend", "Een onbekende parameter wordt niet aanvaard.")])
            )
        doubled = [name for name in known if len(request.query_params.getlist(name)) > 1]
        if doubled:
            raise ProblemRaised(
                problem_of_input(
                    [InputError("query", name, "dubbel", "Geef deze parameter één keer.") for name in sorted(doubled)]
                )
            )
        if self.body_field is not None:
            wanted = _FORM if isinstance(self.body_field.field_info, params.Form) else _JSON
            given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if given != wanted:
                raise ProblemRaised(problem_of_status(415, {"Accept": wanted}))
        length = request.headers.get("content-length", "0")
        # of very many digits Python makes no number
        if not length.isascii() or not length.isdecimal() or len(length) > 10 or int(length) > LARGEST_BODY:
            raise _too_large()


def _limited(receive: Receive) -> Receive:
    """Return a receiver that stops at the largest body, whatever the headers said."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            raise _too_large()
        return message

    return counted


def _too_large() -> ProblemRaised:
    return ProblemRaised(problem_of_status(413))


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name occurs twice")
    return document


def _no_constants(_: str) -> Any:
    raise ValueError("not a JSON number")


def _person(request: Request) -> Person | None:
    found: Person | None = request.scope["slimme_check.person"]
    return found


def _caller(request: Request) -> Caller:
    """Return on whose behalf a request acts: object id, way in and address, and the trace."""
    person = _person(request)
    kind = "api" if request.url.path.startswith(PREFIX) else "pagina"
    address = _address(request)
    return Caller(
        person.subject if person else "niet aangemeld", f"{kind} {address}".strip(), trace_of(request.scope).trace_id
    )


async def _creator(
    request: Request,
    caller: Annotated[Caller, Depends(_caller)],
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            pattern=KEY_PATTERN,
            json_schema_extra={"format": "uuid"},
            description="Een willekeurige UUID (versie 4). Stuurt u hetzelfde nog eens met dezelfde sleutel, dan wordt "
            "er niets nog eens vastgelegd en is het antwoord hetzelfde; iets anders met dezelfde sleutel is een 409. "
            f"Wij herkennen een sleutel minstens {TERMS[Kept.VERZOEKSLEUTELS].least} dagen. Daarna kan hetzelfde met "
            "dezelfde sleutel als een nieuw verzoek tellen: kijk dan eerst of het eerste is vastgelegd.",
            examples=["0b7e2f6c-5a0d-4c57-9d0e-6f1f7a8b9c0d"],
        ),
    ] = None,
) -> Caller:
    """Return the caller of a request that records something: what it sends again with its key counts once."""
    if key is None:
        return caller
    sent = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return replace(caller, once=once_of(caller.actor, "api", key, sent))


def _address(request: Request) -> str:
    return address_of(
        request.client.host if request.client else "",
        request.headers.get("x-forwarded-for", ""),
        platform=request.scope.get(PLATFORM) is True,
    )


def _services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


Served = Annotated[Services, Depends(_services)]
Visitor = Annotated[Person | None, Depends(_person)]
Calling = Annotated[Caller, Depends(_caller)]
Creating = Annotated[Caller, Depends(_creator)]
