"""Removes what is held on one person, and refuses while an objection is running.

Rows in the database go by the identity that may remove, with tombstones; files and snapshots follow under a new
revision. What stays is the audit trail, for its own term: see docs/adr/0008-bewaren-en-verwijderen.md. Killed half-way,
the request is taken up again by carrying it out again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from shared.administration import Removed, Tombstone
from shared.errors import LegalHold, RequestBusy
from shared.events import Action
from shared.installation import Installation
from shared.retention.files import drop_leftovers, drop_staged, follow_removals
from shared.retention.port import Remover
from shared.retention.proof import write_proof
from shared.rights.held import Person, find_person, raw_deliveries, snapshots
from shared.rights.port import HeldResult
from shared.rights.requests import PersonNumber, Rights, called, carrying_out, take_step
from shared.rights.states import Asked, RequestState
from shared.stages.rows_of_person import mentions, without
from shared.stored_snapshot import rewrite_snapshot

_TRIES = 3


@dataclass(frozen=True)
class RemovalOutcome:
    """What a removal took away: how many, by kind; its proof; and where somebody may still stand until it is due."""

    aantallen: Mapping[str, int]
    bewijs: str
    blijft: tuple[str, ...]


def remove_person(rights: Rights, request_id: str, persoonsnummer: str, reden: str) -> RemovalOutcome:
    """Remove what is held on the person of a granted request; who granted it may not carry it out.

    LegalHold while an objection about one of the applications is running, RequestBusy while a run is at work on them:
    then the request stays granted.
    """
    with carrying_out(rights, request_id, Asked.VERWIJDERING, persoonsnummer, reden) as (_, number):
        work = _Removal(rights, rights.remover(), request_id)
        counts: dict[str, int] = {}
        for _attempt in range(_TRIES):  # a run may publish this person again while we are at it
            person = find_person(rights, number)
            work.refuse_when_held(person)
            work.refuse_when_busy(person)
            _add(counts, work.rows(person))
            _add(counts, work.snapshots(number, person.services))
            _add(counts, {"datums herschreven": len(follow_removals(rights.installation))})
            drop_staged(rights.installation)
            left = find_person(rights, number)
            if not left.results:
                break
        work.refuse_when_held(left)
        work.refuse_when_busy(left)
        if left.results:
            raise _busy(request_id)
        rights.due.let_go()
        proof = write_proof(rights.installation, work.remover)
        take_step(rights, request_id, RequestState.UITGEVOERD, "Verwijderd.", counts)
        return RemovalOutcome(counts, proof, _stays(rights))


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for what, number in more.items():
        counts[what] = counts.get(what, 0) + number


@dataclass(frozen=True)
class _Removal:
    """One removal: by whom, of which request, which is also the ground that every tombstone gives."""

    rights: Rights
    remover: Remover
    request_id: str

    @property
    def installation(self) -> Installation:
        return self.rights.installation

    def refuse_when_held(self, person: Person) -> None:
        held = self.rights.due.held(self.installation.dataset) & person.services
        if not held:
            return
        event = self.rights.event(
            Action.PERSOONSVERZOEK, called(self.request_id), "geweigerd: bewaarplicht", aanvragen=len(held)
        )
        self.installation.ledger.note(event)
        raise LegalHold(
            f"{len(held)} of the applications of this person are under legal hold: an objection is running.",
            where=called(self.request_id),
            next_step="Wait until the objection is closed, then carry out the request again.",
        )

    def refuse_when_busy(self, person: Person) -> None:
        if self.rights.records.busy_runs(self.installation.dataset, person.digests):
            raise _busy(self.request_id)

    def rows(self, person: Person) -> dict[str, int]:
        """Remove results in the order of their publication, then the objections and requests about them."""
        dataset, caller = self.installation.dataset, self.installation.caller
        gone = 0
        for run, van in _by_run(person.results).items():
            told = self.remover.remove_of(dataset, [run], van, self._ground, caller, self.installation.clock.now())
            gone += sum(tombstone.aantal for tombstone in told)
        requests = [str(each["verzoek"]) for each in self.rights.records.run_requests_of(dataset, person.numbers)]
        return {
            "resultaten": gone,
            "bezwaren": self._others(Removed.BEZWAREN, sorted(person.services)),
            "verzoeken": self._others(Removed.VERZOEKEN, requests),
        }

    def _others(self, soort: Removed, keys: list[str]) -> int:
        installation = self.installation
        told: Tombstone | None = self.remover.remove_rows(
            soort, installation.dataset, keys, self._ground, installation.caller, installation.clock.now()
        )
        return told.aantal if told else 0

    def snapshots(self, number: PersonNumber, services: frozenset[str]) -> dict[str, int]:
        """Take the person out of every snapshot, those of other people's applications too."""
        rows = files = 0
        for digest, snapshot in snapshots(self.rights):
            drop_leftovers(self.installation.blobs, f"{self.installation.dataset}/{digest}")  # of a try that was killed
            persons = frozenset({number.under(snapshot.key_id)})
            if not mentions(snapshot, persons, services):
                continue
            left, removed = without(snapshot, persons, services, lambda key_id=snapshot.key_id: _label(key_id))  # type: ignore[misc]
            self._tell_snapshot(digest, removed)
            rewrite_snapshot(self.installation, digest, left, removed)
            rows, files = rows + removed, files + 1
        return {"rijen in momentopnamen": rows, "momentopnamen": files}

    def _tell_snapshot(self, digest: str, removed: int) -> None:
        """Leave the tombstone of rows in a snapshot, once: a second try at the same one is the same removal."""
        object_ = f"momentopname {self.installation.dataset}/{digest}, {called(self.request_id)}"
        if self.remover.files_told(object_) is None:
            manifest = self.installation.blobs.sha256(
                "momentopname", f"{self.installation.dataset}/{digest}/manifest.json"
            )
            going = removed, hashlib.sha256(f"{manifest} {removed}".encode()).hexdigest()
            caller, now = self.installation.caller, self.installation.clock.now()
            self.remover.tell_files(object_, self.installation.dataset, going, self._ground, caller, now)

    @property
    def _ground(self) -> str:
        return called(self.request_id)


def _by_run(results: tuple[HeldResult, ...]) -> dict[str, list[str]]:
    """Return per run, in order of publication, the pseudonyms whose rows go: of the person, or of an application
    whose client is unknown in that run."""
    runs: dict[str, list[str]] = {}
    for result in results:
        name = str(result.values["persoon"] or result.values["dienst"])
        names = runs.setdefault(result.run.run_id, [])
        if name not in names:
            names.append(name)
    return runs


def _label(key_id: str) -> str:
    """Return a name in the form of a pseudonym that leads to nobody."""
    return f"{key_id}:{secrets.token_urlsafe(32)}"


def _busy(request_id: str) -> RequestBusy:
    return RequestBusy(
        "A run is at work on the data of this person, or waits for it.",
        where=called(request_id),
        next_step="Carry out the request again when the next round is done.",
    )


def _stays(rights: Rights) -> tuple[str, ...]:
    trail = "Het auditspoor (wie wat deed of zag) blijft tot zijn eigen termijn; het leidt naar geen gegevens meer."
    raw = len(raw_deliveries(rights))
    waiting = (
        f"{raw} ruwe levering(en) wachten nog op verwerking of in quarantaine; daarin is niemand op te zoeken. Zij "
        "gaan na verwerking, of na hoogstens veertien dagen."
    )
    return (trail, waiting) if raw else (trail,)
