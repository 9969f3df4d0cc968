"""The audit log for whoever watches: by action, period, object and person, a page at a time, the newest first.

Nothing is shown before somebody says why. What is asked for goes in a form and never in an address: it may name a
person who works here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from shared.api.forms import LAST_NUMBER
from shared.events import Action, StoredEvent
from shared.pages.forms import Field, Form, Kind, Option, reason_field
from shared.pages.route import Page, PageContext, PageRoute, Posted
from shared.pages.words import capital, counted, day_entered
from shared.people.records import EventFilter

router = APIRouter(route_class=PageRoute)

PER_PAGE = 50
_FIELDS = (
    reason_field("Waarom kijkt u in het logboek?"),
    Field(
        "handeling",
        "Wat gebeurde er?",
        Kind.LIST,
        options=tuple(Option(str(action), capital(str(action))) for action in sorted(Action)),
    ),
    Field("van", "Vanaf welke dag?", Kind.DATE, "Bijvoorbeeld 3-11-2026."),
    Field("tot", "Tot en met welke dag?", Kind.DATE, "Bijvoorbeeld 10-11-2026."),
    Field("object", "Waarmee?", hint="Precies zoals het in het logboek staat."),
    Field("actor", "Door wie?", hint="Het kenmerk van de persoon, zoals het in het logboek staat."),
    Field("run", "In welke verwerking?", hint="Het kenmerk van de verwerking."),
)
_BEFORE = Field("voor", "Vanaf", Kind.HIDDEN, longest=18)
FILTER = Form("filteren", "/audit", "Logboek tonen", _FIELDS)


@dataclass(frozen=True)
class Line:
    """An event in words."""

    event: StoredEvent
    details: tuple[tuple[str, str], ...]


@router.get("/audit")
def audit(page: Page) -> Response:
    """Ask why somebody wants to look, and at what."""
    return _asked(page, FILTER)


@router.post("/audit")
def search(page: Page, posted: Posted) -> Response:
    """Show the events that were asked for, or the next page of them."""
    asked = page.read(Form("filteren", "/audit", FILTER.button, (*_FIELDS, _BEFORE)), posted)
    before = counted(asked.answers["voor"], LAST_NUMBER)
    if asked.answers["voor"] and before is None:
        asked = asked.refuse("voor", "Deze bladzijde bestaat niet. Zoek opnieuw.")
    van, tot = (day_entered(asked.answers[name]) if asked.answers[name] else None for name in ("van", "tot"))
    if van is not None and tot is not None and tot < van:
        asked = asked.refuse("tot", "Kies een laatste dag die niet voor de eerste ligt.")
    if asked.errors:
        return _asked(page, asked)
    answers = asked.answers
    wanted = EventFilter(
        handeling=answers["handeling"],
        object=answers["object"],
        actor=answers["actor"],
        run=answers["run"],
        van=van,
        tot=tot + timedelta(days=1) if tot else None,
    )
    return _shown(page, asked, wanted, before)


def _asked(page: PageContext, form: Form) -> Response:
    wrong = bool(form.errors)
    status = 400 if wrong else 200
    return page.show(
        "audit.html", "Logboek", status=status, form=form, lines=(), further=None, searched=False, wrong=wrong
    )


def _shown(page: PageContext, asked: Form, wanted: EventFilter, before: int | None) -> Response:
    found = page.services.people.events(page.caller, wanted, asked.answers["reden"], before, PER_PAGE)
    kept = tuple(field for field in _FIELDS if asked.answers.get(field.name))
    further = None
    if found.verder is not None:
        hidden = tuple(Field(field.name, field.label, Kind.HIDDEN) for field in (*kept, _BEFORE))
        further = Form(
            "verder", "/audit", "Oudere gebeurtenissen", hidden, answers={**asked.answers, "voor": str(found.verder)}
        )
    form = Form(
        "filteren", "/audit", FILTER.button, _FIELDS, answers={each.name: asked.answers[each.name] for each in kept}
    )
    return page.show(
        "audit.html",
        "Logboek",
        form=form,
        lines=[_line(event) for event in found.events],
        further=further,
        searched=True,
        wrong=False,
    )


def _line(event: StoredEvent) -> Line:
    details: dict[str, Any] = json.loads(event.details)
    return Line(event, tuple((name, _plain(value)) for name, value in details.items()))


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
