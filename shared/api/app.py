"""Makes the app: every resource behind the gate, and every refusal as a problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from shared.api.guard import SignIn
from shared.api.openapi import PublishedDocument, description_of
from shared.api.problems import MEDIA_TYPE, InputError, Problem, problem_of, problem_of_input
from shared.api.resources import (
    assessments,
    deliveries,
    events,
    health,
    models,
    objections,
    predictions,
    reports,
    requests,
    runs,
    versions,
)
from shared.api.services import Services
from shared.api.shield import is_api
from shared.errors import SlimmeCheckError

type Render = Callable[[Request, Problem], Response]

RESOURCES: tuple[APIRouter, ...] = (
    deliveries.router,
    runs.router,
    predictions.router,
    assessments.router,
    objections.router,
    requests.router,
    models.router,
    versions.router,
    reports.router,
    events.router,
    health.router,
)
_RULES = {
    "missing": "Dit ontbreekt en is verplicht.",
    "extra_forbidden": "Een onbekend veld wordt niet aanvaard.",
    "string_too_short": "Deze tekst is te kort.",
    "string_too_long": "Deze tekst is te lang.",
    "string_type": "Dit moet tekst zijn.",
    "string_pattern_mismatch": "Deze tekst heeft niet de gevraagde vorm.",
    "string_unicode": "Dit is geen geldige tekst.",
    "int_parsing": "Dit moet een geheel getal zijn.",
    "bool_type": "Dit moet true of false zijn.",
    "too_short": "Deze lijst is te kort.",
    "too_long": "Deze lijst is te lang.",
    "enum": "Dit is geen van de mogelijke waarden.",
    "literal_error": "Dit is geen van de mogelijke waarden.",
}
_OTHERWISE = "Dit heeft niet de vorm die openapi.json vraagt."


def as_json(_: Request, problem: Problem) -> Response:
    """Return a problem as problem+json."""
    return Response(problem.body(), problem.status, headers=dict(problem.headers), media_type=MEDIA_TYPE)


def make_api(services: Services, sign_in: SignIn, address: str, render_page: Render = as_json) -> FastAPI:
    """Return the app without its shield; `sign_in` says who makes a request, `address` is where the app is reached.

    `render_page` shows a problem to a person, outside the API.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.sign_in = sign_in
    app.state.services = services
    app.state.address = address

    def answer(request: Request, problem: Problem) -> Response:
        return (as_json if is_api(request.url.path) else render_page)(request, problem)

    async def refused(request: Request, cause: Exception) -> Response:
        problem = problem_of(cause)
        if problem.status == 405:
            problem = replace(problem, headers={"Allow": ", ".join(_methods(app, request))})
        return answer(request, problem)

    async def invalid(request: Request, cause: Exception) -> Response:
        errors = cause.errors() if isinstance(cause, RequestValidationError) else []
        return answer(request, problem_of_input([_input_error(error) for error in errors]))

    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(SlimmeCheckError, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, refused)
    add_routes(app, RESOURCES)
    published = PublishedDocument(lambda: description_of(app, address))
    add_routes(app, [published.router])
    return app


def add_routes(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Add routes, each with its own gate, as they are."""
    for router in routers:
        app.router.routes.extend(router.routes)


def _methods(app: FastAPI, request: Request) -> list[str]:
    """Return every method that this path has, on whichever of its routes."""
    found: set[str] = set()
    for route in app.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _input_error(error: dict[str, object]) -> InputError:
    """Return an error of the validator without what was sent: neither the value nor an unknown name."""
    kind = str(error["type"])
    where, *place = error["loc"] if isinstance(error["loc"], tuple) else ("body",)
    if kind == "extra_forbidden":
        place = [*place[:-1], "(onbekend)"]
    path = "/".join(str(part) for part in place)
    location = f"#/{path}" if where == "body" else path  # a JSON pointer in a body, a name elsewhere
    return InputError(str(where), location, kind, _RULES.get(kind, _OTHERWISE))
