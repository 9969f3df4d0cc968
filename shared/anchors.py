"""Holds the chain of events in place from outside the database: the run logs in the output, and anchors in the logboek.

A chain alone shows what was edited, dropped in the middle or swapped. What was cut off at its end, and a chain that
was computed anew as a whole, only show against hashes that lie somewhere else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from shared.events import ChainCheck, check_chain, find_start
from shared.feedback import pretty_json
from shared.installation import Installation
from shared.ports import BlobStore, Container, Ledger

FOLDER = "ankers"
_CONTRADICTED = ""  # equals no hash
_KEPT = ((Container.UITVOER, "", "/verwerking.jsonl"), (Container.LOGBOEK, f"{FOLDER}/", ".json"))


@dataclass(frozen=True)
class AuditCheck:
    """What a check of the audit log found. `unreadable`: logs outside the database that no longer can be read."""

    chain: ChainCheck
    anchors: int
    unreadable: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Say whether everything is as it was written."""
        return self.chain.broken is None and not self.unreadable


def drop_anchor(installation: Installation) -> None:
    """Keep the end of the chain as it is now outside the database; nothing when nothing ever happened."""
    last = installation.ledger.last_event()
    if last is not None:
        name = f"{FOLDER}/{last.volgnr:012d}.json"
        anchor = {"volgnr": last.volgnr, "tijdstip": last.tijdstip, "hash": last.hash}
        installation.blobs.write(Container.LOGBOEK, name, pretty_json(anchor))


def check_audit(ledger: Ledger, blobs: BlobStore) -> AuditCheck:
    """Return how many events hold, and the first that was edited, dropped, swapped or put in."""
    anchors, unreadable = _anchors(blobs)
    start = find_start(ledger.events())
    return AuditCheck(check_chain(ledger.events(), anchors, start), len(anchors), unreadable)


def _anchors(blobs: BlobStore) -> tuple[dict[int, str], tuple[str, ...]]:
    """Return the hashes outside the database by volgnr, and what could not be read; two that differ equal nothing."""
    anchors: dict[int, str] = {}
    unreadable = []
    for container, prefix, suffix in _KEPT:
        for name in blobs.names(container, prefix):
            if not name.endswith(suffix):
                continue
            text = blobs.read(container, name)
            try:
                documents = (
                    [json.loads(line) for line in text.splitlines()] if suffix != ".json" else [json.loads(text)]
                )
                found = [(int(document["volgnr"]), str(document["hash"])) for document in documents]
            except (ValueError, KeyError, TypeError):
                unreadable.append(f"{container}/{name}")
                continue
            for volgnr, known in found:
                anchors[volgnr] = known if anchors.get(volgnr, known) == known else _CONTRADICTED
    return anchors, tuple(unreadable)
