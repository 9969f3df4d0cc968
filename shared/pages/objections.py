"""Objections: which run, and how one ends. An application is named by its pseudonym alone."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from shared.api.forms import ObjectionId, PageNumber, page_of
from shared.errors import NotKnown
from shared.pages.forms import Field, Form, Kind, Option, reason_field
from shared.pages.route import Page, PageContext, PageRoute, Posted
from shared.people.records import Objection, ObjectionState

router = APIRouter(route_class=PageRoute)

PER_PAGE = 25
_ENDS = {
    ObjectionState.GEGROND: "Gegrond: de persoon kreeg gelijk",
    ObjectionState.ONGEGROND: "Ongegrond: de persoon kreeg geen gelijk",
    ObjectionState.INGETROKKEN: "Ingetrokken door de persoon",
}


@router.get("/bezwaren")
def objections(page: Page, pagina: PageNumber = 1) -> Response:
    """Show the objections, the newest first."""
    known = page.services.people.objections("", False)
    return page.show(
        "objections.html",
        "Bezwaren",
        objections=page_of(known, pagina, PER_PAGE),
        number=pagina,
        more=len(known) > pagina * PER_PAGE,
    )


@router.get("/bezwaren/{id}")
def objection(page: Page, id_: ObjectionId) -> Response:
    """Show one objection, and how it can end."""
    return _objection(page, _find(page, id_))


def _find(page: PageContext, id_: str) -> Objection:
    found = next((each for each in page.services.people.objections("", False) if each.bezwaar == id_), None)
    if found is None:
        raise NotKnown("There is no such objection.", next_step="Choose one from the list of objections.")
    return found


def _objection(page: PageContext, found: Objection, refused: Form | None = None) -> Response:
    form = refused or _end_form(found)
    return page.show(
        "objection.html",
        "Bezwaar",
        status=400 if refused else 200,
        found=found,
        form=form if found.toestand is ObjectionState.OPEN else None,
        wrong=refused is not None,
    )


def _end_form(found: Objection) -> Form:
    return Form(
        "afhandelen",
        f"/bezwaren/{found.bezwaar}/afhandeling",
        "Bezwaar afsluiten",
        (
            Field(
                "uitkomst",
                "Hoe liep het af?",
                Kind.CHOICE,
                missing="Kies hoe het bezwaar afliep.",
                options=tuple(Option(str(state), words) for state, words in _ENDS.items()),
            ),
            reason_field("Waarom sluit u het bezwaar af?"),
        ),
        intro="Daarna mag wat van deze aanvraag bewaard is weer weg: op zijn tijd, of na een verzoek.",
    )


@router.post("/bezwaren/{id}/afhandeling")
def close(page: Page, id_: ObjectionId, posted: Posted) -> Response:
    """Close an objection; its data may be removed again."""
    found = _find(page, id_)
    form = page.read(_end_form(found), posted)
    if form.errors:
        return _objection(page, found, form)
    page.services.people.close_objection(
        page.caller, id_, ObjectionState(form.answers["uitkomst"]), form.answers["reden"]
    )
    return page.go(f"/bezwaren/{id_}")
