"""Proof of destruction: after every round one file in the logboek with the tombstones that it left, and no content."""

from __future__ import annotations

import json

from shared.administration import Removed, Tombstone
from shared.errors import BlobNotFound
from shared.events import moment_text
from shared.feedback import pretty_json
from shared.installation import Workplace
from shared.ports import Container
from shared.retention.port import Remover
from shared.runfiles import MANIFEST, run_folder

PROOFS = "verwijderingen"


def write_proof(installation: Workplace, remover: Remover) -> str:
    """Write a proof of every removal that none was written of yet; returns its name, "" when there was none.

    The files that had to follow a removal are named with the hashes that they have since.
    """
    told = _told_until(installation)
    new = [tombstone for tombstone in remover.tombstones() if tombstone.gebeurtenis > told]
    if not new:
        return ""
    name = proof_name(new[-1].gebeurtenis)
    document = {
        "bewijs": "Wat hieronder staat is verwijderd. Van de inhoud is niets bewaard.",
        "gemaakt": moment_text(installation.clock.now()),
        "door": installation.caller.actor,
        "verwijderd": [_plain(tombstone) for tombstone in new],
        "uitvoer": [
            _output(installation, run) for run in sorted({t.run for t in new if t.soort is Removed.RESULTATEN})
        ],
    }
    installation.blobs.write(Container.LOGBOEK, name, pretty_json(document))
    return name


def proof_name(event: int) -> str:
    """Return the name of the proof that ends with the tombstone of this event."""
    return f"{PROOFS}/{event:012d}.json"


def proof_event(installation: Workplace, tombstone: int) -> int:
    """Return the event that the proof is called by in which the tombstone of this event stands; 0 without a proof."""
    return min((event for event in _events(installation) if event >= tombstone), default=0)


def _told_until(installation: Workplace) -> int:
    return max(_events(installation), default=0)


def _events(installation: Workplace) -> list[int]:
    names = installation.blobs.names(Container.LOGBOEK, f"{PROOFS}/")
    return [int(name.removeprefix(f"{PROOFS}/").removesuffix(".json")) for name in names]


def _plain(tombstone: Tombstone) -> dict[str, object]:
    return {**vars(tombstone), "soort": str(tombstone.soort), "tijdstip": moment_text(tombstone.tijdstip)}


def _output(installation: Workplace, run_id: str) -> dict[str, object]:
    """Return what the manifest of a run now says of its files; nothing but its id where it has none."""
    run = installation.ledger.run(run_id)
    try:
        manifest = json.loads(installation.blobs.read(Container.UITVOER, f"{run_folder(run)}/{MANIFEST}"))
    except BlobNotFound:
        return {"verwerking": run_id}
    return {
        "verwerking": run_id,
        **{name: manifest.get(name) for name in ("revisie", "aantal", "bestanden")},
    }
