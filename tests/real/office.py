"""Somebody who works with an administration: claims, publishes, holds, stops; with a clock that a test moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from shared.administration import Claim, ClaimTerms, DeliveryFacts, NewRun, OutputState, Place, RowRef, StopState
from shared.events import Action, AuditEvent, Caller
from shared.ports import Ledger
from shared.records import Finding
from shared.runstates import RunReason, RunState

DATASET, MODEL = "proef", "proefmodel"
NOW = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def results(*numbers: str) -> pd.DataFrame:
    """Results as the core hands them over, one per application number."""
    frame = pd.DataFrame({"aanvraagnummer": list(numbers)})
    return frame.assign(
        dienst=[f"p:{number}" for number in numbers],
        persoon=[f"q:{number}" for number in numbers],
        peilmoment="2026-11-19T10:00:00",
        resultaattype=1,
        reden="MODEL",
        advies="handhaving",
        score=0.75,
        intercept=-1.5,
        zekerheid=0.5,
        steekproef=False,
        kenmerken="{}",
        bijdragen='{"a":1.0}',
        uitleg="{}",
    )


@dataclass
class Office:
    """The administration and the moment."""

    ledger: Ledger
    now: datetime = NOW
    lease: timedelta = timedelta(minutes=31)

    def pass_by(self, time: timedelta) -> None:
        self.now += time

    def event(self, action: Action, object_: str = "levering", claim: Claim | None = None) -> AuditEvent:
        run = claim.run.run_id if claim else ""
        return AuditEvent(action, object_, "gedaan", Caller("jan", "test"), self.now, DATASET, run, {"é": 1})

    def new(self, digest: str = "d1", levering: str = "2026-11-20", **changed: Any) -> NewRun:
        said: dict[str, Any] = {"model_version": "1", "model_sha256": "m1", "contract_version": "1", "key_id": "k-1"}
        said |= {"code_version": "1", "settings_digest": "s1"} | changed
        return NewRun(DATASET, levering, digest, MODEL, **said)

    def claim(
        self,
        digest: str = "d1",
        levering: str = "2026-11-20",
        *,
        owner: str = "werker",
        reoffered: bool = False,
        **changed: Any,
    ) -> Claim:
        terms = ClaimTerms(self.now, self.now + self.lease, owner, lambda other: other == "dood")
        event = self.event(Action.CLAIMEN)
        return self.ledger.claim(self.new(digest, levering, **changed), terms, event, reoffered=reoffered)

    def publish(self, claim: Claim, frame: pd.DataFrame | None = None, facts: DeliveryFacts | None = None) -> int:
        return self.publish_parts(claim, (results("1", "2", "3") if frame is None else frame,), facts)

    def publish_parts(self, claim: Claim, parts: Iterable[pd.DataFrame], facts: DeliveryFacts | None = None) -> int:
        return self.ledger.publish(claim, parts, self.now, self.event(Action.PUBLICEREN, claim=claim), facts=facts)

    def current(self, datum: str) -> list[RowRef]:
        with self.ledger.current_rows(DATASET, datum) as found:
            return list(found.rows)

    def finish(self, claim: Claim) -> None:
        self.ledger.move(claim, RunState.AFGEROND, RunReason.AFGEROND, self.event(Action.AFRONDEN, claim=claim))

    def fail(self, claim: Claim) -> None:
        self.ledger.move(claim, RunState.MISLUKT, RunReason.AFGEBROKEN, self.event(Action.MISLUKKEN, claim=claim))

    def hold(self, claim: Claim, facts: DeliveryFacts | None = None) -> None:
        reason = RunReason.CONTROLE_AANGEHOUDEN
        self.ledger.move(
            claim,
            RunState.AANGEHOUDEN,
            reason,
            self.event(Action.AANHOUDEN, claim=claim),
            facts=facts or self._in_quarantine(),
        )

    def reject(self, claim: Claim, findings: Sequence[Finding] = ()) -> None:
        self.ledger.move(
            claim,
            RunState.AFGEKEURD,
            RunReason.CONTROLE_AFGEKEURD,
            self.event(Action.AFKEUREN, claim=claim),
            findings=findings,
            facts=self._in_quarantine(),
        )

    def _in_quarantine(self) -> DeliveryFacts:
        here = self.now.replace(tzinfo=None)
        return DeliveryFacts(Place.QUARANTAINE, here - DAY, here, {"a.csv": "s"})

    def publish_delivery(self, digest: str, levering: str, frame: pd.DataFrame, **changed: Any) -> str:
        claim = self.claim(digest, levering, **changed)
        self.publish(claim, frame)
        self.finish(claim)
        return claim.run.run_id

    def stop(self) -> StopState:
        return self.ledger.stop(MODEL, "even niet", self.event(Action.STOPPEN))

    def resume(self) -> StopState:
        return self.ledger.resume(MODEL, "weer wel", self.event(Action.HERVATTEN))

    def output(self, datum: str, stand: int) -> bool:
        state = OutputState(datum, stand, 3, ("r1", "r2"), {"actueel.jsonl": "s"})
        return self.ledger.record_output(DATASET, state, self.event(Action.ACTUEEL_SCHRIJVEN))


def state_of(office: Office, claim: Claim) -> tuple[RunState, RunReason, int]:
    """Return how the run of a claim stands now, why, and in which attempt."""
    run = office.ledger.run(claim.run.run_id)
    return run.state, run.reason, run.attempt
