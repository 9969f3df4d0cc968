"""What is done with a delivery that is not published: rejected, held, or offered twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared import mailbox
from shared.administration import Claim, DeliveryFacts, Place, RunRecord
from shared.errors import BlobNotFound
from shared.events import Action
from shared.feedback import VERDICTS, write_message
from shared.installation import Installation, Steps
from shared.logboek import write_unpublished_lines
from shared.mailbox import DESCRIPTION, StoredDelivery
from shared.ports import Container
from shared.quarantine import put_in_quarantine
from shared.records import Finding, Judgement, Verdict
from shared.runstates import RunReason, RunState


@dataclass(frozen=True)
class Judged:
    """The files of a delivery for the check; remembers the sha256 of what was read."""

    source: StoredDelivery
    seen: dict[str, str] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        """Return the names of all files in the folder."""
        return self.source.names()

    def read(self, name: str) -> bytes:
        """Return the bytes of one file."""
        data = self.source.read(name)
        self.seen[name] = hashlib.sha256(data).hexdigest()
        return data


def learned(source: StoredDelivery, checked: Judgement) -> DeliveryFacts:
    """Return what the check learned about a delivery, for the administration."""
    description = checked.description
    files = {} if description is None else {r.path: r.sha256 for r in description.resources}
    period = None if description is None else description.period
    place = Place.QUARANTAINE if source.container == Container.QUARANTAINE else Place.BRIEVENBUS
    return DeliveryFacts(place, period.van if period else None, period.tot if period else None, files)


def set_apart(installation: Installation, claim: Claim, judged: Judged, checked: Judgement, steps: Steps) -> RunRecord:
    """Reject or hold: copy to quarantine, record, tell the supplier, and only then clear the mailbox."""
    source = judged.source
    rejected = checked.verdict is Verdict.AFGEKEURD
    files = put_in_quarantine(installation, source, checked.verdict, checked.findings)
    facts = learned(source, checked)
    if rejected and source.container == Container.BRIEVENBUS:
        _refuse_changed(source, {name: files[name] for name in facts.bestanden if name in files}, judged.seen)
    event = installation.event(
        Action.AFKEUREN if rejected else Action.AANHOUDEN,
        f"levering {source.levering}",
        str(checked.verdict),
        claim.run.run_id,
        bevindingen=sorted({found.code for found in checked.findings}),
    )
    installation.ledger.move(
        claim,
        RunState.AFGEKEURD if rejected else RunState.AANGEHOUDEN,
        RunReason.CONTROLE_AFGEKEURD if rejected else RunReason.CONTROLE_AANGEHOUDEN,
        event,
        steps=steps.hand_over(),
        findings=checked.findings,
        facts=DeliveryFacts(Place.QUARANTAINE, facts.van, facts.tot, files),
    )
    run = installation.ledger.run(claim.run.run_id)
    _clear_mailbox(installation, run, tuple(checked.findings))
    return run


def _refuse_changed(source: StoredDelivery, files: Mapping[str, str], seen: Mapping[str, str]) -> None:
    """Do not reject tables that were not judged: the same bytes, sent again, would count as rejected before."""
    changed = sum(seen.get(name) != sha256 for name, sha256 in files.items())
    if changed:
        raise BlobNotFound(
            f"{changed} tables came or changed while the delivery was being judged.",
            where=f"levering {source.levering}",
            next_step="The next round judges it again; the supplier writes datapackage.json last.",
        )


def _clear_mailbox(installation: Installation, run: RunRecord, findings: tuple[Finding, ...]) -> None:
    record = installation.ledger.delivery(run.new.dataset, run.new.digest)
    write_message(installation, record.levering, record.digest, VERDICTS[run.state], findings)
    write_unpublished_lines(installation, run)
    folder = f"{record.dataset}/{record.levering}"
    seen = mailbox.seen_by(installation.ledger.events(run.run_id))
    mailbox.remove(installation.blobs, Container.BRIEVENBUS, folder, record.digest, record.bestanden, seen)


def has_other_tables(installation: Installation, source: StoredDelivery) -> bool:
    """Say whether a rejected delivery came again with the same description but other tables, such as a whole file
    where the first was cut off. Files that are gone do not count: another worker may be clearing the mailbox."""
    if source.container != Container.BRIEVENBUS:
        return False
    record = installation.ledger.delivery(installation.dataset, source.digest)
    for name in sorted(source.names() - {DESCRIPTION}):
        try:
            found = installation.blobs.sha256(source.container, f"{source.folder}/{name}")
        except BlobNotFound:
            continue
        if found != record.bestanden.get(name):
            return True
    return False


def remove_duplicate(installation: Installation, run: RunRecord, source: StoredDelivery) -> None:
    """Clear a delivery from the mailbox that was dealt with before: a worker died at it, or it was sent twice."""
    record = installation.ledger.delivery(run.new.dataset, run.new.digest)
    if source.container != Container.BRIEVENBUS or record.plaats is Place.BRIEVENBUS:
        return
    if run.state in (RunState.AFGEKEURD, RunState.AANGEHOUDEN):
        write_message(
            installation,
            source.levering,
            record.digest,
            VERDICTS[run.state],
            installation.ledger.findings(run.run_id),
        )
        write_unpublished_lines(installation, run)
    limit = source.seen()  # on record: whoever finishes this needs it
    installation.ledger.note(
        installation.event(
            Action.DUBBEL,
            f"levering {source.levering}",
            "verwijderen",
            run.run_id,
            digest=record.digest,
            **mailbox.told(limit),
        )
    )
    mailbox.remove(installation.blobs, Container.BRIEVENBUS, source.folder, record.digest, record.bestanden, limit)
