"""What the register of model versions keeps, and what the shell needs of it, as a Protocol."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.events import AuditEvent
from shared.modelregister.states import VersionStatus, VersionStep


@dataclass(frozen=True)
class VersionId:
    """A model version of a dataset; `sha256` is the digest of the package that the register knows it by."""

    dataset: str
    model: str
    version: str
    sha256: str

    @property
    def title(self) -> str:
        """Return how events and pages call it."""
        return f"{self.model} {self.version}"


@dataclass(frozen=True)
class ModelVersion:
    """A version as the register knows it. `since`: of its last step; `proposer`: "" for the first of an installation.

    `compared_with`: the digest of the version that was active when its dossier was made. `directly_before`: it was in
    use directly before the active one, and one person may put it back.
    """

    id: VersionId
    status: VersionStatus
    since: datetime
    proposer: str
    compared_with: str
    directly_before: bool = False


@dataclass(frozen=True)
class Proposal:
    """What a version is proposed with. `dossier`: JSON text; `compared_with`: digest of the other version in it."""

    threshold_reason: str
    sample_reason: str
    dossier: str
    dossier_sha256: str
    compared_with: str


@dataclass(frozen=True)
class StepRecord:
    """One step of a version. `sample_share`: what the approver explicitly chose, None with every other step."""

    step: VersionStep
    reason: str
    actor: str
    moment: datetime
    proposal: Proposal | None
    sample_share: float | None


@dataclass(frozen=True)
class PublishedFeatures:
    """What is stored of one scored result: pseudonyms, moment of reference, features and flags as JSON."""

    person: str
    application: str
    peilmoment: str
    features: str


@dataclass(frozen=True)
class ScoredApplication:
    """One application that a version judged and that was published. `prediction`: run id, dash, row number."""

    run_id: str
    levering: str
    prediction: str
    aanvraagnummer: str
    published_at: datetime
    person: str
    application: str


@dataclass(frozen=True)
class ScoredPage:
    """A page of what a version judged in a period. `total`: how many applications that is on all pages together."""

    total: int
    applications: tuple[ScoredApplication, ...]


class ModelRegister(Protocol):
    """The register of model versions; only ever added to, and every change takes its event in the same transaction.

    Raises LedgerUnavailable (retry) when the database does not answer.
    """

    def versions(self, dataset: str) -> list[ModelVersion]:
        """Return every version of a dataset, in the order in which they were entered."""

    def version(self, dataset: str, version: str) -> ModelVersion:
        """Return a version; NotKnown when it is not in the register."""

    def active(self, dataset: str) -> ModelVersion | None:
        """Return the active version; None while the register holds none."""

    def steps(self, version: VersionId) -> list[StepRecord]:
        """Return the steps of a version, the oldest first."""

    def enter_first(self, version: VersionId, event: AuditEvent) -> ModelVersion:
        """Make a version active where the dataset has none yet, and return the active one, whichever that is."""

    def propose(self, version: VersionId, proposal: Proposal, reason: str, event: AuditEvent) -> ModelVersion:
        """Enter a proposal. RequestRefused when the same name and version was known by another digest.

        TransitionRefused when it cannot be proposed now, also because one person may put it back.
        """

    def take(
        self, version: VersionId, step: VersionStep, reason: str, event: AuditEvent, sample_share: float | None = None
    ) -> ModelVersion:
        """Take a step with a version, as `event.caller`.

        TransitionRefused when it cannot be taken from here; FourEyesRequired when it must be another than who
        proposed; ModelPackageInvalid when the digest is not that of the register; DossierOutdated when the dossier
        compares with another version than the active one. Unfinished shadow runs lapse when it is no shadow any more.
        """

    def activate(self, version: VersionId, reason: str, event: AuditEvent) -> ModelVersion:
        """Make a version active, anew or again; the one that was active goes out of use in the same transaction.

        TransitionRefused when it cannot be from here; ModelPackageInvalid when the digest is not that of the register;
        DossierOutdated when the dossier compares with another version than the active one. What is out of use is put
        back by this when it was in use directly before the active one; any other is refused (TransitionRefused).
        """

    def first_publication(self, dataset: str) -> datetime | None:
        """Return when anything of a dataset was published first; None when nothing was."""

    def published_features(self, dataset: str, since: datetime, until: datetime) -> Generator[PublishedFeatures]:
        """Yield the results of the model that were published from `since` to `until` and current then, unscored.

        What took the place of one of them at or after `until` changes nothing about it.
        """

    def scored_by(self, version: VersionId, since: datetime, until: datetime, skip: int, at_most: int) -> ScoredPage:
        """Return what a version judged and published from `since` to `until`, the earliest first; no shadow runs.

        The first `skip` are left out, and so is what comes after the next `at_most`.
        """
