"""The files of one run in the output: what they hold, and the manifest that says so, revised after every removal.

A row is known by its application number and never by its place in a file: after a removal places differ.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from shared.administration import RunRecord, Tombstone
from shared.errors import BlobNotFound
from shared.events import moment_text
from shared.feedback import pretty_json
from shared.installation import Installation
from shared.ports import Container

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET, LINES = "resultaten.parquet", "resultaten.jsonl"
MANIFEST = "manifest.json"
NUMBER = "aanvraagnummer"
_ROWS_PER_GROUP = 100_000


def run_folder(run: RunRecord) -> str:
    """Return the folder of a run in the container uitvoer."""
    return f"{run.new.dataset}/{run.new.datum}/runs/{run.run_id}"


def stage_results(installation: Installation, run: RunRecord, files: Mapping[str, bytes]) -> None:
    """Write the result files under the run id; nothing points at them before the run is published."""
    for name, data in sorted(files.items()):
        installation.blobs.write(Container.UITVOER, f"{run_folder(run)}/{name}", data)


def write_manifest(installation: Installation, run: RunRecord) -> None:
    """Write manifest.json of a published run: schema, counts, hashes and revision; the same state, the same bytes.

    What the administration no longer has goes from the files first.
    """
    import pyarrow.parquet as pq

    while True:  # until nothing was removed while we wrote
        removals = installation.ledger.removals(run.new.dataset, run.run_id)
        contents = _contents(installation, run, removals)
        schema = pq.read_schema(io.BytesIO(contents[PARQUET]))
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
            "bestanden": {name: _described(data) for name, data in contents.items()},
            "log": "verwerking.jsonl",
        }
        installation.blobs.write(Container.UITVOER, f"{run_folder(run)}/{MANIFEST}", pretty_json(manifest))
        if len(installation.ledger.removals(run.new.dataset, run.run_id)) == len(removals):
            return


def revision_written(installation: Installation, run: RunRecord) -> int:
    """Return the revision that the manifest of a run tells of; 0 when there is no manifest that can be read."""
    try:
        manifest = json.loads(installation.blobs.read(Container.UITVOER, f"{run_folder(run)}/{MANIFEST}"))
        return int(manifest.get("revisie", 1))
    except (BlobNotFound, ValueError, AttributeError):
        return 0


def _contents(installation: Installation, run: RunRecord, removals: Collection[Tombstone]) -> dict[str, bytes]:
    """Return the bytes of the result files as they must be now, and write those that were otherwise."""
    folder = run_folder(run)
    found = {name: installation.blobs.read(Container.UITVOER, f"{folder}/{name}") for name in (LINES, PARQUET)}
    if not removals:
        return found
    kept = installation.ledger.remaining(run.run_id)
    revised = {LINES: _lines_of(found[LINES], kept), PARQUET: _rows_of(found[PARQUET], kept)}
    for name, data in revised.items():
        if data != found[name]:
            installation.blobs.write(Container.UITVOER, f"{folder}/{name}", data)
    return revised


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


def _described(data: bytes) -> dict[str, object]:
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


# --- rows by their application number ---------------------------------------------------------------------------------
def lines_by_number(data: bytes) -> dict[str, bytes]:
    """Return the lines of a file of JSON lines by application number, in order."""
    return {json.loads(line)[NUMBER]: line for line in data.splitlines(keepends=True)}


def _lines_of(data: bytes, kept: Collection[str]) -> bytes:
    return b"".join(line for number, line in lines_by_number(data).items() if number in kept)


def _rows_of(data: bytes, kept: Collection[str]) -> bytes:
    """Return the Parquet file without the rows that are not kept; the same bytes when all are kept."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(data))
    wanted = [place for place, number in enumerate(table.column(NUMBER).to_pylist()) if number in kept]
    if len(wanted) == len(table):
        return data
    return parquet_bytes(table.take(pa.array(wanted, type=pa.int64())))


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table of results as a Parquet file: no statistics, which would quote rows."""
    import pyarrow.parquet as pq

    sink: Any = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", row_group_size=_ROWS_PER_GROUP, write_statistics=False)
    data: bytes = sink.getvalue()
    return data
