"""Removes what is held on one person: everything else first, the results by which it is found last.

Rows in the database go by the identity that may remove, with tombstones; files and snapshots follow under a new
revision. What stays is the audit trail, for its own term: see docs/adr/0008-bewaren-en-verwijderen.md. Killed half-way,
the next round does the rest: the request keeps by which names the person and the applications are known. No objection
opens on these once it began, and it does not begin while one is running.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from shared.administration import Removed
from shared.errors import RequestBusy
from shared.installation import Workplace
from shared.retention.files import drop_leftovers, drop_staged, follow_removals
from shared.retention.port import Remover
from shared.retention.proof import write_proof
from shared.rights.counting import SNAPSHOT, removed_for
from shared.rights.followups import remove_follow_ups
from shared.rights.held import Person, find_person, raw_deliveries, snapshots
from shared.rights.outcome import NEW_KEYS, RAW
from shared.rights.port import HeldResult, PersonRequest
from shared.rights.requests import Rights, called, take_step
from shared.rights.states import RequestState
from shared.rights.telling import tell_rows
from shared.stages.rows_of_person import mentions, without
from shared.stored_snapshot import rewrite_snapshot

_TRIES = 3


def remove_person(rights: Rights, request: PersonRequest) -> PersonRequest:
    """Remove what is held on the person of a request that was begun, and tell on it what went.

    RequestBusy while a run is at work on them: then the request waits for another round.
    """
    work = _Removal(rights, rights.remover(), request.id)
    names = rights.records.names(request.id)
    for _attempt in range(_TRIES):  # a run may publish this person again while we are at it
        person = find_person(rights, names)
        work.refuse_when_busy(person)
        work.about(person)
        work.snapshots(person)
        remove_follow_ups(rights, work.remover, request.id, person)
        work.results(person)
        follow_removals(rights.installation)
        drop_staged(rights.installation)
        left = find_person(rights, names)
        if not left.results:
            break
    work.refuse_when_busy(left)
    if left.results:
        raise _busy(request.id)
    write_proof(rights.installation, work.remover)
    told = removed_for(rights.installation, work.remover, called(request.id)) | {
        RAW: len(raw_deliveries(rights)),
        NEW_KEYS: work.new_keys(person),
    }
    done = take_step(rights, request.id, RequestState.UITGEVOERD, "Verwijderd.", told)
    rights.due.let_go()  # of the names too, which went with that step
    return done


@dataclass(frozen=True)
class _Removal:
    """One removal: by whom, of which request, which is also the ground that every tombstone gives."""

    rights: Rights
    remover: Remover
    request_id: str

    @property
    def installation(self) -> Workplace:
        return self.rights.installation

    @property
    def dataset(self) -> str:
        return self.installation.dataset

    def refuse_when_busy(self, person: Person) -> None:
        if self.rights.records.busy_runs(self.installation.dataset, person.digests):
            raise _busy(self.request_id)

    def about(self, person: Person) -> None:
        """Remove what was said of the applications: closed objections, and requests to judge them again.

        A request that names others too stays with these: it is about them as well.
        """
        installation, ground = self.installation, called(self.request_id)
        caller, now = installation.caller, installation.clock.now()
        requests = [str(e["verzoek"]) for e in self.rights.records.run_requests_of(self.dataset, person.numbers)]
        said_of = sorted(person.alone | person.persons)
        self.remover.remove_rows(Removed.BEZWAREN, self.dataset, said_of, ground, caller, now)
        self.remover.remove_from_requests(self.dataset, requests, person.numbers, ground, caller, now)

    def results(self, person: Person) -> None:
        """Remove results in the order of their publication: an older one never becomes current again.

        So of an application that is this person's now, also what was scored of it as somebody else's, and that first.
        """
        for run, van in (*_as_of_others(person).items(), *_by_run(person.results).items()):
            caller, now = self.installation.caller, self.installation.clock.now()
            self.remover.remove_of(self.dataset, [run], van, called(self.request_id), caller, now)

    def new_keys(self, person: Person) -> int:
        """Return how many keys came into use since the request was taken in: under these nobody was looked for."""
        known = {name.partition(":")[0] for name in person.persons}
        return len(set(self.rights.records.key_ids(self.dataset)) - known)

    def snapshots(self, person: Person) -> None:
        """Take the person out of every snapshot, those of other people's applications too."""
        for digest, snapshot in snapshots(self.rights):
            drop_leftovers(self.installation.blobs, f"{self.dataset}/{digest}")  # of a try that was killed
            if not mentions(snapshot, person.persons, person.alone):
                continue
            label = lambda key_id=snapshot.key_id: _label(key_id)  # noqa: E731
            left, removed = without(snapshot, person.persons, person.alone, label)
            file = ("momentopname", f"{self.dataset}/{digest}/manifest.json")
            name = f"{SNAPSHOT} {self.dataset}/{digest}"
            tell_rows(self.rights, self.remover, self.request_id, person, file, name, removed)
            rewrite_snapshot(self.installation, digest, left, removed)


def _as_of_others(person: Person) -> dict[str, list[str]]:
    """Return per run the pseudonyms of applications of this person that it scored as another's."""
    runs: dict[str, list[str]] = {}
    for each in person.shared:
        for run in each.runs_of_others if each.is_now_mine else ():
            runs.setdefault(run, []).extend(sorted(each.services))
    return runs


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
        next_step="The next rounds try again.",
    )
