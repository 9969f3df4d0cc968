"""What a removal took away so far, by its tombstones: the same when it was killed half-way and finished later."""

from __future__ import annotations

from collections import Counter

from shared.administration import ModelStatus, Removed, Tombstone
from shared.installation import Workplace
from shared.retention.port import Remover
from shared.retention.proof import proof_event
from shared.rights.outcome import PROOF

SNAPSHOT = "momentopname"  # what the event of a tombstone calls the rows that went out of one
_ROWS = (Removed.RESULTATEN, Removed.BEZWAREN, Removed.VERZOEKEN)


def removed_for(installation: Workplace, remover: Remover, ground: str) -> dict[str, int]:
    """Return how many went by kind on this ground, and by which event the proof is called that tells of the last."""
    counts: Counter[str] = Counter(dict.fromkeys([*map(str, _ROWS), "rijen in momentopnamen", "momentopnamen"], 0))
    told = remover.removed_for(ground)
    for object_, tombstone in told:
        if tombstone.soort in _ROWS:
            counts[str(tombstone.soort)] += tombstone.aantal
            continue
        where = object_.partition(" ")[0]
        counts["rijen in momentopnamen" if where == SNAPSHOT else f"rijen in {where}"] += tombstone.aantal
        counts["momentopnamen"] += where == SNAPSHOT
    stones = [tombstone for _, tombstone in told]
    last = max((tombstone.gebeurtenis for tombstone in stones), default=0)
    dates = {"datums herschreven": len(_dates(installation, stones))}
    return dict(counts) | dates | {PROOF: proof_event(installation, last) if last else 0}


def _dates(installation: Workplace, stones: list[Tombstone]) -> set[str]:
    """Return the dates of which results went that have files; of a shadow there never were any."""
    runs = [installation.ledger.run(stone.run) for stone in stones if stone.soort is Removed.RESULTATEN]
    return {run.new.datum for run in runs if run.new.model_status is ModelStatus.ACTIEF}
