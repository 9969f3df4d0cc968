"""The audit snapshot in storage: what a run judged, minimised and under pseudonyms, to judge or explain again."""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Mapping
from functools import partial
from typing import BinaryIO

from shared.digests import Digesting
from shared.errors import BlobNotFound, SnapshotInvalid
from shared.feedback import pretty_json
from shared.installation import GrowingSnapshot, Workplace
from shared.ports import BlobStore, Container
from shared.records import PseudonymisedDelivery

_MANIFEST = "manifest.json"


def has_snapshot(blobs: BlobStore, dataset: str, digest: str) -> bool:
    """Say whether the snapshot of a delivery is complete; its manifest is written last."""
    try:
        blobs.read(Container.MOMENTOPNAME, f"{dataset}/{digest}/{_MANIFEST}")
    except BlobNotFound:
        return False
    return True


def snapshot_key(blobs: BlobStore, dataset: str, digest: str) -> str | None:
    """Return the id of the key of a snapshot, by its manifest alone; None when there is no snapshot."""
    try:
        manifest = json.loads(blobs.read(Container.MOMENTOPNAME, f"{dataset}/{digest}/{_MANIFEST}"))
    except BlobNotFound:
        return None
    return str(manifest["sleutel"])


def write_snapshot(installation: Workplace, digest: str, key_id: str, snapshot: GrowingSnapshot) -> int:
    """Write the snapshot of a delivery, its manifest last; returns the number of bytes."""
    folder = f"{installation.dataset}/{digest}"
    written = {
        name: installation.blobs.write_by(Container.MOMENTOPNAME, f"{folder}/{name}", partial(_copied, file))
        for name, file in sorted(snapshot.finished().items())
    }
    manifest = {"sleutel": key_id, "bestanden": {name: sha256 for name, (sha256, _) in written.items()}}
    installation.blobs.write(Container.MOMENTOPNAME, f"{folder}/{_MANIFEST}", pretty_json(manifest))
    return sum(size for _, size in written.values())


def drop_unfinished(installation: Workplace, digest: str) -> None:
    """Delete what a try left of a snapshot that nobody makes any more: without its manifest nothing finds it again."""
    for name in list(installation.blobs.names(Container.MOMENTOPNAME, f"{installation.dataset}/{digest}/")):
        installation.blobs.delete(Container.MOMENTOPNAME, name)


def _copied(file: BinaryIO, blob: BinaryIO) -> tuple[str, int]:
    """Copy a file to a blob; returns sha256 and number of bytes."""
    digesting = Digesting(blob)
    shutil.copyfileobj(file, digesting)
    return digesting.sha256, file.tell()


def snapshot_contents(blobs: BlobStore, dataset: str, digest: str) -> dict[str, bytes]:
    """Return the files of the snapshot of a delivery, by name; SnapshotInvalid when it is not intact."""
    folder = f"{dataset}/{digest}"
    try:
        manifest = json.loads(blobs.read(Container.MOMENTOPNAME, f"{folder}/{_MANIFEST}"))
        names = manifest["bestanden"]
        found = {name: blobs.read(Container.MOMENTOPNAME, f"{folder}/{name}") for name in names}
    except BlobNotFound:
        raise SnapshotInvalid(
            "There is no complete snapshot of this delivery.",
            where=digest,
            next_step="Ask for a new delivery when its retention time is over.",
        ) from None
    changed = [name for name, data in found.items() if hashlib.sha256(data).hexdigest() != manifest["bestanden"][name]]
    if changed:
        raise SnapshotInvalid(
            f"{len(changed)} files of the snapshot are not what was written.",
            where=digest,
            next_step="Put the snapshot back from its back-up and find out who changed it.",
        )
    return {name.rpartition("/")[2]: data for name, data in found.items()}  # a later revision has a folder of its own


def read_whole(installation: Workplace, digest: str) -> PseudonymisedDelivery | None:
    """Return the stored delivery with pseudonyms where clear numbers would be; None when there is no snapshot.

    SnapshotInvalid when it is not intact.
    """
    if not has_snapshot(installation.blobs, installation.dataset, digest):
        return None
    return installation.core.read_snapshot(snapshot_contents(installation.blobs, installation.dataset, digest), None)


def rewrite_snapshot(installation: Workplace, digest: str, delivery: PseudonymisedDelivery, removed: int) -> None:
    """Write the snapshot under a new revision: new files, then the manifest that names them, then the old ones go.

    Killed in between, it is as it was or as it must be; `drop_leftovers` of shared/retention/files.py does the rest.
    """
    folder, blobs = f"{installation.dataset}/{digest}", installation.blobs
    manifest = json.loads(blobs.read(Container.MOMENTOPNAME, f"{folder}/{_MANIFEST}"))
    revision = int(manifest.get("revisie", 1)) + 1
    home = f"r{revision}-{uuid.uuid4().hex[:8]}"  # of this try alone: two that write at once do not mix
    files = {f"{home}/{name}": data for name, data in installation.core.snapshot_files(delivery).items()}
    for name, data in sorted(files.items()):
        blobs.write(Container.MOMENTOPNAME, f"{folder}/{name}", data)
    manifest |= {
        "revisie": revision,
        "verwijderde_rijen": int(manifest.get("verwijderde_rijen", 0)) + removed,
        "bestanden": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    blobs.write(Container.MOMENTOPNAME, f"{folder}/{_MANIFEST}", pretty_json(manifest))
    for name in list(blobs.names(Container.MOMENTOPNAME, f"{folder}/")):
        if name.removeprefix(f"{folder}/") not in {_MANIFEST, *files}:
            blobs.delete(Container.MOMENTOPNAME, name)


def read_snapshot(installation: Workplace, digest: str, aanvraagnummers: Mapping[str, str]) -> PseudonymisedDelivery:
    """Return the stored delivery with its clear application numbers; SnapshotInvalid when it is not intact."""
    files = snapshot_contents(installation.blobs, installation.dataset, digest)
    return installation.core.read_snapshot(files, aanvraagnummers)
