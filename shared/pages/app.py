"""The whole site: the API, the pages beside it, and the shield around both."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from shared.api.app import add_routes, make_api
from shared.api.guard import SignIn
from shared.api.services import Services
from shared.api.shield import Shield
from shared.identitysettings import NOBODY
from shared.pages import audit, cards, models, objections, operation, reports, requests, start, styles
from shared.pages.problems import problem_page
from shared.pages.route import PageSettings

ROUTERS: tuple[APIRouter, ...] = (
    start.router,
    cards.router,
    operation.router,
    models.router,
    objections.router,
    requests.router,
    reports.router,
    audit.router,
    styles.router,
)


def make_site(
    services: Services,
    sign_in: SignIn,
    address: str,
    config: PageSettings,
    login: Callable[..., str] | None = None,
    contact: str = NOBODY,
) -> ASGIApp:
    """Return the app as it is served; `login` gives a session for a role, where a local issuer lets people in.

    `contact`: where questions about the API may be mailed to.
    """
    app = make_pages(services, sign_in, address, config, login)
    app.state.contact = contact
    return Shield(app, address)


def make_pages(
    services: Services, sign_in: SignIn, address: str, config: PageSettings, login: Callable[..., str] | None = None
) -> FastAPI:
    """Return the app without its shield."""
    app = make_api(services, sign_in, address, problem_page)
    app.state.login = login
    app.state.pages = config
    add_routes(app, ROUTERS)
    return app
