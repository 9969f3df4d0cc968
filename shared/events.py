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
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/Amsterdam")  # the time of people and of the data, which have no zone
SYSTEM = "systeem"  # the actor of what no person did
FIRST_HASH = "0" * 64
_MISSING = "ontbreekt of staat niet op zijn plaats"
OTHER = "is anders dan toen het buiten de database werd vastgelegd"
AT_THE_END = "ontbreekt aan het eind"


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
    MOMENTOPNAME_LOSLATEN = "momentopname losgelaten"
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
    OPZOEKEN = "voorspelling opgezocht"
    KENMERKEN_OPVRAGEN = "kenmerken van een levering opgevraagd"
    TABEL_SCOREN = "tabel met kenmerken gescoord"
    BULK_BEGINNEN = "bulkbeoordeling begonnen"
    BULK_AFRONDEN = "bulkbeoordeling beëindigd"
    HERBEREKENEN = "voorspelling herberekend"
    BEOORDELING_VASTLEGGEN = "beoordeling vastgelegd"
    BEZWAAR_OPENEN = "bezwaar geopend"
    BEZWAAR_AFHANDELEN = "bezwaar afgehandeld"
    BEWAARPLICHT_INSTELLEN = "bewaarplicht ingesteld"
    BEWAARPLICHT_OPHEFFEN = "bewaarplicht opgeheven"
    AUDIT_BEKIJKEN = "auditlog bekeken"
    GEBEURTENIS_GENEGEERD = "gebeurtenis genegeerd"
    GEBEURTENIS_MISLUKT = "gebeurtenis herhaaldelijk mislukt"
    LEVERING_ONTBREEKT = "verwachte levering ontbreekt"
    LOGBOEK_SCHRIJVEN = "logboek dataverwerkingen geschreven"
    MODEL_INVOEREN = "eerste modelversie ingevoerd"
    MODEL_VOORSTELLEN = "modelversie voorgesteld"
    MODEL_GOEDKEUREN = "modelversie goedgekeurd"
    MODEL_AFWIJZEN = "modelversie afgewezen"
    MODEL_INTREKKEN = "modelversie ingetrokken"
    MODEL_ACTIVEREN = "modelversie geactiveerd"
    MODEL_UIT_GEBRUIK = "modelversie uit gebruik genomen"
    MODEL_VERGELIJKEN = "modelversies vergeleken"
    MODEL_NAGAAN = "aanvragen van een modelversie opgevraagd"
    SCHADUW_BEGINNEN = "schaduw begonnen"
    SCHADUW_STOPPEN = "schaduw gestopt"
    SCHADUW_BEWAREN = "schaduwresultaten bewaard"
    SCHADUW_VERVALLEN = "schaduwverwerking vervallen"
    RESULTATEN_VERWIJDEREN = "resultaten verwijderd"
    GEBEURTENISSEN_VERWIJDEREN = "gebeurtenissen verwijderd"
    VERZOEKEN_VERWIJDEREN = "verzoeken verwijderd"
    BEZWAREN_VERWIJDEREN = "bezwaren verwijderd"
    PERSOONSVERZOEKEN_VERWIJDEREN = "persoonsverzoeken verwijderd"
    BESTANDEN_VERWIJDEREN = "bestanden verwijderd"
    VERZOEKSLEUTELS_VERWIJDEREN = "verzoeksleutels verwijderd"
    VERWIJDERRONDE = "verwijderronde gedaan"
    PERSOONSVERZOEK = "verzoek van een persoon"
    INZAGE_GEVEN = "inzage gegeven"
    RAPPORT_SCHRIJVEN = "rapport geschreven"
    RAPPORT_MAKEN = "rapport op verzoek gemaakt"
    RAPPORT_BEKIJKEN = "rapport bekeken"
    MAAND_SLUITEN = "maand gesloten"
    TERUGZETTEN = "administratie teruggezet"


# the actions that end a check of a delivery; the findings of that attempt hold, also when there are none
JUDGED = frozenset({Action.PUBLICEREN, Action.SCHADUW_BEWAREN, Action.AFKEUREN, Action.AANHOUDEN})


@dataclass(frozen=True)
class Once:
    """What makes a request count once: a key that no other has, and what was sent with it; both as hashes."""

    key: str
    content: str


@dataclass(frozen=True)
class Caller:
    """On whose behalf something happens, and by what way it came in; `trace`: the W3C trace id of the request.

    `once`: with it, what the caller records is recorded one time, however often the request is sent.
    """

    actor: str
    herkomst: str
    trace: str = ""
    once: Once | None = None


def same_actor(one: str, other: str) -> bool:
    """Say whether two names are of one person: case and blanks are no difference that four eyes may rest on."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


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
    """Return the event as the next link of the chain; a request's trace id stands among its details."""
    trace = {"trace": event.caller.trace} if event.caller.trace else {}
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
        details=canonical({**event.details, **trace}),
        hash="",
    )
    return StoredEvent(**{**vars(bare), "hash": link(previous, bare.content())})


@dataclass(frozen=True)
class ChainStart:
    """Where the chain begins: after event `volgnr`, whose hash this is. Earlier events were removed, or there are none.

    A beginning later than 0 must be told by a removal further on in the chain itself.
    """

    volgnr: int = 0
    hash: str = FIRST_HASH


def _start_told_by(event: StoredEvent) -> ChainStart | None:
    """Return where a removal of events says that the chain begins from now on."""
    if event.handeling != Action.GEBEURTENISSEN_VERWIJDEREN:
        return None
    try:
        details = json.loads(event.details)
        return ChainStart(int(details["tot_en_met"]), str(details["laatste_hash"]))
    except (ValueError, KeyError, TypeError):  # damaged; the check of its hash tells
        return None


@dataclass(frozen=True)
class ChainGap:
    """Events `na` + 1 up to `tot_en_met` are gone by a restore, as the event after them says."""

    na: int
    tot_en_met: int


def _gap_told_by(event: StoredEvent) -> ChainGap | None:
    """Return which events are gone, as the event says that was written after a restore."""
    if event.handeling != Action.TERUGZETTEN:
        return None
    try:
        details = json.loads(event.details)
        return ChainGap(int(details["na"]), int(details["tot_en_met"]))
    except (ValueError, KeyError, TypeError):  # damaged; the check of its hash tells
        return None


@dataclass(frozen=True)
class ChainCheck:
    """How many events hold, from the beginning, and the first that does not; `gaps`: what restores took away."""

    intact: int
    broken: ChainBreak | None
    gaps: tuple[ChainGap, ...] = ()


def check_chain(
    events: Iterable[StoredEvent], anchors: Mapping[int, str] | None = None, start: ChainStart | None = None
) -> ChainCheck:
    """Return how many events hold, and the first that was edited, dropped or swapped, if any.

    `events` in order of volgnr. `anchors` (volgnr -> hash, kept outside the database, such as in the run logs) also
    show events that were cut off at the end, and a chain that was recomputed as a whole.
    """
    start = start or ChainStart()
    waiting = {volgnr: known for volgnr, known in (anchors or {}).items() if volgnr >= start.volgnr}
    told, previous, expected, intact = start.volgnr == 0, start.hash, start.volgnr + 1, 0
    gaps: list[ChainGap] = []
    if waiting.pop(start.volgnr, start.hash) != start.hash:
        return ChainCheck(0, ChainBreak(start.volgnr, OTHER))
    for event in events:
        gap = None
        if event.volgnr != expected:
            gap = _gap_told_by(event)
            if gap != ChainGap(expected - 1, event.volgnr - 1):
                return ChainCheck(intact, ChainBreak(min(expected, event.volgnr), _MISSING), tuple(gaps))
        if event.hash != link(previous, event.content()):
            return ChainCheck(intact, ChainBreak(event.volgnr, "is gewijzigd of verwisseld"), tuple(gaps))
        if waiting.pop(event.volgnr, event.hash) != event.hash:
            return ChainCheck(intact, ChainBreak(event.volgnr, OTHER), tuple(gaps))
        if gap is not None:  # what lies outside of that stretch has nothing to be held against any more
            gaps.append(gap)
            waiting = {volgnr: known for volgnr, known in waiting.items() if not gap.na < volgnr <= gap.tot_en_met}
        told = told or _start_told_by(event) == start
        previous, expected, intact = event.hash, event.volgnr + 1, intact + 1
    if not told:
        return ChainCheck(0, ChainBreak(start.volgnr, "ontbreekt, en geen gebeurtenis zegt dat het verwijderd is"))
    return ChainCheck(intact, ChainBreak(min(waiting), AT_THE_END) if waiting else None, tuple(gaps))


def verify(
    events: Iterable[StoredEvent], anchors: Mapping[int, str] | None = None, start: ChainStart | None = None
) -> ChainBreak | None:
    """Return the first event that was edited, dropped or swapped, or None when the whole chain holds."""
    return check_chain(events, anchors, start).broken
