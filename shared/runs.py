"""The one place where effects happen, in this order.

claim -> result files of the attempt -> publish, with their sha256 -> files in place, manifest and pointers -> logboek,
acknowledged -> message to the supplier -> audit snapshot -> delete datapackage.json -> delete the tables -> finish.

Killed at any point, the next round finishes what was begun: before publish nothing is visible and all is done again
with the same bytes; after publish only the tail is done again. See docs/verwerking-toestanden.md for the states.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared import mailbox, parts
from shared.administration import Claim, ClaimKind, DeliveryFacts, NewRun, Place, RunCounts, RunRecord
from shared.errors import AttemptSuperseded, SlimmeCheckError, TailStandsStill
from shared.events import Action
from shared.failures import as_told, reason_of
from shared.feedback import write_message
from shared.installation import GrowingSnapshot, Installation, Steps
from shared.judging import judge
from shared.logboek import write_run_lines, write_unpublished_lines
from shared.logs import run_log
from shared.mailbox import StoredDelivery
from shared.modellog import write_model_log
from shared.output import write_current, write_run_log
from shared.ports import Container, ModelStopped
from shared.quarantine import empty_quarantine
from shared.records import Finding, ResultSet, Verdict
from shared.runfiles import stage_results, write_manifest
from shared.runstates import OF_THE_MODEL, RunReason, RunState
from shared.set_apart import (
    Judged,
    has_other_tables,
    learned,
    remove_duplicate,
    set_apart,
    silent_ends,
    stood_still,
    waits_for_person,
)
from shared.stages.rules import finding
from shared.stored_snapshot import drop_unfinished, has_snapshot, write_snapshot
from shared.subjects import Subjects
from shared.waiting_rows import WaitingRows

if TYPE_CHECKING:
    from shared.stages.inparts import DeliveryInParts


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery or request. `kind` is None when it could not even be claimed."""

    levering: str
    kind: ClaimKind | None = None
    run: RunRecord | None = None
    counts: RunCounts = field(default_factory=lambda: RunCounts(0))
    findings: tuple[Finding, ...] = ()
    failure: SlimmeCheckError | None = None

    @property
    def sentence(self) -> str:
        """Return in one Dutch sentence what became of it."""
        if self.run is None:
            return str(self.failure)
        if self.kind is ClaimKind.BEZET:
            return "Een andere werker is hiermee bezig."
        return self.run.sentence


def run_delivery(installation: Installation, source: StoredDelivery) -> Outcome:
    """Process a complete delivery from where it lies: the mailbox, or quarantine after its release."""
    installation = installation.up_to_date()
    new = installation.new_run(source.levering, source.digest)
    return claim_and_work(
        installation,
        source,
        new,
        {"model": new.model, "modelversie": new.model_version},
        lambda claim, steps: _first_half(installation, claim, source, steps),
        lambda claim: finish_tail(installation, claim),
    )


def claim_and_work(
    installation: Installation,
    source: StoredDelivery,
    new: NewRun,
    details: Mapping[str, str],
    first_half: Callable[[Claim, Steps], Outcome],
    tail: Callable[[Claim], Outcome],
) -> Outcome:
    """Claim the run of a delivery and do what is left of it: all, the tail, or nothing a second time.

    `details`: what the event of the claim tells beside versions and delivery.
    """
    event = installation.event(
        Action.CLAIMEN,
        f"levering {source.levering}",
        "geclaimd",
        **details,
        contractversie=new.contract_version,
        codeversie=new.code_version,
        digest=source.digest,
        **source.told_seen(),
    )
    claim = installation.ledger.claim(new, installation.terms(), event)
    if claim.run.state is RunState.AFGEKEURD and has_other_tables(installation, source):
        claim = installation.ledger.claim(new, installation.terms(), event, reoffered=True)
    if claim.kind is ClaimKind.GEKREGEN:
        steps = Steps(installation, claim.run)
        return guarded(
            installation,
            claim,
            lambda: _held_unread(installation, claim, source, steps) or first_half(claim, steps),
            steps,
        )
    if claim.kind is ClaimKind.STAART:
        return finish_claimed(installation, claim, tail)
    if claim.kind in (ClaimKind.KLAAR, ClaimKind.WACHT_OP_MENS):
        remove_duplicate(installation, claim.run, source)
    return Outcome(source.levering, claim.kind, claim.run)


def finish_claimed(installation: Installation, claim: Claim, tail: Callable[[Claim], Outcome]) -> Outcome:
    """Do the tail of a published run; one at which worker after worker ended is left for last, and said to be."""
    return guarded(installation, claim, lambda: _left_for_last(installation, claim) or tail(claim))


def told_standing(run: RunRecord) -> TailStandsStill:
    """Return what a person is told of a published run that waits for the end of a night, in every round."""
    return TailStandsStill(
        "Worker after worker ended without a word while it finished this run; its results are published.",
        where=f"run {run.run_id}",
        next_step="Look in the log where the work stopped; it is tried after everything else of a night."
        + (" When nothing helps, let go of the snapshot at the page of the delivery." if run.of_delivery else ""),
    )


def _left_for_last(installation: Installation, claim: Claim) -> Outcome | None:
    """Let go of a tail that would end this worker too, before anything else is done; None for any other."""
    run, reason = claim.run, RunReason.STAART_STAAT_STIL
    if not silent_ends(installation, run):
        return None
    failure = told_standing(run)
    details = {"reden": str(reason), "fout": failure.code}
    event = installation.event(Action.MISLUKKEN, f"levering {run.new.levering}", str(run.state), run.run_id, **details)
    installation.ledger.move(claim, run.state, reason, event)
    run_log().error("run %s: %s", run.run_id, failure)
    return Outcome(run.new.levering, claim.kind, _as_known(installation, run), failure=failure)


def guarded(
    installation: Installation, claim: Claim, work: Callable[[], Outcome], steps: Steps | None = None
) -> Outcome:
    """Do the work of a claim; whatever goes wrong ends in a named state with a next step.

    `steps`: of the attempt, which know whose applications were being judged.
    """
    run = claim.run
    try:
        return work()
    except AttemptSuperseded:
        return Outcome(run.new.levering, ClaimKind.BEZET, _as_known(installation, run))
    except ModelStopped:
        _settle(installation, claim, RunReason.MODEL_GESTOPT, {}, steps)
        return Outcome(run.new.levering, ClaimKind.GESTOPT, _as_known(installation, run))
    except (KeyboardInterrupt, SystemExit):
        _settle(installation, claim, RunReason.AFGEBROKEN, {}, steps)
        raise
    except Exception as cause:  # the last resort: nothing may end without a state
        failure = as_told(cause)
        _settle(installation, claim, reason_of(failure), {"fout": failure.code, "wat": failure.what}, steps)
        run_log().error("run %s: %s", run.run_id, failure)
        return Outcome(run.new.levering, claim.kind, _as_known(installation, run), failure=failure)


def _settle(
    installation: Installation, claim: Claim, reason: RunReason, details: Mapping[str, str], steps: Steps | None
) -> None:
    """Record why an attempt ended early; when even that fails the lease runs out, and another worker takes over."""
    run = claim.run
    try:
        if installation.ledger.run(run.run_id).publication is not None:
            state, details = RunState.GEPUBLICEERD, {**details, "oorzaak": str(reason)}
            reason = RunReason.STAART_MISLUKT
        else:
            state = RunState.AANGEHOUDEN if reason is RunReason.MODEL_GESTOPT else RunState.MISLUKT
        action = Action.AANHOUDEN if state is RunState.AANGEHOUDEN else Action.MISLUKKEN
        event = installation.event(
            action, f"levering {run.new.levering}", str(state), run.run_id, reden=str(reason), **details
        )
        installation.ledger.move(claim, state, reason, event)
        if state is not RunState.GEPUBLICEERD:  # people were being judged, and that is on record too
            write_unpublished_lines(installation, run, Subjects() if steps is None else steps.people)
        if reason in OF_THE_MODEL:
            write_model_log(installation, run, RunCounts(0), details["fout"])
    except SlimmeCheckError as cause:
        run_log().error("run %s: its failure could not be recorded: %s", run.run_id, cause)


def _as_known(installation: Installation, run: RunRecord) -> RunRecord:
    try:
        return installation.ledger.run(run.run_id)
    except SlimmeCheckError:
        return run


def _held_unread(installation: Installation, claim: Claim, source: StoredDelivery, steps: Steps) -> Outcome | None:
    """Hold a delivery at which workers stood still again and again, before this one reads it; None for any other."""
    held = stood_still(installation, claim.run)
    if held is None:
        return None
    steps.begin()
    run = set_apart(installation, claim, Judged(source), held, steps)
    return Outcome(source.levering, claim.kind, run, findings=held.findings)


def _first_half(installation: Installation, claim: Claim, source: StoredDelivery, steps: Steps) -> Outcome:
    steps.begin()
    judged = Judged(source)
    with closing(_check(installation, judged, steps)) as checked:
        if checked.verdict is Verdict.AFGEKEURD or waits_for_person(installation, claim.run, checked.verdict):
            run = set_apart(installation, claim, judged, checked, steps)
            return Outcome(run.new.levering, claim.kind, run, findings=tuple(checked.findings))
        with closing(parts.new_snapshot(installation)) as snapshot:
            minimised = parts.minimised(installation, claim.run, checked)
            with closing(parts.kept(minimised, checked, snapshot, steps)) as deliveries:
                results = judge(installation, claim.run, deliveries, steps)
                facts = learned(source, checked)
                publish(installation, claim, results, steps, lambda: checked.findings + minimised.findings, facts)
            with installation.ledger.settling():
                return finish_tail(installation, claim, snapshot)


def _check(installation: Installation, judged: Judged, steps: Steps) -> DeliveryInParts:
    from shared.stages.inparts import DeliveryInParts

    source = judged.source
    if not mailbox.has_date(source.levering):
        checked = DeliveryInParts(Verdict.AFGEKEURD, (finding("LEV-111"),), None)
    else:
        previous = installation.ledger.previous_tot(installation.dataset, source.digest, source.van)
        checked = parts.check_in_parts(installation, judged, installation.model.policy.get("bands", {}), previous)
    codes = sorted({found.code for found in checked.findings})
    steps.done(Action.LEZEN, str(checked.verdict), rijen=checked.rows(), bevindingen=codes)
    return checked


def publish(
    installation: Installation,
    claim: Claim,
    results: Generator[ResultSet],
    steps: Steps,
    findings: Callable[[], tuple[Finding, ...]],
    facts: DeliveryFacts | None,
) -> None:
    """Write the result files of this attempt, then make them count: all at once, or not at all.

    `findings`: gives them once all results came by.
    """
    with closing(results), WaitingRows() as rows:
        staged = stage_results(installation, claim.run, rows.passing(results))
        steps.done(Action.RESULTATEN_SCHRIJVEN, "geschreven", bestanden=len(staged.sha256))
        event = installation.event(
            Action.PUBLICEREN,
            f"levering {claim.run.new.levering}",
            "gepubliceerd",
            claim.run.run_id,
            aantal=staged.aantal,
            poging=claim.run.attempt,
            bestanden=staged.sha256,
        )
        installation.ledger.publish(
            claim,
            rows,
            installation.clock.now(),
            event,
            steps=steps.hand_over(),
            findings=findings(),
            facts=facts,
        )


def finish_tail(installation: Installation, claim: Claim, snapshot: GrowingSnapshot | None = None) -> Outcome:
    """Do what comes after publish; every step may be done again. `snapshot` is made again when it is not given."""
    run = installation.ledger.run(claim.run.run_id)
    steps = Steps(installation, run)
    steps.begin()
    findings = tuple(installation.ledger.findings(run.run_id))
    write_run_log(installation, run)
    counts = write_manifest(installation, run)
    steps.done(Action.MANIFEST_SCHRIJVEN, "geschreven")
    dates = write_current(installation, run)
    steps.done(Action.WIJZERS_SCHRIJVEN, "geschreven", datums=dates)
    lines = write_run_lines(installation, run)
    steps.done(Action.LOGBOEK_SCHRIJVEN, "geschreven en bevestigd", regels=lines)
    write_model_log(installation, run, counts)
    facts, reason = None, _as_finished(installation, run)
    if not run.new.request_id:
        facts = _finish_delivery(installation, run, snapshot, findings, steps, reason)
    event = installation.event(Action.AFRONDEN, f"levering {run.new.levering}", str(reason), run.run_id)
    installation.ledger.move(claim, RunState.AFGEROND, reason, event, steps=steps.hand_over(), facts=facts)
    write_run_log(installation, run)
    run_log().info("run %s: finished", run.run_id)
    known = installation.ledger.run(run.run_id)
    return Outcome(run.new.levering, claim.kind, known, counts, findings)


def _as_finished(installation: Installation, run: RunRecord) -> RunReason:
    """Return as what a run is finished: without a snapshot where a person let go of it, and none was written yet."""
    told = installation.ledger.events(run.run_id) if run.attempt > 1 else ()
    if Action.MOMENTOPNAME_LOSLATEN not in [event.handeling for event in told]:  # all: they hold a connection
        return RunReason.AFGEROND
    known = has_snapshot(installation.blobs, installation.dataset, run.new.digest)
    return RunReason.AFGEROND if known else RunReason.AFGEROND_ZONDER_MOMENTOPNAME


def _finish_delivery(
    installation: Installation,
    run: RunRecord,
    snapshot: GrowingSnapshot | None,
    findings: tuple[Finding, ...],
    steps: Steps,
    reason: RunReason,
) -> DeliveryFacts:
    """Tell the supplier, keep the snapshot or let go of it, and only then delete the raw delivery."""
    record = installation.ledger.delivery(run.new.dataset, run.new.digest)
    write_message(installation, record.levering, record.digest, Verdict.GEACCEPTEERD, findings)
    steps.done(Action.TERUGKOPPELEN, "geschreven")
    if reason is RunReason.AFGEROND_ZONDER_MOMENTOPNAME:
        drop_unfinished(installation, record.digest)
        steps.done(Action.MOMENTOPNAME_SCHRIJVEN, "nagelaten")
    elif snapshot is not None or not has_snapshot(installation.blobs, installation.dataset, record.digest):
        with closing(snapshot or parts.snapshot_again(installation, run)) as found:
            size = write_snapshot(installation, record.digest, run.new.key_id, found)
        steps.done(Action.MOMENTOPNAME_SCHRIJVEN, "geschreven", bytes=size)
    left = 0
    if record.plaats is Place.BRIEVENBUS:
        seen = mailbox.seen_by(installation.ledger.events(run.run_id))
        left = mailbox.remove(
            installation.blobs, Container.BRIEVENBUS, record.folder, record.digest, record.bestanden, seen
        )
    empty_quarantine(installation, record)  # released from there, or rejected before with other tables
    steps.done(Action.OPRUIMEN, "verwijderd", bestanden=len(record.bestanden) + 1 - left, blijft=left)
    return DeliveryFacts(Place.VERWIJDERD, record.van, record.tot, record.bestanden)
