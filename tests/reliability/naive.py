"""Orders of effects that look natural and are wrong: the trial must find them, or it finds nothing.

Everything else is as in the product: the same ports, core and files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared import mailbox
from shared.errors import BlobNotFound
from shared.events import Action
from shared.installation import Installation, Steps
from shared.judging import judge
from shared.mailbox import StoredDelivery
from shared.output import write_current
from shared.parts import check_in_parts
from shared.ports import Container
from shared.records import Verdict
from shared.runfiles import run_folder, write_manifest
from shared.runstates import RunState
from shared.stages.inparts import DeliveryInParts
from shared.stages.resultfiles import result_files


def mark_first(installation: Installation) -> None:
    """Mark done, insert, write, delete: what comes after a crash is never done."""
    _round(installation, ("mark", "insert", "write", "delete"))


def mark_last(installation: Installation) -> None:
    """Insert under a number of its own, write, delete, mark done: what was done before a crash is done again."""
    _round(installation, ("insert", "write", "delete", "mark"))


NAIVE_ROUNDS: Mapping[str, Callable[[Installation], None]] = {"mark_first": mark_first, "mark_last": mark_last}


def _round(installation: Installation, order: tuple[str, ...]) -> None:
    for levering in mailbox.look(installation.blobs, installation.dataset).complete:
        folder = f"{installation.dataset}/{levering}"
        source = mailbox.open_delivery(installation.blobs, Container.BRIEVENBUS, folder, levering)
        if source is not None and not _marked(installation, source):
            checked = check_in_parts(installation, source, {}, None)
            if checked.verdict is Verdict.GEACCEPTEERD:
                effects = _effects(installation, source, checked)
                for name in order:
                    effects[name]()


def _mark(source: StoredDelivery) -> str:
    return f"gedaan/{source.digest}"


def _marked(installation: Installation, source: StoredDelivery) -> bool:
    try:
        return bool(installation.blobs.read(Container.MOMENTOPNAME, _mark(source)))
    except BlobNotFound:
        return False


def _effects(
    installation: Installation, source: StoredDelivery, checked: DeliveryInParts
) -> Mapping[str, Callable[[], None]]:
    """Return the effects of processing a delivery by name, to be done in any order."""
    number = len(installation.ledger.runs(installation.dataset, RunState))
    new = installation.new_run(source.levering, source.digest, request_id=f"{number} {installation.owner.me()}")
    event = installation.event(Action.CLAIMEN, source.levering, "geclaimd")
    minimised = installation.core.pseudonymise(checked, installation.use_case, installation.keys.current())

    def mark() -> None:
        installation.blobs.write(Container.MOMENTOPNAME, _mark(source), b"gedaan")

    def insert() -> None:
        claim = installation.ledger.claim(new, installation.terms(), event)
        parts = judge(installation, claim.run, (part.delivery for part in minimised), Steps(installation, claim.run))
        installation.ledger.publish(claim, [part.results for part in parts], installation.clock.now(), event)

    def write() -> None:
        run = installation.ledger.run(new.run_id)
        parts = judge(installation, run, (part.delivery for part in minimised), Steps(installation, run))
        for name, data in result_files(parts).items():
            installation.blobs.write(Container.UITVOER, f"{run_folder(run)}/{name}", data)
        write_manifest(installation, run)
        write_current(installation, run)

    def delete() -> None:
        for name in sorted(source.names()):
            installation.blobs.delete(source.container, f"{source.folder}/{name}")

    return {"mark": mark, "insert": insert, "write": write, "delete": delete}
