"""The files of one run in the output: what they hold, and the manifest that says so, revised after every removal.

A row is known by its application number and never by its place in a file: after a removal places differ.
"""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO, cast

from shared.administration import RunCounts, RunRecord, Tombstone
from shared.chosen_rows import ChosenLines, ChosenRows
from shared.digests import Digesting, digest_of
from shared.errors import BlobNotFound, StorageUnavailable
from shared.events import Action, moment_text
from shared.feedback import pretty_json
from shared.finished_parts import remove_parts
from shared.installation import Workplace
from shared.ports import Container
from shared.records import ResultSet
from shared.stages.resultform import LINES, PARQUET

MANIFEST = "manifest.json"
_ATTEMPT = "poging-"


def run_folder(run: RunRecord) -> str:
    """Return the folder of a run in the container uitvoer."""
    return f"{run.new.dataset}/{run.new.datum}/runs/{run.run_id}"


@dataclass(frozen=True)
class Staged:
    """What one attempt staged: the sha256 of its files by name, and how many results are in them."""

    sha256: Mapping[str, str]
    aantal: int


def stage_results(installation: Workplace, run: RunRecord, parts: Iterable[ResultSet]) -> Staged:
    """Write the result files of this attempt while the parts of its results come by; nothing points at them.

    A worker that stood still may go on long after another took over, with other code: it writes in its own folder.
    """
    from shared.stages.resultfiles import write_result_files

    folder = staged_folder(run, run.attempt)

    def both(rows: BinaryIO) -> Staged:
        to_rows = Digesting(rows)

        def fill(lines: BinaryIO) -> Staged:
            to_lines = Digesting(lines)
            number = write_result_files(parts, to_lines, to_rows)
            return Staged({LINES: to_lines.sha256, PARQUET: to_rows.sha256}, number)

        return installation.blobs.write_by(Container.UITVOER, f"{folder}/{LINES}", fill)

    return installation.blobs.write_by(Container.UITVOER, f"{folder}/{PARQUET}", both)


def remove_staged(installation: Workplace, run: RunRecord) -> int:
    """Remove what any attempt at a run staged, now that its files are in place, or never will be; returns how many.

    Its finished parts go too: nothing is judged any more.
    """
    names = list(installation.blobs.names(Container.UITVOER, f"{run_folder(run)}/{_ATTEMPT}"))
    for name in names:
        installation.blobs.delete(Container.UITVOER, name)
    return len(names) + remove_parts(installation, run)


def staged_folder(run: RunRecord, attempt: int) -> str:
    """Return the folder in which one attempt at a run stages its files."""
    return f"{run_folder(run)}/{_ATTEMPT}{attempt}"


def write_manifest(installation: Workplace, run: RunRecord) -> RunCounts:
    """Write manifest.json of a published run: schema, counts, hashes and revision; the same state, the same bytes.

    The files are those that were published, by their sha256; what the administration no longer has goes first. Returns
    the counts that it tells.
    """
    import pyarrow.parquet as pq

    published = put_in_place(installation, run)
    while True:  # until nothing was removed while we wrote
        removals = installation.ledger.removals(run.new.dataset, run.run_id)
        if removals:
            _revise(installation, run)
        with installation.blobs.open(Container.UITVOER, f"{run_folder(run)}/{PARQUET}") as stream:
            schema = pq.read_schema(stream)
        counts = installation.ledger.counts(run.run_id)
        manifest = {
            "dataset": run.new.dataset,
            "levering": run.new.levering,
            "verwerking": run.run_id,
            "revisie": 1 + len(removals),
            "verwijderd": _removed(removals),
            "datapackage_sha256": run.new.digest,
            "verzoek": run.new.request_id,
            "model": {"naam": run.new.model, "versie": run.new.model_version, "sha256": run.new.model_sha256},
            "contractversie": run.new.contract_version,
            "sleutel": run.new.key_id,
            "aantal": counts.aantal,
            "per_resultaattype": dict(counts.resultaattype),
            "per_reden": dict(counts.reden),
            "schema": [{"naam": field.name, "type": str(field.type)} for field in schema],
            "bestanden": {
                name: _described(installation, run, name, "" if removals else published.get(name, ""))
                for name in (LINES, PARQUET)
            },
            "log": "verwerking.jsonl",
        }
        installation.blobs.write(Container.UITVOER, f"{run_folder(run)}/{MANIFEST}", pretty_json(manifest))
        if len(installation.ledger.removals(run.new.dataset, run.run_id)) == len(removals):
            remove_staged(installation, run)
            return counts


def put_in_place(installation: Workplace, run: RunRecord) -> Mapping[str, str]:
    """Move what the publishing attempt staged to where readers find it; what was revised since stays as it is.

    Returns the sha256 of what was published, by name of the file, where the event that tells is still there.
    """
    published = next((e for e in installation.ledger.events(run.run_id) if e.handeling == Action.PUBLICEREN), None)
    if published is None:  # so long ago that its event was removed
        return {}
    said = json.loads(published.details)
    for name, sha256 in said["bestanden"].items():
        target = f"{run_folder(run)}/{name}"
        if _is_of(installation, run, sha256, digest_of(installation.blobs, Container.UITVOER, target)):
            continue
        try:
            staged = f"{staged_folder(run, said['poging'])}/{name}"
            moved = installation.blobs.move(Container.UITVOER, staged, target, sha256)
        except BlobNotFound:  # another worker put it in place meanwhile
            moved = digest_of(installation.blobs, Container.UITVOER, target)
        if not _is_of(installation, run, sha256, moved):
            raise StorageUnavailable(
                "A result file is not what was published.",
                where=f"run {run.run_id}",
                next_step="Put the file back from its back-up, or reprocess the delivery.",
            )
    return cast(Mapping[str, str], said["bestanden"])


def _is_of(installation: Workplace, run: RunRecord, sha256: str, found: str) -> bool:
    """Say whether a file is what a run published, or may have been revised since; of no file `found` is empty."""
    return found == sha256 or bool(found and installation.ledger.removals(run.new.dataset, run.run_id))


def revision_written(installation: Workplace, run: RunRecord) -> int:
    """Return the revision that the manifest of a run tells of; 0 when there is no manifest that can be read."""
    try:
        manifest = json.loads(installation.blobs.read(Container.UITVOER, f"{run_folder(run)}/{MANIFEST}"))
        return int(manifest.get("revisie", 1))
    except (BlobNotFound, ValueError, AttributeError):
        return 0


def _revise(installation: Workplace, run: RunRecord) -> None:
    """Write the result files anew that hold rows which were removed since."""
    import pyarrow.parquet as pq

    blobs, folder = installation.blobs, run_folder(run)
    left = installation.ledger.how_many(run.run_id)
    with blobs.open(Container.UITVOER, f"{folder}/{LINES}") as stream:
        if sum(1 for _ in stream) != left:
            _choose(installation, run, ChosenLines, LINES)
    with blobs.open(Container.UITVOER, f"{folder}/{PARQUET}") as stream:
        number = pq.read_metadata(stream).num_rows
    if number != left:
        _choose(installation, run, ChosenRows, PARQUET)


def _choose(installation: Workplace, run: RunRecord, kind: type[ChosenLines | ChosenRows], name: str) -> None:
    folder = run_folder(run)

    def fill(to: BinaryIO) -> None:
        with ExitStack() as stack:
            file = kind(stack, installation.blobs, {run.run_id: folder}, to)
            for number in installation.ledger.remaining(run.run_id):
                file.add(run.run_id, number)
            file.finish()

    installation.blobs.write_by(Container.UITVOER, f"{folder}/{name}", fill)


def _removed(removals: Collection[Tombstone]) -> dict[str, object]:
    return {
        "aantal": sum(tombstone.aantal for tombstone in removals),
        "bewijzen": [
            {
                "gebeurtenis": tombstone.gebeurtenis,
                "tijdstip": moment_text(tombstone.tijdstip),
                "aantal": tombstone.aantal,
                "grond": tombstone.grond,
                "sha256": tombstone.hash,
            }
            for tombstone in removals
        ],
    }


def _described(installation: Workplace, run: RunRecord, name: str, known: str) -> dict[str, object]:
    place = f"{run_folder(run)}/{name}"
    with installation.blobs.open(Container.UITVOER, place) as stream:
        size = stream.seek(0, io.SEEK_END)
    return {"bytes": size, "sha256": known or installation.blobs.sha256(Container.UITVOER, place)}
