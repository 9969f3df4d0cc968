"""What the ledger keeps about deliveries and runs, as records; no values of rows except in a current result."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.events import canonical
from shared.runstates import REASON_SENTENCES, RunReason, RunState


class Place(StrEnum):
    """Where the raw delivery is; also the name of that container."""

    BRIEVENBUS = "brievenbus"
    QUARANTAINE = "quarantaine"
    VERWIJDERD = "verwijderd"


def expiry_reason(place: Place) -> RunReason:
    """Return why a run lapses whose raw delivery is gone from where it lay."""
    return RunReason.QUARANTAINE_VERLOPEN if place is Place.QUARANTAINE else RunReason.LEVERING_TERUGGENOMEN


class ModelStatus(StrEnum):
    """Whether results of a model version are shown or only kept for comparison."""

    ACTIEF = "actief"
    SCHADUW = "schaduw"


SMALLEST_COUNT = 10  # fewer people than this are told of as a number, and no further


@dataclass(frozen=True)
class DeliveryRecord:
    """A delivery as the ledger knows it. `bestanden`: sha256 by file name of what may be removed with it."""

    dataset: str
    levering: str
    digest: str
    plaats: Place
    van: datetime | None
    tot: datetime | None
    bestanden: Mapping[str, str]
    aangekomen: datetime

    @property
    def folder(self) -> str:
        """Return the folder of the raw files in the container `plaats`."""
        if self.plaats is Place.QUARANTAINE:
            return f"{quarantine_folder(self.dataset, self.levering, self.digest)}/levering"
        return f"{self.dataset}/{self.levering}"


def quarantine_folder(dataset: str, levering: str, digest: str) -> str:
    """Return where a rejected or held delivery lies in the container quarantaine, with its report."""
    return f"{dataset}/{levering}/{digest}"


@dataclass(frozen=True)
class DeliveryFacts:
    """What a run learned about its delivery, to be kept in the same transaction as the run's new state."""

    plaats: Place
    van: datetime | None
    tot: datetime | None
    bestanden: Mapping[str, str]


@dataclass(frozen=True)
class NewRun:
    """Everything that says what a run would be. The id follows from content, so a retry is the same run."""

    dataset: str
    levering: str
    digest: str
    model: str
    model_version: str
    model_sha256: str
    contract_version: str
    key_id: str
    code_version: str
    settings_digest: str
    request_id: str = ""
    model_status: ModelStatus = ModelStatus.ACTIEF

    @property
    def run_id(self) -> str:
        """Return the id: a hash of delivery, model, contract, key and request; not of code or settings.

        A shadow run has an id of its own, so that it is never taken for the run of the same version in use.
        """
        parts = [self.digest, self.model_sha256, self.contract_version, self.key_id, self.request_id]
        if self.model_status is ModelStatus.SCHADUW:
            parts.append(str(self.model_status))
        return hashlib.sha256(canonical(parts).encode()).hexdigest()[:32]

    @property
    def datum(self) -> str:
        """Return the date of the output path: the first ten characters of the delivery's name."""
        return self.levering[:10]


@dataclass(frozen=True)
class RunRecord:
    """A run as the ledger knows it. `publication` orders what was published within a dataset."""

    new: NewRun
    state: RunState
    reason: RunReason
    attempt: int
    lease_until: datetime | None
    released: bool
    publication: int | None
    published_at: datetime | None
    changed_at: datetime

    @property
    def run_id(self) -> str:
        """Return the id of the run."""
        return self.new.run_id

    @property
    def of_delivery(self) -> bool:
        """Say whether it judges a delivery for all to see: no shadow, nothing that a person asked for again."""
        return bool(self.new.model) and not self.new.request_id and self.new.model_status is ModelStatus.ACTIEF

    @property
    def stands_still(self) -> bool:
        """Say whether worker after worker ended while it was finished, so that it is left for the end of a night."""
        return self.reason is RunReason.STAART_STAAT_STIL

    @property
    def sentence(self) -> str:
        """Return in one Dutch sentence why the run is where it is."""
        if not self.new.model and self.reason is RunReason.AFGEROND:  # nothing was judged
            return "De rijen zijn bewaard voor de bewaking en de ruwe levering is verwijderd."
        return REASON_SENTENCES[self.reason]


class ClaimKind(StrEnum):
    """What a worker that asked for a run may do."""

    GEKREGEN = "gekregen"  # do the work
    STAART = "staart"  # already published: only finish what comes after
    BEZET = "bezet"  # another worker is at it
    KLAAR = "klaar"  # finished or rejected before: do nothing again
    WACHT_OP_MENS = "wacht op mens"
    GESTOPT = "gestopt"


@dataclass(frozen=True)
class Claim:
    """The answer to a claim; with `run.attempt` as the fencing number where the run was obtained."""

    kind: ClaimKind
    run: RunRecord


@dataclass(frozen=True)
class ClaimTerms:
    """For how long a worker claims a run, who it is, and how it sees that an earlier owner no longer exists."""

    now: datetime
    lease_until: datetime
    owner: str
    owner_is_gone: Callable[[str], bool]


@dataclass(frozen=True)
class StopState:
    """Whether a model is stopped, since when and why."""

    model: str
    stopped: bool = False
    since: datetime | None = None
    reason: str = ""
    actor: str = ""


@dataclass(frozen=True)
class RunRequest:
    """A person's request for another run of a delivery; for all its applications when none are named."""

    request_id: str
    dataset: str
    levering: str
    digest: str
    aanvraagnummers: tuple[str, ...]
    reden: str
    actor: str
    tijdstip: datetime


@dataclass(frozen=True)
class RowRef:
    """One current result: row `regel` (from 0) of the result files of a run."""

    run_id: str
    regel: int
    aanvraagnummer: str


@dataclass(frozen=True)
class CurrentRows:
    """The current results of one date, as they were after publication number `stand`.

    `runs`: how many of them are of which run. `rows`: by application number; they can be asked for once.
    """

    stand: int
    runs: Mapping[str, int]
    rows: Iterator[RowRef]

    @property
    def aantal(self) -> int:
        """Return how many there are."""
        return sum(self.runs.values())


@dataclass(frozen=True)
class OutputState:
    """What the current files of one date hold."""

    datum: str
    stand: int
    aantal: int
    runs: tuple[str, ...]
    bestanden: Mapping[str, str]


@dataclass(frozen=True)
class RunCounts:
    """How many results a run has, by result type and by reason."""

    aantal: int
    resultaattype: Mapping[str, int] = field(default_factory=dict)
    reden: Mapping[str, int] = field(default_factory=dict)

    def told(self, *, comparable: bool) -> RunCounts:
        """Return what is told to who works with runs: how many, and of which kind only where no kind is of a few.

        `comparable`: of nearly the same applications another count was told or may be, before somebody's removal or of
        another run of that date. Then only how many: 30 beside 29 tells what one person's result is.
        """
        cells = [number for kinds in (self.resultaattype, self.reden) for number in kinds.values() if number]
        small = min(cells, default=0) < SMALLEST_COUNT
        return RunCounts(self.aantal) if comparable or small else self


@dataclass(frozen=True)
class CurrentResult:
    """The current result of one application, with everything needed to explain it.

    `values` has the columns of ResultSet.results by name, contributions included.
    """

    run: RunRecord
    values: Mapping[str, object]


class Removed(StrEnum):
    """Of what kind that was which a removal took away."""

    RESULTATEN = "resultaten"
    GEBEURTENISSEN = "gebeurtenissen"
    VERZOEKEN = "verzoeken"
    BEZWAREN = "bezwaren"
    PERSOONSVERZOEKEN = "persoonsverzoeken"
    BESTANDEN = "bestanden"
    VERZOEKSLEUTELS = "verzoeksleutels"


@dataclass(frozen=True)
class Tombstone:
    """What is left of what was removed: what kind, how many, when, by whom, why, and its hash; no content."""

    soort: Removed
    dataset: str
    run: str
    tot_en_met: int | None
    aantal: int
    grond: str
    actor: str
    tijdstip: datetime
    hash: str
    gebeurtenis: int
