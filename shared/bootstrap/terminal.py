"""What a terminal does: each command is one call from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from shared.bootstrap.wiring import (
    blobs,
    dataset_of,
    installation,
    ledger,
    mailbox_of,
    model_package,
    person_here,
    settings,
    versions,
    workplace,
)
from shared.usecases import datasets, mailboxes, use_case_of

if TYPE_CHECKING:
    from datetime import datetime

    from shared.administration import RunRecord
    from shared.anchors import AuditCheck
    from shared.events import Caller, ChainGap
    from shared.modelpackage.package import ModelPackage
    from shared.records import CheckedDelivery
    from shared.runs import Outcome
    from shared.sweep import Progress, Round
    from shared.usecase import UseCase


def run_waiting(progress: Callable[[Progress], None] = lambda _: None, caller: Caller | None = None) -> list[Round]:
    """Do everything that waits in every mailbox, and tell how far it is; one Round per mailbox."""
    from shared.sweep import report_strays
    from shared.sweep import run_waiting as sweep

    caller = caller or person_here()
    rounds = [sweep(installation(caller, mailbox), progress) for mailbox in mailboxes()]
    report_strays(installation(caller, datasets()[0]), frozenset(mailboxes()))
    return rounds


def finish_standing(caller: Caller | None = None) -> list[Outcome]:
    """Try what worker after worker ended at; after all other work, for it may end this one too."""
    from shared.sweep import finish_standing as finish

    caller = caller or person_here()
    return finish([partial(installation, caller, mailbox) for mailbox in mailboxes()])


def check_folder(folder: Path) -> CheckedDelivery:
    """Return what the nightly check would say of a delivery in any folder; nothing is kept.

    A gap is looked for in the mailbox alone: elsewhere a folder has no delivery that comes before it.
    """
    from shared import pipeline
    from shared.adapters.deliveryfolder import DeliveryFolder

    case = use_case_of(folder)
    bands = {} if case.follow_up else _judging(case).policy.get("bands", {})
    return pipeline.check_delivery(DeliveryFolder(folder), case, bands, previous_tot=_previous_tot(folder, case))


def _judging(case: UseCase) -> ModelPackage:
    """Return the package that would judge now; looking makes no administration and enters nothing in the register."""
    from shared.adapters.chosen import has_ledger

    if has_ledger(settings()):
        return versions(settings(), case.dataset).would_judge()
    name, _, version = case.package.rpartition("-")
    return model_package(settings(), name, version)


def _previous_tot(folder: Path, case: UseCase) -> datetime | None:
    """Return where the accepted deliveries before this one end, for a delivery that waits in the mailbox here."""
    from shared.stages.describe import DATAPACKAGE, read_description

    description_file = folder / DATAPACKAGE
    mailbox = settings().storage / "brievenbus" / case.dataset
    if folder.resolve().parent != mailbox.resolve() or not description_file.is_file():
        return None
    description, _ = read_description(description_file.read_bytes(), case.schema)
    if description is None:
        return None
    return ledger(settings()).previous_tot(case.dataset, description.digest, description.period.van)


def release(levering: str, reden: str, dataset: str = "", caller: Caller | None = None) -> RunRecord:
    """Let a held delivery go on; the next round processes it."""
    from shared import interventions

    return interventions.release(workplace(caller or person_here(), dataset or mailbox_of(levering)), levering, reden)


def let_go_of_snapshot(levering: str, reden: str, dataset: str = "", caller: Caller | None = None) -> RunRecord:
    """Let a published delivery that the app cannot finish go without its snapshot; the next round finishes it."""
    from shared import interventions

    on = workplace(caller or person_here(), dataset or dataset_of(levering))
    return interventions.let_go_of_snapshot(on, levering, reden)


def request_run(
    levering: str,
    aanvraagnummers: Sequence[str] | None,
    reden: str,
    dataset: str = "",
    caller: Caller | None = None,
) -> RunRecord:
    """Record a request to judge a delivery, or some of its applications, again; the next round does it."""
    from shared import interventions

    return interventions.request_run(
        installation(caller or person_here(), dataset or dataset_of(levering)), levering, aanvraagnummers, reden
    )


def tell_restored(reden: str) -> ChainGap:
    """Put on record that the database was put back, so that the audit log goes on behind what is gone."""
    from shared.anchors import tell_restored as tell
    from shared.interventions import checked_reason

    return tell(workplace(person_here(), datasets()[0]), checked_reason(reden))


def verify_audit() -> AuditCheck:
    """Return how much of the audit log holds; run logs and anchors outside the database hold it in place."""
    from shared.anchors import check_audit

    return check_audit(ledger(settings()), blobs(settings()))
