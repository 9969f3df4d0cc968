"""The events from which every log is rendered, chained so that an edit, a removal or a swap is found.

Each event answers the six questions of BIO 8.15.01: what was done (`handeling`), to what (`object`), with what outcome
(`resultaat`), from where (`herkomst`), by whom (`actor`) and when (`tijdstip`). Details never hold a value of a row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

FIRST_HASH = "0" * 64


class Action(StrEnum):
    """What can be done here."""

    CLAIMEN = "verwerking geclaimd"
    LEZEN = "levering gelezen en gecontroleerd"
    PSEUDONIMISEREN = "levering gepseudonimiseerd"
    MOMENTOPNAME_LEZEN = "momentopname gelezen"
    KENMERKEN = "kenmerken berekend"
    BEOORDELEN = "aanvragen beoordeeld en uitgelegd"
    RESULTATEN_SCHRIJVEN = "resultaatbestanden geschreven"
    PUBLICEREN = "resultaten gepubliceerd"
    MANIFEST_SCHRIJVEN = "manifest geschreven"
    ACTUEEL_SCHRIJVEN = "actuele resultaten geschreven"
    WIJZERS_SCHRIJVEN = "wijzers naar actuele resultaten geschreven"
    TERUGKOPPELEN = "terugkoppeling geschreven"
    MOMENTOPNAME_SCHRIJVEN = "momentopname geschreven"
    OPRUIMEN = "ruwe levering verwijderd"
    AFRONDEN = "verwerking afgerond"
    AFKEUREN = "levering afgekeurd"
    AANHOUDEN = "verwerking aangehouden"
    VRIJGEVEN = "levering vrijgegeven"
    MISLUKKEN = "verwerking mislukt"
    AANVRAGEN = "verwerking aangevraagd"
    DUBBEL = "al behandelde levering uit brievenbus verwijderd"
    RESTANT_OPRUIMEN = "restant in brievenbus verwijderd"
    QUARANTAINE_VERNIETIGEN = "levering in quarantaine vernietigd"
    ONBEKENDE_POST = "onbekende post in brievenbus"
    STOPPEN = "model gestopt"
    HERVATTEN = "model hervat"
    UITLEG_BEKIJKEN = "uitleg bekeken"


@dataclass(frozen=True)
class Caller:
    """On whose behalf something happens, and by what way it came in."""

    actor: str
    herkomst: str


@dataclass(frozen=True)
class AuditEvent:
    """One thing that happened. `details` holds counts, durations, versions, codes and a person's reason."""

    handeling: Action
    object: str
    resultaat: str
    caller: Caller
    tijdstip: datetime
    dataset: str = ""
    run: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredEvent:
    """An event as the ledger keeps it: fields as text, its place in the chain and its hash."""

    volgnr: int
    tijdstip: str
    handeling: str
    object: str
    resultaat: str
    herkomst: str
    actor: str
    dataset: str
    run: str
    details: str
    hash: str

    def content(self) -> str:
        """Return everything but the hash, in one canonical text."""
        fields = (
            self.volgnr,
            self.tijdstip,
            self.handeling,
            self.object,
            self.resultaat,
            self.herkomst,
            self.actor,
            self.dataset,
            self.run,
            self.details,
        )
        return canonical(list(fields))


@dataclass(frozen=True)
class ChainBreak:
    """The first place where the chain of events does not hold, and what is wrong there."""

    volgnr: int
    wat: str


def canonical(value: object) -> str:
    """Return JSON text that is the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def moment_text(moment: datetime) -> str:
    """Return a moment in UTC as text of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(text: str) -> datetime:
    """Return the moment that `moment_text` wrote."""
    return datetime.fromisoformat(text)


def link(previous: str, content: str) -> str:
    """Return the hash of an event: over the hash before it and its own content."""
    return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()


def store(event: AuditEvent, volgnr: int, previous: str) -> StoredEvent:
    """Return the event as the next link of the chain."""
    bare = StoredEvent(
        volgnr=volgnr,
        tijdstip=moment_text(event.tijdstip),
        handeling=str(event.handeling),
        object=event.object,
        resultaat=event.resultaat,
        herkomst=event.caller.herkomst,
        actor=event.caller.actor,
        dataset=event.dataset,
        run=event.run,
        details=canonical(dict(event.details)),
        hash="",
    )
    return StoredEvent(**{**vars(bare), "hash": link(previous, bare.content())})


def verify(events: Iterable[StoredEvent], anchors: Mapping[int, str] | None = None) -> ChainBreak | None:
    """Return the first event that was edited, dropped or swapped, or None when the whole chain holds.

    `events` in order of volgnr. `anchors` (volgnr -> hash, kept outside the database, such as in the run logs) also
    show events that were cut off at the end, and a chain that was recomputed as a whole.
    """
    waiting = dict(anchors or {})
    previous, expected = FIRST_HASH, 1
    for event in events:
        if event.volgnr != expected:
            return ChainBreak(expected, "ontbreekt of staat niet op zijn plaats")
        if event.hash != link(previous, event.content()):
            return ChainBreak(event.volgnr, "is gewijzigd of verwisseld")
        if waiting.pop(event.volgnr, event.hash) != event.hash:
            return ChainBreak(event.volgnr, "is anders dan toen het buiten de database werd vastgelegd")
        previous, expected = event.hash, expected + 1
    return ChainBreak(min(waiting), "ontbreekt aan het eind") if waiting else None
