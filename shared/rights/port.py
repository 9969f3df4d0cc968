"""What the rights of a person need of the administration, as a Protocol, and its records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.administration import RunRecord
from shared.events import AuditEvent, StoredEvent
from shared.rights.states import Asked, Named, RequestState, Step

type Names = Mapping[Named, frozenset[str]]


@dataclass(frozen=True)
class PersonRequest:
    """A request of a person. `check`: key id and keyed value by which the number, entered again, is recognised."""

    id: str
    soort: Asked
    dataset: str
    check: tuple[str, str]
    reden: str
    stappen: tuple[Step, ...]

    @property
    def toestand(self) -> RequestState:
        """Return where the request is."""
        return self.stappen[-1].toestand


@dataclass(frozen=True)
class HeldResult:
    """One result of a person as it is stored; `values` has all its columns, contributions included."""

    run: RunRecord
    regel: int
    huidig: bool
    values: Mapping[str, object]
    beoordelingen: tuple[Mapping[str, object], ...]


@dataclass(frozen=True)
class SharedApplication:
    """An application that was this person's in one delivery and somebody else's in another: its client was corrected.

    `services`: every pseudonym of it. `tenures`: of its results with a known client, in order of publication, when
    each was published and whether this person was its client. `runs_of_others`: those that scored it as another's.
    """

    services: frozenset[str]
    number: str
    tenures: tuple[tuple[datetime, bool], ...]
    runs_of_others: tuple[str, ...]

    @property
    def is_now_mine(self) -> bool:
        """Say whether this person is the last known client."""
        return self.tenures[-1][1]

    def was_mine(self, moment: datetime) -> bool:
        """Say whether this person was the client at a moment; before the first result who became it then."""
        at = [mine for published, mine in self.tenures if published <= moment] or [self.tenures[0][1]]
        return at[-1]


class PersonRecords(Protocol):
    """Requests of persons and what is held on one. Every change takes its audit event, in the same transaction.

    Raises LedgerUnavailable (retry) when the database does not answer.
    """

    def record(self, request: PersonRequest, event: AuditEvent) -> PersonRequest:
        """Record a new request with its first step."""

    def step(
        self,
        request_id: str,
        to: RequestState,
        reden: str,
        uitkomst: Mapping[str, int],
        event: AuditEvent,
        names: Names | None = None,
    ) -> PersonRequest:
        """Bring a request to another state, and keep these names with it; they go with the step that ends it.

        TransitionRefused for a step that does not exist, FourEyesRequired where another must do it.
        """

    def begin(self, request_id: str, reden: str, event: AuditEvent, lease: timedelta) -> PersonRequest:
        """Begin to carry a request out, in one transaction with what could stand in its way.

        RequestBusy while one that began less than `lease` ago is being carried out. Of a removal the applications are
        kept as names: LegalHold when one of these is under hold, and until it is done no objection about them opens.
        """

    def names(self, request_id: str) -> Names:
        """Return the names that are kept with a request."""

    def unfinished(self, dataset: str) -> list[PersonRequest]:
        """Return the requests that wait to be carried out, are being so, or can be fetched; the oldest first."""

    def request(self, request_id: str) -> PersonRequest:
        """Return a request; NotKnown when there is none."""

    def requests(self, dataset: str = "") -> list[PersonRequest]:
        """Return the requests (of one dataset), the newest first."""

    def key_ids(self, dataset: str) -> list[str]:
        """Return the ids of the keys under which results are held."""

    def run_key_ids(self, dataset: str) -> list[str]:
        """Return the ids of the keys that any run was made with."""

    def results_of(self, dataset: str, persons: Collection[str], services: Collection[str] = ()) -> list[HeldResult]:
        """Return every result of a person, in order of publication, those of shadow runs too.

        A result without a known client counts when the same application is this person's in another run, or is one of
        `services`.
        """

    def shared_with_others(
        self, dataset: str, persons: Collection[str], services: Collection[str]
    ) -> list[SharedApplication]:
        """Return which applications of these persons, or with these pseudonyms, have results of other clients too."""

    def objections_of(
        self, dataset: str, services: Collection[str], persons: Collection[str] = ()
    ) -> list[Mapping[str, object]]:
        """Return every step of every objection about these applications, or by these clients; the oldest first."""

    def run_requests_of(self, dataset: str, aanvraagnummers: Collection[str]) -> list[Mapping[str, object]]:
        """Return the requests for a run that name one of these applications, the oldest first."""

    def busy_runs(self, dataset: str, digests: Collection[str]) -> list[RunRecord]:
        """Return the runs that are at work, not finished, or wait to judge one of these deliveries again."""

    def events_about(self, pseudonyms: Collection[str]) -> list[StoredEvent]:
        """Return the events about a person or application with one of these pseudonyms, the oldest first."""

    def reads_at_large(self, dataset: str, runs: Collection[str]) -> list[StoredEvent]:
        """Return the events that tell of a read by model or of one of these runs, and so name nobody; oldest first."""

    def told(self, object_: str, resultaat: str, since: datetime) -> int:
        """Return how many events about an object have this result since a moment."""
