"""Lets versions score beside the active one: what was published is judged by them too, kept, and never shown.

A shadow has its own runs, claims and results, and judges the stored snapshot: it can neither delay nor change what is
published. It writes no files but its lines in the logboek, because judging a person is a processing, shown or not. The
stop switch of the model stops its shadows too: they are the same model, and who stops it wants no more of it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial

from shared.administration import Claim, ClaimKind, ModelStatus, RunRecord
from shared.errors import SlimmeCheckError
from shared.events import Action
from shared.failures import as_told
from shared.finished_parts import remove_parts
from shared.installation import Installation, Steps
from shared.judging import judge
from shared.logboek import write_run_lines
from shared.logs import run_log
from shared.modellog import write_model_log
from shared.modelregister.port import ModelVersion
from shared.runs import Outcome, finish_claimed, guarded
from shared.runstates import RunReason, RunState
from shared.set_apart import given_up
from shared.stored_snapshot import read_snapshot
from shared.waiting_rows import WaitingRows


def score_shadows(installation: Installation) -> list[Outcome]:
    """Do what every shadow has not judged yet, and finish what was interrupted; what goes wrong stops nothing else.

    Judged is every delivery that was published after the version became a shadow; requests for named applications are
    not, because they are about people and not about the model.
    """
    try:
        return _score_shadows(installation)
    except Exception as cause:  # the register or the database does not answer: the next round tries again
        run_log().error("shadows could not be taken up: %s", as_told(cause))
        return []


def _score_shadows(installation: Installation) -> list[Outcome]:
    if installation.versions is None:
        return []
    outcomes = [finish_shadow(installation, run) for run in _unfinished(installation) if not run.stands_still]
    for version in installation.versions.shadows():
        outcomes += _of_version(installation, version)
    return outcomes


def standing_shadows(installation: Installation) -> list[RunRecord]:
    """Return the shadow runs of which only the tail is left, and that are left for last."""
    return [run for run in _unfinished(installation) if run.stands_still]


def finish_shadow(installation: Installation, run: RunRecord) -> Outcome:
    """Finish a shadow run whose results are kept already; its version need not be a shadow any more."""
    return _attempt(run, partial(_finish, installation, run))


def _unfinished(installation: Installation) -> list[RunRecord]:
    return installation.ledger.runs(installation.dataset, (RunState.GEPUBLICEERD,), status=ModelStatus.SCHADUW)


def _of_version(installation: Installation, version: ModelVersion) -> list[Outcome]:
    due = _due(installation, version)
    if not due or installation.versions is None:
        return []
    try:
        package = installation.versions.package(version.id)
    except SlimmeCheckError as failure:
        run_log().error("shadow %s: %s", version.id.title, failure)
        return [Outcome(run.new.levering, failure=failure) for run in due]
    shadow = replace(installation, model=package, model_status=ModelStatus.SCHADUW, versions=None)
    return [_attempt(run, partial(_score, shadow, run)) for run in due]


def _due(installation: Installation, version: ModelVersion) -> list[RunRecord]:
    """Return the published deliveries that this version has not judged, as far as it still can."""
    known = {
        run.run_id: run
        for run in installation.ledger.runs(installation.dataset, RunState, status=ModelStatus.SCHADUW)
        if run.new.model_sha256 == version.id.sha256
    }
    past = {run.new.digest for run in known.values() if run.publication is not None or _hopeless(run)}
    return [
        run
        for run in installation.ledger.runs(installation.dataset, (RunState.AFGEROND,))
        if not run.new.request_id
        and run.published_at is not None
        and run.published_at >= version.since
        and run.new.digest not in past
    ]


def _hopeless(run: RunRecord) -> bool:
    return run.reason in (RunReason.MOMENTOPNAME_ONTBREEKT, RunReason.WERKERS_STONDEN_STIL)


def _attempt(run: RunRecord, work: Callable[[], Outcome]) -> Outcome:
    try:
        return work()
    except Exception as cause:  # before the claim: nothing is recorded, the next round tries again
        failure = as_told(cause)
        run_log().error("shadow could not be taken up: %s", failure)
        return Outcome(run.new.levering, failure=failure)


def _score(shadow: Installation, published: RunRecord) -> Outcome:
    new = shadow.new_run(published.new.levering, published.new.digest, key_id=published.new.key_id)
    event = shadow.event(
        Action.CLAIMEN,
        f"levering {new.levering}",
        "geclaimd",
        model=new.model,
        modelversie=new.model_version,
        status=str(new.model_status),
    )
    claim = shadow.ledger.claim(new, shadow.terms(), event)
    if claim.kind is not ClaimKind.GEKREGEN:
        return Outcome(new.levering, claim.kind, claim.run)
    return guarded(shadow, claim, lambda: _judge_and_keep(shadow, claim))


def _judge_and_keep(shadow: Installation, claim: Claim) -> Outcome:
    new = claim.run.new
    if (ended := given_up(shadow, claim)) is not None:
        return Outcome(new.levering, claim.kind, ended)
    steps = Steps(shadow, claim.run)
    steps.begin()
    numbers = dict(shadow.ledger.application_numbers(new.dataset, new.digest))
    delivery = read_snapshot(shadow, new.digest, numbers)
    steps.done(Action.MOMENTOPNAME_LEZEN, "gelezen", aanvragen=len(delivery.applications))
    with closing(judge(shadow, claim.run, (delivery,), steps)) as judged, WaitingRows() as rows:
        parts = rows.passing(judged)
        number = sum(len(part.results) for part in parts)
        event = shadow.event(
            Action.SCHADUW_BEWAREN, f"levering {new.levering}", "bewaard", claim.run.run_id, aantal=number
        )
        shadow.ledger.publish(claim, rows, shadow.clock.now(), event, steps=steps.hand_over())
    return _tail(shadow, claim)


def _finish(installation: Installation, run: RunRecord) -> Outcome:
    object_, version = f"levering {run.new.levering}", run.new.model_version
    event = installation.event(Action.CLAIMEN, object_, "geclaimd", modelversie=version)
    claim = installation.ledger.claim(run.new, installation.terms(), event)
    if claim.kind is not ClaimKind.STAART:
        return Outcome(run.new.levering, claim.kind, claim.run)
    return finish_claimed(installation, claim, lambda held: _tail(installation, held))


def _tail(installation: Installation, claim: Claim) -> Outcome:
    run = installation.ledger.run(claim.run.run_id)
    steps = Steps(installation, run)
    steps.begin()
    remove_parts(installation, run)
    lines = write_run_lines(installation, run)
    steps.done(Action.LOGBOEK_SCHRIJVEN, "geschreven en bevestigd", regels=lines)
    counts = installation.ledger.counts(run.run_id)
    write_model_log(installation, run, counts)
    event = installation.event(Action.AFRONDEN, f"levering {run.new.levering}", "afgerond", run.run_id)
    installation.ledger.move(claim, RunState.AFGEROND, RunReason.SCHADUW_BEWAARD, event, steps=steps.hand_over())
    known = installation.ledger.run(run.run_id)
    return Outcome(run.new.levering, claim.kind, known, counts)
