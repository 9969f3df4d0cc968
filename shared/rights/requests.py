"""Requests of a person: recorded, decided by one, carried out by another. The number is never kept."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.dataset import ColumnClass
from shared.errors import RequestRefused, TooManyTries, TransitionRefused
from shared.events import Action, AuditEvent
from shared.installation import Workplace
from shared.interventions import checked_reason
from shared.ports import KeySource
from shared.retention.port import Due, Remover
from shared.rights.port import Names, PersonRecords, PersonRequest
from shared.rights.states import Asked, RequestState
from shared.stages.pseudonym import Pseudonymiser

LONGEST_NUMBER = 128
MOST_TRIES, TRIES_COUNT = 5, timedelta(days=1)
WRONG_NUMBER = "geweigerd: ander nummer"
_CHECK = "verzoek"  # a domain of its own: what is kept with a request leads to no row of anybody


@dataclass(frozen=True)
class Rights:
    """Everything that is needed to do what a person asks; `remover` is only asked for where something is removed."""

    installation: Workplace
    records: PersonRecords
    due: Due
    remover: Callable[[], Remover]

    def event(self, action: Action, object_: str, result: str, **details: Any) -> AuditEvent:
        """Return an event of now, by whoever acts here."""
        return self.installation.event(action, object_, result, **details)


@dataclass(frozen=True)
class PersonNumber:
    """The number of a person, in memory alone: it gives pseudonyms and shows in no text."""

    number: str = field(repr=False)
    keys: KeySource = field(repr=False)

    def under(self, key_id: str) -> str:
        """Return the pseudonym of the person under a key; KeyUnavailable when that key is gone."""
        return Pseudonymiser(self.keys.find(key_id)).pseudonym(ColumnClass.PERSOON, self.number)

    def check(self, key_id: str, request_id: str) -> str:
        """Return the value by which this number is recognised with one request, and with nothing else."""
        return Pseudonymiser(self.keys.find(key_id)).pseudonym(_CHECK, f"{request_id}\x1f{self.number}")


def person_number(rights: Rights, persoonsnummer: str) -> PersonNumber:
    """Return the number as the supplier writes it, trimmed; RequestRefused for what cannot be one."""
    number = persoonsnummer.strip()
    if not number or len(number) > LONGEST_NUMBER or not number.isprintable():
        raise RequestRefused(
            f"A number of 1 to {LONGEST_NUMBER} characters is needed.",
            where="persoonsnummer",
            next_step="Enter the number as it stands in Socrates.",
        )
    return PersonNumber(number, rights.installation.keys)


def record_request(rights: Rights, soort: Asked, persoonsnummer: str, reden: str) -> PersonRequest:
    """Record what a person asks; the number itself is not kept, only what recognises it when it is entered again."""
    reason, number = checked_reason(reden), person_number(rights, persoonsnummer)
    request_id, key_id = uuid.uuid4().hex, rights.installation.keys.current().key_id
    check = (key_id, number.check(key_id, request_id))
    request = PersonRequest(request_id, soort, rights.installation.dataset, check, reason, ())
    event = rights.event(Action.PERSOONSVERZOEK, called(request_id), str(RequestState.VASTGELEGD), soort=str(soort))
    return rights.records.record(request, event)


def decide_request(rights: Rights, request_id: str, toegewezen: bool, reden: str) -> PersonRequest:
    """Grant or refuse a request, with a reason; whoever grants it may not carry it out."""
    to = RequestState.TOEGEWEZEN if toegewezen else RequestState.AFGEWEZEN
    known = rights.records.request(request_id)
    if known.toestand is not RequestState.VASTGELEGD:
        raise TransitionRefused(
            f"This request is {known.toestand}; there is nothing to decide.",
            where=called(request_id),
            next_step="Record a new request when the person asks again.",
        )
    return take_step(rights, request_id, to, checked_reason(reden), {})


def withdraw_request(rights: Rights, request_id: str, reden: str) -> PersonRequest:
    """Note that the person no longer asks for it."""
    return take_step(rights, request_id, RequestState.INGETROKKEN, checked_reason(reden), {})


def take_step(
    rights: Rights,
    request_id: str,
    to: RequestState,
    reden: str,
    uitkomst: Mapping[str, int],
    names: Names | None = None,
) -> PersonRequest:
    """Bring a request to another state, with its event."""
    event = rights.event(Action.PERSOONSVERZOEK, called(request_id), str(to), **dict(uitkomst))
    return rights.records.step(request_id, to, reden, uitkomst, event, names)


def recognise(rights: Rights, known: PersonRequest, soort: Asked, persoonsnummer: str) -> PersonNumber:
    """Return the number that was entered; RequestRefused when it is not that of the request, or the kind is another.

    A wrong number is on record, without the number. After MOST_TRIES of them within a day none is taken (TooManyTries):
    a request is no place to find out whose it is by trying.
    """
    number = person_number(rights, persoonsnummer)
    key_id, value = known.check
    if known.soort is not soort:
        raise RequestRefused(
            f"This is a request for {known.soort}.", where=called(known.id), next_step="Choose the right request."
        )
    _refuse_after(rights, known, MOST_TRIES)
    if not hmac.compare_digest(value, number.check(key_id, known.id)):
        rights.installation.ledger.note(rights.event(Action.PERSOONSVERZOEK, called(known.id), WRONG_NUMBER))
        _refuse_after(rights, known, MOST_TRIES + 1)  # of several at once too
        raise RequestRefused(
            "This is not the number of whom this request is about.",
            where=called(known.id),
            next_step="Check the number and the request; nothing was shown or removed.",
        )
    return number


def _refuse_after(rights: Rights, known: PersonRequest, tries: int) -> None:
    since = rights.installation.clock.now() - TRIES_COUNT
    if rights.records.told(called(known.id), WRONG_NUMBER, since) >= tries:
        raise TooManyTries(
            "Too many numbers were entered that are not that of this request.",
            where=called(known.id),
            next_step="Find out whose request it is, and try again tomorrow.",
        )


def called(request_id: str) -> str:
    """Return what an event calls a request: its id, and nothing of the person."""
    return f"verzoek van een persoon {request_id}"
