"""The audit snapshot in storage: what a run judged, minimised and under pseudonyms, to judge or explain again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from shared.errors import BlobNotFound, SnapshotInvalid
from shared.feedback import pretty_json
from shared.installation import Installation
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


def write_snapshot(installation: Installation, digest: str, delivery: PseudonymisedDelivery) -> int:
    """Write the snapshot of a delivery, its manifest last; returns the number of bytes."""
    folder = f"{installation.dataset}/{digest}"
    files = installation.core.snapshot_files(delivery)
    for name, data in sorted(files.items()):
        installation.blobs.write(Container.MOMENTOPNAME, f"{folder}/{name}", data)
    manifest = {
        "sleutel": delivery.key_id,
        "bestanden": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    installation.blobs.write(Container.MOMENTOPNAME, f"{folder}/{_MANIFEST}", pretty_json(manifest))
    return sum(len(data) for data in files.values())


def snapshot_contents(blobs: BlobStore, dataset: str, digest: str) -> dict[str, bytes]:
    """Return the files of the snapshot of a delivery, by name; SnapshotInvalid when it is not intact."""
    folder = f"{dataset}/{digest}"
    try:
        manifest = json.loads(blobs.read(Container.MOMENTOPNAME, f"{folder}/{_MANIFEST}"))
        names = manifest["bestanden"]
        files = {name: blobs.read(Container.MOMENTOPNAME, f"{folder}/{name}") for name in names}
    except BlobNotFound:
        raise SnapshotInvalid(
            "There is no complete snapshot of this delivery.",
            where=digest,
            next_step="Ask for a new delivery when its retention time is over.",
        ) from None
    changed = [name for name, data in files.items() if hashlib.sha256(data).hexdigest() != manifest["bestanden"][name]]
    if changed:
        raise SnapshotInvalid(
            f"{len(changed)} files of the snapshot are not what was written.",
            where=digest,
            next_step="Put the snapshot back from its back-up and find out who changed it.",
        )
    return files


def read_snapshot(installation: Installation, digest: str, aanvraagnummers: Mapping[str, str]) -> PseudonymisedDelivery:
    """Return the stored delivery with its clear application numbers; SnapshotInvalid when it is not intact."""
    files = snapshot_contents(installation.blobs, installation.dataset, digest)
    return installation.core.read_snapshot(files, aanvraagnummers)
