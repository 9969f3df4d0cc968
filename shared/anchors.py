"""Holds the chain of events in place from outside the database: the run logs in the output, and anchors in the logboek.

A chain alone shows what was edited, dropped in the middle or swapped. What was cut off at its end, and a chain that
was computed anew as a whole, only show against hashes that lie somewhere else. And what the events tell must be so:
every removal left its tombstone, and the results of every run are those that were published, less what was removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from shared.administration import Removed, Tombstone
from shared.errors import AuditTrailBroken, RequestRefused
from shared.events import (
    AT_THE_END,
    OTHER,
    Action,
    ChainBreak,
    ChainCheck,
    ChainGap,
    ChainStart,
    StoredEvent,
    check_chain,
    moment_text,
)
from shared.feedback import pretty_json
from shared.installation import Workplace
from shared.ports import BlobStore, Container, Ledger
from shared.rowseal import NOTHING, RowSeal

FOLDER = "ankers"
_REMOVALS = frozenset(f"{soort} verwijderd" for soort in Removed)
_SEALING = frozenset({Action.PUBLICEREN, Action.SCHADUW_BEWAREN, Action.RESULTATEN_VERWIJDEREN})
_CONTRADICTED = ""  # equals no hash
_KEPT = ((Container.UITVOER, "", "/verwerking.jsonl"), (Container.LOGBOEK, f"{FOLDER}/", ".json"))


@dataclass(frozen=True)
class AuditCheck:
    """What a check of the audit log found.

    `unreadable`: logs outside the database that no longer can be read. `untold`: removals of which event and tombstone
    do not say the same, by the number of the event. `changed`: runs of which the results are not what the events tell.
    `runs`: of how many the results are.
    """

    chain: ChainCheck
    anchors: int
    unreadable: tuple[str, ...]
    untold: tuple[int, ...] = ()
    changed: tuple[str, ...] = ()
    runs: int = 0

    @property
    def holds(self) -> bool:
        """Say whether everything is as it was written."""
        return self.chain.broken is None and not (self.unreadable or self.untold or self.changed)


def drop_anchor(workplace: Workplace) -> None:
    """Keep the end of the chain as it is now outside the database; nothing when nothing ever happened."""
    last = workplace.ledger.last_event()
    if last is not None:
        name = f"{FOLDER}/{last.volgnr:012d}.json"
        anchor = {"volgnr": last.volgnr, "tijdstip": last.tijdstip, "hash": last.hash}
        workplace.blobs.write(Container.LOGBOEK, name, pretty_json(anchor))


def check_audit(ledger: Ledger, blobs: BlobStore) -> AuditCheck:
    """Return how many events hold, and what was edited, dropped, swapped or put in: events, removals, results.

    All of it as it is at one moment. What is in memory is one event, one row, and some text per run.
    """
    anchors, unreadable = _anchors(blobs)
    with ledger.audit_trail() as trail:
        tombstones = trail.tombstones()
        told = _Told(tombstones)
        heard = told.hear(trail.events())
        chain = check_chain(heard, anchors, told.start)
        for _ in heard:  # what comes after a break tells of removals and results too
            pass
        for volgnr, known in told.ends.items():  # where earlier removals of events ended may still lie outside
            if chain.broken is None and anchors.get(volgnr, known) != known:
                chain = ChainCheck(0, ChainBreak(volgnr, OTHER))
        changed, runs = told.compare(trail.seals())
    return AuditCheck(chain, len(anchors), unreadable, told.untold(), changed, runs)


def watch_audit(ledger: Ledger, blobs: BlobStore) -> None:
    """Raise AuditTrailBroken unless everything is as it was written; `verify-audit` tells what is not."""
    found = check_audit(ledger, blobs)
    if not found.holds:
        broken = found.chain.broken
        where = f"event {broken.volgnr}" if broken else "events, removals or results"
        raise AuditTrailBroken(
            "The audit trail is not as it was written.",
            where=where,
            next_step="Keep database and storage as they are, tell who oversees, and run verify-audit.",
        )


def tell_restored(workplace: Workplace, reason: str) -> ChainGap:
    """Put on record that a restore took the last events away, and let the chain go on behind their numbers.

    RequestRefused where nothing is gone, or where more is wrong than that: then nobody may pass over it.
    """
    check = check_audit(workplace.ledger, workplace.blobs)
    last, (anchors, _) = workplace.ledger.last_event(), _anchors(workplace.blobs)
    gap = ChainGap(last.volgnr if last else 0, max(anchors, default=0))
    broken = check.chain.broken
    more = check.unreadable or check.untold or check.changed
    if more or gap.tot_en_met <= gap.na or broken is None or broken.wat != AT_THE_END:
        raise RequestRefused(
            "The database does not look like one that was put back: its last events are not all that is gone.",
            where="verify-audit",
            next_step="Look with verify-audit what is wrong; do this before anything else is written.",
        )
    event = workplace.event(
        Action.TERUGZETTEN, "auditlog", "gaat verder na een herstel", reden=reason, na=gap.na, tot_en_met=gap.tot_en_met
    )
    workplace.ledger.note(event, after=gap.tot_en_met)
    drop_anchor(workplace)
    return gap


class _Told:
    """What the events tell of removals and results, heard while the chain is checked."""

    def __init__(self, tombstones: Iterable[Tombstone]) -> None:
        self._silent = {tombstone.gebeurtenis: tombstone for tombstone in tombstones}
        self.ends = {
            tombstone.tot_en_met: tombstone.hash
            for tombstone in self._silent.values()
            if tombstone.soort is Removed.GEBEURTENISSEN and tombstone.tot_en_met is not None
        }
        last = max(self.ends, default=0)
        self.start = ChainStart(last, self.ends[last]) if last else ChainStart()
        # of a removal whose own event went later there is nothing to compare
        self._silent = {volgnr: told for volgnr, told in self._silent.items() if volgnr > last}
        self._untold: list[int] = []
        self._seals: dict[str, RowSeal | None] = {}
        self._changed: set[str] = set()

    def hear(self, events: Iterable[StoredEvent]) -> Iterator[StoredEvent]:
        """Pass the events on, and keep what they tell."""
        for event in events:
            if event.handeling in _REMOVALS:
                tombstone = self._silent.pop(event.volgnr, None)
                if tombstone is None or not _same(tombstone, event):
                    self._untold.append(event.volgnr)
            if event.handeling in _SEALING:
                self._hear_seal(event)
            yield event

    def _hear_seal(self, event: StoredEvent) -> None:
        details = _details(event)
        found = _seal(details.get("gevonden"))
        before = self._seals.get(event.run)
        if before is not None and found is not None and found != before:
            self._changed.add(event.run)
        self._seals[event.run] = _seal(details.get("rijen"))

    def untold(self) -> tuple[int, ...]:
        """Return the removals of which event and tombstone do not say the same; after all events were heard."""
        return tuple(sorted([*self._untold, *self._silent]))

    def compare(self, stored: Iterable[tuple[str, RowSeal]]) -> tuple[tuple[str, ...], int]:
        """Return the runs whose results are not what the events tell, and how many are.

        Of a run whose publication is among events that went (it is under legal hold), or that was published before
        seals were told, nothing can be said.
        """
        waiting, same = dict(self._seals), 0
        for run, seal in stored:
            if run not in waiting:
                if not self.start.volgnr:
                    self._changed.add(run)  # results that no event ever told of
                continue
            told = waiting.pop(run)
            same += told == seal
            if told not in (None, seal):
                self._changed.add(run)
        self._changed.update(run for run, told in waiting.items() if told is not None and told != NOTHING)
        return tuple(sorted(self._changed)), same


def _same(tombstone: Tombstone, event: StoredEvent) -> bool:
    """Say whether a tombstone and the event that tells of it agree."""
    details = _details(event)
    said = (event.handeling, event.run, event.actor, event.tijdstip)
    kept = (f"{tombstone.soort} verwijderd", tombstone.run, tombstone.actor, moment_text(tombstone.tijdstip))
    of_rows = (details.get("aantal"), details.get("grond"), details.get("hash"), details.get("tot_en_met"))
    return said == kept and of_rows == (tombstone.aantal, tombstone.grond, tombstone.hash, tombstone.tot_en_met)


def _details(event: StoredEvent) -> dict[str, Any]:
    try:
        found = json.loads(event.details)
    except ValueError:  # damaged; the check of its hash tells
        return {}
    return found if isinstance(found, dict) else {}


def _seal(told: object) -> RowSeal | None:
    return RowSeal(told.get("aantal", -1), told.get("sha256", "")) if isinstance(told, dict) else None


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
