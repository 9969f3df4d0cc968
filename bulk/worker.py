"""What a worker does for a job, on any machine: check and split a delivery, judge a part. Both write what they made.

Doing anything twice gives the same bytes under the same name, and what is finished is not done again: a task whose
machine died is simply given to another worker, and a job that stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from bulk.job import OUTPUT, Job, as_json, from_json
from bulk.parts import split
from shared import pipeline
from shared.bootstrap import blobs, settings
from shared.bootstrap.elsewhere import keys_elsewhere, model_elsewhere
from shared.errors import BlobNotFound
from shared.mailbox import StoredDelivery, has_date, open_delivery
from shared.ports import Container
from shared.records import CheckedDelivery, PseudonymisedDelivery, RunIdentity, Verdict
from shared.snapshot import read_snapshot, snapshot_files
from shared.stages.pseudonym import PseudonymKey
from shared.stages.resultfiles import result_files
from shared.stages.resultform import PARQUET
from shared.stages.rules import finding
from shared.usecases import use_case

WHOLE = -1  # in place of a part: what is told of a delivery as a whole
_RECORD = "verslag"
_NUMBERS = "aanvraagnummers"


@dataclass(frozen=True)
class Piece:
    """Something on its way from the check of a delivery to the judging of a part: one file of it, or a record."""

    place: int
    part: int
    name: str
    content: bytes


# --- the first half: one task per delivery ----------------------------------------------------------------------------
def check_and_split(job: Job, place: int) -> Iterator[Piece]:
    """Yield the record of the check of a delivery and, of an accepted one, its parts under pseudonyms."""
    finished = _finished(job, place)
    if finished:
        yield from finished
        return
    run = job.runs[place]
    model = model_elsewhere(run)
    case = use_case(run.dataset)
    source = _opened(job, place)
    if has_date(run.levering):
        checked = pipeline.check_delivery(source, case, model.policy.get("bands", {}))
    else:
        checked = CheckedDelivery(Verdict.AFGEKEURD, (finding("LEV-111"),), None)
    findings, parts = checked.findings, 0
    held = checked.verdict is Verdict.AANGEHOUDEN and run.levering not in job.released
    if checked.verdict is not Verdict.AFGEKEURD and not held:
        delivery, left_out = pipeline.pseudonymise_delivery(checked, case, _key(job.proof, run.key_id))
        findings += left_out
        for parts, part in enumerate(split(delivery, job.part_size), start=1):
            yield from _packed(place, parts - 1, part)
    period = checked.description.period if checked.description else None
    record = as_json(
        {
            "oordeel": str(checked.verdict),
            "bevindingen": [found.as_dict() for found in findings],
            "van": period.van.isoformat() if period else None,
            "tot": period.tot.isoformat() if period else None,
            "delen": parts,
        }
    )
    blobs(settings()).write(OUTPUT, job.check_record(place), record)
    yield Piece(place, WHOLE, _RECORD, record)


def _finished(job: Job, place: int) -> list[Piece]:
    """Return the records of a delivery that was checked and of which every part was judged before, else nothing."""
    try:
        record = blobs(settings()).read(OUTPUT, job.check_record(place))
    except BlobNotFound:
        return []
    found = [Piece(place, WHOLE, _RECORD, record)]
    for part in range(from_json(record)["delen"]):
        judged = _judged(job, place, part)
        if judged is None:
            return []
        found.append(Piece(place, part, _RECORD, judged))
    return found


def _opened(job: Job, place: int) -> StoredDelivery:
    run = job.runs[place]
    found = open_delivery(blobs(settings()), Container.BRIEVENBUS, f"{run.dataset}/{run.levering}", run.levering)
    if found is None or found.digest != run.digest:
        raise BlobNotFound(
            "A delivery is not what it was when the job began.",
            where=f"levering {run.levering}",
            next_step="Leave deliveries alone until the job ends; begin again.",
        )
    return found


def _packed(place: int, part: int, delivery: PseudonymisedDelivery) -> Iterator[Piece]:
    for name, content in sorted(snapshot_files(delivery).items()):
        yield Piece(place, part, name, content)
    yield Piece(place, part, _NUMBERS, as_json({_NUMBERS: delivery.aanvraagnummers}))


# --- the second half: one task per part -------------------------------------------------------------------------------
def judge_part(job: Job, place: int, part: int, pieces: Mapping[str, bytes]) -> bytes:
    """Return the record of a part, once its results are in place; or of a delivery as a whole.

    `pieces`: everything that `check_and_split` yielded of the part, by name.
    """
    if _RECORD in pieces:
        return pieces[_RECORD]
    judged = _judged(job, place, part)
    if judged is not None:
        return judged
    run = job.runs[place]
    case, key, model = use_case(run.dataset), _key(job.proof, run.key_id), model_elsewhere(run)
    table = pipeline.features(_unpacked(pieces), case, key, keys_elsewhere(job.proof).special_addresses())
    identity = RunIdentity(
        run.run_id, run.dataset, run.levering, run.digest, model, run.contract_version, run.key_id, run.request_id
    )
    results = pipeline.judge(table, case, identity, key)
    data = result_files((results,))[PARQUET]
    rows = results.results
    record = as_json(
        {
            "aantal": len(rows),
            "per_resultaattype": _counted(rows["resultaattype"]),
            "per_reden": _counted(rows["reden"]),
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
    )
    blobs(settings()).write(OUTPUT, job.part_file(place, part), data)
    blobs(settings()).write(OUTPUT, job.part_record(place, part), record)
    return record


def _unpacked(pieces: Mapping[str, bytes]) -> PseudonymisedDelivery:
    files = {name: content for name, content in pieces.items() if name != _NUMBERS}
    numbers = from_json(pieces[_NUMBERS])[_NUMBERS]
    return replace(read_snapshot(files, None), aanvraagnummers=tuple(numbers))


def _judged(job: Job, place: int, part: int) -> bytes | None:
    """Return the record of a part that was judged before, when its results are still what it says."""
    with suppress(BlobNotFound):
        record = blobs(settings()).read(OUTPUT, job.part_record(place, part))
        if blobs(settings()).sha256(OUTPUT, job.part_file(place, part)) == from_json(record)["sha256"]:
            return record
    return None


def _counted(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(map(str, values.tolist())).items()))


@lru_cache(maxsize=2)
def _key(proof: str, key_id: str) -> PseudonymKey:
    return keys_elsewhere(proof).find(key_id)
