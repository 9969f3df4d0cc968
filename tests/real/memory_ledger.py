"""The administration in memory: the promises of the port without a database; the third to which the tests compare."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from shared.administration import (
    Claim,
    CurrentResult,
    CurrentRows,
    DeliveryFacts,
    DeliveryRecord,
    ModelStatus,
    NewRun,
    OutputState,
    Place,
    RowRef,
    RunCounts,
    RunRecord,
    RunRequest,
    StopState,
    Tombstone,
    expiry_reason,
)
from shared.errors import LedgerUnavailable, NotKnown, TransitionRefused
from shared.events import AuditEvent, Caller, StoredEvent
from shared.ports import AuditTrail, ModelStopped
from shared.records import Finding
from shared.rowseal import COLUMNS, RowSeal, seal_rows
from shared.runstates import PUBLISHED, RunReason, RunState, check_transition
from tests.real.memory_runs import MemoryRuns

_S, _R = RunState, RunReason


@dataclass(frozen=True)
class MemoryAuditTrail:
    """What can be checked of one moment; nothing is ever removed here."""

    _events: list[StoredEvent]
    _seals: dict[str, RowSeal]

    def events(self) -> Iterator[StoredEvent]:
        yield from self._events

    def tombstones(self) -> list[Tombstone]:
        return []

    def seals(self) -> Iterator[tuple[str, RowSeal]]:
        yield from self._seals.items()


class MemoryLedger(MemoryRuns):
    """A Ledger in dictionaries: what is published, asked for and told of the runs."""

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
        with self._all_or_nothing() as state:
            run = self._fenced(claim)
            check_transition(run.state, _S.GEPUBLICEERD, _R.GEPUBLICEERD)
            if self._stopped(run.new.model):
                raise ModelStopped
            frames = [part.astype(object) for part in parts] or [pd.DataFrame(columns=list(COLUMNS[1:]))]
            frame = pd.concat(frames, ignore_index=True)
            if frame["aanvraagnummer"].duplicated().any():
                raise LedgerUnavailable("An application occurs twice.", where="memory")
            state["results"][run.run_id] = frame.where(frame.notna(), None)
            ours = (other.publication or 0 for other in state["runs"].values() if other.new.dataset == run.new.dataset)
            number = max(ours) + 1
            published = {"publication": number, "published_at": now, "lease_until": run.lease_until}
            run = self._change(run, _S.GEPUBLICEERD, _R.GEPUBLICEERD, now, **published)
            self._keep(run, findings, facts)
            told = replace(event, details={**event.details, "rijen": vars(self._seal(run.run_id))})
            self._append(*steps, told)
            return number

    def _seal(self, run_id: str) -> RowSeal:
        frame = self._state["results"][run_id]
        return seal_rows((line, *row) for line, row in enumerate(frame[list(COLUMNS[1:])].itertuples(index=False)))

    def settling(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def request_run(self, request: RunRequest, new: NewRun, event: AuditEvent) -> RunRecord:
        with self._all_or_nothing() as state:
            judged = {number for frame in state["results"].values() for number in frame["aanvraagnummer"]}
            if not set(request.aanvraagnummers) <= judged:
                raise NotKnown("Some of the applications are not there any more.", where="request")
            state["requests"][request.request_id] = request
            run = self._insert(new, _S.WACHTEND, _R.AANGEVRAAGD, request.tijdstip)
            self._append(event)
            return run

    def asked_before(self, caller: Caller) -> RunRecord | None:
        return None  # nothing here counts once

    def release(self, run_id: str, event: AuditEvent) -> RunRecord:
        with self._all_or_nothing():
            run = self.run(run_id)
            if run.reason is not _R.CONTROLE_AANGEHOUDEN:
                raise TransitionRefused("The run does not wait for a person.", where=f"run {run_id}")
            run = self._change(run, _S.VRIJGEGEVEN, _R.VRIJGEGEVEN, event.tijdstip, released=True)
            self._append(event)
            return run

    def expire(self, run_id: str, event: AuditEvent) -> None:
        with self._all_or_nothing() as state:
            run = self.run(run_id)
            key = (run.new.dataset, run.new.digest)
            if run.state is not _S.AFGEKEURD:
                reason = expiry_reason(state["deliveries"][key].plaats)
                run = self._change(run, _S.VERVALLEN, reason, event.tijdstip)
            state["deliveries"][key] = replace(state["deliveries"][key], plaats=Place.VERWIJDERD)
            self._append(event)

    def _runs_of(self, dataset: str) -> list[RunRecord]:
        return [run for run in self._state["runs"].values() if run.new.dataset == dataset]

    def runs(
        self, dataset: str, states: Iterable[RunState], *, status: ModelStatus = ModelStatus.ACTIEF
    ) -> list[RunRecord]:
        wanted = set(states)
        return [run for run in self._runs_of(dataset) if run.state in wanted and run.new.model_status is status]

    def runs_of_delivery(self, dataset: str, digest: str) -> list[RunRecord]:
        return [run for run in self._runs_of(dataset) if run.new.digest == digest]

    def published_on(self, dataset: str, datum: str) -> list[RunRecord]:
        return [run for run in self._runs_of(dataset) if run.state in PUBLISHED and run.new.datum == datum]

    def findings(self, run_id: str) -> list[Finding]:
        return list(self._state["findings"].get(self.run(run_id).run_id, []))

    def request(self, request_id: str) -> RunRequest:
        return self._known("requests", request_id)

    # --- deliveries ---------------------------------------------------------------------------------------------------
    def delivery(self, dataset: str, digest: str) -> DeliveryRecord:
        return self._known("deliveries", (dataset, digest))

    def deliveries(self, dataset: str, levering: str = "") -> list[DeliveryRecord]:
        ours = (known for (home, _), known in self._state["deliveries"].items() if home == dataset)
        return [known for known in ours if levering in ("", known.levering)]

    def previous_tot(self, dataset: str, digest: str, van: datetime) -> datetime | None:
        published = {
            run.new.digest for run in self._runs_of(dataset) if run.state in PUBLISHED and not run.new.request_id
        }
        ends = [
            known.tot
            for known in self.deliveries(dataset)
            if known.digest != digest and known.digest in published and known.tot and known.van and known.van <= van
        ]
        return max(ends, default=None)

    def application_numbers(self, dataset: str, digest: str) -> Iterator[tuple[str, str]]:
        for run in self.runs_of_delivery(dataset, digest):
            if not run.new.request_id and run.run_id in self._state["results"]:
                frame = self._state["results"][run.run_id]
                yield from zip(frame["dienst"], frame["aanvraagnummer"], strict=True)

    # --- results ------------------------------------------------------------------------------------------------------
    def counts(self, run_id: str) -> RunCounts:
        frame = self._state["results"].get(self.run(run_id).run_id)
        if frame is None:
            return RunCounts(0)
        kinds = {str(kind): int(number) for kind, number in frame["resultaattype"].value_counts().sort_index().items()}
        reasons = {str(reason): int(number) for reason, number in frame["reden"].value_counts().sort_index().items()}
        return RunCounts(len(frame), kinds, reasons)

    def how_many(self, run_id: str) -> int:
        return self.counts(run_id).aantal

    def subjects(self, run_id: str) -> Iterator[tuple[str, str]]:
        frame = self._state["results"][run_id]
        pairs = zip(frame["persoon"], frame["dienst"], strict=True)
        yield from sorted({(person, "") if person else ("", dienst) for person, dienst in pairs})

    def remaining(self, run_id: str) -> Iterator[str]:
        yield from self._state["results"][run_id]["aanvraagnummer"]

    def removals(self, dataset: str, run_id: str = "") -> list[Tombstone]:
        return []  # nothing ever goes from a dictionary

    def dates_touched(self, run_id: str) -> list[str]:
        run = self.run(run_id)
        mine = set(self._state["results"][run_id]["aanvraagnummer"])
        others = self._state["results"].items()
        runs = [self.run(other) for other, frame in others if mine & set(frame["aanvraagnummer"])]
        return sorted({run.new.datum} | {other.new.datum for other in runs if other.new.dataset == run.new.dataset})

    def _current(self, dataset: str) -> dict[str, RowRef]:
        """The row that counts, by application: of the run that was published last and is not for comparison only."""
        shown = (
            run
            for run in self._runs_of(dataset)
            if run.state in PUBLISHED and run.new.model_status is not ModelStatus.SCHADUW
        )
        found: dict[str, RowRef] = {}
        for run in sorted(shown, key=lambda one: one.publication or 0):
            for line, number in enumerate(self._state["results"][run.run_id]["aanvraagnummer"]):
                found[number] = RowRef(run.run_id, line, number)
        return found

    @contextlib.contextmanager
    def current_rows(self, dataset: str, datum: str) -> Iterator[CurrentRows]:
        rows = [row for row in self._current(dataset).values() if self.run(row.run_id).new.datum == datum]
        stand = max((run.publication or 0 for run in self._runs_of(dataset)), default=0)
        runs = dict(sorted(Counter(row.run_id for row in rows).items()))
        yield CurrentRows(stand, runs, iter(sorted(rows, key=lambda row: row.aanvraagnummer)))

    def current_result(self, dataset: str, aanvraagnummer: str) -> CurrentResult | None:
        row = self._current(dataset).get(aanvraagnummer)
        if row is None:
            return None
        return CurrentResult(self.run(row.run_id), self._state["results"][row.run_id].iloc[row.regel].to_dict())

    def record_output(self, dataset: str, state: OutputState, event: AuditEvent) -> bool:
        with self._all_or_nothing() as kept:
            last = kept["outputs"].get((dataset, state.datum))
            if last is not None and last.stand >= state.stand:
                return bool(last.stand == state.stand)
            kept["outputs"][dataset, state.datum] = state
            self._append(event)
            return True

    def output_states(self, dataset: str) -> list[OutputState]:
        ours = [state for (home, _), state in self._state["outputs"].items() if home == dataset]
        return sorted(ours, key=lambda state: state.datum)

    # --- stop switch and events ---------------------------------------------------------------------------------------
    def stop(self, model: str, reason: str, event: AuditEvent) -> StopState:
        return self._switch(model, True, reason, event)

    def resume(self, model: str, reason: str, event: AuditEvent) -> StopState:
        return self._switch(model, False, reason, event)

    def _switch(self, model: str, on: bool, reason: str, event: AuditEvent) -> StopState:
        with self._all_or_nothing() as state:
            if self.stop_state(model).stopped != on:
                state["stops"][model] = StopState(model, on, event.tijdstip, reason, event.caller.actor)
            self._append(event)
            return self.stop_state(model)

    def stop_state(self, model: str) -> StopState:
        return self._state["stops"].get(model, StopState(model))

    def note(self, event: AuditEvent, *, after: int = 0) -> None:
        with self._all_or_nothing():
            self._append(event, after=after)

    def noted(self, handeling: str, object_: str) -> bool:
        return any((event.handeling, event.object) == (handeling, object_) for event in self._state["events"])

    def last_event(self) -> StoredEvent | None:
        return self._state["events"][-1] if self._state["events"] else None

    @contextlib.contextmanager
    def audit_trail(self) -> Iterator[AuditTrail]:
        with self._lock:
            yield MemoryAuditTrail(
                list(self._state["events"]), {run: self._seal(run) for run in self._state["results"]}
            )

    def events(self, run_id: str = "") -> Iterator[StoredEvent]:
        with self._lock:
            yield from [event for event in self._state["events"] if run_id in ("", event.run)]
