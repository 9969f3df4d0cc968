"""What the API and the pages can do, as callables, one record per resource; shared/bootstrap/served.py fills them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.administration import DeliveryRecord, RunCounts, RunRecord, StopState
from shared.events import Caller
from shared.records import Finding


@dataclass(frozen=True)
class Deliveries:
    """Deliveries and what became of them."""

    known: Callable[[], Sequence[DeliveryRecord]]  # of every dataset, the newest first
    find: Callable[[str, str], DeliveryRecord]  # by dataset and digest; NotKnown
    runs: Callable[[DeliveryRecord], Sequence[RunRecord]]  # the oldest first
    release: Callable[[Caller, DeliveryRecord, str], RunRecord]  # with a reason; TransitionRefused


@dataclass(frozen=True)
class Runs:
    """Runs, and asking for one."""

    known: Callable[[], Sequence[RunRecord]]  # of every dataset, the newest first
    find: Callable[[str], RunRecord]  # by run id; NotKnown
    findings: Callable[[str], Sequence[Finding]]
    counts: Callable[[str], RunCounts]
    request: Callable[[Caller, DeliveryRecord, Sequence[str] | None, str], RunRecord]  # numbers, reason


@dataclass(frozen=True)
class ServedModel:
    """The active model of a dataset, and whether it is stopped."""

    dataset: str
    title: str
    name: str
    version: str
    date: str
    sha256: str
    stop: StopState


@dataclass(frozen=True)
class Models:
    """Models and their stop switch."""

    known: Callable[[], Sequence[ServedModel]]
    stop: Callable[[Caller, str, str], StopState]  # model, reason
    resume: Callable[[Caller, str, str], StopState]


@dataclass(frozen=True)
class Health:
    """Whether the app can do its work: each part by name, and what went wrong there as a code; "" when nothing did."""

    parts: Mapping[str, str]
    version: str
    moment: datetime

    @property
    def healthy(self) -> bool:
        """Say whether every part works."""
        return not any(self.parts.values())


@dataclass(frozen=True)
class Services:
    """Everything that can be asked for over HTTP."""

    deliveries: Deliveries
    runs: Runs
    models: Models
    health: Callable[[], Health]
