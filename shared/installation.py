"""Everything a run needs of this installation, in one record that the shell's functions pass on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from shared import ACTIVITY_URI, CONTRACT_VERSION
from shared.administration import ClaimTerms, ModelStatus, NewRun, RunRecord
from shared.events import Action, AuditEvent, Caller
from shared.measurement import Telemetry
from shared.modelregister.versions import Versions
from shared.ports import BlobStore, Clock, KeySource, Ledger, Owner
from shared.records import (
    CheckedDelivery,
    FeatureTable,
    Finding,
    PseudonymisedDelivery,
    PseudonymisedPart,
    ResultSet,
    RunIdentity,
)
from shared.stages.pseudonym import PseudonymKey
from shared.subjects import Subjects
from shared.usecase import UseCase

if TYPE_CHECKING:
    from shared.modelpackage.package import ModelPackage
    from shared.stages.inparts import DeliveryInParts
    from shared.stages.rowstore import Scratch

_STANDS_STILL = timedelta(days=7)  # longer than any worker does


class Minimised(Protocol):
    """The parts of a delivery under pseudonyms, each made when it is asked for."""

    def __iter__(self) -> Iterator[PseudonymisedPart]:
        """Yield the parts in the order of their applications."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was found in the parts that were made."""


class GrowingSnapshot(Protocol):
    """What may be kept of a delivery, taken from its parts."""

    def add(self, part: PseudonymisedPart) -> None:
        """Add a part."""

    def finished(self) -> Mapping[str, BinaryIO]:
        """Return its files by name, each at its begin; nothing can be added any more."""

    def close(self) -> None:
        """Forget everything."""


@dataclass(frozen=True)
class Core:
    """The pure functions between the effects; see shared/pipeline.py and shared/snapshot.py."""

    check: Callable[..., CheckedDelivery]
    check_in_parts: Callable[..., DeliveryInParts]
    pseudonymise: Callable[[DeliveryInParts, UseCase, PseudonymKey], Minimised]
    features: Callable[[PseudonymisedDelivery, UseCase, PseudonymKey, tuple[Mapping[str, str], ...]], FeatureTable]
    judge: Callable[[FeatureTable, UseCase, RunIdentity, PseudonymKey], ResultSet]
    new_snapshot: Callable[[Scratch], GrowingSnapshot]
    snapshot_files: Callable[[PseudonymisedDelivery], Mapping[str, bytes]]
    read_snapshot: Callable[[Mapping[str, bytes], Mapping[str, str] | None], PseudonymisedDelivery]


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """One use case with the ports, and on whose behalf this worker acts; no model package is read for it.

    Whoever stops a model, or puts an earlier version back, works from here: a package that is broken is no hindrance.
    `versions`: the register that names the active model.
    """

    use_case: UseCase
    core: Core
    blobs: BlobStore
    ledger: Ledger
    keys: KeySource
    clock: Clock
    owner: Owner
    caller: Caller
    lease: timedelta
    quarantine: timedelta
    code_version: str
    settings_digest: str
    activity: str = ACTIVITY_URI
    telemetry: Telemetry | None = None
    versions: Versions | None = None

    @property
    def dataset(self) -> str:
        """Return the dataset of the use case, which is also the folder of its mailbox."""
        return self.use_case.dataset

    def in_use(self) -> tuple[str, str]:
        """Return name and version of the model by the register, whatever this worker began with."""
        if self.versions is None:
            name, _, version = self.use_case.package.rpartition("-")
            return name, version
        return self.versions.in_use()

    def terms(self) -> ClaimTerms:
        """Return the terms on which this worker claims a run now."""
        now = self.clock.now()
        return ClaimTerms(now, now + self.lease, self.owner.me(), self.owner.is_gone)

    def event(self, action: Action, object_: str, result: str, run_id: str = "", **details: Any) -> AuditEvent:
        """Return an event of now, by this caller."""
        return AuditEvent(action, object_, result, self.caller, self.clock.now(), self.dataset, run_id, details)


@dataclass(frozen=True, kw_only=True)
class Installation(Workplace):
    """A workplace with the model that judges; without a register the model stays what it is."""

    model: ModelPackage
    model_status: ModelStatus = ModelStatus.ACTIEF

    def up_to_date(self) -> Installation:
        """Return this installation with the model that is active now: what is claimed next is judged by it."""
        return self if self.versions is None else replace(self, model=self.versions.active())

    def in_use(self) -> tuple[str, str]:
        """Return name and version of the model by the register; without one, of the model that judges here."""
        return (self.model.name, self.model.version) if self.versions is None else super().in_use()

    def new_run(self, levering: str, digest: str, *, request_id: str = "", key_id: str = "") -> NewRun:
        """Return the run that this delivery would get now; from a snapshot it keeps the key of the snapshot."""
        return NewRun(
            dataset=self.dataset,
            levering=levering,
            digest=digest,
            model=self.model.name,
            model_version=self.model.version,
            model_sha256=self.model.sha256,
            contract_version=CONTRACT_VERSION,
            key_id=key_id or self.keys.current().key_id,
            code_version=self.code_version,
            settings_digest=self.settings_digest,
            request_id=request_id,
            model_status=self.model_status,
        )

    def identity(self, run: RunRecord) -> RunIdentity:
        """Return what the results of a run say about their origin."""
        return RunIdentity(
            run_id=run.run_id,
            dataset=run.new.dataset,
            levering=run.new.levering,
            delivery_digest=run.new.digest,
            model=self.model,
            contract_version=run.new.contract_version,
            key_id=run.new.key_id,
            request_id=run.new.request_id,
        )

    def late_since(self) -> datetime:
        """Return the moment before which no worker that stood still can write any more."""
        return self.clock.now() - _STANDS_STILL


@dataclass
class Steps:
    """The steps of one attempt, with counts and durations, kept until a transaction writes them."""

    installation: Installation
    run: RunRecord
    taken: list[AuditEvent] = field(default_factory=list)
    people: Subjects = field(default_factory=Subjects)  # under pseudonyms, as far as they are being judged
    _since: float | None = None
    _spent: dict[Action, float] = field(default_factory=dict)

    def begin(self) -> None:
        """Start the time of the next step."""
        self._since = self.installation.clock.stopwatch()

    def take_turns(self, *actions: Action) -> None:
        """Say which steps take turns: one whose turn never comes has taken no time."""
        self._spent |= dict.fromkeys(actions, 0.0)

    @contextmanager
    def during(self, action: Action) -> Iterator[None]:
        """Count this time as that of a step which takes turns with others, a part of the delivery at a time."""
        begin = self.installation.clock.stopwatch()
        yield
        self._spent[action] = self._spent.get(action, 0.0) + self.installation.clock.stopwatch() - begin

    def done(self, action: Action, result: str, **details: Any) -> None:
        """Keep a step, with the seconds that it took turns, or since the last `begin` or `done` what else is left."""
        now = self.installation.clock.stopwatch()
        if self._since is not None:
            seconds = self._spent.pop(action, None)
            self._since, seconds = (now, now - self._since) if seconds is None else (self._since + seconds, seconds)
            details["seconden"] = round(seconds, 3)
        self.taken.append(
            self.installation.event(action, f"levering {self.run.new.levering}", result, self.run.run_id, **details)
        )

    def hand_over(self) -> tuple[AuditEvent, ...]:
        """Return the steps to write, and forget them."""
        taken, self.taken = tuple(self.taken), []
        return taken
