"""What the shell needs from the world outside, as Protocols; adapters fulfil them, the core knows none of them.

Blob names, by container:

* brievenbus/{dataset}/{levering}/{bestand}: deliveries; datapackage.json is written last
* terugkoppeling/{dataset}/{levering}/bericht.json: our answer to the supplier
* uitvoer/{dataset}/{jjjj-mm-dd}/runs/{run}/...: results of one run, manifest.json last
* uitvoer/{dataset}/{jjjj-mm-dd}/actueel.parquet|.jsonl and uitvoer/{dataset}/actueel.json: what is current
* quarantaine/{dataset}/{levering}/{digest}/levering/{bestand} and .../bevindingen.json
* momentopname/{dataset}/{digest}/{bestand}: pseudonymised audit snapshot, manifest.json last
* logboek/{dataset}/{jjjj-mm-dd}/{run}/deel-0001.jsonl: Logboek dataverwerkingen of a run; inzage/... of one person read
* modellog/{model}-{versie}/{jjjj-mm-dd}/{run}.jsonl: what the builder of the model may see of a run
* rapportage/{dataset}/{jjjj-mm}/rapport.html, openbaar.html, vrijgegeven.json: the report of a month, its public
  edition, and what both show
* logboek/ankers/{volgnr}.json: the end of the chain of events, as it was after a round
* uitkomsten/{dataset}/{digest}/{poging}.parquet: what came of applications, under pseudonyms; groepskenmerken/...
  alike, which only the count of a month reads
* tussenstand/{dataset}/{run}/{digest}: the finished parts of a large run until it is published; nobody reads them
* telling/{dataset}/{model}/{jjjj-mm}.json: the counts of a closed month; small ones too, so for the monitoring alone
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, Protocol

from shared.administration import (
    Claim,
    ClaimTerms,
    CurrentResult,
    CurrentRows,
    DeliveryFacts,
    DeliveryRecord,
    ModelStatus,
    NewRun,
    OutputState,
    RunCounts,
    RunRecord,
    RunRequest,
    StopState,
    Tombstone,
)
from shared.events import AuditEvent, Caller, StoredEvent
from shared.records import Finding
from shared.rowseal import RowSeal
from shared.runstates import RunReason, RunState

if TYPE_CHECKING:
    import pandas as pd

    from shared.stages.pseudonym import PseudonymKey


class Container(StrEnum):
    """The containers of the storage."""

    BRIEVENBUS = "brievenbus"
    TERUGKOPPELING = "terugkoppeling"
    UITVOER = "uitvoer"
    QUARANTAINE = "quarantaine"
    MOMENTOPNAME = "momentopname"
    LOGBOEK = "logboek"
    MODELLOG = "modellog"
    RAPPORTAGE = "rapportage"
    TUSSENSTAND = "tussenstand"
    UITKOMSTEN = "uitkomsten"
    GROEPSKENMERKEN = "groepskenmerken"
    TELLING = "telling"


class BlobStore(Protocol):
    """Named bytes in containers. Raises StorageUnavailable (retry) when storage does not answer."""

    def names(self, container: str, prefix: str = "") -> Iterator[str]:
        """Yield the names that begin with the prefix, in order."""

    def read(self, container: str, name: str, most: int | None = None) -> bytes:
        """Return the bytes, of a larger blob no more than the first `most`; BlobNotFound when there is no such blob."""

    def open(self, container: str, name: str) -> BinaryIO:
        """Return a stream over the bytes; BlobNotFound when there is no such blob."""

    def sha256(self, container: str, name: str) -> str:
        """Return the sha256 of the bytes; BlobNotFound when there is no such blob."""

    def write(self, container: str, name: str, data: bytes) -> None:
        """Write or replace a blob in one step: a reader sees the old bytes or the new, never a part."""

    def write_by[T](self, container: str, name: str, fill: Callable[[BinaryIO], T]) -> T:
        """Write or replace a blob in one step with all that `fill` puts into the stream, and return what it returns.

        Until `fill` is done, and when it raises, readers see what was there before.
        """

    def copy(self, container: str, name: str, to_container: str, to_name: str) -> str:
        """Copy a blob and return the sha256 of what was copied; BlobNotFound when there is no such blob."""

    def move(self, container: str, name: str, to_name: str, only_sha256: str) -> str:
        """Give a blob another name and return the sha256 of its bytes; BlobNotFound when there is no such blob.

        One whose bytes are others than expected stays. A worker that dies halfway leaves it under its old name, or
        under both.
        """

    def written_at(self, container: str, name: str) -> datetime:
        """Return when the blob was last written; BlobNotFound when there is no such blob."""

    def delete(self, container: str, name: str, *, only_sha256: str = "") -> bool:
        """Delete a blob and say whether it is gone; already gone is fine.

        With `only_sha256` the blob stays when its bytes are others than expected.
        """


class KeySource(Protocol):
    """Where secrets come from. Raises KeyUnavailable."""

    def current(self) -> PseudonymKey:
        """Return the key for new pseudonyms."""

    def find(self, key_id: str) -> PseudonymKey:
        """Return the key with this id, also when it is no longer the current one."""

    def special_addresses(self) -> tuple[Mapping[str, str], ...]:
        """Return the addresses of special groups, in clear; mostly none."""


class Clock(Protocol):
    """Time, so that tests can set it."""

    def now(self) -> datetime:
        """Return the moment, in UTC."""

    def stopwatch(self) -> float:
        """Return seconds that only ever grow, for durations."""


class Owner(Protocol):
    """Who this worker is, so that another may see that it no longer exists."""

    def me(self) -> str:
        """Return a name that no other worker has."""

    def is_gone(self, owner: str) -> bool:
        """Say whether that worker certainly no longer runs; False when it cannot be known."""


class ModelStopped(Exception):  # not an error: a state
    """The stop switch of the model is on; nothing may be published."""


class AuditTrail(Protocol):
    """Events, what is left of what was removed, and the seals of results: of one moment, while it is open."""

    def events(self) -> Iterator[StoredEvent]:
        """Yield all events in order."""

    def tombstones(self) -> list[Tombstone]:
        """Return what is left of everything that was ever removed, the oldest first."""

    def seals(self) -> Iterator[tuple[str, RowSeal]]:
        """Yield of every run that has results their seal, as they are stored now."""


class Ledger(Protocol):
    """The administration. Every method that changes anything takes its audit event, in the same transaction.

    Raises LedgerUnavailable (retry) when the database does not answer.
    """

    # --- runs -----------------------------------------------------------------------------------------------------
    def claim(self, new: NewRun, terms: ClaimTerms, event: AuditEvent, *, reoffered: bool = False) -> Claim:
        """Obtain a run, or learn why not: run row, lease, attempt and stop switch in one transaction.

        At most one run of a delivery and request is alive, and beside it one per shadow version; a run by an older
        version that never published makes way. ModelVersionSuperseded when the register names another version.
        `reoffered`: a rejected delivery came again with other tables, and may be tried again.
        """

    def move(
        self,
        claim: Claim,
        state: RunState,
        reason: RunReason,
        event: AuditEvent,
        *,
        steps: Sequence[AuditEvent] = (),
        findings: Sequence[Finding] = (),
        facts: DeliveryFacts | None = None,
    ) -> None:
        """Bring a claimed run to another state and end the lease; AttemptSuperseded when it was taken over."""

    def publish(
        self,
        claim: Claim,
        parts: Iterable[pd.DataFrame],
        now: datetime,
        event: AuditEvent,
        *,
        steps: Sequence[AuditEvent] = (),
        findings: Sequence[Finding] = (),
        facts: DeliveryFacts | None = None,
    ) -> int:
        """Store the results and make them current; those of a shadow are only kept. Returns the publication number.

        `parts`: the results as ResultSet.results has them, in order, any number of parts (none: nothing is judged).
        They are asked for once, one after another, inside the transaction, and none is kept: not more than one need
        exist at a time. Whatever goes wrong while they are made stores nothing.

        Raises ModelStopped when the stop switch is on and AttemptSuperseded when the run was taken over; then
        nothing is stored.
        """

    def settling(self) -> AbstractContextManager[None]:
        """Let the database put in order, while this lasts, what was just published; nothing that is read changes.

        What it cannot do then it does at the next change: nothing is raised, and a worker that dies loses nothing.
        """

    def request_run(self, request: RunRequest, new: NewRun, event: AuditEvent) -> RunRecord:
        """Record a person's request and the waiting run that follows from it.

        RequestBusy while an application that it names, or of its delivery, is being removed for a person; NotKnown when
        one that it names is gone since.
        """

    def asked_before(self, caller: Caller) -> RunRecord | None:
        """Return the run that the same request of this caller (`Caller.once`) made before; None when it made none.

        SentBefore when something else came with the same key.
        """

    def release(self, run_id: str, event: AuditEvent) -> RunRecord:
        """Let a run that waits for a person go on; TransitionRefused when it does not wait."""

    def expire(self, run_id: str, event: AuditEvent) -> None:
        """Note that a raw delivery is gone: destroyed in quarantine, or taken back. A run that waited for it lapses."""

    def run(self, run_id: str) -> RunRecord:
        """Return a run; NotKnown when there is none."""

    def runs(
        self, dataset: str, states: Iterable[RunState], *, status: ModelStatus = ModelStatus.ACTIEF
    ) -> list[RunRecord]:
        """Return the runs in these states, the oldest first; shadow runs only where they are asked for."""

    def runs_of_delivery(self, dataset: str, digest: str) -> list[RunRecord]:
        """Return the runs of a delivery, the oldest first."""

    def published_on(self, dataset: str, datum: str) -> list[RunRecord]:
        """Return the published runs of one output date, the oldest first."""

    def findings(self, run_id: str) -> list[Finding]:
        """Return the findings of the last attempt of a run that came to a judgement; none when it had none."""

    def request(self, request_id: str) -> RunRequest:
        """Return what a person asked for; NotKnown when there is no such request."""

    # --- deliveries -----------------------------------------------------------------------------------------------
    def delivery(self, dataset: str, digest: str) -> DeliveryRecord:
        """Return a delivery by the digest of its datapackage.json; NotKnown when there is none."""

    def deliveries(self, dataset: str, levering: str = "") -> list[DeliveryRecord]:
        """Return the deliveries (under one name), the oldest first."""

    def previous_tot(self, dataset: str, digest: str, van: datetime) -> datetime | None:
        """Return where the accepted deliveries that begin before `van` end; None when there are none."""

    def application_numbers(self, dataset: str, digest: str) -> Iterator[tuple[str, str]]:
        """Yield of every application of a published delivery its pseudonym and its clear number.

        In the order that they have in its files; without those that were removed since.
        """

    # --- results --------------------------------------------------------------------------------------------------
    def counts(self, run_id: str) -> RunCounts:
        """Return how many results a run published, of each type and for each reason."""

    def how_many(self, run_id: str) -> int:
        """Return how many results of a run there are; what they are need not be read for that."""

    def subjects(self, run_id: str) -> Iterator[tuple[str, str]]:
        """Yield whose results a run has, by pseudonym and once each; a run may have a million of them.

        First ("", application) of every application of which nobody is known, then (person, "") of everybody who is;
        both in the order of their text.
        """

    def remaining(self, run_id: str) -> Iterator[str]:
        """Yield the application numbers of the results that a run published and that were not removed since.

        In the order that they have in its files.
        """

    def removals(self, dataset: str, run_id: str = "") -> list[Tombstone]:
        """Return what was removed of the results of a dataset (of one run of it), the oldest first."""

    def dates_touched(self, run_id: str) -> list[str]:
        """Return the output dates whose current results may have changed by this run."""

    def current_rows(self, dataset: str, datum: str) -> AbstractContextManager[CurrentRows]:
        """Give which rows of which runs are current for a date, as it is at one moment.

        Their number is known at once; the rows themselves are read while they are asked for, and only while it is open.
        """

    def current_result(self, dataset: str, aanvraagnummer: str) -> CurrentResult | None:
        """Return the current result of an application; None when there is none."""

    def record_output(self, dataset: str, state: OutputState, event: AuditEvent) -> bool:
        """Note what the current files of a date hold; False when newer ones were noted already."""

    def output_states(self, dataset: str) -> list[OutputState]:
        """Return what the current files hold, by date."""

    # --- stop switch and events -----------------------------------------------------------------------------------
    def stop(self, model: str, reason: str, event: AuditEvent) -> StopState:
        """Turn the stop switch of a model on."""

    def resume(self, model: str, reason: str, event: AuditEvent) -> StopState:
        """Turn the stop switch of a model off."""

    def stop_state(self, model: str) -> StopState:
        """Return whether a model is stopped."""

    def note(self, event: AuditEvent, *, after: int = 0) -> None:
        """Write an event that changes nothing else; `after`: the last number, where a restore took events away."""

    def noted(self, handeling: str, object_: str) -> bool:
        """Say whether such an event was written before."""

    def last_event(self) -> StoredEvent | None:
        """Return the end of the chain of events; None when nothing happened yet."""

    def events(self, run_id: str = "") -> Iterator[StoredEvent]:
        """Yield the events (of one run) in order."""

    def audit_trail(self) -> AbstractContextManager[AuditTrail]:
        """Give everything that can be checked, as it is at one moment."""
