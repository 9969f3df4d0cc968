"""Requests of persons: recorded, decided by one, carried out by another. Of whom they are is not kept."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import Response

from shared.api.forms import PageNumber, RequestId, page_of
from shared.errors import RequestRefused
from shared.events import same_actor
from shared.pages.forms import Field, Form, Kind, Option, reason_field
from shared.pages.route import Answers, Page, PageContext, PageRoute, Posted
from shared.rights.outcome import counts_of, outcome_of
from shared.rights.port import PersonRequest
from shared.rights.states import SENTENCES, TRANSITIONS, Asked, RequestState, begun

router = APIRouter(route_class=PageRoute)

PER_PAGE = 25
_NUMBER = Field(
    "persoonsnummer",
    "Klantnummer van de persoon",
    hint="Typ het nummer zoals het in Socrates staat. Wij bewaren het niet.",
    missing="Vul het klantnummer in.",
)
RECORD = Form(
    "vastleggen",
    "/verzoeken",
    "Verzoek vastleggen",
    (
        Field(
            "soort",
            "Wat vraagt de persoon?",
            Kind.CHOICE,
            missing="Kies wat de persoon vraagt.",
            options=(
                Option(str(Asked.INZAGE), "Zien wat wij van hem of haar hebben"),
                Option(str(Asked.VERWIJDERING), "Weghalen wat wij van hem of haar hebben"),
            ),
        ),
        _NUMBER,
        reason_field("Hoe kwam het verzoek binnen?"),
    ),
    intro="U legt het verzoek vast. Daarna beslist iemand erover. Een ander voert het uit.",
)
_WRONG_NUMBER = "Dit nummer hoort niet bij dit verzoek. Controleer het nummer. Er is niets getoond of verwijderd."


@router.get("/verzoeken")
def requests(page: Page, pagina: PageNumber = 1) -> Response:
    """Show the requests, the newest first."""
    return _requests(page, RECORD, pagina)


def _requests(page: PageContext, form: Form, number: int = 1) -> Response:
    known = page.services.rights.known("")
    return page.show(
        "requests.html",
        "Verzoeken van personen",
        status=400 if form.errors else 200,
        requests=page_of(known, number, PER_PAGE),
        number=number,
        more=len(known) > number * PER_PAGE,
        form=form,
        wrong=bool(form.errors),
    )


@router.post("/verzoeken")
def record(page: Page, posted: Posted) -> Response:
    """Record what a person asks."""
    form = page.read(RECORD, posted)
    if form.errors:
        return _requests(page, form)
    answers = form.answers
    found = page.services.rights.record(
        page.once(posted), Asked(answers["soort"]), answers["persoonsnummer"], answers["reden"], ""
    )
    return page.go(f"/verzoeken/{found.id}")


@router.get("/verzoeken/{id}")
def request(page: Page, id_: RequestId) -> Response:
    """Show one request: its steps, and what can be done with it now."""
    return _request(page, page.services.rights.find(id_))


def _request(page: PageContext, found: PersonRequest, refused: Form | None = None) -> Response:
    forms = _forms(found)
    granted = next((step for step in found.stappen if step.toestand is RequestState.TOEGEWEZEN), None)
    own = granted is not None and page.person is not None and same_actor(granted.actor, page.person.subject)
    if own:  # who grants does not carry out
        forms = [form for form in forms if form.id not in ("uitvoeren", "ophalen")]
    return page.show(
        "request.html",
        f"Verzoek om {found.soort}",
        status=400 if refused else 200,
        found=found,
        sentence=SENTENCES[found.toestand],
        steps=[(step, counts_of(step)) for step in reversed(found.stappen)],
        step_sentences=SENTENCES,
        forms=[refused if refused and refused.id == form.id else form for form in forms],
        waits_for_other=own and found.toestand in (RequestState.TOEGEWEZEN, RequestState.OPHAALBAAR),
        done=outcome_of(found),
        wrong=refused is not None,
    )


def _forms(found: PersonRequest) -> list[Form]:
    """Return what can be done with a request in the state it is in."""
    then, removal = TRANSITIONS[found.toestand], found.soort is Asked.VERWIJDERING
    forms = []
    if found.toestand is RequestState.VASTGELEGD:
        forms.append(_decision_form(found))
    if found.toestand is RequestState.TOEGEWEZEN:
        forms.append(_carry_out_form(found))
    if found.toestand is RequestState.OPHAALBAAR:
        forms.append(_fetch_form(found))
    if RequestState.INGETROKKEN in then and not (removal and begun(found.stappen)):
        forms.append(_withdrawal_form(found))
    return forms


def _decision_form(found: PersonRequest) -> Form:
    return Form(
        "beslissen",
        f"/verzoeken/{found.id}/beslissing",
        "Beslissing vastleggen",
        (
            Field(
                "beslissing",
                "Wat beslist u?",
                Kind.CHOICE,
                missing="Kies wat u beslist.",
                options=(Option("ja", "Het verzoek toewijzen"), Option("nee", "Het verzoek afwijzen")),
            ),
            reason_field("Waarom beslist u dit?"),
        ),
        intro="Wijst u het verzoek toe? Dan voert een ander het uit.",
    )


def _carry_out_form(found: PersonRequest) -> Form:
    removal = found.soort is Asked.VERWIJDERING
    return Form(
        "uitvoeren",
        f"/verzoeken/{found.id}/{'verwijdering' if removal else 'inzage'}",
        "Gegevens verwijderen" if removal else "Gegevens verzamelen",
        (_NUMBER, reason_field("Waarom voert u dit uit?")),
        danger=removal,
        intro="Verwijderen kan niet ongedaan worden gemaakt. Loopt er een bezwaar? Dan verwijderen wij niets."
        if removal
        else "Wij zoeken dan alles op wat wij van deze persoon hebben. Daarna kunt u het hier ophalen.",
    )


def _fetch_form(found: PersonRequest) -> Form:
    return Form(
        "ophalen",
        f"/verzoeken/{found.id}/overzicht",
        "Gegevens tonen",
        (reason_field("Waarom haalt u dit op?"),),
        intro="U ziet dan alles wat wij van deze persoon hebben. Geef het aan de persoon, en aan niemand anders.",
    )


def _withdrawal_form(found: PersonRequest) -> Form:
    return Form(
        "intrekken",
        f"/verzoeken/{found.id}/intrekking",
        "Verzoek intrekken",
        (reason_field("Waarom wil de persoon dit niet meer?"),),
        danger=True,
    )


@router.post("/verzoeken/{id}/beslissing")
def decide(page: Page, id_: RequestId, posted: Posted) -> Response:
    """Grant or refuse a request."""
    found = page.services.rights.find(id_)
    form = page.read(_decision_form(found), posted)
    if form.errors:
        return _request(page, found, form)
    page.services.rights.decide(page.caller, id_, form.answers["beslissing"] == "ja", form.answers["reden"])
    return page.go(f"/verzoeken/{id_}")


@router.post("/verzoeken/{id}/intrekking")
def withdraw(page: Page, id_: RequestId, posted: Posted) -> Response:
    """Note that a person no longer asks for it."""
    found = page.services.rights.find(id_)
    form = page.read(_withdrawal_form(found), posted)
    if form.errors:
        return _request(page, found, form)
    page.services.rights.withdraw(page.caller, id_, form.answers["reden"])
    return page.go(f"/verzoeken/{id_}")


@router.post("/verzoeken/{id}/inzage")
def export(page: Page, id_: RequestId, posted: Posted) -> Response:
    """Let everything be found that is held on the person of a request."""
    return _carry_out(page, id_, Asked.INZAGE, posted)


@router.post("/verzoeken/{id}/overzicht")
def fetch(page: Page, id_: RequestId, posted: Posted) -> Response:
    """Show everything that is held on the person of a request; to be printed for that person."""
    found = page.services.rights.find(id_)
    form = page.read(_fetch_form(found), posted)
    if form.errors:
        return _request(page, found, form)
    _, text = page.services.rights.fetch(page.caller, id_, form.answers["reden"])
    return page.show("export.html", "Alles over deze persoon", text=text, id=id_)


@router.post("/verzoeken/{id}/verwijdering")
def remove(page: Page, id_: RequestId, posted: Posted) -> Response:
    """Let everything be removed that is held on the person of a request."""
    return _carry_out(page, id_, Asked.VERWIJDERING, posted)


def _carry_out(page: PageContext, id_: str, soort: Asked, posted: Answers) -> Response:
    found = page.services.rights.find(id_)
    form = page.read(_carry_out_form(replace(found, soort=soort)), posted)
    if form.errors:
        return _request(page, found, form)
    try:
        page.services.rights.carry_out(page.caller, id_, soort, form.answers["persoonsnummer"], form.answers["reden"])
    except RequestRefused:
        return _request(page, found, form.refuse("persoonsnummer", _WRONG_NUMBER))
    return page.go(f"/verzoeken/{id_}")
