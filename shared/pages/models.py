"""Models: which works, its stop switch, and its versions with their dossier, by four eyes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from shared.api.forms import LAST_PAGE, ModelName, Version
from shared.api.resources.health import BROKEN_PACKAGE
from shared.api.resources.models import find_model
from shared.errors import ModelPackageInvalid, NotKnown, RequestRefused
from shared.events import same_actor
from shared.modelregister.register import MOST_AT_ONCE
from shared.modelregister.states import FOUR_EYES, STATUS_SENTENCES, STEP_SENTENCES, VersionStatus
from shared.pages.forms import Form
from shared.pages.modelforms import (
    PAGE,
    STEPS,
    next_form,
    possible_steps,
    proposal_form,
    scored_form,
    share_of,
    step_form,
    stop_form,
)
from shared.pages.route import Page, PageContext, PageRoute, Posted
from shared.pages.words import counted, day_entered

router = APIRouter(route_class=PageRoute)

_NOT_WHOLE = (
    "Het pakket van deze versie staat er niet, of is niet heel. Kies een andere versie, of zet het goede pakket terug."
)
_CHANGED = ("reden", "Dit kan zo niet. Lees het dossier opnieuw; misschien is er intussen iets veranderd.")
_REFUSED = {  # by the step: at which field, and why
    "goedkeuren": (
        "steekproef",
        "Dit is een ander percentage dan in het dossier staat, of het dossier is niet meer actueel.",
    ),
    "activeren": (
        "reden",
        "Dit kan zo niet. Het dossier vergelijkt met een versie die niet meer werkt. Trek deze versie in en stel haar "
        "opnieuw voor.",
    ),
}
_VERSION = "/modellen/{naam}/versies/{versie}"


@router.get("/modellen")
def models(page: Page) -> Response:
    """Show the models, and whether they work."""
    return page.show("models.html", "Modellen", models=page.services.models.known(), health=page.services.health())


@router.get("/modellen/{naam}")
def model(page: Page, naam: ModelName) -> Response:
    """Show one model: its stop switch and its versions."""
    return _model(page, naam)


def _model(page: PageContext, name: str, refused: Form | None = None) -> Response:
    served = find_model(page.services, name)
    forms = []
    if page.may("POST", "/modellen/{naam}/stop"):
        forms.append(stop_form(name, stopped=served.stop.stopped))
    if page.may("POST", "/modellen/{naam}/versies"):
        forms.append(proposal_form(name))
    return page.show(
        "model.html",
        f"Model {name}",
        status=400 if refused else 200,
        served=served,
        fault=page.services.health().fault_of_model(served.dataset),
        broken=BROKEN_PACKAGE,
        versions=list(reversed(page.services.versions.known(served.dataset))),
        forms=[refused if refused and refused.id == form.id else form for form in forms],
        wrong=refused is not None,
    )


@router.post("/modellen/{naam}/stop")
def stop(page: Page, naam: ModelName, posted: Posted) -> Response:
    """Turn the stop switch on."""
    return _switch(page, naam, posted, stopped=False)


@router.post("/modellen/{naam}/hervatting")
def resume(page: Page, naam: ModelName, posted: Posted) -> Response:
    """Turn the stop switch off."""
    return _switch(page, naam, posted, stopped=True)


def _switch(page: PageContext, name: str, posted: Posted, *, stopped: bool) -> Response:
    form = page.read(stop_form(name, stopped=stopped), posted)
    if form.errors:
        return _model(page, name, form)
    dataset = find_model(page.services, name).dataset
    turn = page.services.models.resume if stopped else page.services.models.stop
    turn(page.caller, dataset, name, form.answers["reden"])
    return page.go(f"/modellen/{name}")


@router.post("/modellen/{naam}/versies")
def propose(page: Page, naam: ModelName, posted: Posted) -> Response:
    """Propose a version; the app makes its dossier."""
    dataset = find_model(page.services, naam).dataset
    form = page.read(proposal_form(naam), posted)
    if not form.errors:
        answers = form.answers
        reasons = answers["reden"], answers["redendrempel"], answers["redensteekproef"]
        try:
            page.services.versions.propose(page.caller, dataset, answers["versie"], *reasons)
            return page.go(f"/modellen/{naam}/versies/{answers['versie']}")
        except (ModelPackageInvalid, RequestRefused):
            form = form.refuse(
                "versie",
                "Deze versie kan niet worden voorgesteld. Controleer of het modelpakket er staat, heel is en nog niet "
                "in gebruik is.",
            )
    return _model(page, naam, form)


@router.get(_VERSION)
def version(page: Page, naam: ModelName, versie: Version) -> Response:
    """Show one version: its steps, its dossier, and what can be done with it."""
    return _version(page, naam, versie)


def _version(page: PageContext, name: str, number: str, refused: Form | None = None) -> Response:
    found, steps = page.services.versions.find(find_model(page.services, name).dataset, number)
    proposals = [step.proposal for step in steps if step.proposal is not None]
    person = page.person.subject if page.person else ""
    own = bool(found.proposer) and same_actor(found.proposer, person) and found.status is VersionStatus.VOORGESTELD
    may_step = page.may("POST", f"{_VERSION}/{{stap}}")
    names = [each for each in possible_steps(found) if may_step and not (own and STEPS[each][0] in FOUR_EYES)]
    forms = [step_form(name, number, each) for each in names]
    if page.may("POST", f"{_VERSION}/aanvragen"):
        forms.append(scored_form(name, number))
    return page.show(
        "version.html",
        f"Model {name}, versie {number}",
        status=400 if refused else 200,
        name=name,
        found=found,
        status_sentence=STATUS_SENTENCES[found.status],
        steps=list(reversed(steps)),
        step_sentences=STEP_SENTENCES,
        dossier=json.loads(proposals[-1].dossier) if proposals else None,
        forms=[refused if refused and refused.id == form.id else form for form in forms],
        waits_for_other=own and may_step,
        wrong=refused is not None,
    )


@router.post(f"{_VERSION}/aanvragen")
def scored(page: Page, naam: ModelName, versie: Version, posted: Posted) -> Response:
    """Show which applications a version judged in a period; never ordered by score."""
    dataset = find_model(page.services, naam).dataset
    form = scored_form(naam, versie)
    form = page.read(replace(form, fields=(*form.fields, PAGE)), posted)
    if form.errors:
        return _version(page, naam, versie, form)
    begin, last = day_entered(form.answers["van"]), day_entered(form.answers["tot"])
    if begin is None or last is None or last < begin:
        return _version(page, naam, versie, form.refuse("tot", "Kies een laatste dag die niet voor de eerste ligt."))
    number = counted(form.answers[PAGE.name] or "1", LAST_PAGE)
    if number is None:
        return _version(page, naam, versie, form.refuse("tot", "Deze bladzijde bestaat niet. Vraag het opnieuw."))
    period = (begin, last + timedelta(days=1), form.answers["reden"])
    found = page.services.versions.scored(page.caller, dataset, versie, *period, number, MOST_AT_ONCE)
    return page.show(
        "scored.html",
        f"Beoordeeld door versie {versie}",
        found=found.applications,
        total=found.total,
        first=(number - 1) * MOST_AT_ONCE + 1,
        further=next_form(naam, versie, form, number + 1) if number * MOST_AT_ONCE < found.total else None,
        begin=begin,
        last=last,
        back=f"/modellen/{naam}/versies/{versie}",
        name=naam,
    )


@router.post(f"{_VERSION}/{{stap}}")
def take_step(page: Page, naam: ModelName, versie: Version, stap: str, posted: Posted) -> Response:
    """Take a step with a version; who proposed it does not approve or reject it."""
    if stap not in STEPS:
        raise NotKnown("There is no such step.", next_step="Open the version and choose a step there.")
    dataset, known = find_model(page.services, naam).dataset, page.services.versions
    form = page.read(step_form(naam, versie, stap), posted)
    share = share_of(form.answers["steekproef"]) if stap == "goedkeuren" else None
    if stap == "goedkeuren" and "steekproef" not in form.errors and share is None:
        form = form.refuse("steekproef", "Vul een percentage in van 0 tot en met 100, zoals 5.")
    if form.errors:
        return _version(page, naam, versie, form)
    reason = form.answers["reden"]
    try:
        if stap == "goedkeuren":
            known.approve(page.caller, dataset, versie, reason, share)
        else:
            take = {
                "afwijzen": known.reject,
                "schaduw-beginnen": known.start_shadow,
                "schaduw-stoppen": known.end_shadow,
                "activeren": known.activate,
                "terugzetten": known.activate,
                "intrekken": known.withdraw,
            }[stap]
            take(page.caller, dataset, versie, reason)
    except ModelPackageInvalid:
        return _version(page, naam, versie, form.refuse("reden", _NOT_WHOLE))
    except RequestRefused:
        return _version(page, naam, versie, form.refuse(*_REFUSED.get(stap, _CHANGED)))
    return page.go(f"/modellen/{naam}/versies/{versie}")
