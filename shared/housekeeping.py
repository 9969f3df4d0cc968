"""What every round puts right besides its work: leftovers, what is past its time, files that a late worker touched.

Each step is done by itself: one that fails keeps no other from being done, and the chain of events is always anchored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared import mailbox
from shared.administration import Place, RunRecord
from shared.anchors import drop_anchor
from shared.errors import SlimmeCheckError
from shared.events import Action
from shared.failures import as_told
from shared.feedback import mend_messages
from shared.installation import Installation
from shared.logs import run_log
from shared.output import mend_current, write_pointer
from shared.ports import Container
from shared.quarantine import destroy_expired
from shared.runfiles import remove_staged
from shared.runstates import RunReason, RunState
from shared.stored_snapshot import drop_unfinished

_DONE = (RunState.AFGEROND, RunState.AFGEKEURD, RunState.VERVALLEN)


@dataclass
class Tidied:
    """What was put right, in numbers, and what went wrong while doing so."""

    leftovers: int = 0
    destroyed: int = 0
    failures: tuple[SlimmeCheckError, ...] = ()


def tidy(installation: Installation) -> Tidied:
    """Do every step; the failures of those that could not be done are returned, and told in the log."""
    tidied = Tidied()

    def done(step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as cause:
            tidied.failures += (as_told(cause),)
            run_log().error("round: %s", tidied.failures[-1])

    def leftovers() -> None:
        for levering in mailbox.look(installation.blobs, installation.dataset).incomplete:
            done(lambda levering=levering: of_one(levering))  # type: ignore[misc]

    def of_one(levering: str) -> None:
        tidied.leftovers += _remove_leftovers(installation, levering)

    def destroyed() -> None:
        tidied.destroyed = destroy_expired(installation)

    output: tuple[Callable[[], object], ...] = (
        lambda: _remove_staged(installation),
        lambda: _remove_let_go(installation),
        lambda: mend_current(installation),
        lambda: write_pointer(installation),
    )
    steps: tuple[Callable[[], object], ...] = (
        leftovers,
        destroyed,
        *(() if installation.use_case.follow_up else output),  # what follows the judging has no results
        lambda: mend_messages(installation),
        lambda: drop_anchor(installation),
    )
    for step in steps:
        done(step)
    return tidied


def _remove_leftovers(installation: Installation, levering: str) -> int:
    """Remove tables of a processed delivery whose description is gone already.

    Only bytes that were processed, and only as they lay there then: the supplier may be writing the next delivery under
    the same name, tables first.
    """
    folder = f"{installation.dataset}/{levering}"
    before = set(installation.blobs.names(Container.BRIEVENBUS, f"{folder}/"))
    for record in installation.ledger.deliveries(installation.dataset, levering):
        if record.plaats is Place.BRIEVENBUS:
            continue
        runs = installation.ledger.runs_of_delivery(installation.dataset, record.digest)
        told = (event for run in runs for event in installation.ledger.events(run.run_id))
        seen = mailbox.seen_by(told)
        mailbox.remove(installation.blobs, Container.BRIEVENBUS, folder, record.digest, record.bestanden, seen)
    gone = len(before - set(installation.blobs.names(Container.BRIEVENBUS, f"{folder}/")))
    if gone:
        installation.ledger.note(
            installation.event(Action.RESTANT_OPRUIMEN, f"levering {levering}", "verwijderd", bestanden=gone)
        )
    return gone


def _remove_staged(installation: Installation) -> None:
    """Remove what attempts left behind that were not to publish any more: late workers, runs that lapsed."""
    for run in _late(installation):
        remove_staged(installation, run)


def _remove_let_go(installation: Installation) -> None:
    """Remove what a worker that stood still wrote of a snapshot after a person let go of it."""
    for run in _late(installation):
        if run.reason is RunReason.AFGEROND_ZONDER_MOMENTOPNAME:
            drop_unfinished(installation, run.new.digest)


def _late(installation: Installation) -> list[RunRecord]:
    since = installation.late_since()
    return [run for run in installation.ledger.runs(installation.dataset, _DONE) if run.changed_at > since]
