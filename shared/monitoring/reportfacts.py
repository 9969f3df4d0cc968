"""All that a report may say about a model: suppressed tables, rates from them, and findings in words.

Nothing here holds a count that may not be shown; what is hidden is None and is shown as "verborgen". Rates are
fractions, rounded to a tenth of a percent; months are `jjjj-mm`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.monitoring.disclosure import SuppressedTable
from shared.monitoring.months import Stream


class Measure(StrEnum):
    """The measures of domain.md §9. SHARE_FLAGGED is over applications, the others over what was investigated."""

    SHARE_FLAGGED = "aandeel_gemarkeerd"
    FPR = "fpr"
    PPV = "ppv"
    FDR = "fdr"
    TPR = "tpr"
    WRONGLY_FLAGGED = "onterecht_per_lid"
    ERROR = "fout"


MEASURE_TITLES: Mapping[Measure, str] = {
    Measure.SHARE_FLAGGED: "Aandeel gemarkeerd",
    Measure.FPR: "Ten onrechte gemarkeerd, van de onderzochte aanvragen waarbij niets mis was",
    Measure.PPV: "Terecht gemarkeerd, van de onderzochte aanvragen die gemarkeerd waren",
    Measure.FDR: "Ten onrechte gemarkeerd, van de onderzochte aanvragen die gemarkeerd waren",
    Measure.TPR: "Gevonden, van de onderzochte aanvragen waarbij iets mis was",
    Measure.WRONGLY_FLAGGED: "Ten onrechte gemarkeerd, van alle onderzochte aanvragen",
    Measure.ERROR: "Verkeerd beoordeeld, van alle onderzochte aanvragen",
}


@dataclass(frozen=True)
class Window:
    """Whole months, first and last included. `asked`: how many months it stands for (1 or 12)."""

    first: str
    last: str
    months: int
    asked: int

    @property
    def shortened(self) -> bool:
        """Say whether there are fewer months than were asked: the first year, or what may be shown."""
        return self.months < self.asked


@dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval; all None where it is hidden or would divide by zero."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


class Band(StrEnum):
    """Where a difference or ratio lies: within the city's band, beyond it, or beyond it with its whole interval."""

    BINNEN = "binnen de band"
    BUITEN = "buiten de band"
    DUIDELIJK_BUITEN = "duidelijk buiten de band"


class Side(StrEnum):
    """By which of the city's two bands something lies outside: the difference in points, or the ratio."""

    PUNTEN = "punten"
    VERHOUDING = "verhouding"


@dataclass(frozen=True)
class Gap:
    """One measure of one group beside the privileged group: unprivileged − privileged, and divided by it.

    `smallest`: the smallest difference that could have been found with these numbers (power 80 %, two-sided 5 %).
    `outside`: beyond which of the two bands the estimate lies.
    """

    group: str
    privileged: str
    measure: Measure
    difference: Rate
    ratio: Rate
    band: Band
    smallest: float | None
    outside: tuple[Side, ...] = ()


@dataclass(frozen=True)
class GroupPicture:
    """One grouping in one stream over one window. Rows of the tables are groups, or groups taken together.

    `applications`: columns applications, gemarkeerd. `outcomes`: columns TN, FP, FN, TP (or FP, TP alone), its window
    may be another: the newest that can be shown. A table whose `total` is None is hidden whole.
    `rates`: per row of a table, per measure. `gaps`: every row beside the one that holds the privileged group.
    """

    stream: Stream
    grouping: str
    title: str
    applications: SuppressedTable
    applications_window: Window | None
    outcomes: SuppressedTable
    outcomes_window: Window | None
    rates: Mapping[str, Mapping[Measure, Rate]]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Sequential:
    """What the always-valid test of one group says; the error is 5 % over the whole run and all groups and measures.

    `judged`: enough people stand behind it to say anything. `since`: the month in which it was first found.
    `direction`: 1 = the group has the higher rate, −1 = the lower, 0 = not found. `beyond_band_since`: the month in
    which it was first certain, by a test of the same kind, that the city's band is left; None = not certain.
    """

    stream: Stream
    grouping: str
    group: str
    privileged: str
    measure: Measure
    judged: bool
    found: bool
    since: str | None
    direction: int
    beyond_band_since: str | None = None


@dataclass(frozen=True)
class StopAdvice:
    """Advises to stop the model, or not; `reasons` in Dutch."""

    stop: bool
    reasons: tuple[str, ...] = ()


class Shift(StrEnum):
    """What PSI says: below 0.1, below 0.25, or more; ONBEKEND where too little can be shown."""

    STABIEL = "stabiel"
    MERKBAAR = "merkbaar verschoven"
    STERK = "sterk verschoven"
    ONBEKEND = "niet te zeggen"


@dataclass(frozen=True)
class Drift:
    """How one month's distribution lies beside the package's reference.

    `seen`: share per bin now; of a feature rounded (`rough`), and empty where it is hidden. `table`: the counts of the
    scores; of a feature always hidden. `reference`: share per bin then, where the package knows its borders. `ks`:
    largest distance between both cumulative shares at the borders of the bins (a lower bound of KS on values);
    `ks_found`: larger than chance gives at 1 %. `finer`: the scores in smaller bins.
    """

    name: str
    table: SuppressedTable
    reference: Mapping[str, float]
    psi: float | None
    shift: Shift
    ks: float | None
    ks_found: bool
    finer: SuppressedTable | None = None
    seen: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Trend:
    """One number per month, the oldest first; count and rate are None where hidden."""

    name: str
    title: str
    months: tuple[str, ...]
    counts: tuple[int | None, ...]
    rates: tuple[Rate, ...] = ()


@dataclass(frozen=True)
class Quality:
    """Precision and recall of a stream over everybody, and in words what is not known about them."""

    stream: Stream
    window: Window | None
    table: SuppressedTable
    precision: Rate
    recall: Rate
    caveat: str


@dataclass(frozen=True)
class Following:
    """How often people did what the score says, over the newest window that can be shown.

    Of those who were flagged: the share of the assessments that did so. `near_automatic`: so nearly always that one
    may doubt whether people decide; also said where the numbers are hidden.
    """

    sampled: bool
    window: Window | None
    table: SuppressedTable
    flagged_followed: Rate
    near_automatic: bool


@dataclass(frozen=True)
class Alarm:
    """What a person must hear of: a name that stays the same from month to month, and a sentence in Dutch."""

    name: str
    sentence: str


@dataclass(frozen=True)
class Operation:
    """What is not about people, per month: deliveries per verdict, findings per code, other events by name.

    The public edition leaves it out.
    """

    months: tuple[str, ...]
    deliveries: tuple[Mapping[str, int], ...]
    findings: tuple[Mapping[str, int], ...]
    events: tuple[Mapping[str, int], ...]


@dataclass(frozen=True)
class ReportFacts:
    """One report on one model up to and including `month`.

    `released`: what to write beside the report (plain JSON); the next report takes it into account. `numbers`:
    suppressed tables that stand alone (redenen, what is unknown, kinds of outcome); the title says of which months.
    `versions`: per month of the last year, which versions of the model judged; never how many applications.
    """

    dataset: str
    model: str
    month: str
    first_month: str
    numbers: tuple[SuppressedTable, ...]
    trends: tuple[Trend, ...]
    score: Drift
    features: tuple[Drift, ...]
    month_groups: tuple[GroupPicture, ...]
    year_groups: tuple[GroupPicture, ...]
    sequential: tuple[Sequential, ...]
    advice: StopAdvice
    quality: tuple[Quality, ...]
    following: tuple[Following, ...]
    alarms: tuple[Alarm, ...]
    operation: Operation
    released: Mapping[str, object] = field(default_factory=dict)
    versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
