"""What waits for a round, in order of period: complete deliveries, what in quarantine is free, and what cannot be read.

Storage may list a blob and not hand it out: archived by who may write there, or under a key of their own. Such a
delivery fails by itself, is told in every round, and stands in the way of no other for longer than two days; one that
storage may give a moment later, for no longer than a week.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from shared import mailbox
from shared.administration import Place
from shared.errors import BlobWithheld, SlimmeCheckError, StorageUnavailable
from shared.events import HERE
from shared.failures import as_told
from shared.installation import Installation
from shared.mailbox import StoredDelivery, Waiting
from shared.ports import Container
from shared.runstates import RunReason, RunState

HELD = RunReason.CONTROLE_AANGEHOUDEN  # waits for a person
TAKE_UP = (RunState.WACHTEND, RunState.BEZIG, RunState.VRIJGEGEVEN, RunState.MISLUKT, RunState.AANGEHOUDEN)
_RECENT, _RECENT_ENOUGH_TO_COME_BACK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Unread:
    """A delivery that is there and cannot be read. `digest`: "" where nobody ever read it."""

    folder: str
    levering: str
    digest: str
    cause: SlimmeCheckError


@dataclass(frozen=True)
class Found:
    """What waits: of what can be read all that the order needs, of the rest why it cannot."""

    readable: tuple[Waiting, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True)
class _Place:
    folder: str
    levering: str
    digest: str
    open: Callable[[], StoredDelivery | None]


def look(installation: Installation) -> Found:
    """Return the complete deliveries in the mailbox, and what in quarantine is free to be judged.

    StorageUnavailable when storage lists nothing either: then it is not about one delivery.
    """
    readable, unread = [], []
    for place in _places(installation):
        try:
            found = mailbox.waiting(place.open)
        except Exception as cause:  # of one delivery: it may not keep the others from being done
            mailbox.look(installation.blobs, installation.dataset)
            unread.append(Unread(place.folder, place.levering, place.digest, as_told(cause)))
            continue
        if found is not None:
            readable.append(found)
    return Found(tuple(readable), tuple(unread))


def _places(installation: Installation) -> list[_Place]:
    ledger, blobs, dataset = installation.ledger, installation.blobs, installation.dataset
    places = []
    for levering in mailbox.look(blobs, dataset).complete:
        folder = f"{dataset}/{levering}"
        opens = partial(mailbox.open_delivery, blobs, Container.BRIEVENBUS, folder, levering)
        places.append(_Place(folder, levering, "", opens))
    for run in ledger.runs(dataset, TAKE_UP):
        record = ledger.delivery(dataset, run.new.digest)
        if not run.new.request_id and record.plaats is Place.QUARANTAINE and run.reason is not HELD:
            opens = partial(mailbox.open_recorded, blobs, record)
            places.append(_Place(record.folder, record.levering, record.digest, opens))
    return places


def in_order(found: Found) -> list[Waiting | Unread]:
    """Return what waits in order of period; of what cannot be read only the name says where it belongs.

    It comes before the first one whose name has the same date or a later one. Of several of which none can be read
    one is told: that is the storage, rather than each of them.
    """
    readable = sorted(found.readable, key=lambda one: (one.van, one.levering))
    ordered: list[Waiting | Unread] = [*readable]
    unread = sorted(found.unread, key=lambda one: one.levering)
    for one in unread if ordered else unread[:1]:
        ordered.insert(_place_of(one.levering, ordered), one)
    return ordered


def _place_of(levering: str, ordered: list[Waiting | Unread]) -> int:
    if not mailbox.has_date(levering):  # rejected once it can be read, so that it leaves no gap
        return 0
    later = (
        n for n, one in enumerate(ordered) if mailbox.has_date(one.levering) and one.levering[:10] >= levering[:10]
    )
    return next(later, len(ordered))


def is_waited_for(installation: Installation, levering: str, cause: StorageUnavailable) -> bool:
    """Say whether the next ones wait for a delivery that storage does not give; if not, what it leaves open is a gap.

    By the date in its name, which may lie ahead no further than behind: nobody waits for years. What fails by chance
    may come back, and what came after it would be held.
    """
    if not mailbox.has_date(levering):
        return False
    today = installation.clock.now().astimezone(HERE).date()
    recent = _RECENT if isinstance(cause, BlobWithheld) else _RECENT_ENOUGH_TO_COME_BACK
    return abs(date.fromisoformat(levering[:10]) - today) <= recent
