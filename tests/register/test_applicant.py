"""What an applicant is told: the stored reasons in plain words, and never a score on the wrong side."""

from __future__ import annotations

from typing import Any

import pytest

from shared.monitoring.register.applicant import Explanation, read_explanation, score_beside, shortest, told
from shared.monitoring.report.document import Bullets, Part, Section, Table

STORED: dict[str, Any] = {
    "score": 0.5,
    "peilmoment": "2026-11-03",
    "verhogend": ["de aanvrager heeft 2 adressen"],
    "verlagend": [],
    "onbekend": ["inkomen"],
}


def _told(**changes: Any) -> Section:
    return told(
        read_explanation({**STORED, **changes}),
        0.63,
        ("een handhaver", "een consulent"),
        [("Bezwaar", "Zo maakt u bezwaar.")],
    )


def _outcome(section: Section) -> dict[str, str]:
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    return dict(table.rows)  # type: ignore[arg-type]


def _part(section: Section, title: str) -> Part:
    return next(part for part in section.parts if part.title == title)


def test_the_reasons_are_the_stored_ones_in_whole_sentences() -> None:
    section = _told()
    assert _part(section, "Waardoor de score hoger werd").blocks == (Bullets(("De aanvrager heeft 2 adressen.",)),)
    assert _part(section, "Waardoor de score lager werd").blocks == ("Niets maakte de score lager.",)
    assert _part(section, "Wat wij niet wisten").blocks == (Bullets(("Inkomen.",)),)
    assert _part(section, "Bezwaar").blocks == ("Zo maakt u bezwaar.",)


@pytest.mark.parametrize(
    ("score", "mark", "first"),
    [
        (0.63, "ja", "een handhaver"),
        (0.9, "ja", "een handhaver"),
        (0.6299, "nee", "een consulent"),
    ],
)
def test_the_mark_and_who_looks_first_follow_the_threshold(score: float, mark: str, first: str) -> None:
    outcome = _outcome(_told(score=score))
    assert outcome["Seintje"] == mark
    assert outcome["Wie keek als eerste"] == first
    assert outcome["Bekeken op"] == "3-11-2026"


@pytest.mark.parametrize(
    ("score", "shown"), [(0.7, "0,70"), (0.6299, "0,6299"), (0.62996, "0,62996"), (0.63, "0,63"), (0.6349, "0,63")]
)
def test_a_score_is_never_rounded_to_the_other_side_of_the_threshold(score: float, shown: str) -> None:
    assert score_beside(score, 0.63) == shown


@pytest.mark.parametrize(("threshold", "shown"), [(0.63, "0,63"), (0.5, "0,50"), (0.625, "0,625")])
def test_a_threshold_is_shown_whole(threshold: float, shown: str) -> None:
    assert shortest(threshold) == shown


def test_what_was_stored_is_read_as_it_is() -> None:
    assert read_explanation(STORED) == Explanation(
        0.5, "2026-11-03", ("de aanvrager heeft 2 adressen",), (), ("inkomen",)
    )
