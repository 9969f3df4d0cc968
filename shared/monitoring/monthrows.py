"""What a month is counted from: results, outcomes and assessments, each of one application, under its pseudonym."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Judged:
    """A published result. `flagged`: the score is at or above the threshold, whatever the random sample drew.

    `kenmerken`: JSON of features and flags, where the model scored and the month asks for it.
    """

    aanvraag: str
    dienst: str
    persoon: str
    version: str
    reden: str
    resultaattype: int
    score: float | None
    flagged: bool
    sampled: bool
    published: datetime
    kenmerken: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an application. `newest_key`: under the newest pseudonym; the same row may be there under others."""

    dienst: str
    soort: str
    resultaat: str
    selectie: str
    datum: str
    arrived: datetime
    newest_key: bool = True


@dataclass(frozen=True)
class Weighed:
    """An assessment by a person. `gevolgd`: None where nothing was advised."""

    dienst: str
    resultaattype: int
    sampled: bool
    gevolgd: bool | None
    route: str
    moment: datetime
