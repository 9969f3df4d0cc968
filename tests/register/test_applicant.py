"""What an applicant is told: the stored reasons in plain words, and never a score on the wrong side."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.adapters.packages import load_package
from shared.levensonderhoud.usecase import LEVENSONDERHOUD
from shared.monitoring.register.applicant import (
    HARMLESS,
    Explanation,
    Telling,
    addressed,
    read_explanation,
    score_beside,
    shortest,
    told,
)
from shared.monitoring.report.document import Bullets, Part, Section, Table
from tests.house.repository import ROOT

STORED: dict[str, Any] = {
    "score": 0.5,
    "peilmoment": "2026-11-03",
    "verhogend": ["de aanvrager heeft 2 adressen"],
    "verlagend": [],
    "onbekend": ["inkomen"],
}


RIGHTS = [("Bezwaar", "Zo maakt u bezwaar.")]


def _told(*, sampling: bool = False, assessed: bool = True, **changes: Any) -> Section:
    telling = Telling(0.63, ("een handhaver", "een consulent"), RIGHTS, sampling)
    return told(read_explanation({**STORED, **changes}), telling, assessed=assessed)


def _outcome(section: Section) -> dict[str, str]:
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    return dict(table.rows)  # type: ignore[arg-type]


def _part(section: Section, title: str) -> Part:
    return next(part for part in section.parts if part.title == title)


def test_the_reasons_are_the_stored_ones_in_whole_sentences() -> None:
    section = _told()
    assert _part(section, "Waardoor de score hoger werd").blocks == (Bullets(("U heeft 2 adressen.",)),)
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


def test_what_was_stored_is_read_as_it_is_said_to_the_applicant() -> None:
    assert read_explanation(STORED) == Explanation(0.5, "2026-11-03", ("u heeft 2 adressen",), (), ("inkomen",))


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("De aanvrager vroeg eerder aan", "U vroeg eerder aan"),
        ("De aanvrager is verhuisd", "U bent verhuisd"),
        ("Het adres van de aanvrager", "Het adres van u"),
        ("De aanvragers kennen elkaar", "De aanvragers kennen elkaar"),
    ],
)
def test_the_applicant_is_addressed(stored: str, said: str) -> None:
    assert addressed(stored) == said


def test_no_sentence_of_the_package_speaks_of_the_applicant_as_of_somebody_else() -> None:
    texts = load_package(ROOT / "models" / LEVENSONDERHOUD.package).policy["texts"]
    said = [addressed(each) for cases in texts.values() for each in cases.values()]
    assert any("aanvrager" in each for cases in texts.values() for each in cases.values())
    assert not [each for each in said if re.search(r"aanvrager|\b[Uu] is\b", each)]


@pytest.mark.parametrize(("score", "mark"), [(0.2, "nee"), (0.8, "ja")])
def test_whoever_was_drawn_is_told_so_after_the_assessment(score: float, mark: str) -> None:
    section = _told(sampling=True, steekproef=True, score=score)
    outcome = _outcome(section)
    assert outcome["Seintje"] == mark
    assert outcome["Gekozen door het lot"] == "ja"
    assert outcome["Wie keek als eerste"] == "een handhaver", "a draw goes where a mark goes"
    said = " ".join(block for block in section.blocks if isinstance(block, str))
    assert ("kwam alleen door het lot" in said) == (mark == "nee")
    assert (HARMLESS in said) == (mark == "ja"), "who has no mark is not told what a mark means"


def test_whoever_was_not_drawn_is_told_so_where_there_is_a_draw_and_only_there() -> None:
    assert _outcome(_told(sampling=True))["Gekozen door het lot"] == "nee"
    assert "Gekozen door het lot" not in _outcome(_told())
    assert "lot" not in repr(_told())


def test_before_the_assessment_the_letter_is_the_same_for_all_and_tells_neither_score_nor_draw() -> None:
    letters = [
        _told(sampling=True, assessed=False, score=score, steekproef=drawn, verhogend=raised, peilmoment=day)
        for score, drawn, raised, day in (
            (0.1, False, [], "2026-11-03"),
            (0.1, True, ["Er is een partner bekend"], "2026-11-04"),
            (0.9, False, [], "2026-11-05"),
            (0.9, True, [], "2026-11-06"),
        )
    ]
    assert all(letter == letters[0] for letter in letters)
    assert not [block for block in letters[0].blocks if isinstance(block, Table)]
    assert _part(letters[0], "Bezwaar").blocks == ("Zo maakt u bezwaar.",)


def test_without_a_draw_nobody_waits_for_the_reasons() -> None:
    assert _told(assessed=False) == _told(assessed=True)
