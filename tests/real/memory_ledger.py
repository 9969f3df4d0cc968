"""The administration in memory: the promises of the port without a database; the third to which the tests compare."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from shared.administration import (
    Claim,
    ClaimKind,
    ClaimTerms,
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
)
from shared.errors import AttemptSuperseded, LedgerUnavailable, NotKnown, TransitionRefused
from shared.events import FIRST_HASH, JUDGED, AuditEvent, StoredEvent, store
from shared.ports import AuditTrail, ModelStopped
from shared.records import Finding
from shared.rowseal import COLUMNS, RowSeal, seal_rows
from shared.runstates import LEASED, PUBLISHED, RunReason, RunState, check_transition, resume_reason

_S, _R = RunState, RunReason
_JUDGED = frozenset({_S.GEPUBLICEERD, _S.AFGEKEURD})  # and held, which always has a finding


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


class MemoryLedger:
    """A Ledger in dictionaries; a method that raises leaves everything as it was."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._state: dict[str, Any] = {
            name: {} for name in ("runs", "owners", "deliveries", "results", "findings", "stops", "requests", "outputs")
        } | {"events": []}

    @contextlib.contextmanager
    def _all_or_nothing(self) -> Iterator[dict[str, Any]]:
        with self._lock:
            before = {name: copy.copy(part) for name, part in self._state.items()}
            try:
                yield self._state
            except BaseException:
                self._state = before
                raise

    def _append(self, *events: AuditEvent) -> None:
        chain = self._state["events"]
        for event in events:
            chain.append(store(event, len(chain) + 1, chain[-1].hash if chain else FIRST_HASH))

    def _change(self, run: RunRecord, state: RunState, reason: RunReason, now: datetime, **values: Any) -> RunRecord:
        check_transition(run.state, state, reason)
        values = {"lease_until": None} | values
        changed = replace(run, state=state, reason=reason, changed_at=now, **values)
        self._state["runs"][run.run_id] = changed
        return changed

    def _insert(
        self, new: NewRun, state: RunState, reason: RunReason, now: datetime, released: bool = False
    ) -> RunRecord:
        check_transition(None, state, reason)
        run = RunRecord(new, state, reason, 0, None, released, None, None, now)
        self._state["runs"][new.run_id] = run
        return run

    def _stopped(self, model: str) -> bool:
        return self._state["stops"].get(model, StopState(model)).stopped

    # --- runs ---------------------------------------------------------------------------------------------------------
    def claim(self, new: NewRun, terms: ClaimTerms, event: AuditEvent, *, reoffered: bool = False) -> Claim:
        with self._all_or_nothing() as state:
            living = [
                run
                for run in state["runs"].values()
                if (run.new.dataset, run.new.digest, run.new.request_id) == (new.dataset, new.digest, new.request_id)
                and run.state is not _S.VERVALLEN
            ]
            run = living[0] if living else state["runs"].get(new.run_id)
            if run is not None and (refused := self._refusal(run, terms, reoffered)) is not None:
                return Claim(refused, run)
            self._arrived(new, terms.now, reoffered)
            if run is not None and run.run_id != new.run_id and run.state is not _S.GEPUBLICEERD:
                run = self._make_way(run, new, terms.now, event)
            if self._stopped(new.model) and (run is None or run.state is not _S.GEPUBLICEERD):
                held = (_S.AANGEHOUDEN, _R.MODEL_GESTOPT)
                run = self._insert(new, *held, terms.now) if run is None else self._change(run, *held, terms.now)
                self._append(replace(event, run=run.run_id, resultaat="aangehouden", details={"reden": str(held[1])}))
                return Claim(ClaimKind.GESTOPT, run)
            return self._obtained(run, new, terms, event)

    def _refusal(self, run: RunRecord, terms: ClaimTerms, reoffered: bool) -> ClaimKind | None:
        if run.state is _S.AFGEROND or (run.state is _S.AFGEKEURD and not reoffered):
            return ClaimKind.KLAAR
        if run.state in LEASED and run.lease_until is not None and run.lease_until > terms.now:
            gone = terms.owner_is_gone(self._state["owners"][run.run_id])
            return None if gone else ClaimKind.BEZET
        if run.state is _S.AANGEHOUDEN and run.reason is not _R.MODEL_GESTOPT:
            return ClaimKind.WACHT_OP_MENS
        return ClaimKind.GESTOPT if run.state is _S.AANGEHOUDEN and self._stopped(run.new.model) else None

    def _arrived(self, new: NewRun, now: datetime, reoffered: bool) -> None:
        deliveries, key = self._state["deliveries"], (new.dataset, new.digest)
        known = deliveries.get(key)
        if known is None:
            deliveries[key] = DeliveryRecord(
                new.dataset, new.levering, new.digest, Place.BRIEVENBUS, None, None, {}, now
            )
        elif reoffered or (known.plaats is Place.VERWIJDERD and not new.request_id):
            deliveries[key] = replace(known, plaats=Place.BRIEVENBUS, levering=new.levering, aangekomen=now)

    def _make_way(self, old: RunRecord, new: NewRun, now: datetime, event: AuditEvent) -> RunRecord:
        self._change(old, _S.VERVALLEN, _R.VERSIE_GEWIJZIGD, now)
        details = {"reden": str(_R.VERSIE_GEWIJZIGD), "vervangen_door": new.run_id}
        self._append(replace(event, run=old.run_id, resultaat="vervallen", details=details))
        known = self._state["runs"].get(new.run_id)
        if known is None:
            return self._insert(new, _S.BEZIG, _R.BEGONNEN, now, old.released)
        self._state["runs"][new.run_id] = replace(known, released=known.released or old.released)
        return self._state["runs"][new.run_id]

    def _obtained(self, run: RunRecord | None, new: NewRun, terms: ClaimTerms, event: AuditEvent) -> Claim:
        tail = run is not None and run.state is _S.GEPUBLICEERD
        reason = _R.BEGONNEN
        if run is None:
            run = self._insert(new, _S.BEZIG, reason, terms.now)
        elif not (run.state is _S.BEZIG and run.attempt == 0):
            reason = resume_reason(run.state)
            run = self._change(run, _S.GEPUBLICEERD if tail else _S.BEZIG, reason, terms.now)
        now_run = replace(run.new, code_version=new.code_version, settings_digest=new.settings_digest)
        run = replace(run, attempt=run.attempt + 1, lease_until=terms.lease_until, new=run.new if tail else now_run)
        self._state["runs"][run.run_id] = run
        self._state["owners"][run.run_id] = terms.owner
        details = {**event.details, "poging": run.attempt, "reden": str(reason)}
        self._append(replace(event, run=run.run_id, details=details))
        return Claim(ClaimKind.STAART if tail else ClaimKind.GEKREGEN, run)

    def _fenced(self, claim: Claim) -> RunRecord:
        run = self.run(claim.run.run_id)
        if run.attempt != claim.run.attempt or run.state not in LEASED or run.lease_until is None:
            raise AttemptSuperseded("Another worker took over this run.", where=f"run {run.run_id}")
        return run

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
        with self._all_or_nothing():
            run = self._change(self._fenced(claim), state, reason, event.tijdstip)
            self._keep(run, findings if event.handeling in JUDGED else None, facts)
            self._append(*steps, event)

    def publish(
        self,
        claim: Claim,
        results: pd.DataFrame,
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
            if results["aanvraagnummer"].duplicated().any():
                raise LedgerUnavailable("An application occurs twice.", where="memory")
            frame = results.reset_index(drop=True).astype(object)
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

    def _keep(self, run: RunRecord, findings: Sequence[Finding] | None, facts: DeliveryFacts | None) -> None:
        if findings is not None:
            self._state["findings"][run.run_id] = list(findings)
        if facts is not None:
            key = (run.new.dataset, run.new.digest)
            known = self._state["deliveries"][key]
            self._state["deliveries"][key] = replace(known, **vars(facts))

    def request_run(self, request: RunRequest, new: NewRun, event: AuditEvent) -> RunRecord:
        with self._all_or_nothing() as state:
            judged = {number for frame in state["results"].values() for number in frame["aanvraagnummer"]}
            if not set(request.aanvraagnummers) <= judged:
                raise NotKnown("Some of the applications are not there any more.", where="request")
            state["requests"][request.request_id] = request
            run = self._insert(new, _S.WACHTEND, _R.AANGEVRAAGD, request.tijdstip)
            self._append(event)
            return run

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
            if run.state is not _S.AFGEKEURD:
                run = self._change(run, _S.VERVALLEN, _R.QUARANTAINE_VERLOPEN, event.tijdstip)
            key = (run.new.dataset, run.new.digest)
            state["deliveries"][key] = replace(state["deliveries"][key], plaats=Place.VERWIJDERD)
            self._append(event)

    def run(self, run_id: str) -> RunRecord:
        return self._known("runs", run_id)

    def _known(self, kind: str, key: object) -> Any:
        found = self._state[kind].get(key)
        if found is None:
            raise NotKnown("This is not in the administration.")
        return found

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

    def application_numbers(self, dataset: str, digest: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for run in self.runs_of_delivery(dataset, digest):
            if not run.new.request_id and run.run_id in self._state["results"]:
                frame = self._state["results"][run.run_id]
                found |= dict(zip(frame["dienst"], frame["aanvraagnummer"], strict=True))
        return found

    # --- results ------------------------------------------------------------------------------------------------------
    def counts(self, run_id: str) -> RunCounts:
        frame = self._state["results"].get(self.run(run_id).run_id)
        if frame is None:
            return RunCounts(0)
        kinds = {str(kind): int(number) for kind, number in frame["resultaattype"].value_counts().sort_index().items()}
        reasons = {str(reason): int(number) for reason, number in frame["reden"].value_counts().sort_index().items()}
        return RunCounts(len(frame), kinds, reasons)

    def subjects(self, run_id: str) -> list[tuple[str, str]]:
        frame = self._state["results"][run_id]
        return [(person or "", dienst) for person, dienst in zip(frame["persoon"], frame["dienst"], strict=True)]

    def remaining(self, run_id: str) -> frozenset[str]:
        return frozenset(self._state["results"][run_id]["aanvraagnummer"])

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

    def current_rows(self, dataset: str, datum: str) -> CurrentRows:
        rows = [row for row in self._current(dataset).values() if self.run(row.run_id).new.datum == datum]
        stand = max((run.publication or 0 for run in self._runs_of(dataset)), default=0)
        return CurrentRows(stand, tuple(sorted(rows, key=lambda row: row.aanvraagnummer)))

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

    def note(self, event: AuditEvent) -> None:
        with self._all_or_nothing():
            self._append(event)

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
