"""Looking up an application, the card that explains one prediction, and recording what a person makes of it."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import Response

from shared.access import Role
from shared.errors import RequestRefused
from shared.pages.forms import Field, Form, Kind, Option, reason_field
from shared.pages.picture import picture
from shared.pages.route import Page, PageContext, PageRoute, Posted
from shared.pages.words import capital
from shared.people.assessments import routes_of
from shared.people.explanation import Explanation
from shared.people.figures import beside, percent, side_of
from shared.people.records import (
    REASON_SENTENCES,
    AssessmentReason,
    Assessor,
    Hit,
    NewAssessment,
    NumberKind,
)
from shared.people.replay import Verdict
from shared.usecases import use_case

router = APIRouter(route_class=PageRoute)

SEARCH = Form(
    "zoeken",
    "/aanvragen",
    "Zoeken",
    (
        Field(
            "soort",
            "Wat voor nummer hebt u?",
            Kind.CHOICE,
            missing="Kies wat voor nummer u hebt.",
            options=(
                Option(str(NumberKind.AANVRAAG), "Een aanvraagnummer"),
                Option(str(NumberKind.PERSOON), "Een klantnummer"),
            ),
        ),
        Field(
            "nummer",
            "Nummer",
            hint="Typ het nummer zoals het in uw systeem staat. Nullen aan het begin tellen mee.",
            missing="Vul een nummer in.",
        ),
        reason_field("Waarom zoekt u dit op?"),
    ),
    answers={"soort": str(NumberKind.AANVRAAG)},
)
_FOLLOWED = Field(
    "gevolgd",
    "Volgt u het advies van het model?",
    Kind.CHOICE,
    missing="Kies of u het advies volgt.",
    options=(Option("ja", "Ja"), Option("nee", "Nee")),
)
_READ_REASON = Field("leesreden", "Waarom leest u dit?", Kind.HIDDEN, longest=1000)
_ROUTE_OF = {  # by the id of its form
    "lezen": "/voorspellingen/{id}",
    "herberekenen": "/voorspellingen/{id}/herberekening",
    "bezwaar": "/voorspellingen/{id}/bezwaren",
}
_REFUSED = {
    "route": "Deze route kan niet bij deze aanvraag. Kies een andere.",
    "gevolgd": (
        "Uw route en uw antwoord passen niet bij elkaar. Kies ‘ja’ als u de route kiest die het model adviseert, "
        "en anders ‘nee’."
    ),
}


def _why(prediction: str) -> Form:
    """Return the form that asks why somebody wants to read a prediction."""
    return Form(
        "lezen",
        f"/voorspellingen/{prediction}",
        "Uitleg lezen",
        (reason_field("Waarom wilt u dit lezen?"),),
        intro="Wij leggen vast dat u dit leest, en waarom.",
    )


@router.get("/aanvragen")
def search(page: Page) -> Response:
    """Ask for a number and a reason."""
    return _search(page, SEARCH)


def _search(page: PageContext, form: Form, status: int = 200, *, nothing: bool = False) -> Response:
    return page.show(
        "search.html", "Aanvraag zoeken", status=status, form=form, nothing=nothing, wrong=bool(form.errors)
    )


@router.post("/aanvragen")
def find(page: Page, posted: Posted) -> Response:
    """Show the card of an application, or the predictions about a person; nothing of it is ever in an address."""
    form = page.read(SEARCH, posted)
    if form.errors:
        return _search(page, form, 400)
    kind, reason = NumberKind(form.answers["soort"]), form.answers["reden"]
    hits = page.services.people.find(page.caller, kind, form.answers["nummer"], reason, "")
    if not hits:
        return _search(page, form, 404, nothing=True)
    current = next((hit for hit in hits if hit.huidig), None)
    if kind is NumberKind.AANVRAAG and current is not None and page.may("POST", "/voorspellingen/{id}"):
        return _card(page, str(current.id), reason, others=tuple(hit for hit in hits if hit is not current))
    return page.show("hits.html", "Gevonden voorspellingen", hits=hits, reason=reason)


@router.get("/voorspellingen/{id}")
def ask_why(page: Page, id: str) -> Response:
    """Ask why somebody wants to read a prediction; whether it is there is not told before."""
    return _prediction(page, id)


def _prediction(page: PageContext, prediction: str, refused: Form | None = None) -> Response:
    """Show what somebody may do with a prediction, without anything of the prediction itself."""
    forms = [
        refused if refused is not None and refused.id == form.id else form
        for form in (_why(prediction), _again(prediction), _objection(prediction))
        if page.may("POST", _ROUTE_OF[form.id])
    ]
    status = 200 if refused is None else 400
    return page.show("prediction.html", "Een voorspelling", status=status, forms=forms, wrong=refused is not None)


@router.post("/voorspellingen/{id}")
def read(page: Page, id: str, posted: Posted) -> Response:
    """Show the card of a prediction, also of an old one."""
    form = page.read(_why(id), posted)
    if form.errors:
        return _prediction(page, id, form)
    return _card(page, id, form.answers["reden"])


@router.post("/voorspellingen/{id}/beoordelingen")
def assess(page: Page, id: str, posted: Posted) -> Response:
    """Record an assessment, and show the card with it."""
    reason = dict(posted).get("leesreden", "").strip()
    explained = page.services.people.explain(page.caller, id, reason)
    form = page.read(assessment_form(explained, reason), posted)
    if not form.errors:
        answers = form.answers
        new = NewAssessment(
            Assessor.BEHANDELAAR,
            answers["route"],
            answers["gevolgd"] == "ja" if "gevolgd" in answers else None,
            AssessmentReason(answers["reden"]),
            answers["toelichting"],
        )
        try:
            page.services.people.assess(page.once(posted), id, new)
        except RequestRefused as refused:
            form = form.refuse(*_refusal(refused))
    if form.errors:
        return _shown(page, explained, reason, form, status=400)
    return _card(page, id, reason, done="Uw beoordeling is vastgelegd.")


def _refusal(refused: RequestRefused) -> tuple[str, str]:
    name = refused.where if refused.where in _REFUSED else "toelichting"
    return name, _REFUSED.get(name, "Vul in uw eigen woorden in waarom u dit vindt.")


@router.post("/voorspellingen/{id}/herberekening")
def replay(page: Page, id: str, posted: Posted) -> Response:
    """Compute a prediction again, and tell whether every bit is the same."""
    form = page.read(_again(id), posted)
    if form.errors:
        return _prediction(page, id, form)
    found = page.services.people.replay(page.caller, id, form.answers["reden"])
    return page.show("replay.html", "Opnieuw berekend", replay=found, equal=found.oordeel is Verdict.GELIJK, id=id)


@router.post("/voorspellingen/{id}/bezwaren")
def object_(page: Page, id: str, posted: Posted) -> Response:
    """Record an objection; from then on nothing of the application is removed."""
    form = page.read(_objection(id), posted)
    if form.errors:
        return _prediction(page, id, form)
    page.services.people.open_objection(page.once(posted), id, form.answers["reden"])
    return page.go("/bezwaren")


def _again(prediction: str) -> Form:
    return Form(
        "herberekenen",
        f"/voorspellingen/{prediction}/herberekening",
        "Opnieuw berekenen",
        (reason_field("Waarom wilt u dit narekenen?"),),
        intro="De app rekent de voorspelling opnieuw uit met dezelfde gegevens en hetzelfde model. "
        "Daarna vergelijkt zij elk cijfer.",
    )


def _objection(prediction: str) -> Form:
    return Form(
        "bezwaar",
        f"/voorspellingen/{prediction}/bezwaren",
        "Bezwaar vastleggen",
        (reason_field("Waarom legt u een bezwaar vast?"),),
        intro="Zolang het bezwaar loopt, verwijderen wij niets van deze aanvraag.",
    )


def assessment_form(found: Explanation, reason: str) -> Form:
    """Return the form to assess a prediction; nothing is filled in beforehand."""
    case = use_case(found.prediction.run.new.dataset)
    reasons = (Option(str(each), sentence) for each, sentence in REASON_SENTENCES.items())
    return Form(
        "beoordelen",
        f"/voorspellingen/{found.prediction.id}/beoordelingen",
        "Beoordeling vastleggen",
        (
            Field(
                "route",
                "Waar gaat de aanvraag nu heen?",
                Kind.CHOICE,
                missing="Kies waar de aanvraag heen gaat.",
                options=tuple(Option(route, capital(route)) for route in routes_of(case)),
            ),
            *((_FOLLOWED,) if found.gescoord else ()),  # without a score there is no advice of the model
            Field(
                "reden",
                "Wat is de belangrijkste reden?",
                Kind.CHOICE,
                missing="Kies een reden.",
                options=tuple(reasons),
            ),
            replace(
                reason_field("Leg het uit in uw eigen woorden", "toelichting"),
                missing="Leg in uw eigen woorden uit waarom u dit vindt.",
            ),
            _READ_REASON,
        ),
        answers={"leesreden": reason},
    )


def _card(page: PageContext, prediction: str, reason: str, *, done: str = "", others: tuple[Hit, ...] = ()) -> Response:
    explained = page.services.people.explain(page.caller, prediction, reason)
    return _shown(page, explained, reason, assessment_form(explained, reason), done=done, others=others)


def _shown(
    page: PageContext,
    found: Explanation,
    reason: str,
    form: Form,
    *,
    status: int = 200,
    done: str = "",
    others: tuple[Hit, ...] = (),
) -> Response:
    prediction = str(found.prediction.id)
    unknown = use_case(found.prediction.run.new.dataset).unknown_labels  # these flags are told in words of their own
    drawn = None
    if found.score is not None and found.drempel is not None:
        drawn = picture(found.score, found.drempel, score_sentence(found.score, found.drempel))
    return page.show(
        "card.html",
        "Uitleg bij een aanvraag",
        status=status,
        found=found,
        run=found.prediction.run,
        used=[fact for fact in found.kenmerken if fact.kenmerk not in unknown],
        drawn=drawn,
        sureness=sureness_sentence(found.zekerheid),
        reasons=REASON_SENTENCES,
        form=form,
        reason=reason,
        again=_again(prediction),
        objection=_objection(prediction),
        mine=page.person is not None and Role.BEHANDELAAR in page.person.roles,
        done=done,
        others=others,
        wrong=bool(form.errors),
    )


def score_sentence(score: float, threshold: float) -> str:
    """Return in words where a score lies beside the threshold."""
    told, border = beside(score, threshold)
    return f"De score is {told}. Dat is {side_of(score, threshold)} de drempel van {border}."


def sureness_sentence(share: float | None) -> str:
    """Return in words how sure the model is."""
    if share is None:
        return "Het is niet bekend hoe zeker het model is."
    return (
        f"Het model is vaker gemaakt, telkens met een ander deel van de gegevens. Van die modellen komt "
        f"{percent(share)} aan dezelfde kant van de drempel uit."
    )
