"""The Ledger in SQL: every method is one transaction, and whatever changes something writes its event in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from shared.adapters.sql import (
    carrying_rows,
    claims,
    current_rows,
    delivery_rows,
    event_rows,
    once_rows,
    publication,
    result_rows,
    run_rows,
    stop_rows,
    tombstone_rows,
)
from shared.adapters.sql.engine import transaction
from shared.adapters.sql.sqlite_log import settling
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
    Place,
    RunCounts,
    RunRecord,
    RunRequest,
    StopState,
    Tombstone,
    expiry_reason,
)
from shared.errors import TransitionRefused
from shared.events import AuditEvent, Caller, StoredEvent
from shared.ports import AuditTrail
from shared.records import Finding
from shared.rowseal import RowSeal
from shared.runstates import PUBLISHED, RunReason, RunState

if TYPE_CHECKING:
    import pandas as pd


class SqlAuditTrail:
    """An AuditTrail in a transaction that reads."""

    def __init__(self, connection: Connection) -> None:
        """Read in the transaction of this connection."""
        self._connection = connection

    def events(self) -> Iterator[StoredEvent]:
        """Yield all events in order."""
        return event_rows.read(self._connection, "")

    def tombstones(self) -> list[Tombstone]:
        """Return what is left of everything that was ever removed, the oldest first."""
        return tombstone_rows.every(self._connection)

    def seals(self) -> Iterator[tuple[str, RowSeal]]:
        """Yield of every run that has results their seal, as they are stored now."""
        return result_rows.sealed_runs(self._connection)


class SqlLedger:
    """A Ledger in a database that has the version of this code."""

    def __init__(self, engine: Engine) -> None:
        """Use this engine; see `upgrade.open_embedded` and `engine.check_version`."""
        self.engine = engine

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self.engine, writes=False)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self.engine, writes=True)

    # --- runs -----------------------------------------------------------------------------------------------------
    def claim(self, new: NewRun, terms: ClaimTerms, event: AuditEvent, *, reoffered: bool = False) -> Claim:
        """Obtain a run, or learn why not: run row, lease, attempt and stop switch in one transaction."""
        with self._writing() as connection:
            return claims.claim(connection, new, terms, event, reoffered)

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
        with self._writing() as connection:
            run = claims.fenced(connection, claim)
            run_rows.change(connection, run, state, reason, event.tijdstip)
            publication.keep(connection, run, publication.Told(findings, facts))
            event_rows.append(connection, *steps, event_rows.of_attempt(event, run.attempt))

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
        """Store the results and make them current, those of a shadow only kept; returns the publication number."""
        with transaction(self.engine, writes=True, large=True) as connection:
            return publication.publish(connection, claim, parts, now, event, steps, publication.Told(findings, facts))

    def settling(self) -> AbstractContextManager[None]:
        """Let SQLite copy its log into its file while this lasts."""
        return settling(self.engine)

    def request_run(self, request: RunRequest, new: NewRun, event: AuditEvent) -> RunRecord:
        """Record a person's request and the waiting run that follows from it."""
        with self._writing() as connection:
            if (made := run_rows.made_before(connection, event.caller)) is not None:
                return made
            carrying_rows.refuse_run(connection, request)
            delivery_rows.add_request(connection, request)
            run_rows.insert(connection, new, RunState.WACHTEND, RunReason.AANGEVRAAGD, request.tijdstip)
            event_rows.append(connection, event)
            once_rows.keep(connection, event, new.run_id)
            return run_rows.find(connection, new.run_id)

    def asked_before(self, caller: Caller) -> RunRecord | None:
        """Return the run that the same request of this caller made before; None when it made none."""
        with self._reading() as connection:
            return run_rows.made_before(connection, caller)

    def release(self, run_id: str, event: AuditEvent) -> RunRecord:
        """Let a run that waits for a person go on; TransitionRefused when it does not wait."""
        with self._writing() as connection:
            run = run_rows.find(connection, run_id)
            if run.reason is not RunReason.CONTROLE_AANGEHOUDEN:
                raise TransitionRefused(
                    f"The run does not wait for a person but is {run.state} ({run.reason}).",
                    where=f"run {run_id}",
                    next_step="Only a delivery that the check holds can be released.",
                )
            run_rows.change(
                connection, run, RunState.VRIJGEGEVEN, RunReason.VRIJGEGEVEN, event.tijdstip, vrijgegeven=True
            )
            event_rows.append(connection, event)
            return run_rows.find(connection, run_id)

    def expire(self, run_id: str, event: AuditEvent) -> None:
        """Note that a raw delivery is gone: destroyed in quarantine, or taken back. A run that waited for it lapses."""
        with self._writing() as connection:
            run = run_rows.find(connection, run_id)
            known = delivery_rows.find(connection, run.new.dataset, run.new.digest)
            if run.state is not RunState.AFGEKEURD:
                run_rows.change(connection, run, RunState.VERVALLEN, expiry_reason(known.plaats), event.tijdstip)
            gone = DeliveryFacts(Place.VERWIJDERD, known.van, known.tot, known.bestanden)
            delivery_rows.learn(connection, run.new.dataset, run.new.digest, gone)
            event_rows.append(connection, event)

    def run(self, run_id: str) -> RunRecord:
        """Return a run; NotKnown when there is none."""
        with self._reading() as connection:
            return run_rows.find(connection, run_id)

    def runs(
        self, dataset: str, states: Iterable[RunState], *, status: ModelStatus = ModelStatus.ACTIEF
    ) -> list[RunRecord]:
        """Return the runs in these states, the oldest first; shadow runs only where they are asked for."""
        with self._reading() as connection:
            return run_rows.listing(connection, dataset, states, status=status)

    def runs_of_delivery(self, dataset: str, digest: str) -> list[RunRecord]:
        """Return the runs of a delivery, the oldest first."""
        with self._reading() as connection:
            return run_rows.listing(connection, dataset, digest=digest)

    def published_on(self, dataset: str, datum: str) -> list[RunRecord]:
        """Return the published runs of one output date, the oldest first."""
        with self._reading() as connection:
            return [run for run in run_rows.listing(connection, dataset, PUBLISHED) if run.new.datum == datum]

    def findings(self, run_id: str) -> list[Finding]:
        """Return the findings of the last attempt of a run that came to a judgement."""
        with self._reading() as connection:
            return run_rows.findings_of(connection, run_id)

    def request(self, request_id: str) -> RunRequest:
        """Return what a person asked for; NotKnown when there is no such request."""
        with self._reading() as connection:
            return delivery_rows.find_request(connection, request_id)

    # --- deliveries -----------------------------------------------------------------------------------------------
    def delivery(self, dataset: str, digest: str) -> DeliveryRecord:
        """Return a delivery by the digest of its datapackage.json; NotKnown when there is none."""
        with self._reading() as connection:
            return delivery_rows.find(connection, dataset, digest)

    def deliveries(self, dataset: str, levering: str = "") -> list[DeliveryRecord]:
        """Return the deliveries (under one name), the oldest first."""
        with self._reading() as connection:
            return delivery_rows.listing(connection, dataset, levering)

    def previous_tot(self, dataset: str, digest: str, van: datetime) -> datetime | None:
        """Return where the accepted deliveries that begin before `van` end; None when there are none."""
        with self._reading() as connection:
            return delivery_rows.previous_tot(connection, dataset, digest, van)

    def application_numbers(self, dataset: str, digest: str) -> Iterator[tuple[str, str]]:
        """Yield of every application of a published delivery its pseudonym and its clear number."""
        with self._reading() as connection:
            yield from delivery_rows.application_numbers(connection, dataset, digest)

    # --- results --------------------------------------------------------------------------------------------------
    def counts(self, run_id: str) -> RunCounts:
        """Return how many results a run published, of each type and for each reason."""
        with self._reading() as connection:
            return result_rows.counts(connection, run_rows.number_of(connection, run_id))

    def how_many(self, run_id: str) -> int:
        """Return how many results of a run there are; what they are need not be read for that."""
        with self._reading() as connection:
            return result_rows.how_many(connection, run_rows.number_of(connection, run_id))

    def subjects(self, run_id: str) -> Iterator[tuple[str, str]]:
        """Yield once each, in order: ("", application) where nobody is known, then (person, "") for everybody else."""
        with self._reading() as connection:
            yield from result_rows.subjects(connection, run_rows.number_of(connection, run_id))

    def remaining(self, run_id: str) -> Iterator[str]:
        """Yield, as its files have them, the application numbers that a run published and that are still there."""
        with self._reading() as connection:
            yield from result_rows.remaining(connection, run_rows.number_of(connection, run_id))

    def removals(self, dataset: str, run_id: str = "") -> list[Tombstone]:
        """Return what was removed of the results of a dataset (of one run of it), the oldest first."""
        with self._reading() as connection:
            return result_rows.removals(connection, dataset, run_id)

    def dates_touched(self, run_id: str) -> list[str]:
        """Return the output dates whose current results may have changed by this run."""
        with self._reading() as connection:
            new = run_rows.find(connection, run_id).new
            nr = run_rows.number_of(connection, run_id)
            return current_rows.dates_touched(connection, nr, new.dataset, new.datum)

    @contextlib.contextmanager
    def current_rows(self, dataset: str, datum: str) -> Iterator[CurrentRows]:
        """Give which rows of which runs are current for a date, as it is at one moment."""
        with self._reading() as connection:
            yield current_rows.current_rows(connection, dataset, datum)

    def current_result(self, dataset: str, aanvraagnummer: str) -> CurrentResult | None:
        """Return the current result of an application; None when there is none."""
        with self._reading() as connection:
            return current_rows.current_result(connection, dataset, aanvraagnummer)

    def record_output(self, dataset: str, state: OutputState, event: AuditEvent) -> bool:
        """Note what the current files of a date hold; False when newer ones were noted already."""
        with self._writing() as connection:
            recorded = current_rows.record_output(connection, dataset, state)
            if recorded:
                event_rows.append(connection, event)
            return recorded is not False

    def output_states(self, dataset: str) -> list[OutputState]:
        """Return what the current files hold, by date."""
        with self._reading() as connection:
            return current_rows.output_states(connection, dataset)

    # --- stop switch and events -----------------------------------------------------------------------------------
    def stop(self, model: str, reason: str, event: AuditEvent) -> StopState:
        """Turn the stop switch of a model on."""
        return self._switch(model, True, reason, event)

    def resume(self, model: str, reason: str, event: AuditEvent) -> StopState:
        """Turn the stop switch of a model off."""
        return self._switch(model, False, reason, event)

    def _switch(self, model: str, on: bool, reason: str, event: AuditEvent) -> StopState:
        with self._writing() as connection:
            state = stop_rows.switch(connection, model, on, reason, event)
            event_rows.append(connection, event)
            return state

    def stop_state(self, model: str) -> StopState:
        """Return whether a model is stopped."""
        with self._reading() as connection:
            return stop_rows.state(connection, model)

    def note(self, event: AuditEvent, *, after: int = 0) -> None:
        """Write an event that changes nothing else; `after`: the last number, where a restore took events away."""
        with self._writing() as connection:
            event_rows.append(connection, event, after=after)

    def noted(self, handeling: str, object_: str) -> bool:
        """Say whether such an event was written before."""
        with self._reading() as connection:
            return event_rows.noted(connection, handeling, object_)

    def last_event(self) -> StoredEvent | None:
        """Return the end of the chain of events; None when nothing happened yet."""
        with self._reading() as connection:
            return event_rows.last(connection)

    @contextlib.contextmanager
    def audit_trail(self) -> Iterator[AuditTrail]:
        """Give everything that can be checked, as it is at one moment."""
        with self._reading() as connection:
            yield SqlAuditTrail(connection)

    def events(self, run_id: str = "") -> Iterator[StoredEvent]:
        """Yield the events (of one run) in order."""
        with self._reading() as connection:
            yield from event_rows.read(connection, run_id)
