"""A delivery of any size as a run sees it: part by part, with the rows in files that are gone when they are closed.

What is in such a file in clear is nowhere else than in the mailbox, and not in memory longer than a part is worked on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import ExitStack, closing
from datetime import datetime
from functools import partial
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from shared import mailbox
from shared.administration import RunRecord
from shared.ahead import beside
from shared.errors import SlimmeCheckError
from shared.events import Action
from shared.installation import GrowingSnapshot, Installation, Minimised, Steps
from shared.records import DeliveryFiles, PseudonymisedDelivery, Verdict

if TYPE_CHECKING:
    from shared.stages.inparts import DeliveryInParts

_APPLICATIONS_AT_ONCE = 20_000


def check_in_parts(
    installation: Installation, files: DeliveryFiles, bands: Mapping[str, Any], previous_tot: datetime | None
) -> DeliveryInParts:
    """Return what the check concludes of a delivery, with its rows in parts; close it after use."""
    return installation.core.check_in_parts(
        files,
        installation.use_case,
        bands,
        size=_APPLICATIONS_AT_ONCE,
        scratch=TemporaryFile,
        previous_tot=previous_tot,
    )


def minimised(installation: Installation, run: RunRecord, checked: DeliveryInParts) -> Minimised:
    """Return the parts under the pseudonyms of a run, each made when it is asked for."""
    return installation.core.pseudonymise(checked, installation.use_case, installation.keys.find(run.new.key_id))


def new_snapshot(installation: Installation) -> GrowingSnapshot:
    """Return a snapshot without anything in it; close it after use."""
    return installation.core.new_snapshot(TemporaryFile)


def kept(
    parts: Minimised, checked: DeliveryInParts, snapshot: GrowingSnapshot, steps: Steps
) -> Generator[PseudonymisedDelivery]:
    """Yield the parts when they are asked for, and add each to the snapshot; the last one ends the step.

    With it the rows in clear are gone: they are not needed any more, and not to be kept. Who stops early closes this
    before the snapshot: a part is added in a thread, and closing waits for it.
    """
    from shared.stages.memory import give_back  # Arrow

    applications, rows = 0, Counter[str]()
    waiting = iter(parts)
    while True:
        with steps.during(Action.PSEUDONIMISEREN):
            part = next(waiting, None)
            if part is None:
                break
        applications += len(part.delivery.applications)
        rows.update({name: int(fresh.sum()) for name, fresh in part.fresh.items()})
        with beside(partial(snapshot.add, part)) as finish:
            yield part.delivery
            with steps.during(Action.PSEUDONIMISEREN):
                finish()
        del part  # the next one is made when this one is gone
        give_back(cycles=True)
    checked.close()
    give_back()
    steps.done(
        Action.PSEUDONIMISEREN,
        "gepseudonimiseerd",
        aanvragen=applications,
        rijen=dict(sorted(rows.items())),
        sleutel=steps.run.new.key_id,
    )


def snapshot_again(installation: Installation, run: RunRecord) -> GrowingSnapshot:
    """Return the snapshot of a run that died between publish and snapshot; its raw files are still there then."""
    record = installation.ledger.delivery(run.new.dataset, run.new.digest)
    source = mailbox.open_recorded(installation.blobs, record)
    if source is None:
        raise SlimmeCheckError(
            "The raw delivery of a published run is gone before its snapshot was written.",
            where=f"run {run.run_id}",
            code="SC-420",
            next_step="Ask the supplier for the same bytes, or let go of the snapshot at the page of the delivery.",
        )
    with ExitStack() as unless_whole, closing(check_in_parts(installation, source, {}, None)) as checked:
        if checked.verdict is Verdict.AFGEKEURD:
            raise SlimmeCheckError(
                "The raw delivery of a published run is not what it was when it was judged.",
                where=f"run {run.run_id}",
                code="SC-421",
                next_step="It stays where it is. Put its tables back from a back-up, or ask for the same bytes again.",
            )
        snapshot = new_snapshot(installation)
        unless_whole.callback(snapshot.close)
        for part in minimised(installation, run, checked):
            snapshot.add(part)
        unless_whole.pop_all()
    return snapshot
