"""What the API and the pages can do, as callables, one record per resource; shared/bootstrap/served.py fills them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.administration import DeliveryRecord, RunCounts, RunRecord, StopState
from shared.events import Caller
from shared.modelregister.port import ModelVersion, ScoredPage, StepRecord
from shared.monitoring.report.edition import Edition
from shared.people.audittrail import EventPage
from shared.people.explanation import Explanation
from shared.people.records import (
    Assessment,
    EventFilter,
    Hit,
    NewAssessment,
    NumberKind,
    Objection,
    ObjectionState,
)
from shared.people.replay import PredictionReplay
from shared.records import Finding
from shared.reporting import StoredReport
from shared.rights.port import PersonRequest
from shared.rights.states import Asked

if TYPE_CHECKING:
    from shared.people.inputs import Rows


@dataclass(frozen=True)
class Deliveries:
    """Deliveries and what became of them."""

    known: Callable[[], Sequence[DeliveryRecord]]  # of every dataset, the newest first
    find: Callable[[str, str], DeliveryRecord]  # by dataset and digest; NotKnown
    runs: Callable[[DeliveryRecord], Sequence[RunRecord]]  # the oldest first
    release: Callable[[Caller, DeliveryRecord, str], RunRecord]  # with a reason; TransitionRefused
    let_go: Callable[[Caller, DeliveryRecord, str], RunRecord]  # of its snapshot, with a reason; TransitionRefused


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
    """The model of a dataset by the register, and whether it is stopped; nothing of it is read from a package.

    `version`, `since` and `sha256`: of the active version; empty while the register holds none.
    """

    dataset: str
    title: str
    name: str
    version: str
    since: datetime | None
    sha256: str
    stop: StopState


@dataclass(frozen=True)
class Models:
    """Models and their stop switch."""

    known: Callable[[], Sequence[ServedModel]]
    stop: Callable[[Caller, str, str, str], StopState]  # dataset, model, reason
    resume: Callable[[Caller, str, str, str], StopState]


@dataclass(frozen=True)
class Versions:
    """Versions of a model, by dataset and version; every step with a reason, on behalf of a caller."""

    known: Callable[[str], Sequence[ModelVersion]]
    find: Callable[[str, str], tuple[ModelVersion, Sequence[StepRecord]]]  # NotKnown
    propose: Callable[[Caller, str, str, str, str, str], ModelVersion]  # reasons: of proposal, threshold, sample
    approve: Callable[[Caller, str, str, str, float | None], ModelVersion]  # and the share of the sample
    reject: Callable[[Caller, str, str, str], ModelVersion]
    withdraw: Callable[[Caller, str, str, str], ModelVersion]
    activate: Callable[[Caller, str, str, str], ModelVersion]
    start_shadow: Callable[[Caller, str, str, str], ModelVersion]
    end_shadow: Callable[[Caller, str, str, str], ModelVersion]
    # from, until, reason, which page, how many on a page
    scored: Callable[[Caller, str, str, datetime, datetime, str, int, int], ScoredPage]


@dataclass(frozen=True)
class People:
    """Predictions and what people make of them. Whoever reads says why, and that is written down first."""

    find: Callable[[Caller, NumberKind, str, str, str], Sequence[Hit]]  # kind, number, reason, dataset or ""
    explain: Callable[[Caller, str, str], Explanation]  # prediction, reason
    inputs: Callable[[Caller, str, str], Rows]
    replay: Callable[[Caller, str, str], PredictionReplay]  # prediction, reason
    assess: Callable[[Caller, str, NewAssessment], Assessment]
    assessments: Callable[[Caller, str, str], Sequence[Assessment]]
    open_objection: Callable[[Caller, str, str], Objection]
    close_objection: Callable[[Caller, str, ObjectionState, str], Objection]
    objections: Callable[[str, bool], Sequence[Objection]]  # dataset or "", open ones alone
    events: Callable[[Caller, EventFilter, str, int | None, int], EventPage]  # reason, before which number, how many


@dataclass(frozen=True)
class Rights:
    """Requests of persons, by id; the number of the person is asked again when one is to be carried out."""

    known: Callable[[str], Sequence[PersonRequest]]  # dataset or ""
    find: Callable[[str], PersonRequest]
    record: Callable[[Caller, Asked, str, str, str], PersonRequest]  # number, reason, dataset or ""
    decide: Callable[[Caller, str, bool, str], PersonRequest]  # granted, reason
    withdraw: Callable[[Caller, str, str], PersonRequest]
    carry_out: Callable[[Caller, str, Asked, str, str], PersonRequest]  # number, reason; the clock does it
    fetch: Callable[[Caller, str, str], tuple[Mapping[str, Any], str]]  # reason; what an inzage made ready


@dataclass(frozen=True)
class Reports:
    """Reports on models, by dataset and month; whoever opens one is noted. NotKnown where there is none."""

    known: Callable[[], Sequence[StoredReport]]  # of every dataset, the newest first
    page: Callable[[Caller, str, str, Edition], bytes]
    facts: Callable[[Caller, str, str], Mapping[str, Any]]
    until_today: Callable[[Caller, str], bytes]  # of a dataset


@dataclass(frozen=True)
class Health:
    """Whether the app can do its work: each part by name, and what went wrong there as a code; "" when nothing did."""

    parts: Mapping[str, str]
    version: str
    moment: datetime

    @staticmethod
    def name_of_model(dataset: str) -> str:
        """Return the name of the part that is the active package of a dataset."""
        return f"model {dataset}"

    def fault_of_model(self, dataset: str) -> str:
        """Return what is wrong with the active package of a dataset, as a code; "" when nothing is."""
        return self.parts.get(self.name_of_model(dataset), "")

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
    versions: Versions
    people: People
    rights: Rights
    reports: Reports
    health: Callable[[], Health]
