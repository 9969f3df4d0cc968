"""The start page, signing in where a local issuer lets people in, and what everybody may see."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from shared.access import Role
from shared.api.guard import SESSION_COOKIE
from shared.api.resources.health import BROKEN_PACKAGE
from shared.errors import ModelPackageInvalid, NotKnown
from shared.pages.forms import Field, Form, Kind, Option
from shared.pages.route import Page, PageRoute, Posted

router = APIRouter(route_class=PageRoute)

_ROLES = tuple(
    Option(f"{role}{second}", f"{str(role).capitalize()}{', een tweede persoon' if second else ''}")
    for role, seconds in (
        (Role.BEHANDELAAR, ("",)),
        (Role.PROCESBEHEERDER, ("",)),
        (Role.TOEZICHTHOUDER, ("", " 2")),
        (Role.MODELBEHEERDER, ("", " 2")),
        (Role.MODELONTWIKKELAAR, ("",)),
    )
    for second in seconds
)
_LOGIN = Form(
    "aanmelden",
    "/aanmelden",
    "Aanmelden",
    (Field("rol", "Welke rol?", Kind.CHOICE, missing="Kies een rol.", options=_ROLES),),
)


@router.get("/")
def start(page: Page, request: Request) -> Response:
    """Show what somebody may do here, or where to sign in."""
    return _start(page, _LOGIN if request.app.state.login else None)


def _start(page: Page, login: Form | None, status: int = 200) -> Response:
    title = "Wat wilt u doen?" if page.person else "Welkom bij Slimme Check"
    answer = page.show("start.html", title, status=status, login=login, wrong=bool(login and login.errors))
    if page.person is None:  # who signs out, here or at the platform, comes back to this page
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@router.post("/aanmelden")
def sign_in(page: Page, request: Request, posted: Posted) -> Response:
    """Let somebody in with a role, on one's own machine alone."""
    if request.app.state.login is None:
        raise NotKnown("Signing in is the platform's work here.", next_step="Sign in with your own account.")
    form = page.read(_LOGIN, posted)
    if form.errors:
        return _start(page, form, 400)
    role, _, second = form.answers["rol"].partition(" ")
    answer = page.go("/")
    session = request.app.state.login(Role(role), who=f"{role} {second}" if second else "")
    answer.set_cookie(SESSION_COOKIE, session, path="/", httponly=True, samesite="strict")
    return answer


@router.post("/afmelden")
def sign_out(page: Page, posted: Posted) -> Response:
    """Forget who was signed in."""
    del posted
    answer = page.go("/")
    answer.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return answer


@router.get("/toegankelijkheid")
def accessibility(page: Page) -> Response:
    """Tell how accessible these pages are."""
    return page.show("accessibility.html", "Toegankelijkheid")


@router.get("/gezondheid")
def health(page: Page) -> Response:
    """Tell whether everything works; the parts to whoever is signed in."""
    found = page.services.health()
    broken = BROKEN_PACKAGE if ModelPackageInvalid.code in found.parts.values() else ""
    return page.show("health.html", "Gezondheid", status=200 if found.healthy else 503, health=found, broken=broken)
