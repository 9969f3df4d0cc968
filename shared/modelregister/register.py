"""What a Modelbeheerder may do with a model version; always with a reason, and never both sides of four eyes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.errors import RequestRefused
from shared.events import Action, AuditEvent, Caller, moment_text
from shared.installation import Workplace
from shared.interventions import checked_reason
from shared.logboek import Batch, write_batch_lines
from shared.modelregister.port import ModelVersion, Proposal, ScoredPage, VersionId
from shared.modelregister.states import VersionStatus, VersionStep
from shared.modelregister.versions import Versions
from shared.output import write_pointer

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage
    from shared.modelregister.comparison import Grouping

TRACING = "modelversie-nagaan"
MOST_AT_ONCE = 100  # applications on a page
_TICK = timedelta(microseconds=1)  # the end of a period is not in it
_ACTIONS = {
    VersionStep.GOEDKEUREN: Action.MODEL_GOEDKEUREN,
    VersionStep.AFWIJZEN: Action.MODEL_AFWIJZEN,
    VersionStep.INTREKKEN: Action.MODEL_INTREKKEN,
    VersionStep.SCHADUW_BEGINNEN: Action.SCHADUW_BEGINNEN,
    VersionStep.SCHADUW_STOPPEN: Action.SCHADUW_STOPPEN,
}


def entered(first: VersionId, caller: Caller, now: datetime) -> AuditEvent:
    """Return the event of entering the package that an installation begins with."""
    step = str(VersionStep.EERSTE_VERSIE)
    return AuditEvent(Action.MODEL_INVOEREN, f"model {first.title}", step, caller, now, first.dataset)


def propose(
    workplace: Workplace,
    version: str,
    reden: str,
    reden_drempel: str,
    reden_steekproef: str,
    groupings: Sequence[Grouping] = (),
) -> ModelVersion:
    """Propose a package that lies in the folder of models, with a dossier that the app makes; returns the version.

    RequestRefused without one of the three reasons, for another package under a known version, or for the active one.
    """
    from shared.modelregister.dossier import make_dossier  # compares tables; every other step is without

    versions = _versions(workplace)
    reason, threshold, sample = (_said(text, where) for text, where in _where(reden, reden_drempel, reden_steekproef))
    version_id, package = versions.candidate(version)
    dossier = make_dossier(workplace, versions, package, reasons=(threshold, sample), groupings=groupings)
    proposal = Proposal(threshold, sample, dossier.text, dossier.sha256, versions.active().sha256)
    event = _event(workplace, Action.MODEL_VOORSTELLEN, version_id, VersionStatus.VOORGESTELD)
    return versions.register.propose(version_id, proposal, reason, event)


def approve(workplace: Workplace, version: str, reden: str, steekproef: float | None = None) -> ModelVersion:
    """Approve a proposal of another, made against the version that is active now.

    `steekproef`: the share of the random sample, said again by the approver; needed where the package sets one above 0,
    and RequestRefused when it is another. FourEyesRequired for who proposed it.
    """
    versions = _versions(workplace)
    _, version_id = versions.known(version)
    _check_sample(versions.load(version_id.model, version), steekproef)
    return _take(workplace, version_id, VersionStep.GOEDKEUREN, reden, 0.0 if steekproef is None else steekproef)


def reject(workplace: Workplace, version: str, reden: str) -> ModelVersion:
    """Reject a proposal of another; FourEyesRequired for who proposed it."""
    return _take(workplace, _known(workplace, version), VersionStep.AFWIJZEN, reden)


def withdraw(workplace: Workplace, version: str, reden: str) -> ModelVersion:
    """Withdraw a version that is not active: it is not used again without a new proposal."""
    return _take(workplace, _as_entered(workplace, version), VersionStep.INTREKKEN, reden)


def start_shadow(workplace: Workplace, version: str, reden: str) -> ModelVersion:
    """Let an approved version score beside the active one, every delivery that is published from now on."""
    return _take(workplace, _known(workplace, version), VersionStep.SCHADUW_BEGINNEN, reden)


def end_shadow(workplace: Workplace, version: str, reden: str) -> ModelVersion:
    """Let a shadow score no more; what it stored stays."""
    return _take(workplace, _as_entered(workplace, version), VersionStep.SCHADUW_STOPPEN, reden)


def activate(workplace: Workplace, version: str, reden: str) -> ModelVersion:
    """Make an approved version active, or the one from directly before again; it judges from the next claim on.

    DossierOutdated for a version that was approved against another one than is active now; TransitionRefused for any
    other that is out of use, also one that was rolled back from: that takes a new proposal and two people.
    """
    reason = checked_reason(reden)
    version_id = _known(workplace, version)
    event = _event(workplace, Action.MODEL_ACTIVEREN, version_id, VersionStatus.ACTIEF)
    taken = _versions(workplace).register.activate(version_id, reason, event)
    write_pointer(workplace)
    return taken


def scored_by_version(
    workplace: Workplace,
    version: str,
    van: datetime,
    tot: datetime,
    reden: str,
    pagina: int = 1,
    grootte: int = MOST_AT_ONCE,
) -> ScoredPage:
    """Return a page of which applications a version scored from `van` to `tot`, with who asked and why on record.

    For a rollback: whoever was judged by a version that should not have been. In the logboek stands whom this page
    shows, and nobody else; the event tells the part of the period that it shows. RequestRefused without a reason, with
    moments that have no zone or the wrong order, for a page before the first, or for more than MOST_AT_ONCE at once.
    """
    reason = checked_reason(reden)
    if van.tzinfo is None or tot.tzinfo is None or van >= tot:
        raise RequestRefused(
            "The period is not from an earlier to a later moment, both with a time zone.",
            where="van, tot",
            next_step="Give two moments with an offset, the earlier first.",
        )
    if pagina < 1 or not 1 <= grootte <= MOST_AT_ONCE:
        raise RequestRefused(
            f"There is no such page, or it would hold more than {MOST_AT_ONCE} applications.",
            where="pagina",
            next_step="Begin at the first page, and ask the next one after it.",
        )
    known = _versions(workplace).register.version(workplace.dataset, version)
    found = _versions(workplace).register.scored_by(known.id, van, tot, (pagina - 1) * grootte, grootte)
    shown = found.applications
    moments = [one.published_at for one in shown] or [van]
    period = {"van": moment_text(min(moments)), "tot": moment_text(max(moments) + _TICK if shown else van)}
    details = {"reden": reason, "aanvragen": len(shown), "van_totaal": found.total, "pagina": pagina, **period}
    event = _event(workplace, Action.MODEL_NAGAAN, known.id, "getoond", **details)
    workplace.ledger.note(event)
    batch = Batch(
        workplace.dataset,
        TRACING,
        ("aanvragen van een modelversie nagaan", "aanvrager nagaan"),
        event.tijdstip,
        known.id.sha256,
        workplace.code_version,
    )
    subjects = [(one.person, one.application) for one in shown]
    write_batch_lines(workplace.blobs, workplace.activity, batch, subjects)
    return found


def _take(
    workplace: Workplace, version: VersionId, step: VersionStep, reden: str, sample_share: float | None = None
) -> ModelVersion:
    reason = checked_reason(reden)
    event = _event(workplace, _ACTIONS[step], version, str(step))
    return _versions(workplace).register.take(version, step, reason, event, sample_share)


def _known(workplace: Workplace, version: str) -> VersionId:
    """Return a version by the digest that its package has now: a step with another package is refused."""
    return _versions(workplace).known(version)[1]


def _as_entered(workplace: Workplace, version: str) -> VersionId:
    """Return a version as it was entered: to stop using it, its package need not be there."""
    return _versions(workplace).register.version(workplace.dataset, version).id


def _check_sample(package: ModelPackage, chosen: float | None) -> None:
    needed = package.sample_share > 0
    if (needed and chosen is None) or (chosen is not None and chosen != package.sample_share):
        raise RequestRefused(
            "The share of the random sample must be chosen by the approver, and be that of the package.",
            where="steekproef",
            next_step="Give the share that the proposal shows, or reject the proposal.",
        )


def _where(*texts: str) -> list[tuple[str, str]]:
    return list(zip(texts, ("reden", "reden_drempel", "reden_steekproef"), strict=True))


def _said(text: str, where: str) -> str:
    try:
        return checked_reason(text)
    except RequestRefused as refused:
        raise RequestRefused(refused.what, where=where, next_step=refused.next_step) from None


def _event(workplace: Workplace, action: Action, version: VersionId, result: str, **details: Any) -> AuditEvent:
    return workplace.event(action, f"model {version.title}", result, **details)


def _versions(workplace: Workplace) -> Versions:
    if workplace.versions is None:
        raise RequestRefused(
            "This installation has no register of model versions.",
            where=f"dataset {workplace.dataset}",
            next_step="Use an installation with an administration.",
        )
    return workplace.versions
