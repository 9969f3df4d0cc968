"""What a person may ask for: release a held delivery, judge one again, stop or resume a model. Always with a reason."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence

from shared.administration import ClaimKind, DeliveryRecord, RunRecord, RunRequest, StopState
from shared.anchors import drop_anchor
from shared.errors import NotKnown, RequestRefused, TransitionRefused
from shared.events import Action, AuditEvent
from shared.installation import Installation, Steps, Workplace
from shared.judging import judge
from shared.logs import run_log
from shared.output import write_pointer
from shared.records import PseudonymisedDelivery
from shared.runs import Outcome, finish_claimed, finish_tail, guarded, publish
from shared.runstates import PUBLISHED, RunReason, RunState
from shared.set_apart import given_up, let_lapse
from shared.stored_snapshot import has_snapshot, read_snapshot

_STUCK = frozenset({RunReason.STAART_STAAT_STIL, RunReason.STAART_MISLUKT, RunReason.OVERGENOMEN})
REASON_LENGTH = 1000
# what no keyboard gives, and not every database or file can hold: control characters and halves of a character
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def checked_reason(reden: str) -> str:
    """Return the reason without outer blanks; RequestRefused when there is none, or it is too long or no text."""
    reason = reden.strip()
    if not reason or len(reason) > REASON_LENGTH or _UNWRITABLE.search(reason):
        raise RequestRefused(
            f"A reason of 1 to {REASON_LENGTH} characters is needed.",
            where="reden",
            next_step="Say in your own words why; do not put personal data in it.",
        )
    return reason


def release(workplace: Workplace, levering: str, reden: str, digest: str = "") -> RunRecord:
    """Let a held delivery go on, whatever its findings that hold; it is still rejected when it is broken.

    Of several deliveries with this name it is the last one that is held, or the one with this digest.
    """
    reason = checked_reason(reden)
    held = [
        run
        for run in _runs_of(workplace, levering, digest)
        if run.state is RunState.AANGEHOUDEN and run.reason is RunReason.CONTROLE_AANGEHOUDEN
    ]
    if not held:
        raise TransitionRefused(
            "This delivery does not wait for a person.",
            where=f"levering {levering}",
            next_step="Only a delivery that the check holds can be released.",
        )
    run = held[-1]
    event = workplace.event(Action.VRIJGEVEN, f"levering {levering}", "vrijgegeven", run.run_id, reden=reason)
    released = workplace.ledger.release(run.run_id, event)
    drop_anchor(workplace)
    return released


def request_run(
    installation: Installation,
    levering: str,
    aanvraagnummers: Sequence[str] | None,
    reden: str,
    digest: str = "",
) -> RunRecord:
    """Record a request to judge a published delivery again, with the active model; for these applications or all.

    The run waits; `process_request` or the next round does it. A list of no applications is refused: it is not all.
    """
    reason = checked_reason(reden)
    if installation.use_case.follow_up:
        raise RequestRefused(
            "Nothing is judged in this dataset, so it cannot be judged again.",
            where=f"levering {levering}",
            next_step="Ask for the delivery of the applications.",
        )
    if aanvraagnummers is not None and not aanvraagnummers:
        raise RequestRefused(
            "The list of applications is empty.",
            where="aanvraagnummers",
            next_step="Name at least one application, or leave the list out to judge all of them.",
        )
    before = installation.ledger.asked_before(installation.caller)
    if before is not None:  # sent again, also where it could not be asked any more by now
        return before
    published = [
        run for run in _runs_of(installation, levering, digest) if run.state in PUBLISHED and not run.new.request_id
    ]
    if not published:
        raise NotKnown(
            "Nothing was published of this delivery, so it cannot be judged again.",
            where=f"levering {levering}",
            next_step="Check the name; a held delivery must be released first.",
        )
    digest = published[-1].new.digest
    if _has_no_snapshot(installation, digest):
        raise TransitionRefused(
            "There is no snapshot of this delivery, so it cannot be judged again.",
            where=f"levering {levering}",
            next_step="Ask the supplier for the applications in a new delivery.",
        )
    wanted = tuple(sorted({number.strip() for number in aanvraagnummers or ()}))
    if wanted:
        numbers = installation.ledger.application_numbers(installation.dataset, digest)
        unknown = len(set(wanted).difference(number for _, number in numbers))
        if unknown:
            raise NotKnown(
                f"{unknown} of the {len(wanted)} applications are not in this delivery.",
                where=f"levering {levering}",
                next_step="Check the application numbers.",
            )
    first = published[-1].new
    new = installation.new_run(first.levering, digest, request_id=uuid.uuid4().hex, key_id=first.key_id)
    request = RunRequest(
        request_id=new.request_id,
        dataset=installation.dataset,
        levering=new.levering,
        digest=digest,
        aanvraagnummers=wanted,
        reden=reason,
        actor=installation.caller.actor,
        tijdstip=installation.clock.now(),
    )
    event = installation.event(
        Action.AANVRAGEN, f"levering {levering}", "aangevraagd", new.run_id, reden=reason, aanvragen=len(wanted)
    )
    asked = installation.ledger.request_run(request, new, event)
    drop_anchor(installation)
    return asked


def process_request(installation: Installation, run: RunRecord) -> Outcome:
    """Do the run that a person asked for; does nothing when it is done or somebody is at it."""
    installation = installation.up_to_date()
    new = installation.new_run(run.new.levering, run.new.digest, request_id=run.new.request_id, key_id=run.new.key_id)
    event = installation.event(
        Action.CLAIMEN, f"levering {new.levering}", "geclaimd", model=new.model, modelversie=new.model_version
    )
    claim = installation.ledger.claim(new, installation.terms(), event)
    if claim.kind is ClaimKind.STAART:
        return finish_claimed(installation, claim, lambda held: finish_tail(installation, held))
    if claim.kind is not ClaimKind.GEKREGEN:
        return Outcome(new.levering, claim.kind, claim.run)

    steps = Steps(installation, claim.run)

    def work() -> Outcome:
        if (ended := given_up(installation, claim)) is not None:  # who asked for it can ask again, for less
            return Outcome(new.levering, claim.kind, ended)
        if _has_no_snapshot(installation, new.digest):  # and never will: the round need not try again
            ended = let_lapse(installation, claim, RunReason.MOMENTOPNAME_ONTBREEKT)
            return Outcome(new.levering, claim.kind, ended)
        steps.begin()
        delivery = _asked_for(installation, installation.ledger.request(new.request_id))
        steps.done(Action.MOMENTOPNAME_LEZEN, "gelezen", aanvragen=len(delivery.applications))
        publish(installation, claim, judge(installation, claim.run, (delivery,), steps), steps, tuple, None)
        with installation.ledger.settling():
            return finish_tail(installation, claim)

    return guarded(installation, claim, work, steps)


def let_go_of_snapshot(workplace: Workplace, levering: str, reden: str, digest: str = "") -> RunRecord:
    """Let a published delivery be finished without a snapshot: each worker ends at it, or its raw files are gone.

    The next round does everything else of the tail, and the raw delivery is deleted. Nothing of it can be judged again
    then, so TransitionRefused as long as the app has not said that it cannot finish it, or where a worker is at it.
    """
    reason = checked_reason(reden)
    stuck = [run for run in _runs_of(workplace, levering, digest) if is_stuck(run)]
    if not stuck:
        raise TransitionRefused(
            "This delivery does not wait to be finished after a failure.",
            where=f"levering {levering}",
            next_step="Only published results that the app cannot finish go without a snapshot.",
        )
    run = stuck[-1]
    event = workplace.event(Action.CLAIMEN, f"levering {levering}", "geclaimd", run.run_id)
    claim = workplace.ledger.claim(run.new, workplace.terms(), event)
    if claim.kind is not ClaimKind.STAART:
        raise TransitionRefused(
            "A worker is finishing this delivery.", where=f"levering {levering}", next_step="Try again in an hour."
        )
    event = workplace.event(
        Action.MOMENTOPNAME_LOSLATEN, f"levering {levering}", "losgelaten", run.run_id, reden=reason
    )
    workplace.ledger.move(claim, RunState.GEPUBLICEERD, RunReason.MOMENTOPNAME_LOSGELATEN, event)
    drop_anchor(workplace)
    return workplace.ledger.run(run.run_id)


def is_stuck(run: RunRecord) -> bool:
    """Say whether the app published a delivery, and said that it could not finish it."""
    return run.of_delivery and run.state is RunState.GEPUBLICEERD and run.reason in _STUCK


def _has_no_snapshot(installation: Installation, digest: str) -> bool:
    """Say whether the snapshot of a delivery is gone, and not only waits to be written."""
    runs = installation.ledger.runs_of_delivery(installation.dataset, digest)
    waits = any(run.of_delivery and run.state is RunState.GEPUBLICEERD for run in runs)
    return not waits and not has_snapshot(installation.blobs, installation.dataset, digest)


def _asked_for(installation: Installation, request: RunRequest) -> PseudonymisedDelivery:
    named = frozenset(request.aanvraagnummers)
    numbers = installation.ledger.application_numbers(request.dataset, request.digest)
    chosen = {dienst: number for dienst, number in numbers if number in named or not named}
    return read_snapshot(installation, request.digest, chosen)


def stop_model(workplace: Workplace, reden: str) -> StopState:
    """Turn the stop switch of the model on: nothing is published until it goes off, and readers are told."""
    return _switch(workplace, workplace.ledger.stop, Action.STOPPEN, "gestopt", reden)


def resume_model(workplace: Workplace, reden: str) -> StopState:
    """Turn the stop switch of the model off; the next round takes up what was held by it."""
    return _switch(workplace, workplace.ledger.resume, Action.HERVATTEN, "hervat", reden)


def _switch(
    workplace: Workplace, turn: Callable[[str, str, AuditEvent], StopState], action: Action, result: str, reden: str
) -> StopState:
    """Turn the switch of the model that the register names; its package is not read, for it may be what is wrong."""
    reason = checked_reason(reden)
    model, _ = workplace.in_use()
    state = turn(model, reason, workplace.event(action, f"model {model}", result, reden=reason))
    run_log().warning("stop switch of %s: %s", model, result)  # an alarm looks for these words
    write_pointer(workplace)
    drop_anchor(workplace)
    return state


def _runs_of(workplace: Workplace, levering: str, digest: str = "") -> list[RunRecord]:
    found: list[DeliveryRecord] = workplace.ledger.deliveries(workplace.dataset, levering)
    records = [record for record in found if digest in ("", record.digest)]
    if not records:
        raise NotKnown(
            "This delivery is not in the administration.",
            where=f"levering {levering}",
            next_step="Check the name of the delivery.",
        )
    return [run for record in records for run in workplace.ledger.runs_of_delivery(record.dataset, record.digest)]
