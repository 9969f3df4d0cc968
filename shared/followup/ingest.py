"""Takes a delivery of outcomes or group attributes in: the same order of effects as a run, with nothing to judge.

claim -> rows of the attempt -> publish (the event names the file that counts) -> logboek, acknowledged -> message to
the supplier -> delete datapackage.json -> delete the table -> finish. Rejected and held deliveries go to quarantine,
as those of applications do. The stop switch is of a model: what follows its judging is taken in all the same.
"""

from __future__ import annotations

from datetime import timedelta

from shared import CONTRACT_VERSION, mailbox
from shared.administration import Claim, ClaimKind, DeliveryFacts, NewRun, Place, RunRecord
from shared.events import Action
from shared.feedback import write_message
from shared.followup.rows import kept_rows, own_name
from shared.followup.stored import drop_other_attempts, kept_of, read_columns, write_rows
from shared.installation import Installation, Steps
from shared.logboek import MONITORING, Batch, write_batch_lines
from shared.logs import run_log
from shared.mailbox import StoredDelivery
from shared.ports import Container
from shared.quarantine import empty_quarantine
from shared.records import CheckedDelivery, Verdict
from shared.runs import Outcome, claim_and_work, finish_claimed
from shared.runstates import PUBLISHED, RunReason, RunState
from shared.set_apart import Judged, learned, set_apart, waits_for_person
from shared.stages.memory import give_back
from shared.stages.pseudonym import PseudonymKey
from shared.stages.rules import finding
from shared.usecase import FollowUp

_AT_ONCE = 10_000
_LONGEST_KEPT = timedelta(days=1827)  # results: no older key is needed to find what is kept (docs/bewaartermijnen.md)


def take_in(installation: Installation, follow_up: FollowUp, source: StoredDelivery) -> Outcome:
    """Take in a complete delivery from where it lies; does nothing a second time."""
    return claim_and_work(
        installation,
        source,
        _new_run(installation, source),
        {},
        lambda claim, steps: _first_half(installation, follow_up, claim, source, steps),
        lambda claim: _tail(installation, follow_up, claim),
    )


def finish(installation: Installation, follow_up: FollowUp, run: RunRecord) -> Outcome:
    """Finish a delivery that was taken in by a worker that died; its raw files may be gone already."""
    event = installation.event(Action.CLAIMEN, f"levering {run.new.levering}", "geclaimd", run.run_id)
    claim = installation.ledger.claim(run.new, installation.terms(), event)
    if claim.kind is ClaimKind.STAART:
        return finish_claimed(installation, claim, lambda held: _tail(installation, follow_up, held))
    return Outcome(run.new.levering, claim.kind, claim.run)


def _new_run(installation: Installation, source: StoredDelivery) -> NewRun:
    """Return the run of a delivery without a model: no version of one and no stop switch bears on it."""
    return NewRun(
        dataset=installation.dataset,
        levering=source.levering,
        digest=source.digest,
        model="",
        model_version="",
        model_sha256="",
        contract_version=CONTRACT_VERSION,
        key_id=installation.keys.current().key_id,
        code_version=installation.code_version,
        settings_digest=installation.settings_digest,
    )


def _first_half(
    installation: Installation, follow_up: FollowUp, claim: Claim, source: StoredDelivery, steps: Steps
) -> Outcome:
    steps.begin()
    judged = Judged(source)
    checked = _check(installation, judged, steps)
    if checked.verdict is Verdict.AFGEKEURD or waits_for_person(installation, claim.run, checked.verdict):
        run = set_apart(installation, claim, judged, checked, steps)
        return Outcome(run.new.levering, claim.kind, run, findings=tuple(checked.findings))
    rows = kept_rows(checked.tables[follow_up.table], follow_up, _keys(installation, claim.run))
    name, sha256, number = write_rows(installation.blobs, follow_up, claim.run, rows)
    steps.done(Action.PSEUDONIMISEREN, "gepseudonimiseerd", rijen=number, sleutel=claim.run.new.key_id)
    event = installation.event(
        Action.PUBLICEREN,
        f"levering {source.levering}",
        "bewaard voor de bewaking",
        claim.run.run_id,
        aantal=number,
        poging=claim.run.attempt,
        bestand=name,
        sha256=sha256,
    )
    installation.ledger.publish(
        claim,
        (),  # nothing is judged
        installation.clock.now(),
        event,
        steps=steps.hand_over(),
        findings=checked.findings,
        facts=learned(source, checked),
    )
    del checked, rows
    give_back()
    return _tail(installation, follow_up, claim)


def _check(installation: Installation, judged: Judged, steps: Steps) -> CheckedDelivery:
    source = judged.source
    if not mailbox.has_date(source.levering):
        checked = CheckedDelivery(Verdict.AFGEKEURD, (finding("LEV-111"),), None)
    else:
        previous = installation.ledger.previous_tot(installation.dataset, source.digest, source.van)
        checked = installation.core.check(judged, installation.use_case, {}, previous_tot=previous)
    rows = {name: len(table) for name, table in sorted(checked.tables.items())}
    codes = sorted({found.code for found in checked.findings})
    steps.done(Action.LEZEN, str(checked.verdict), rijen=rows, bevindingen=codes)
    return checked


def _keys(installation: Installation, run: RunRecord) -> list[PseudonymKey]:
    """Return the key of this run, and those under which results were published that may still be kept."""
    since = installation.clock.now() - _LONGEST_KEPT
    published = installation.ledger.runs(installation.use_case.judged, PUBLISHED)
    older = {one.new.key_id for one in published if one.published_at is not None and one.published_at > since}
    return [installation.keys.find(key_id) for key_id in (run.new.key_id, *sorted(older - {run.new.key_id}))]


def _tail(installation: Installation, follow_up: FollowUp, claim: Claim) -> Outcome:
    """Do what comes after it was taken in; every step may be done again."""
    run = installation.ledger.run(claim.run.run_id)
    steps = Steps(installation, run)
    steps.begin()
    findings = tuple(installation.ledger.findings(run.run_id))
    lines = _write_lines(installation, follow_up, run)
    steps.done(Action.LOGBOEK_SCHRIJVEN, "geschreven en bevestigd", regels=lines)
    record = installation.ledger.delivery(run.new.dataset, run.new.digest)
    write_message(installation, record.levering, record.digest, Verdict.GEACCEPTEERD, findings)
    steps.done(Action.TERUGKOPPELEN, "geschreven")
    left = 0
    if record.plaats is Place.BRIEVENBUS:
        seen = mailbox.seen_by(installation.ledger.events(run.run_id))
        folder = f"{record.dataset}/{record.levering}"
        left = mailbox.remove(installation.blobs, Container.BRIEVENBUS, folder, record.digest, record.bestanden, seen)
    empty_quarantine(installation, record)  # released from there, or rejected before with other tables
    steps.done(Action.OPRUIMEN, "verwijderd", bestanden=len(record.bestanden) + 1 - left, blijft=left)
    facts = DeliveryFacts(Place.VERWIJDERD, record.van, record.tot, record.bestanden)
    event = installation.event(Action.AFRONDEN, f"levering {run.new.levering}", "afgerond", run.run_id)
    installation.ledger.move(claim, RunState.AFGEROND, RunReason.AFGEROND, event, steps=steps.hand_over(), facts=facts)
    run_log().info("run %s: taken in", run.run_id)
    return Outcome(run.new.levering, claim.kind, installation.ledger.run(run.run_id), findings=findings)


def _write_lines(installation: Installation, follow_up: FollowUp, run: RunRecord) -> int:
    """Write who was in the delivery, under the pseudonyms that it is kept by."""
    kept = kept_of(installation.ledger, follow_up, run)
    rows = None if kept is None else read_columns(installation.blobs, kept)
    if kept is None or rows is None:
        return 0
    drop_other_attempts(installation.blobs, kept)
    person = own_name(rows) == "persoon"
    names = rows.column(own_name(rows)).unique()
    del rows
    give_back()
    batch = Batch(
        dataset=installation.use_case.judged,
        activity=MONITORING,
        names=(f"{follow_up.kind} innemen", "aanvrager innemen" if person else "aanvraag innemen"),
        moment=kept.since,
        about=run.run_id,
        code_version=run.new.code_version,
    )
    subjects = (
        (name, "") if person else ("", name)
        for begin in range(0, len(names), _AT_ONCE)
        for name in names.slice(begin, _AT_ONCE).to_pylist()
    )
    return write_batch_lines(installation.blobs, installation.activity, batch, subjects)
