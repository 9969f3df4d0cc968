"""Deliveries and runs: what came, what was found, what became of it; letting a held one go on, and judging again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from shared.administration import DeliveryRecord, RunRecord
from shared.api.forms import DeliveryId, PageNumber, RunId, page_of
from shared.api.resources.deliveries import delivery_id, find_delivery
from shared.errors import NotKnown, RequestRefused
from shared.events import Caller
from shared.interventions import is_stuck
from shared.pages.forms import LONGEST_LIST, LONGEST_NUMBER, Field, Form, Kind, reason_field
from shared.pages.route import Page, PageContext, PageRoute, Posted
from shared.runstates import PUBLISHED, STATE_SENTENCES, RunReason, RunState
from shared.usecases import use_case

router = APIRouter(route_class=PageRoute)

PER_PAGE = 25
_NUMBERS = Field(
    "aanvraagnummers",
    "Welke aanvragen?",
    Kind.WORDS,
    "Eén aanvraagnummer per regel. Laat dit leeg voor de hele levering.",
    longest=LONGEST_LIST * (LONGEST_NUMBER + 1),
)


@dataclass(frozen=True)
class Line:
    """A delivery in the list, with the run that came last."""

    id: str
    record: DeliveryRecord
    last: RunRecord | None


@router.get("/leveringen")
def deliveries(page: Page, pagina: PageNumber = 1) -> Response:
    """Show the deliveries, the newest first."""
    known = page.services.deliveries.known()
    lines = [_line(page, record) for record in page_of(known, pagina, PER_PAGE)]
    return page.show(
        "deliveries.html", "Leveringen", lines=lines, number=pagina, more=len(known) > pagina * PER_PAGE, said=_said
    )


def _line(page: PageContext, record: DeliveryRecord) -> Line:
    runs = page.services.deliveries.runs(record)
    return Line(delivery_id(record), record, runs[-1] if runs else None)


def _said(run: RunRecord) -> str:
    return run.sentence


@router.get("/leveringen/{id}")
def delivery(page: Page, id_: DeliveryId) -> Response:
    """Show one delivery: its runs, what was found, and what can be done with it."""
    return _delivery(page, find_delivery(page.services, id_))


def _delivery(page: PageContext, record: DeliveryRecord, refused: Form | None = None) -> Response:
    runs = page.services.deliveries.runs(record)
    forms = _forms(page, record, runs)
    if refused is not None:
        forms = [refused if form.id == refused.id else form for form in forms]
    return page.show(
        "delivery.html",
        f"Levering {record.levering}",
        status=200 if refused is None else 400,
        record=record,
        runs=list(reversed(runs)),
        findings=page.services.runs.findings(runs[-1].run_id) if runs else (),
        forms=forms,
        said=_said,
        wrong=refused is not None,
    )


def _forms(page: PageContext, record: DeliveryRecord, runs: Sequence[RunRecord]) -> list[Form]:
    """Return what can be done with a delivery now, by whoever looks."""
    found = []
    held = any(run.state is RunState.AANGEHOUDEN and run.reason is RunReason.CONTROLE_AANGEHOUDEN for run in runs)
    if held and page.may("POST", "/leveringen/{id}/vrijgave"):
        found.append(_release_form(record))
    if any(is_stuck(run) for run in runs) and page.may("POST", "/leveringen/{id}/afronding"):
        found.append(_finish_form(record))
    let_go = any(run.reason is RunReason.AFGEROND_ZONDER_MOMENTOPNAME for run in runs)
    judged = not let_go and any(run.state in PUBLISHED and run.new.model for run in runs)
    if judged and page.may("POST", "/leveringen/{id}/herverwerking"):
        found.append(_again_form(record))
    return found


def _release_form(record: DeliveryRecord) -> Form:
    return Form(
        "vrijgeven",
        f"/leveringen/{delivery_id(record)}/vrijgave",
        "Levering vrijgeven",
        (reason_field("Waarom kan deze levering door?"),),
        intro="Na het vrijgeven gaat de levering verder, met de bevindingen die u hierboven ziet.",
    )


def _finish_form(record: DeliveryRecord) -> Form:
    return Form(
        "afronden",
        f"/leveringen/{delivery_id(record)}/afronding",
        "Afronden zonder momentopname",
        (reason_field("Waarom kan deze levering zonder?"),),
        intro="De uitkomsten staan vast, maar het lukt de app niet om de levering af te ronden. U kunt de momentopname "
        "loslaten. De app verwijdert daarna de ruwe levering. Opnieuw beoordelen of narekenen kan dan niet meer.",
    )


def _again_form(record: DeliveryRecord) -> Form:
    return Form(
        "herverwerken",
        f"/leveringen/{delivery_id(record)}/herverwerking",
        "Opnieuw verwerken",
        (_NUMBERS, reason_field("Waarom moet dit opnieuw?")),
        intro="De app beoordeelt de aanvragen opnieuw, met het model dat nu werkt. De nieuwe uitkomst geldt daarna.",
    )


@router.post("/leveringen/{id}/vrijgave")
def release(page: Page, id_: DeliveryId, posted: Posted) -> Response:
    """Let a held delivery go on."""
    return _done_with_reason(page, id_, posted, _release_form, page.services.deliveries.release)


@router.post("/leveringen/{id}/afronding")
def let_go_of_snapshot(page: Page, id_: DeliveryId, posted: Posted) -> Response:
    """Let a published delivery be finished without its snapshot."""
    return _done_with_reason(page, id_, posted, _finish_form, page.services.deliveries.let_go)


def _done_with_reason(
    page: PageContext,
    id_: str,
    posted: Posted,
    form_of: Callable[[DeliveryRecord], Form],
    do: Callable[[Caller, DeliveryRecord, str], RunRecord],
) -> Response:
    """Do what needs no more than a reason, and show the run that it is about; without one the form again."""
    record = find_delivery(page.services, id_)
    form = page.read(form_of(record), posted)
    if form.errors:
        return _delivery(page, record, form)
    run = do(page.caller, record, form.answers["reden"])
    return page.go(f"/verwerkingen/{run.run_id}")


@router.post("/leveringen/{id}/herverwerking")
def reprocess(page: Page, id_: DeliveryId, posted: Posted) -> Response:
    """Judge a delivery, or some of its applications, again."""
    record = find_delivery(page.services, id_)
    form = page.read(_again_form(record), posted).checked("aanvraagnummers", _numbers_wrong)
    if not form.errors:
        numbers = _numbers(form.answers["aanvraagnummers"]) or None
        try:
            run = page.services.runs.request(page.once(posted), record, numbers, form.answers["reden"])
            return page.go(f"/verwerkingen/{run.run_id}")
        except NotKnown:
            form = form.refuse("aanvraagnummers", "Een van deze nummers staat niet in de levering. Controleer ze.")
        except RequestRefused:
            form = form.refuse("reden", "Dit verzoek kan zo niet. Controleer de nummers en de reden.")
    return _delivery(page, record, form)


def _numbers(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _numbers_wrong(text: str) -> str:
    numbers = _numbers(text)
    if len(numbers) > LONGEST_LIST:
        return f"Vul niet meer dan {LONGEST_LIST} nummers in, of laat dit leeg voor de hele levering."
    if any(len(number) > LONGEST_NUMBER for number in numbers):
        return f"Zet elk nummer op een eigen regel. Een nummer heeft niet meer dan {LONGEST_NUMBER} tekens."
    return ""


@router.get("/verwerkingen")
def runs(page: Page, pagina: PageNumber = 1) -> Response:
    """Show the runs, the newest first."""
    known = page.services.runs.known()
    return page.show(
        "runs.html",
        "Verwerkingen",
        runs=page_of(known, pagina, PER_PAGE),
        number=pagina,
        more=len(known) > pagina * PER_PAGE,
        said=_said,
    )


@router.get("/verwerkingen/{id}")
def run(page: Page, id_: RunId) -> Response:
    """Show one run: where it is and why, how many results it has, and what was found."""
    found = page.services.runs.find(id_)
    counts = page.services.runs.counts(id_)
    case = use_case(found.new.dataset)
    kinds = {int(kind): count for kind, count in counts.resultaattype.items()}
    return page.show(
        "run.html",
        f"Verwerking van levering {found.new.levering}",
        run=found,
        total=counts.aantal,
        kinds=[(case.routes[kind].omschrijving, count) for kind, count in sorted(kinds.items())],
        reasons=[(case.reasons.get(reason, reason), count) for reason, count in sorted(counts.reden.items())],
        findings=page.services.runs.findings(id_),
        state=STATE_SENTENCES[found.state],
        why=_said(found),
        delivery=f"{found.new.dataset}-{found.new.digest}",
    )
