"""Tells an applicant why the application was looked at, in plain Dutch, from the stored explanation.

Beside a random sample a drawn application is looked at as one with a mark is, whatever its score. Once it is assessed
the applicant is told so. Until then the letter tells neither score nor draw, to nobody: what the applicant knows, the
person who assesses may hear (ADR 16).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.monitoring.report.document import Block, Bullets, Notice, Part, Section, Table
from shared.monitoring.report.words import number

SCORE_PLACES = 2
HARMLESS = "Het seintje zegt niet dat u iets verkeerd deed. Het zegt alleen wie als eerste naar uw aanvraag kijkt."
_LOT = "Het lot kiest een klein deel van de aanvragen, wat de score ook is. Zo zien wij of de computer iets mist."
_PERSON = Notice(
    "Een mens beslist",
    ("Een medewerker bekijkt uw aanvraag en neemt het besluit. Een computer geeft alleen een seintje.",),
)


@dataclass(frozen=True)
class Explanation:
    """What is stored with a result and concerns the applicant. `moment`: the day of judging, jjjj-mm-dd.

    `drawn`: the random sample chose the application, whatever its score.
    """

    score: float
    moment: str
    raised: tuple[str, ...]
    lowered: tuple[str, ...]
    unknown: tuple[str, ...]
    drawn: bool = False


@dataclass(frozen=True)
class Telling:
    """What is told to every applicant alike.

    `looks`: who looks first with and without a mark. `rights`: what one can do now, each with its heading. `sampling`:
    applications are drawn beside the model.
    """

    threshold: float
    looks: tuple[str, str]
    rights: Sequence[tuple[str, str]]
    sampling: bool = False


def read_explanation(stored: Mapping[str, Any]) -> Explanation:
    """Return the explanation in a stored document."""
    raised, lowered, unknown = (
        tuple(addressed(each) for each in stored[name]) for name in ("verhogend", "verlagend", "onbekend")
    )
    drawn = bool(stored.get("steekproef", False))
    return Explanation(float(stored["score"]), str(stored["peilmoment"]), raised, lowered, unknown, drawn)


def addressed(sentence: str) -> str:
    """Return what a case worker reads of the applicant as it is said to the applicant.

    >>> addressed("De aanvrager heeft 2 adressen")
    'U heeft 2 adressen'
    """
    return re.sub(r"\b([Dd])e aanvrager\b( is\b)?", _you, sentence)


def _you(found: re.Match[str]) -> str:
    you = "U" if found[1] == "D" else "u"
    return f"{you} bent" if found[2] else you


def told(explanation: Explanation, telling: Telling, *, assessed: bool) -> Section:
    """Return what the applicant is told. `assessed`: a person has assessed the application.

    Where applications are drawn, nothing of an application that waits tells whether it was.
    """
    rights = tuple(Part(heading, (words,)) for heading, words in telling.rights)
    if telling.sampling and not assessed:
        return Section("voorbeeld-wacht", "Zolang uw aanvraag nog niet is beoordeeld", _waiting(telling), rights)
    first: list[Block] = [_PERSON, _outcome(explanation, telling), *_why(explanation, telling)]
    parts = [
        _reasons("Waardoor de score hoger werd", explanation.raised, "Niets maakte de score hoger."),
        _reasons("Waardoor de score lager werd", explanation.lowered, "Niets maakte de score lager."),
        _reasons("Wat wij niet wisten", explanation.unknown, "Wij misten niets."),
        *rights,
    ]
    by_lot = "Als het lot uw aanvraag koos" if explanation.drawn else "Een brief als voorbeeld"
    return Section("voorbeeld-lot" if explanation.drawn else "voorbeeld", by_lot, tuple(first), tuple(parts))


def _waiting(telling: Telling) -> tuple[Block, ...]:
    """Return what is told before the assessment; the same words to everybody, so that they tell of nobody."""
    marked, unmarked = telling.looks
    return (
        _PERSON,
        f"Eerst kijkt {marked} of {unmarked}. Wie dat is, hangt af van de score die een computer geeft, of van het "
        f"lot. {_LOT}",
        "Of het bij u de score was of het lot, staat nog niet in deze brief. De medewerker die kijkt weet het ook "
        "niet, en beoordeelt uw aanvraag daarom zonder vooroordeel.",
        "Is uw aanvraag beoordeeld? Dan kunt u uw score krijgen, de redenen, en of het lot u koos.",
    )


def _why(explanation: Explanation, telling: Telling) -> tuple[Block, ...]:
    """Return why this person looked first, and what that says of the applicant."""
    if not explanation.drawn:
        return (HARMLESS,)
    if _marked(explanation, telling):
        return ("Uw score gaf een seintje. Ook het lot koos uw aanvraag. Elk van beide was genoeg.", HARMLESS)
    return (
        f"Uw score gaf geen seintje. Dat {telling.looks[0]} als eerste keek, kwam alleen door het lot. {_LOT} Elke "
        "aanvraag met een score heeft daarbij evenveel kans. Over u zegt het lot niets.",
    )


def _marked(explanation: Explanation, telling: Telling) -> bool:
    return explanation.score >= telling.threshold


def _outcome(explanation: Explanation, telling: Telling) -> Table:
    marked = _marked(explanation, telling)
    year, month, day = explanation.moment.split("-")
    lot = (("Gekozen door het lot", _yes_no(explanation.drawn)),) if telling.sampling or explanation.drawn else ()
    return Table(
        "De uitkomst",
        ("Wat", "Uitkomst"),
        (
            ("Bekeken op", f"{int(day)}-{int(month)}-{year}"),
            ("Score van uw aanvraag (van 0 tot 1)", score_beside(explanation.score, telling.threshold)),
            ("Vanaf deze score geven wij een seintje", shortest(telling.threshold)),
            ("Seintje", _yes_no(marked)),
            *lot,
            ("Wie keek als eerste", telling.looks[0] if marked or explanation.drawn else telling.looks[1]),
        ),
    )


def _yes_no(value: bool) -> str:
    return "ja" if value else "nee"


def shortest(value: float) -> str:
    """Return a number with as few decimals as it has: 0,63."""
    written = f"{value:.10f}".rstrip("0")
    return number(value, max(SCORE_PLACES, len(written.partition(".")[2])))


def score_beside(score: float, threshold: float) -> str:
    """Return a score with two decimals, or with so many that it stays on its side of the threshold."""
    places = SCORE_PLACES
    while places < 12 and (round(score, places) >= threshold) != (score >= threshold):
        places += 1
    return number(score, places)


def _reasons(heading: str, items: tuple[str, ...], none: str) -> Part:
    sentences = tuple(f"{item[:1].upper()}{item[1:]}." for item in items)
    return Part(heading, (Bullets(sentences) if sentences else none,))
