"""Tells an applicant why the application was looked at, in plain Dutch, from the stored explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.monitoring.report.document import Block, Bullets, Notice, Part, Section, Table
from shared.monitoring.report.words import number

SCORE_PLACES = 2


@dataclass(frozen=True)
class Explanation:
    """What is stored with a result and concerns the applicant. `moment`: the day of judging, jjjj-mm-dd."""

    score: float
    moment: str
    raised: tuple[str, ...]
    lowered: tuple[str, ...]
    unknown: tuple[str, ...]


def read_explanation(stored: Mapping[str, Any]) -> Explanation:
    """Return the explanation in a stored document."""
    return Explanation(
        float(stored["score"]),
        str(stored["peilmoment"]),
        tuple(stored["verhogend"]),
        tuple(stored["verlagend"]),
        tuple(stored["onbekend"]),
    )


def told(
    explanation: Explanation, threshold: float, looks: tuple[str, str], rights: Sequence[tuple[str, str]]
) -> Section:
    """Return what the applicant is told.

    `looks`: who looks first with and without a mark. `rights`: what one can do now, each with its heading.
    """
    first: list[Block] = [
        Notice(
            "Een mens beslist",
            ("Een medewerker bekijkt uw aanvraag en neemt het besluit. Een computer geeft alleen een seintje.",),
        ),
        _outcome(explanation, threshold, looks),
        "Het seintje zegt niet dat u iets verkeerd deed. Het zegt alleen wie als eerste naar uw aanvraag kijkt.",
    ]
    parts = [
        _reasons("Waardoor de score hoger werd", explanation.raised, "Niets maakte de score hoger."),
        _reasons("Waardoor de score lager werd", explanation.lowered, "Niets maakte de score lager."),
        _reasons("Wat wij niet wisten", explanation.unknown, "Wij misten niets."),
        *(Part(heading, (words,)) for heading, words in rights),
    ]
    return Section("voorbeeld", "Een brief als voorbeeld", tuple(first), tuple(parts))


def _outcome(explanation: Explanation, threshold: float, looks: tuple[str, str]) -> Table:
    flagged = explanation.score >= threshold
    year, month, day = explanation.moment.split("-")
    return Table(
        "De uitkomst",
        ("Wat", "Uitkomst"),
        (
            ("Bekeken op", f"{int(day)}-{int(month)}-{year}"),
            ("Score van uw aanvraag (van 0 tot 1)", score_beside(explanation.score, threshold)),
            ("Vanaf deze score geven wij een seintje", shortest(threshold)),
            ("Seintje", "ja" if flagged else "nee"),
            ("Wie keek als eerste", looks[0] if flagged else looks[1]),
        ),
    )


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
