"""Where settings, adapters and callables meet; nothing else knows more than one of them.

Every trigger, command and route is one call from here. Heavy imports wait until they are needed, so that a command
that only reads the administration starts at once.
"""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared import __version__
from shared.errors import ModelPackageInvalid, RequestRefused
from shared.events import Caller
from shared.logs import configure_logging
from shared.settings import Settings, read_settings
from shared.usecases import datasets, use_case, use_case_of

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from shared.administration import CurrentResult, RunRecord, StopState
    from shared.alarms import Alarms
    from shared.anchors import AuditCheck
    from shared.api.answers import Answer
    from shared.installation import Installation
    from shared.ports import BlobStore, Ledger
    from shared.records import CheckedDelivery
    from shared.runs import Outcome
    from shared.sweep import Progress, Round
    from shared.usecase import UseCase

SYSTEM = "systeem"


def _dataset_of(levering: str) -> str:
    """Return the dataset in which a delivery of this name is known; RequestRefused when there are several."""
    administration = ledger(settings())
    known = [dataset for dataset in datasets() if administration.deliveries(dataset, levering)]
    if len(known) > 1:
        raise RequestRefused(
            "Deliveries of several datasets have this name.",
            where=f"levering {levering}",
            next_step=f"Name the dataset: {', '.join(known)}.",
        )
    return known[0] if known else datasets()[0]


# --- what everything is made of -------------------------------------------------------------------------------------
@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once; sets up the log by them."""
    found = read_settings(os.environ)
    configure_logging(found.log_level)
    return found


@lru_cache(maxsize=4)
def ledger(config: Settings) -> Ledger:
    """Return the administration; makes an embedded one on first use, refuses one of another version."""
    from shared.adapters.chosen import ledger_of

    return ledger_of(config)


@lru_cache(maxsize=4)
def blobs(config: Settings) -> BlobStore:
    """Return the storage."""
    from shared.adapters.chosen import blobs_of

    return blobs_of(config)


def migrate() -> str:
    """Bring the database to the version of this code, and return that version."""
    from shared.adapters.chosen import engine_of
    from shared.adapters.sql.upgrade import upgrade

    return upgrade(engine_of(settings()))


@lru_cache(maxsize=4)
def _make_installation(config: Settings, dataset: str) -> Installation:
    from shared import pipeline, snapshot
    from shared.adapters.chosen import keys_of, telemetry_of
    from shared.adapters.clock import SystemClock
    from shared.adapters.owner import ProcessOwner
    from shared.adapters.packages import load_package
    from shared.installation import Core, Installation

    case = use_case(dataset)
    for own_use in ("STATSBEAT_DISABLED_ALL", "SDKSTATS_DISABLED"):  # what the library would tell of itself
        os.environ.setdefault(f"APPLICATIONINSIGHTS_{own_use}", "true")
    return Installation(
        use_case=case,
        model=load_package(config.models / case.package),
        core=Core(
            check=pipeline.check_delivery,
            pseudonymise=pipeline.pseudonymise_delivery,
            features=pipeline.features,
            judge=pipeline.judge,
            snapshot_files=snapshot.snapshot_files,
            read_snapshot=snapshot.read_snapshot,
        ),
        blobs=blobs(config),
        ledger=ledger(config),
        keys=keys_of(config, lambda: not any(ledger(config).deliveries(name) for name in datasets())),
        clock=SystemClock(),
        owner=ProcessOwner(),
        caller=Caller(SYSTEM, "onbekend"),
        lease=config.lease,
        quarantine=config.quarantine,
        code_version=__version__,
        settings_digest=config.digest(),
        activity=config.activity,
        telemetry=telemetry_of(config),
    )


def installation(caller: Caller, dataset: str) -> Installation:
    """Return everything that a run of this dataset needs, acting on behalf of the caller."""
    from dataclasses import replace

    return replace(_make_installation(settings(), dataset), caller=caller)


def person_here() -> Caller:
    """Return the person at the keyboard of this machine."""
    name = "onbekend"
    with suppress(OSError, KeyError):
        name = getpass.getuser()
    return Caller(name, f"opdrachtregel {socket.gethostname()}")


# --- what a terminal does -------------------------------------------------------------------------------------------
def run_waiting(progress: Callable[[Progress], None] = lambda _: None, caller: Caller | None = None) -> list[Round]:
    """Do everything that waits in every mailbox, and tell how far it is; one Round per dataset."""
    from shared.sweep import report_strays
    from shared.sweep import run_waiting as sweep

    caller = caller or person_here()
    rounds = [sweep(installation(caller, dataset), progress) for dataset in datasets()]
    report_strays(installation(caller, datasets()[0]), frozenset(datasets()))
    return rounds


def check_folder(folder: Path) -> CheckedDelivery:
    """Return what the nightly check would say of a delivery in any folder; nothing is kept.

    A gap is looked for in the mailbox alone: elsewhere a folder has no delivery that comes before it.
    """
    from shared import pipeline
    from shared.adapters.deliveryfolder import DeliveryFolder
    from shared.adapters.packages import load_package

    case = use_case_of(folder)
    bands = load_package(settings().models / case.package).policy.get("bands", {})
    return pipeline.check_delivery(DeliveryFolder(folder), case, bands, previous_tot=_previous_tot(folder, case))


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

    return interventions.release(
        installation(caller or person_here(), dataset or _dataset_of(levering)), levering, reden
    )


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
        installation(caller or person_here(), dataset or _dataset_of(levering)), levering, aanvraagnummers, reden
    )


def stop_model(reden: str, dataset: str, caller: Caller | None = None) -> StopState:
    """Turn the stop switch of the model on."""
    from shared import interventions

    return interventions.stop_model(installation(caller or person_here(), dataset), reden)


def resume_model(reden: str, dataset: str, caller: Caller | None = None) -> StopState:
    """Turn the stop switch of the model off."""
    from shared import interventions

    return interventions.resume_model(installation(caller or person_here(), dataset), reden)


def current_result(aanvraagnummer: str, reden: str, dataset: str = "", caller: Caller | None = None) -> CurrentResult:
    """Return the current result of an application; leaves an audit event first, whether it is found or not.

    NotKnown when nothing was published about it; RequestRefused without a reason.
    """
    from datetime import UTC, datetime

    from shared.lookup import look_up

    config = settings()
    searched = (dataset,) if dataset else datasets()
    return look_up(
        ledger(config),
        blobs(config),
        config.activity,
        searched,
        aanvraagnummer,
        reden,
        caller or person_here(),
        datetime.now(UTC),
    )


def model_policy(run: RunRecord) -> Mapping[str, Any]:
    """Return the policy (threshold, labels, texts) of the model package that a run used, verified by its digest."""
    from shared.adapters.packages import load_package

    package = load_package(settings().models / f"{run.new.model}-{run.new.model_version}")
    if package.sha256 != run.new.model_sha256:
        raise ModelPackageInvalid(
            "This is not the package that made the result.",
            where=f"{package.name}-{package.version}",
            next_step="Restore the package of that version; a new model needs a new version.",
        )
    return package.policy


def verify_audit() -> AuditCheck:
    """Return how much of the audit log holds; run logs and anchors outside the database hold it in place."""
    from shared.anchors import check_audit

    return check_audit(ledger(settings()), blobs(settings()))


# --- what a trigger does --------------------------------------------------------------------------------------------
def _alarms(caller: Caller) -> Alarms:
    from shared.adapters.clock import SystemClock
    from shared.alarms import Alarms

    return Alarms(ledger(settings()), SystemClock(), caller)


def delivery_arrived(blob_name: str) -> None:
    """Process what is complete, now that a datapackage.json arrived; of events about other names a trace is left.

    Rejected and held deliveries return normally. A failure is raised, so that the platform tries again.
    """
    from shared import triggers

    caller = Caller(SYSTEM, "gebeurtenis blob")
    with triggers.told_to_platform():
        triggers.delivery_arrived(blob_name, datasets(), _alarms(caller), partial(installation, caller))


def poisoned(message: bytes, message_id: str) -> None:
    """Tell of an event that the platform gave up; the delivery is left to the sweep."""
    from shared import triggers
    from shared.alarms import tell_poisoned

    with triggers.told_to_platform():
        tell_poisoned(_alarms(Caller(SYSTEM, "poison-wachtrij")), message, message_id, datasets())


def nightly() -> None:
    """Sweep every mailbox, and tell of deliveries that did not come; a failure is raised at the end."""
    from shared import sweep, triggers
    from shared.alarms import tell_missing

    caller = Caller(SYSTEM, "tijdklok")

    def swept(dataset: str) -> Sequence[Outcome]:
        return sweep.run_waiting(installation(caller, dataset)).outcomes

    def watched(dataset: str) -> Sequence[Outcome]:
        tell_missing(_alarms(caller), blobs(settings()), dataset, settings().delivery_days)
        return ()

    def strays() -> Sequence[Outcome]:
        sweep.report_strays(installation(caller, datasets()[0]), frozenset(datasets()))
        return ()

    works = [partial(work, dataset) for work in (swept, watched) for dataset in datasets()]
    with triggers.told_to_platform():
        triggers.one_after_another([*works, strays])


def reprocess(body: bytes) -> Answer:
    """Answer a request to judge a delivery again; see shared/api/reprocess.py."""
    from shared.api.reprocess import answer

    return answer(body, lambda **wanted: _requested(Caller("functiesleutel", "http"), **wanted))


def _requested(caller: Caller, **wanted: Any) -> RunRecord:
    from shared import interventions

    installed = installation(caller, _dataset_of(wanted["levering"]))
    run = interventions.request_run(installed, wanted["levering"], wanted["aanvraagnummers"], wanted["reden"])
    if wanted["aanvraagnummers"]:  # a few applications take seconds; a whole delivery waits for the round
        outcome = interventions.process_request(installed, run)
        return outcome.run or run
    return run


# --- one delivery, nothing published ----------------------------------------------------------------------------------
def features_of_delivery(folder: Path) -> pd.DataFrame:
    """Return the feature file of a delivery in a folder (see `feature_rows`)."""
    from shared.adapters.deliveryfolder import DeliveryFolder
    from shared.single_delivery import feature_rows, feature_table

    return feature_rows(feature_table(DeliveryFolder(folder), use_case_of(folder)))


def eligibility_of_delivery(folder: Path, special_addresses: Sequence[Mapping[str, str]] = ()) -> pd.DataFrame:
    """Return aanvraagnummer, resultaattype (0 = the model decides) and reden of every application in a folder."""
    from shared.adapters.deliveryfolder import DeliveryFolder
    from shared.single_delivery import feature_table

    table = feature_table(DeliveryFolder(folder), use_case_of(folder), special_addresses)
    return table.frame[["aanvraagnummer", "resultaattype", "reden"]]
