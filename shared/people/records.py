"""Predictions, assessments, objections and events, as people look for them and write them down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.administration import RunRecord
from shared.errors import NotKnown

_ID = re.compile(r"([0-9a-f]{32})-(0|[1-9][0-9]{0,8})")
CONSULT = "consult"


@dataclass(frozen=True, order=True)
class PredictionId:
    """The name of a prediction: `<run id>-<regel>`. It holds no number of a person or an application."""

    run_id: str
    regel: int

    def __str__(self) -> str:
        """Return the id as it stands in a URL."""
        return f"{self.run_id}-{self.regel}"


def prediction_id(text: str) -> PredictionId:
    """Return the id in a text; NotKnown when the text has another form."""
    found = _ID.fullmatch(text)
    if found is None:
        raise NotKnown("There is no prediction with this id.", next_step="Look it up by its number.")
    return PredictionId(found[1], int(found[2]))


class NumberKind(StrEnum):
    """Of what somebody enters the number to find predictions back."""

    AANVRAAG = "aanvraag"
    PERSOON = "persoon"


@dataclass(frozen=True)
class Hit:
    """A prediction that was found by a number. `huidig`: it is the current result of its application.

    `gescoord`: the model weighed the application. `verborgen`: an older prediction of an application that waits for its
    assessment under a random sample; type, reason and advice are left out.
    """

    id: PredictionId
    run: RunRecord
    huidig: bool
    aanvraagnummer: str
    dienst: str
    persoon: str
    peilmoment: str
    resultaattype: int | None
    reden: str
    advies: str
    gescoord: bool
    verborgen: bool = False


@dataclass(frozen=True)
class StoredPrediction:
    """A prediction as it was published. `values` has the columns of ResultSet.results, contributions included."""

    id: PredictionId
    run: RunRecord
    huidig: bool
    values: Mapping[str, object]

    @property
    def subject(self) -> tuple[str, str]:
        """Return the pseudonyms of the person ("" when unknown) and of the application."""
        return str(self.values["persoon"] or ""), str(self.values["dienst"])

    @property
    def scored(self) -> bool:
        """Say whether the model weighed the application."""
        return self.values["bijdragen"] is not None


class Assessor(StrEnum):
    """In what role somebody assesses, or by what application an assessment comes in."""

    BEHANDELAAR = "behandelaar"
    DATAVERKENNER = "dataverkenner"


class AssessmentReason(StrEnum):
    """Why the advice was followed or not: a closed list, so that reasons can be counted."""

    ZELFDE_OORDEEL = "zelfde oordeel"
    FEIT_ONJUIST = "feit onjuist"
    FEIT_VEROUDERD = "feit verouderd"
    ANDERE_INFORMATIE = "andere informatie"
    OMSTANDIGHEDEN = "omstandigheden"
    AL_ONDERZOCHT = "al onderzocht"
    ANDERS = "anders"


REASON_SENTENCES = {
    AssessmentReason.ZELFDE_OORDEEL: "Wat ik zelf zie, past bij het advies.",
    AssessmentReason.FEIT_ONJUIST: "Een feit waarop de score steunt, klopt niet.",
    AssessmentReason.FEIT_VEROUDERD: "Een feit waarop de score steunt, geldt niet meer.",
    AssessmentReason.ANDERE_INFORMATIE: "Ik weet iets wat het model niet weet.",
    AssessmentReason.OMSTANDIGHEDEN: "De omstandigheden van de aanvrager verklaren het.",
    AssessmentReason.AL_ONDERZOCHT: "Dit is al onderzocht of wordt al onderzocht.",
    AssessmentReason.ANDERS: "Een andere reden; zie de toelichting.",
}


@dataclass(frozen=True)
class NewAssessment:
    """What somebody makes of a prediction. `route`: where the application goes now.

    `gevolgd`: as the model advised; None where the model did not weigh the application, and so advised nothing.
    """

    rol: Assessor
    route: str
    gevolgd: bool | None
    reden: AssessmentReason
    toelichting: str


@dataclass(frozen=True)
class Assessment:
    """An assessment on record. It never changes the score; of several the newest counts."""

    id: PredictionId
    rol: Assessor
    route: str
    gevolgd: bool | None
    reden: AssessmentReason
    toelichting: str
    actor: str
    tijdstip: datetime


class ObjectionState(StrEnum):
    """Whether an objection is open, or how it ended."""

    OPEN = "open"
    GEGROND = "gegrond"
    ONGEGROND = "ongegrond"
    INGETROKKEN = "ingetrokken"


@dataclass(frozen=True)
class Objection:
    """An objection about an application, by its pseudonym; while it is open nothing of the application is removed.

    `reden`, `actor` and `tijdstip` are those of the last change; `geopend` is when it began.
    """

    bezwaar: str
    dataset: str
    dienst: str
    toestand: ObjectionState
    reden: str
    actor: str
    tijdstip: datetime
    geopend: datetime


@dataclass(frozen=True)
class EventFilter:
    """Which events somebody wants to see; what is empty does not count. `van` belongs to the period, `tot` not."""

    handeling: str = ""
    object: str = ""
    actor: str = ""
    dataset: str = ""
    run: str = ""
    van: datetime | None = None
    tot: datetime | None = None
