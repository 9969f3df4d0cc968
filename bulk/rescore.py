"""Does a whole job: who asked and why, every delivery of a storage, the record of it all; the effects in this order.

told that it begins -> deliveries and parts, on the cluster -> manifest.json, the last file -> told that it ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulk.job import MANIFEST, OUTPUT, Job, from_json
from bulk.worker import WHOLE
from shared.bootstrap.elsewhere import proof_of
from shared.errors import RequestRefused
from shared.events import Action
from shared.failures import as_told
from shared.feedback import pretty_json
from shared.installation import Installation
from shared.interventions import checked_reason
from shared.mailbox import look, open_delivery
from shared.ports import Container, ModelStopped

PART_SIZE = 20_000

type Run = Callable[[Job], Mapping[int, Mapping[int, bytes]]]


@dataclass(frozen=True)
class Request:
    """What a person asks: why, which held deliveries are judged all the same, and how large a part is."""

    reden: str
    released: frozenset[str] = frozenset()
    part_size: int = PART_SIZE


def make_job(installation: Installation, request: Request) -> Job:
    """Return the job of all complete deliveries in the mailbox; RequestRefused when there is nothing sensible to do."""
    names = look(installation.blobs, installation.dataset).complete
    # one after another: of each description only the hash is kept
    found = (
        open_delivery(installation.blobs, Container.BRIEVENBUS, f"{installation.dataset}/{name}", name)
        for name in names
    )
    runs = tuple(installation.new_run(delivery.levering, delivery.digest) for delivery in found if delivery)
    if not runs:
        raise _refused("There are no complete deliveries in the mailbox.", "Put deliveries there first.")
    if len({run.digest for run in runs}) < len(runs):
        raise _refused("The same delivery lies there under two names.", "Take one of them away: nobody counts twice.")
    if request.released - set(names):
        raise _refused("A delivery to release is not there.", "Name deliveries as their folders are named.")
    if request.part_size < 1:
        raise _refused("A part holds no applications.", "Give 1 or more.")
    key = installation.keys.find(runs[0].key_id)
    return Job(runs, request.released, request.part_size, proof_of(key))


def rescore(installation: Installation, request: Request, run: Run) -> dict[str, Any]:
    """Do the job and return its manifest; the same deliveries, model and key give the same files, byte for byte.

    ModelStopped while the stop switch of the model is on: then nothing begins, or no manifest is written.
    """
    reason = checked_reason(request.reden)
    installation = installation.up_to_date()
    _refuse_stopped(installation)
    job = make_job(installation, request)
    told = {"reden": reason, "opdracht": job.job_id, "leveringen": len(job.runs), "model": installation.model.sha256}
    _note(installation, Action.BULK_BEGINNEN, job, "begonnen", **told, vrijgegeven=sorted(job.released))
    try:
        manifest = _manifest(installation, job, run(job))
        _refuse_stopped(installation)
    except Exception as cause:
        _note(installation, Action.BULK_AFRONDEN, job, "mislukt", **told, fout=as_told(cause).code)
        raise
    data = pretty_json(manifest)
    installation.blobs.write(OUTPUT, f"{job.folder}/{MANIFEST}", data)
    _note(installation, Action.BULK_AFRONDEN, job, "afgerond", **told, aanvragen=manifest["aantal"])
    return manifest


def _refused(what: str, next_step: str) -> RequestRefused:
    return RequestRefused(what, where="bulk", next_step=next_step)


def _refuse_stopped(installation: Installation) -> None:
    if installation.ledger.stop_state(installation.model.name).stopped:
        raise ModelStopped


def _note(installation: Installation, action: Action, job: Job, result: str, **details: Any) -> None:
    installation.ledger.note(installation.event(action, f"bulkopdracht {job.job_id}", result, **details))


def _manifest(installation: Installation, job: Job, records: Mapping[int, Mapping[int, bytes]]) -> dict[str, Any]:
    """Return the record of a job: what went in, what came out, and by what; no clock and no machine is in it."""
    deliveries = [_delivery(job, place, records[place]) for place in range(len(job.runs))]
    parts = [part for delivery in deliveries for part in delivery["delen"]]
    first = job.runs[0]
    return {
        "dataset": first.dataset,
        "opdracht": job.job_id,
        "model": {"naam": first.model, "versie": first.model_version, "sha256": first.model_sha256},
        "contractversie": first.contract_version,
        "sleutel": first.key_id,
        "codeversie": first.code_version,
        "aanvragen_per_deel": job.part_size,
        "vrijgegeven": sorted(job.released),
        "aantal": sum(part["aantal"] for part in parts),
        "per_oordeel": dict(sorted(Counter(delivery["oordeel"] for delivery in deliveries).items())),
        "per_resultaattype": _added(parts, "per_resultaattype"),
        "per_reden": _added(parts, "per_reden"),
        "leveringen": deliveries,
    }


def _delivery(job: Job, place: int, records: Mapping[int, bytes]) -> dict[str, Any]:
    run, whole = job.runs[place], from_json(records[WHOLE])
    number_of = whole.pop("delen")
    parts = [
        {"bestand": job.part_file(place, part).removeprefix(f"{job.folder}/"), **from_json(records[part])}
        for part in range(number_of)
    ]
    return {
        "levering": run.levering,
        "datapackage_sha256": run.digest,
        "verwerking": run.run_id,
        **whole,
        "aantal": sum(part["aantal"] for part in parts),
        "delen": parts,
    }


def _added(parts: Sequence[Mapping[str, Any]], name: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part[name])
    return dict(sorted(total.items()))
