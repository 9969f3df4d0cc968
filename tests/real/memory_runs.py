"""Who gets a run in memory: claims, leases and fencing, without a database; what the administration there builds on."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.administration import (
    Claim,
    ClaimKind,
    ClaimTerms,
    DeliveryFacts,
    DeliveryRecord,
    NewRun,
    Place,
    RunRecord,
    StopState,
)
from shared.errors import AttemptSuperseded, NotKnown
from shared.events import FIRST_HASH, JUDGED, AuditEvent, store
from shared.records import Finding
from shared.runstates import LEASED, RunReason, RunState, check_transition, resume_reason

_S, _R = RunState, RunReason


class MemoryRuns:
    """Runs in dictionaries; a method that raises leaves everything as it was."""

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

    def _append(self, *events: AuditEvent, after: int = 0) -> None:
        chain = self._state["events"]
        for event in events:
            number, previous = (chain[-1].volgnr, chain[-1].hash) if chain else (0, FIRST_HASH)
            chain.append(store(event, max(number, after) + 1, previous))

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

    def _keep(self, run: RunRecord, findings: Sequence[Finding] | None, facts: DeliveryFacts | None) -> None:
        if findings is not None:
            self._state["findings"][run.run_id] = list(findings)
        if facts is not None:
            key = (run.new.dataset, run.new.digest)
            known = self._state["deliveries"][key]
            self._state["deliveries"][key] = replace(known, **vars(facts))

    def run(self, run_id: str) -> RunRecord:
        return self._known("runs", run_id)

    def _known(self, kind: str, key: object) -> Any:
        found = self._state[kind].get(key)
        if found is None:
            raise NotKnown("This is not in the administration.")
        return found
