"""A share says whom it is of and of which months, a diamond by what it is outside, a report which versions judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.adapters.packages import load_package
from shared.levensonderhoud.usecase import LEVENSONDERHOUD
from shared.monitoring.months import Stream
from shared.monitoring.report.about_people import gaps_figure
from shared.monitoring.report.make import Edition, Subject, make_report, subject_of, versions_words
from shared.monitoring.reportfacts import MEASURE_TITLES, Gap, GroupPicture, Measure, Rate, Side, Window
from tests.house.repository import ROOT
from tests.report.facts import MONTH, YEAR, facts, picture
from tests.report.pages import Node, Reader, read_page


@pytest.fixture(scope="module")
def subject() -> Subject:
    return subject_of(LEVENSONDERHOUD, load_package(ROOT / "models" / LEVENSONDERHOUD.package))


def _page(subject: Subject, **changes: Any) -> Node:
    return read_page(make_report(subject, facts(**changes), date(2026, 11, 1), Edition.OPENBAAR))


def _section(page: Node, name: str) -> Node:
    return next(node for node in page.all("section") if node.attributes["id"] == name)


def _captions(node: Node) -> list[str]:
    return [caption.text for caption in node.all("caption")]


def test_a_measure_over_outcomes_says_that_it_is_of_what_was_investigated() -> None:
    over_outcomes = {name: title for name, title in MEASURE_TITLES.items() if name is not Measure.SHARE_FLAGGED}
    assert len(over_outcomes) == 6
    assert all("onderzochte aanvragen" in title for title in over_outcomes.values())


def test_what_was_found_says_of_whom_and_when(subject: Subject) -> None:
    outcomes = _section(_page(subject), "uitkomsten")
    (shares,) = [table for table in outcomes.all("table") if "aandelen" in table.all("caption")[0].text]
    assert shares.all("caption")[0].text == "Uitslagen bij het model, november 2025 tot en met oktober 2026: aandelen"
    assert [row[0] for row in shares.cells()[1:]] == [
        "Terecht, van de onderzochte aanvragen die gekozen waren",
        "Gevonden, van de onderzochte aanvragen waarbij iets mis was",
    ]


def _gap(measure: Measure, *outside: Side) -> Gap:
    return replace(picture().gaps[0], measure=measure, outside=outside)


@pytest.mark.parametrize(
    ("gaps", "over", "words"),
    [
        ((Measure.SHARE_FLAGGED,), YEAR, "november 2025 tot en met oktober 2026"),
        ((Measure.SHARE_FLAGGED, Measure.PPV), YEAR, "november 2025 tot en met oktober 2026"),
        ((Measure.PPV,), Window("2026-02", "2026-07", 6, 12), "februari 2026 tot en met juli 2026"),
        (
            (Measure.SHARE_FLAGGED, Measure.PPV),
            Window("2026-02", "2026-07", 6, 12),
            "gekozen november 2025 tot en met oktober 2026; uitslagen februari 2026 tot en met juli 2026",
        ),
    ],
)
def test_differences_say_over_which_months(gaps: tuple[Measure, ...], over: Window, words: str) -> None:
    shown = replace(picture(), gaps=tuple(_gap(measure) for measure in gaps), outcomes_window=over)
    assert _figure(shown).table.title == f"Geslacht: verschillen bij het model, {words}"


def _figure(shown: GroupPicture) -> Any:
    figure = gaps_figure(shown, "Geslacht")
    assert figure is not None
    return figure


@pytest.mark.parametrize(
    ("outside", "words"),
    [
        ((Side.PUNTEN,), "buiten de band in punten"),
        ((Side.VERHOUDING,), "buiten de band in verhouding (1,79)"),
        ((Side.PUNTEN, Side.VERHOUDING), "buiten de band in punten en verhouding (1,79)"),
    ],
)
def test_a_diamond_says_by_what_it_lies_outside_the_band(outside: tuple[Side, ...], words: str) -> None:
    figure = _figure(replace(picture(), gaps=(_gap(Measure.SHARE_FLAGGED, *outside),)))
    svg = Reader(str(figure.picture.drawn("f"))).root
    assert [node.tag for node in svg.all() if "punt" in node.attributes.get("class", "").split()] == ["path"]
    assert words in [node.text for node in svg.all("text")]
    assert figure.table.rows[0][3].endswith(f"in {' en '.join(outside)}")


def test_within_the_band_is_a_circle_without_words() -> None:
    within = replace(_gap(Measure.SHARE_FLAGGED), difference=Rate(0.01, -0.01, 0.03))
    svg = Reader(str(_figure(replace(picture(), gaps=(within,))).picture.drawn("f"))).root
    assert svg.all("circle")
    assert not [node for node in svg.all("text") if "buiten" in node.text]


def test_the_false_alarms_of_the_test_and_the_advice_are_one_family_and_only_half_is_called_proved(
    subject: Subject,
) -> None:
    words = _section(_page(subject), "toets").text
    assert "het advies om te stoppen samen is de kans op vals alarm hoogstens 5 %" in words
    assert "niet bewezen, maar nagemeten" in words
    calm = _section(_page(subject, sequential=()), "toets").text
    assert "geen verschil tussen groepen dat meer is dan toeval" in calm


def test_every_version_that_judged_is_named_with_its_months(subject: Subject) -> None:
    assert versions_words({"2026-05": ("1.0.0",), "2026-06": ("1.0.0",), MONTH: ("1.0.0", "1.1.0")}) == (
        "1.0.0 (mei 2026 tot en met juni 2026); 1.0.0 en 1.1.0 (oktober 2026)"
    )
    page = _page(subject, versions={"2026-09": ("0.9.0",), MONTH: ("0.9.0", "1.0.0")})
    (named,) = [node for node in page.all("dl")[0].all("div") if "Versies" in node.text]
    assert named.text == "Versies die oordeelden0.9.0 (september 2026); 0.9.0 en 1.0.0 (oktober 2026)"
    model = _section(page, "model").text
    assert "In deze maand oordeelde ook versie 0.9.0." in model
    assert "van versie 1.0.0, die de meeste aanvragen beoordeelde" in model
    alone = _page(subject, versions={MONTH: ("1.0.0",)})
    assert "oordeelde ook" not in _section(alone, "model").text


def test_of_a_stream_without_outcomes_nothing_is_said_of_a_period(subject: Subject) -> None:
    hidden = replace(facts().quality[0], stream=Stream.PROCES, window=None, table=picture().outcomes)
    outcomes = _section(_page(subject, quality=(hidden,)), "uitkomsten")
    assert not [caption for caption in _captions(outcomes) if "mensen: aandelen" in caption]
