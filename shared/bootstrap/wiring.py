"""What everything is made of: settings, storage, administration, and the installation of a dataset."""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from shared import __version__
from shared.errors import RequestRefused
from shared.events import SYSTEM, Caller
from shared.logs import configure_logging
from shared.settings import Settings, read_settings
from shared.usecases import datasets, mailboxes, use_case

if TYPE_CHECKING:
    from shared.installation import Core, GrowingSnapshot, Installation, Workplace
    from shared.modelpackage.package import ModelPackage
    from shared.modelregister.versions import Versions
    from shared.ports import BlobStore, Ledger
    from shared.records import PseudonymisedDelivery
    from shared.stages.rowstore import Scratch

opened = ExitStack()  # what this process has to close
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,63}")  # part of the name of a folder


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once; sets up the log by them."""
    found = read_settings(os.environ)
    configure_logging(found.log_level)
    return found


@lru_cache(maxsize=4)
def ledger(config: Settings) -> Ledger:
    """Return the administration; makes an embedded one on first use, refuses one of another version."""
    from shared.adapters.chosen import close, ledger_of

    found = ledger_of(config)
    opened.callback(close, found)
    return found


@lru_cache(maxsize=4)
def blobs(config: Settings) -> BlobStore:
    """Return the storage."""
    from shared.adapters.chosen import blobs_of

    return blobs_of(config)


def migrate() -> str:
    """Bring the database to the version of this code, and return that version."""
    from shared.adapters.chosen import engine_of
    from shared.adapters.sql.upgrade import upgrade

    engine = engine_of(settings())
    try:
        return upgrade(engine)
    finally:
        engine.dispose()


def core() -> Core:
    """Return the pure functions between the effects; tables are imported at the first call, not before."""
    from shared import pipeline
    from shared.installation import Core

    def new_snapshot(scratch: Scratch) -> GrowingSnapshot:
        from shared import snapshot

        return snapshot.SnapshotFiles(scratch)

    def snapshot_files(delivery: PseudonymisedDelivery) -> Mapping[str, bytes]:
        from shared import snapshot

        return snapshot.snapshot_files(delivery)

    def read_snapshot(files: Mapping[str, bytes], aanvraagnummers: Mapping[str, str] | None) -> PseudonymisedDelivery:
        from shared import snapshot

        return snapshot.read_snapshot(files, aanvraagnummers)

    return Core(
        check=pipeline.check_delivery,
        check_in_parts=pipeline.check_in_parts,
        pseudonymise=pipeline.pseudonymise_in_parts,
        features=pipeline.features,
        judge=pipeline.judge,
        new_snapshot=new_snapshot,
        snapshot_files=snapshot_files,
        read_snapshot=read_snapshot,
    )


def model_package(config: Settings, name: str, version: str) -> ModelPackage:
    """Return a verified package as it lies in the folder of models now."""
    from shared.adapters.packages import load_package

    if not _VERSION.fullmatch(version):
        raise RequestRefused(
            "This is not a version of a model.", where="versie", next_step="Give digits, letters, dots and dashes."
        )
    return load_package(config.models / f"{name}-{version}")


loaded_package = lru_cache(maxsize=16)(model_package)  # what judges is read and verified once in a process


@lru_cache(maxsize=4)
def versions(config: Settings, dataset: str) -> Versions:
    """Return the register of the model versions of a dataset, and where their packages lie."""
    from shared.adapters.chosen import register_of
    from shared.adapters.clock import SystemClock
    from shared.modelregister.register import entered
    from shared.modelregister.versions import Versions

    name, _, version = use_case(dataset).package.rpartition("-")
    return Versions(
        dataset=dataset,
        register=register_of(ledger(config)),
        load=partial(model_package, config),
        loaded=partial(loaded_package, config),
        first=(name, version),
        entered=lambda first: entered(first, Caller(SYSTEM, "installatie"), SystemClock().now()),
    )


@lru_cache(maxsize=8)
def _parts(config: Settings, dataset: str) -> Mapping[str, Any]:
    """Return what every workplace of a dataset shares, by the names of its fields."""
    from shared.adapters.chosen import keys_of, telemetry_of
    from shared.adapters.clock import SystemClock
    from shared.adapters.owner import ProcessOwner

    for own_use in ("STATSBEAT_DISABLED_ALL", "SDKSTATS_DISABLED"):  # what the library would tell of itself
        os.environ.setdefault(f"APPLICATIONINSIGHTS_{own_use}", "true")
    return {
        "use_case": use_case(dataset),
        "core": core(),
        "blobs": blobs(config),
        "ledger": ledger(config),
        "keys": keys_of(
            config, lambda: not any(ledger(config).deliveries(name) for name in mailboxes()), lambda: ledger(config)
        ),
        "clock": SystemClock(),
        "owner": ProcessOwner(),
        "lease": config.lease,
        "quarantine": config.quarantine,
        "code_version": __version__,
        "settings_digest": config.digest(),
        "activity": config.activity,
        "telemetry": telemetry_of(config),
        "versions": versions(config, use_case(dataset).judged),
    }


def installation(caller: Caller, dataset: str) -> Installation:
    """Return everything that a run of this dataset needs, with the active model, acting on behalf of the caller.

    `dataset`: the name of any mailbox. ModelPackageInvalid when the active package is not whole; whatever judges nobody
    uses `workplace`.
    """
    from shared.installation import Installation

    model = versions(settings(), use_case(dataset).judged).active()
    return Installation(**_parts(settings(), dataset), caller=caller, model=model)


def workplace(caller: Caller, dataset: str) -> Workplace:
    """Return what can be done in a dataset without its model, also when the active package is broken."""
    from shared.installation import Workplace

    return Workplace(**_parts(settings(), dataset), caller=caller)


def person_here() -> Caller:
    """Return the person at the keyboard of this machine."""
    name = "onbekend"
    with suppress(OSError, KeyError):
        name = getpass.getuser()
    return Caller(name, f"opdrachtregel {socket.gethostname()}")


def dataset_of(levering: str) -> str:
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


def mailbox_of(levering: str) -> str:
    """Return the mailbox in which a delivery of this name is held, or else the dataset in which it is known."""
    from shared.runstates import RunReason, RunState

    held = [
        name
        for name in mailboxes()
        for run in ledger(settings()).runs(name, (RunState.AANGEHOUDEN,))
        if run.new.levering == levering and run.reason is RunReason.CONTROLE_AANGEHOUDEN
    ]
    return held[0] if len(set(held)) == 1 else dataset_of(levering)
