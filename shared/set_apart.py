"""What is done with a delivery that is not published: rejected, held, or offered twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared import mailbox
from shared.administration import Claim, ClaimKind, DeliveryFacts, Place, RunRecord
from shared.errors import BlobNotFound
from shared.events import Action
from shared.feedback import VERDICTS, write_message
from shared.installation import Installation, Steps
from shared.logboek import write_unpublished_lines
from shared.logs import run_log
from shared.mailbox import DESCRIPTION, StoredDelivery
from shared.ports import Container
from shared.quarantine import put_in_quarantine
from shared.records import Finding, Judgement, Verdict
from shared.runstates import RunReason, RunState
from shared.stages.rules import finding

PATIENCE = 6  # attempts; then a person must look, and later deliveries no longer wait for this one
STOOD_STILL = "LEV-504"
_WORDS = (Action.MISLUKKEN, Action.MOMENTOPNAME_LOSLATEN)
_OF_A_SERIES = (Action.CLAIMEN, Action.PUBLICEREN, Action.SCHADUW_BEWAREN, *_WORDS)


@dataclass(frozen=True)
class Judged:
    """The files of a delivery for the check; remembers the sha256 of what was read."""

    source: StoredDelivery
    seen: dict[str, str] = field(default_factory=dict)
    # of these only the begin was read, which is enough to reject them: how many bytes
    longer: dict[str, int] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        """Return the names of all files in the folder."""
        return self.source.names()

    def read(self, name: str, most: int | None = None) -> bytes:
        """Return the bytes of one file; of a larger one no more than the first `most`."""
        data = self.source.read(name, most)
        self.seen[name] = hashlib.sha256(data).hexdigest()
        if len(data) == most:
            self.longer[name] = most
        return data

    def is_other_than(self, name: str, copied: str, said: str) -> bool:
        """Say whether the file of this name is not the one that was judged; sha256 of what was copied and of what the
        description tells of."""
        if name not in self.longer:
            return self.seen.get(name) != copied
        # longer than was said: what the description tells of came instead, unless its own number of bytes is wrong
        most = self.longer[name]
        return copied == said and len(self.source.read(name, most)) < most


def learned(source: StoredDelivery, checked: Judgement) -> DeliveryFacts:
    """Return what the check learned about a delivery, for the administration."""
    description = checked.description
    files = {} if description is None else {r.path: r.sha256 for r in description.resources}
    period = None if description is None else description.period
    place = Place.QUARANTAINE if source.container == Container.QUARANTAINE else Place.BRIEVENBUS
    return DeliveryFacts(place, period.van if period else None, period.tot if period else None, files)


def waits_for_person(installation: Installation, run: RunRecord, verdict: Verdict) -> bool:
    """Say whether a delivery is to be held: a release counts for what was found, not where nothing was judged yet."""
    if verdict is not Verdict.AANGEHOUDEN or not run.released:
        return verdict is Verdict.AANGEHOUDEN
    return [found.code for found in installation.ledger.findings(run.run_id)] == [STOOD_STILL]


def stood_still(installation: Installation, run: RunRecord) -> Judgement | None:
    """Return the hold of a delivery at which so many workers in a row ended without a word, None for any other."""
    ended = silent_ends(installation, run)
    return Judgement(Verdict.AANGEHOUDEN, (finding(STOOD_STILL, aantal=ended),), None) if ended else None


def silent_ends(installation: Installation, run: RunRecord) -> int:
    """Return how many workers in a row ended at a claimed run without a word, 0 while these are too few to give it up.

    It may be made to end them, or need more memory than they have: each round would end there, and do nothing else. Of
    a tail that was said to stand still a single one is enough; the claim right after that is the try that was meant.
    """
    if run.reason is not RunReason.OVERGENOMEN or run.attempt < PATIENCE:
        return 0
    ended, enough = 0, PATIENCE - 1
    *before, _ = (event for event in installation.ledger.events(run.run_id) if event.handeling in _OF_A_SERIES)
    for event in reversed(before):
        reason = json.loads(event.details).get("reden")
        if event.handeling == Action.MISLUKKEN:
            enough = 1 if reason == RunReason.STAART_STAAT_STIL else enough
        if event.handeling in _WORDS:
            break
        ended += 1
        if reason != RunReason.OVERGENOMEN:  # the first of them: it published, or took over from nobody
            break
    return ended if ended >= enough else 0


def given_up(installation: Installation, claim: Claim) -> RunRecord | None:
    """End a run without a delivery of its own at which worker after worker ended; None for any other."""
    if not silent_ends(installation, claim.run):
        return None
    return let_lapse(installation, claim, RunReason.WERKERS_STONDEN_STIL)


def taken_back(installation: Installation, run: RunRecord) -> RunRecord | None:
    """End a run whose delivery is gone, so that nobody waits for it; None where a worker is at it after all.

    Delivered again it begins anew.
    """
    if installation.use_case.follow_up:
        new = run.new
    else:
        installation = installation.up_to_date()
        new = installation.new_run(run.new.levering, run.new.digest)
    event = installation.event(Action.CLAIMEN, f"levering {new.levering}", "geclaimd", digest=new.digest)
    claim = installation.ledger.claim(new, installation.terms(), event)
    if claim.kind is not ClaimKind.GEKREGEN:
        return None
    run_log().error("run %s: its delivery is gone, and nothing of it was published", claim.run.run_id)
    record = installation.ledger.delivery(new.dataset, new.digest)
    facts = None
    if record.plaats is Place.QUARANTAINE:  # what is left there is nobody's any more: the next round removes it
        facts = DeliveryFacts(Place.VERWIJDERD, record.van, record.tot, record.bestanden)
    return let_lapse(installation, claim, RunReason.LEVERING_TERUGGENOMEN, facts)


def let_lapse(
    installation: Installation, claim: Claim, reason: RunReason, facts: DeliveryFacts | None = None
) -> RunRecord:
    """End a claimed run that comes to nothing: people were being judged, and that is on record too."""
    run, details = claim.run, {"reden": str(reason)}
    event = installation.event(Action.MISLUKKEN, f"levering {run.new.levering}", "vervallen", run.run_id, **details)
    installation.ledger.move(claim, RunState.VERVALLEN, reason, event, facts=facts)
    write_unpublished_lines(installation, run)
    return installation.ledger.run(run.run_id)


def _ends_who_holds_it(checked: Judgement) -> bool:
    """Say whether so many workers ended at a delivery that the last of them was to hold it: copying ends them too."""
    return any(found.code == STOOD_STILL and found.aantal >= PATIENCE for found in checked.findings)


def set_apart(installation: Installation, claim: Claim, judged: Judged, checked: Judgement, steps: Steps) -> RunRecord:
    """Reject or hold: copy to quarantine, record, tell the supplier, and only then clear the mailbox.

    What ends every worker that copies it is held where it lies.
    """
    source = judged.source
    rejected = checked.verdict is Verdict.AFGEKEURD
    facts = learned(source, checked)
    stays = source.container == Container.BRIEVENBUS and _ends_who_holds_it(checked)
    files = {} if stays else put_in_quarantine(installation, source, checked.verdict, checked.findings)
    place = Place.BRIEVENBUS if stays else Place.QUARANTAINE
    if rejected and source.container == Container.BRIEVENBUS:
        _refuse_changed(judged, facts.bestanden, files)
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
        facts=DeliveryFacts(place, facts.van, facts.tot, files),
    )
    run = installation.ledger.run(claim.run.run_id)
    _clear_mailbox(installation, run, tuple(checked.findings))
    return run


def _refuse_changed(judged: Judged, said: Mapping[str, str], files: Mapping[str, str]) -> None:
    """Do not reject tables that were not judged: the same bytes, sent again, would count as rejected before.

    `said`: by the description, and `files`: that were copied, as sha256 by name.
    """
    changed = sum(judged.is_other_than(name, files[name], said[name]) for name in said if name in files)
    if changed:
        raise BlobNotFound(
            f"{changed} tables came or changed while the delivery was being judged.",
            where=f"levering {judged.source.levering}",
            next_step="The next round judges it again; the supplier writes datapackage.json last.",
        )


def _clear_mailbox(installation: Installation, run: RunRecord, findings: tuple[Finding, ...]) -> None:
    record = installation.ledger.delivery(run.new.dataset, run.new.digest)
    write_message(installation, record.levering, record.digest, VERDICTS[run.state], findings)
    write_unpublished_lines(installation, run)
    if record.plaats is Place.BRIEVENBUS:
        return
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
