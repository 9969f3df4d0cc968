"""Quarantine: where a rejected or held delivery lies with its report, for at most fourteen days."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from shared.administration import DeliveryRecord, Place, RunRecord, quarantine_folder
from shared.errors import BlobNotFound, NotKnown, SlimmeCheckError, TransitionRefused
from shared.events import Action
from shared.feedback import pretty_json
from shared.installation import Workplace
from shared.logs import run_log
from shared.mailbox import DESCRIPTION, StoredDelivery, open_recorded
from shared.ports import Container
from shared.records import Finding, Verdict
from shared.runstates import RunReason, RunState

_FREE = (RunState.VRIJGEGEVEN, RunState.MISLUKT)
_WAITING = (RunState.AFGEKEURD, RunState.AANGEHOUDEN, RunState.VRIJGEGEVEN, RunState.MISLUKT)


def put_in_quarantine(
    installation: Workplace, source: StoredDelivery, verdict: Verdict, findings: Sequence[Finding]
) -> dict[str, str]:
    """Copy a delivery to quarantine with a report of findings; returns the sha256 of its files by name.

    The original is not touched: it goes once the new state is recorded.
    """
    folder = quarantine_folder(installation.dataset, source.levering, source.digest)
    files: dict[str, str] = {}
    if source.container == Container.QUARANTAINE:
        files = dict(installation.ledger.delivery(installation.dataset, source.digest).bestanden)
    else:
        for name in sorted(source.names() - {DESCRIPTION}):
            try:
                files[name] = installation.blobs.copy(
                    source.container, f"{source.folder}/{name}", Container.QUARANTAINE, f"{folder}/levering/{name}"
                )
            except BlobNotFound:  # taken away since it was listed
                continue
        kept = f"{folder}/levering/{DESCRIPTION}"
        if source.has_whole_description:  # the bytes that were judged, also when the supplier replaced them meanwhile
            installation.blobs.write(Container.QUARANTAINE, kept, source.description)
        else:
            with suppress(BlobNotFound):
                installation.blobs.copy(source.container, f"{source.folder}/{DESCRIPTION}", Container.QUARANTAINE, kept)
    report = {
        "dataset": installation.dataset,
        "levering": source.levering,
        "datapackage_sha256": source.digest,
        "oordeel": str(verdict),
        "bevindingen": [finding.as_dict() for finding in findings],
    }
    installation.blobs.write(Container.QUARANTAINE, f"{folder}/bevindingen.json", pretty_json(report))
    return files


def empty_quarantine(installation: Workplace, record: DeliveryRecord) -> None:
    """Remove everything of a delivery from quarantine."""
    prefix = f"{quarantine_folder(record.dataset, record.levering, record.digest)}/"
    for name in list(installation.blobs.names(Container.QUARANTAINE, prefix)):
        installation.blobs.delete(Container.QUARANTAINE, name)


def destroy_expired(installation: Workplace) -> int:
    """Destroy what lay in quarantine for its full time; leaves a tombstone each, returns how many deliveries.

    It is recorded first, in a transaction that refuses a delivery that is being judged or was published; then the files
    go, or at the next round. A delivery that was free to be judged and was not in all that time is an alarm.
    """
    limit = installation.clock.now() - installation.quarantine
    destroyed = 0
    for run in installation.ledger.runs(installation.dataset, _WAITING):
        if run.new.request_id:
            continue
        record = installation.ledger.delivery(installation.dataset, run.new.digest)
        if _was_held_in_mailbox(installation, run, record):
            _let_lapse(installation, run)
            continue
        if record.plaats is not Place.QUARANTAINE or record.aangekomen > limit:
            continue
        unjudged = run.state in _FREE or run.reason is RunReason.MODEL_GESTOPT
        tombstone = {
            "bestanden": len(record.bestanden) + 1,
            "digest": record.digest,
            "grond": "bewaartermijn",
            "onbeoordeeld": unjudged,
        }
        object_ = f"levering {record.levering}"
        event = installation.event(Action.QUARANTAINE_VERNIETIGEN, object_, "vernietigd", run.run_id, **tombstone)
        with suppress(TransitionRefused):  # somebody took it up since we looked
            installation.ledger.expire(run.run_id, event)
            destroyed += 1
            if unjudged:
                run_log().error("run %s: destroyed after its time in quarantine without being judged", run.run_id)
    _empty_destroyed(installation)
    return destroyed


def _was_held_in_mailbox(installation: Workplace, run: RunRecord, record: DeliveryRecord) -> bool:
    """Say whether a delivery was held where it lay and is there no more: taken back, or gone after its term there."""
    if run.reason is not RunReason.CONTROLE_AANGEHOUDEN or record.plaats is not Place.BRIEVENBUS:
        return False
    try:
        return open_recorded(installation.blobs, record) is None
    except SlimmeCheckError:  # who looks in the mailbox is told; what lies in quarantine goes all the same
        return False


def _let_lapse(installation: Workplace, run: RunRecord) -> None:
    told = {"reden": str(RunReason.LEVERING_TERUGGENOMEN)}
    event = installation.event(Action.MISLUKKEN, f"levering {run.new.levering}", "vervallen", run.run_id, **told)
    with suppress(TransitionRefused):  # somebody took it up since we looked
        installation.ledger.expire(run.run_id, event)
        run_log().error("run %s: its delivery is gone, and nothing of it was published", run.run_id)


def _empty_destroyed(installation: Workplace) -> None:
    """Remove from quarantine what the administration says is gone."""
    names = installation.blobs.names(Container.QUARANTAINE, f"{installation.dataset}/")
    for digest in sorted({name.split("/")[2] for name in names if name.count("/") > 2}):
        with suppress(NotKnown):
            record = installation.ledger.delivery(installation.dataset, digest)
            if record.plaats is Place.VERWIJDERD:
                empty_quarantine(installation, record)
