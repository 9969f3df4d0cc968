"""What is counted of one month: closed once, never counted again, so that no two reports differ by a few people.

An application counts in the month in which it was published first; an outcome in the month in which it arrived, with
the mark and the group that its application had then. A closed month holds no pseudonym and no number of anybody, but
its counts may be small: only the monitoring reads it, and only `SuppressedTable`s leave that (domain.md §9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

SCORE_STEPS = 20  # bins of the score, each 0.05 wide
UNKNOWN_GROUP = "onbekend"


class Stream(StrEnum):
    """Whose judgement is compared with what came out.

    MODEL: the mark of the model, over every application with an outcome, however it was selected. PROCES: what people
    chose to investigate, whatever the model said. STEEKPROEF: the mark of the model over the random sample alone, the
    only stream whose negatives are known.
    """

    MODEL = "model"
    PROCES = "proces"
    STEEKPROEF = "steekproef"


@dataclass(frozen=True)
class Confusion:
    """Outcomes by what was expected: flagged (positive) or not, and worth it (true) or not."""

    tn: int = 0
    fp: int = 0
    fn: int = 0
    tp: int = 0

    def __add__(self, other: Confusion) -> Confusion:
        return Confusion(self.tn + other.tn, self.fp + other.fp, self.fn + other.fn, self.tp + other.tp)


@dataclass(frozen=True)
class GroupTally:
    """Of one group in one stream: how many applications, how many of them flagged, and what came of those known."""

    applications: int = 0
    flagged: int = 0
    outcomes: Confusion = Confusion()

    def __add__(self, other: GroupTally) -> GroupTally:
        return GroupTally(
            self.applications + other.applications, self.flagged + other.flagged, self.outcomes + other.outcomes
        )


type Groups = Mapping[str, Mapping[str, GroupTally]]  # grouping -> group (also "onbekend") -> counts


@dataclass(frozen=True)
class MonthTally:
    """Everything that the report counts of one model in one month.

    * `month`: `jjjj-mm`. `versions`: applications per model version.
    * `results`: per reden of an outcome; `flagged`: resultaattype 1 by the score. `unknown`: per flag, of those scored.
    * `scores`: bins of 0.05. `features`: per feature the counts in the bins of the package's reference, in its order;
      the unknown (imputed) are in `unknown` and not in these. `reference`: version whose bins they are.
    * `late`: applications of earlier months of which the attributes of the applicant came only in this one; there they
      stay in the group "onbekend".
    * `streams`: groups per stream; grouping "alle" with the one group "alle" is everybody.
    * `outcomes`: "soort/resultaat/selectie" -> count. `assessments`: "signaal/gevolgd" (`1/ja` …) -> count, the newest
      assessment per application, for those not drawn by the sample; `sampled_assessments`: of those drawn the first.
    * `deliveries`: per verdict; `findings`: per code; `operation`: other events by name (stops, overrides, incidents).
    """

    dataset: str
    model: str
    month: str
    versions: Mapping[str, int] = field(default_factory=dict)
    results: Mapping[str, int] = field(default_factory=dict)
    scored: int = 0
    flagged: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)
    scores: tuple[int, ...] = (0,) * SCORE_STEPS
    features: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    reference: str = ""
    late: int = 0
    streams: Mapping[Stream, Groups] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    assessments: Mapping[str, int] = field(default_factory=dict)
    sampled_assessments: Mapping[str, int] = field(default_factory=dict)
    deliveries: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    operation: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the month as plain JSON."""
        return asdict(self)


def month_tally(document: Mapping[str, Any]) -> MonthTally:
    """Return the month that `as_dict` wrote."""
    streams = {
        Stream(stream): {
            grouping: {
                group: GroupTally(row["applications"], row["flagged"], Confusion(**row["outcomes"]))
                for group, row in groups.items()
            }
            for grouping, groups in groupings.items()
        }
        for stream, groupings in document["streams"].items()
    }
    features = {name: tuple(counts) for name, counts in document["features"].items()}
    return MonthTally(**{**document, "streams": streams, "features": features, "scores": tuple(document["scores"])})
