"""The gate of every page: besides the gate of the API, a form only counts when it came from a page of ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from shared.access import Person
from shared.api.guard import Calling, GuardedRoute, Served, Visitor
from shared.api.once import once_of
from shared.api.origin import from_here
from shared.api.problems import ProblemRaised, problem_of_status
from shared.api.services import Services
from shared.errors import FormRefused, KeyUnavailable
from shared.events import Caller
from shared.pages.csrf import COOKIE, FIELD, FormKey, is_session, new_session
from shared.pages.forms import Form
from shared.pages.menu import entries_for, may
from shared.pages.rendering import rendered

_FORM = "application/x-www-form-urlencoded"
SEE_OTHER = 303

type Answers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class PageSettings:
    """What pages need of this installation: the key of forms, its address, and the city's stylesheets that are here.

    `sign_out`: where the platform lets somebody go, "" where it is not the platform that let them in.
    `key` raises KeyUnavailable when it cannot be read; a page without a form that counts is shown all the same.
    """

    key: Callable[[], FormKey]
    address: str
    styles: Mapping[str, Path]
    sign_out: str = ""


async def _posted(request: Request, visitor: Visitor) -> Answers:
    """Return what a form sent; refused unless it came from a page of ours, in this browser, for this person."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise ProblemRaised(problem_of_status(415))
    try:
        sent = [(name, str(value)) for name, value in (await request.form(max_fields=100)).multi_items()]
    except ValueError:
        raise ProblemRaised(problem_of_status(400)) from None
    config = settings_of(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    token = dict(sent).get(FIELD, "")
    subject = visitor.subject if visitor else ""
    session = request.cookies.get(COOKIE, "")
    if not from_here(headers, config.address) or not config.key().accepts(token, session, subject, datetime.now(UTC)):
        raise FormRefused(
            "The form does not come from a page of ours, or was open for too long.",
            next_step="Open the page again and send the form once more.",
        )
    return sent


Posted = Annotated[Answers, Depends(_posted)]


class PageRoute(GuardedRoute):
    """A route of a page. One that takes a form and does not check where it came from cannot be made."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Check that whatever changes something reads its form by `Posted`."""
        super().__init__(path, endpoint, **{**options, "response_model": None})
        reads = [each.call for each in self.dependant.dependencies]
        if "GET" not in (self.methods or set()) and _posted not in reads:
            raise TypeError(f"{path} takes a form without checking where it came from")


def settings_of(request: Request) -> PageSettings:
    """Return what pages need of this installation."""
    found: PageSettings = request.app.state.pages
    return found


@dataclass(frozen=True)
class PageContext:
    """One visit of a page: who looks, what can be done, and how an answer is made."""

    request: Request
    person: Person | None
    services: Services
    caller: Caller

    def may(self, method: str, path: str) -> bool:
        """Say whether this person may use a route."""
        return may(self.person, method, path)

    def show(self, template: str, title: str, /, *, status: int = 200, **shown: object) -> Response:
        """Return a page. Forms on it carry a token; the browser gets the cookie that goes with it."""
        return show(self.request, self.person, template, title, status=status, **shown)

    def once(self, posted: Answers) -> Caller:
        """Return the caller of a form that records something: sent again as it was, it is the same form.

        A page has one token; where it goes to tells its forms apart.
        """
        sent = dict(posted)
        rest = json.dumps(sorted((name, value) for name, value in posted if name != FIELD)).encode()
        way = f"formulier {self.request.url.path}"
        return replace(self.caller, once=once_of(self.caller.actor, way, sent[FIELD], rest))

    def go(self, path: str) -> Response:
        """Send the browser to another page, after a form has done its work."""
        return RedirectResponse(path, SEE_OTHER)

    def read(self, form: Form, posted: Answers) -> Form:
        """Return a form with what was sent; refused when it holds fields that are not ours."""
        try:
            return form.read(posted)
        except ValueError:
            raise ProblemRaised(problem_of_status(400)) from None


def show(
    request: Request, person: Person | None, template: str, title: str, /, *, status: int = 200, **shown: object
) -> Response:
    """Return a page for whoever looks, also where a gate turned the request down."""
    config = settings_of(request)
    known = request.cookies.get(COOKIE, "")
    session = known if is_session(known) else new_session()
    token = ""
    with suppress(KeyUnavailable):
        token = config.key().token(session, person.subject if person else "", datetime.now(UTC))
    page = rendered(
        template,
        title=title,
        person=person,
        entries=entries_for(person),
        here=request.url.path,
        token=token,
        styles=tuple(config.styles),
        local_login=request.app.state.login is not None,
        sign_out=config.sign_out,
        may=lambda method, path: may(person, method, path),
        **shown,
    )
    answer = HTMLResponse(page, status)
    if session != known:
        answer.set_cookie(COOKIE, session, path="/", secure=True, httponly=True, samesite="strict")
    return answer


def _page(request: Request, visitor: Visitor, services: Served, caller: Calling) -> PageContext:
    return PageContext(request, visitor, services, caller)


Page = Annotated[PageContext, Depends(_page)]

__all__ = ["Answers", "Page", "PageContext", "PageRoute", "PageSettings", "Posted", "show"]
