"""Alarms: what a person must hear of, as a finding in the table of events; each is told once, without values."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from shared import mailbox
from shared.deliverydays import DeliveryDays
from shared.events import HERE, Action, AuditEvent, Caller, moment_text
from shared.logs import run_log
from shared.ports import BlobStore, Clock, Ledger
from shared.records import Finding
from shared.stages.rules import finding

LOOK_BACK = timedelta(days=7)  # nights that the timer itself may have missed
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Alarms:
    """Where alarms are told. Needs no model and no key, since those may be just what is broken."""

    ledger: Ledger
    clock: Clock
    caller: Caller

    def tell_once(self, action: Action, object_: str, found: Finding, dataset: str = "", **details: Any) -> bool:
        """Tell a finding about this object unless it was told before; told twice when two workers do so at once."""
        if self.ledger.noted(action, object_):
            return False
        self._note(
            action,
            object_,
            f"{found.ernst}: {found.code}",
            dataset,
            {"ernst": str(found.ernst), "bevinding": found.as_dict(), **details},
        )
        run_log().error("%s %s: %s %s", found.ernst, found.code, found.zin, found.advies)
        return True

    def ignored(self, about: str) -> None:
        """Leave one event a day that the platform told of something that is no delivery of ours; its name is not kept.

        Anyone who may write to the mailbox chooses that name.
        """
        run_log().warning("an event about %s: ignored", about)
        object_ = f"gebeurtenis over {about} op {self.today()}"
        if not self.ledger.noted(Action.GEBEURTENIS_GENEGEERD, object_):
            self._note(Action.GEBEURTENIS_GENEGEERD, object_, "genegeerd", "", {})

    def today(self) -> date:
        """Return the date in Amsterdam."""
        return self.clock.now().astimezone(HERE).date()

    def _note(self, action: Action, object_: str, result: str, dataset: str, details: dict[str, Any]) -> None:
        event = AuditEvent(action, object_, result, self.caller, self.clock.now(), dataset, details=details)
        self.ledger.note(event)


# --- events that failed again and again -------------------------------------------------------------------------------
def tell_poisoned(alarms: Alarms, message: bytes, message_id: str, datasets: Collection[str]) -> bool:
    """Tell of an event about a delivery that the platform gave up; any message will do, however malformed.

    The delivery itself is still where it was: the next sweep takes it up. Of the message only a known dataset and the
    date are told.
    """
    dataset, day = _subject(message, datasets)
    place = f"{dataset or 'onbekende dataset'}, {day or 'zonder datum'}"
    return alarms.tell_once(
        Action.GEBEURTENIS_MISLUKT,
        f"bericht {_identified(message_id, alarms.clock)}",
        finding("LEV-112", plaats=place),
        dataset,
        levering=day,
    )


def _subject(message: bytes, datasets: Collection[str]) -> tuple[str, str]:
    """Return the dataset and the date that a poison message is about, empty where it does not say so."""
    try:
        document = json.loads(message)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(document, dict):
        return "", ""
    named = mailbox.delivery_named(f"{document.get('ContainerName')}/{document.get('BlobName')}")
    if named is None or named.dataset not in datasets:
        return "", ""
    return named.dataset, named.levering[:10] if mailbox.has_date(named.levering) else ""


def _identified(message_id: str, clock: Clock) -> str:
    """Return the id that the queue gave a message; the moment when it is not in the queue's own form."""
    try:
        return str(uuid.UUID(message_id))
    except ValueError:
        return moment_text(clock.now())


# --- deliveries that did not come -------------------------------------------------------------------------------------
def tell_missing(alarms: Alarms, blobs: BlobStore, dataset: str, days: DeliveryDays) -> list[date]:
    """Tell of every day up to yesterday on which a delivery was expected and none came; returns those days.

    A delivery came when one is named after that day, however it was judged, or one covers the day before it.
    """
    post = mailbox.look(blobs, dataset)
    absent = _absent(alarms, dataset, days, post.complete)
    for day in absent:
        alarms.tell_once(
            Action.LEVERING_ONTBREEKT,
            f"levering {day} van {dataset}",
            finding("LEV-113", plaats=f"{dataset}, {day}"),
            dataset,
            onvolledig=any(name.startswith(str(day)) for name in post.incomplete),
        )
    return absent


def _absent(alarms: Alarms, dataset: str, days: DeliveryDays, waiting: Collection[str]) -> list[date]:
    records = alarms.ledger.deliveries(dataset)
    names = {name[:10] for name in (*waiting, *(record.levering for record in records))}
    periods = [(record.van, record.tot) for record in records if record.van and record.tot]
    today = alarms.today()
    # before the first delivery nothing was expected yet, but for yesterday
    began = min((record.aangekomen.astimezone(HERE).date() for record in records), default=today)
    first = max(today - LOOK_BACK, min(began, today - _DAY))
    expected = (first + n * _DAY for n in range((today - first).days))
    return [
        day
        for day in expected
        if days.expects(day) and str(day) not in names and not any(_covers(*period, day) for period in periods)
    ]


def _covers(van: datetime, tot: datetime, day: date) -> bool:
    ends = datetime.combine(day, time())
    return van <= ends - _DAY and ends <= tot
