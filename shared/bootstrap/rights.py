"""The rights of a person: requests recorded, decided by one and carried out by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.bootstrap.removal import remover
from shared.bootstrap.wiring import ledger, person_here, settings, workplace
from shared.errors import NotKnown
from shared.events import SYSTEM, Caller
from shared.usecases import datasets

if TYPE_CHECKING:
    from shared.rights.port import PersonRequest
    from shared.rights.requests import Rights
    from shared.rights.states import Asked


def _rights(dataset: str, caller: Caller | None) -> Rights:
    from shared.adapters.chosen import due_of, person_records_of
    from shared.rights.requests import Rights

    if dataset and dataset not in datasets():  # what follows from applications goes along with these, never alone
        raise NotKnown("There is no use case for this dataset.", next_step=f"Choose from: {', '.join(datasets())}.")
    config = settings()
    administration = ledger(config)
    return Rights(
        workplace(caller or person_here(), dataset or datasets()[0]),
        person_records_of(administration),
        due_of(administration),
        lambda: remover(config),
    )


def _rights_of(request_id: str, caller: Caller | None) -> Rights:
    """Return the rights in the dataset that a request is about; NotKnown when there is no such request."""
    return _rights(person_request(request_id).dataset, caller)


def record_person_request(
    soort: Asked, persoonsnummer: str, reden: str, dataset: str = "", caller: Caller | None = None
) -> PersonRequest:
    """Record what a person asks (inzage or verwijdering); the number is not kept."""
    from shared.rights.requests import record_request

    return record_request(_rights(dataset, caller), soort, persoonsnummer, reden)


def decide_person_request(
    request_id: str, *, toegewezen: bool, reden: str, caller: Caller | None = None
) -> PersonRequest:
    """Grant or refuse a request; who grants it may not carry it out."""
    from shared.rights.requests import decide_request

    return decide_request(_rights_of(request_id, caller), request_id, toegewezen, reden)


def withdraw_person_request(request_id: str, reden: str, caller: Caller | None = None) -> PersonRequest:
    """Note that the person no longer asks for it."""
    from shared.rights.requests import withdraw_request

    return withdraw_request(_rights_of(request_id, caller), request_id, reden)


def person_requests(dataset: str = "") -> list[PersonRequest]:
    """Return the requests of persons, the newest first."""
    from shared.adapters.chosen import person_records_of

    return person_records_of(ledger(settings())).requests(dataset)


def person_request(request_id: str) -> PersonRequest:
    """Return a request of a person; NotKnown when there is none."""
    from shared.adapters.chosen import person_records_of

    return person_records_of(ledger(settings())).request(request_id)


def accept_person_request(
    request_id: str, soort: Asked, persoonsnummer: str, reden: str, caller: Caller | None = None
) -> PersonRequest:
    """Take in a granted request to be carried out by the clock; LegalHold while an objection is running."""
    from shared.rights.carrying import accept_request

    return accept_request(_rights_of(request_id, caller), request_id, soort, persoonsnummer, reden)


def fetch_person_export(request_id: str, reden: str, caller: Caller | None = None) -> tuple[dict[str, Any], str]:
    """Return everything that is held on the person of a request that is ready, as a document and as text."""
    from shared.rights.export import fetch_export
    from shared.rights.readable import readable

    document = fetch_export(_rights_of(request_id, caller), settings().retention, request_id, reden)
    return document, readable(document)


def carry_out_person_requests(dataset: str) -> None:
    """Carry out what persons were granted and somebody ordered; the first failure is raised when all were tried.

    Where this app may not remove, removals are left to the app that does: see docs/adr/0008.
    """
    from shared.rights.carrying import take_up

    retention = settings().retention
    clock = Caller(SYSTEM, "tijdklok")
    failures = take_up(_rights(dataset, clock), retention, removes=bool(retention.database))
    if failures:
        raise failures[0]
