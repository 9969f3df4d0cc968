"""One file that everybody can read: what it says, what it hides, what it needs, and what it never takes."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from shared.levensonderhoud.sentences import NO_VALUES
from shared.modelpackage.package import ModelPackage, read_package
from shared.monitoring.disclosure import Counts, DisclosureRefused, SuppressedTable
from shared.monitoring.months import MonthTally, Stream
from shared.monitoring.report import make
from shared.monitoring.report.about_work import RunningMonth
from shared.monitoring.report.make import Edition, Subject, make_report
from shared.monitoring.report.page import content_policy, stylesheet
from shared.monitoring.report.plain import facts_as_json
from shared.monitoring.reportfacts import Operation, Rate, ReportFacts, StopAdvice
from tests.house.repository import ROOT, imports_of
from tests.report.facts import SECRET_DELIVERY, facts, picture
from tests.report.pages import Node, read_page

MADE = date(2026, 11, 1)
REPORT = ROOT / "shared" / "monitoring" / "report"
RUNNING = RunningMonth("2026-11", date(2026, 11, 20), {"geaccepteerd": 13}, {"LEV-602": 4}, {"model hervat": 1})


@pytest.fixture(scope="module")
def package() -> ModelPackage:
    (folder,) = Path(ROOT / "models").glob("*-1.0.0")
    return read_package({path.name: path.read_bytes() for path in folder.iterdir()})


@pytest.fixture(scope="module")
def subject(package: ModelPackage) -> Subject:
    return Subject("Aanvragen van een proef", package, NO_VALUES)


@pytest.fixture(scope="module")
def full(subject: Subject) -> Node:
    return read_page(make_report(subject, facts(), MADE, Edition.VOLLEDIG, RUNNING))


@pytest.fixture(scope="module")
def public(subject: Subject) -> Node:
    return read_page(make_report(subject, facts(), MADE, Edition.OPENBAAR, RUNNING))


def _section(page: Node, name: str) -> Node:
    return next(node for node in page.all("section") if node.attributes["id"] == name)


def test_equal_facts_are_equal_bytes(subject: Subject) -> None:
    assert make_report(subject, facts(), MADE, Edition.VOLLEDIG) == make_report(
        subject, facts(), MADE, Edition.VOLLEDIG
    )


def test_the_file_needs_nothing_else_and_runs_nothing(full: Node) -> None:
    assert not full.all("script", "link", "img", "iframe", "object", "form", "base")
    assert not [node for node in full.all() if {"src", "style"} & node.attributes.keys()]
    assert not [node for node in full.all() if any(name.startswith("on") for name in node.attributes)]
    targets = [node.attributes["href"] for node in full.all("a")]
    places = {node.attributes.get("id") for node in full.all()}
    assert targets
    assert all(target[0] == "#" and target[1:] in places for target in targets)
    assert "url(" not in stylesheet()
    assert "@import" not in stylesheet()


def test_the_style_is_allowed_by_its_own_hash_and_no_other(full: Node) -> None:
    policy = next(node for node in full.all("meta") if "http-equiv" in node.attributes).attributes["content"]
    assert policy == content_policy()
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    (style,) = full.all("style")
    assert style.text == stylesheet()


def test_it_can_be_read_without_seeing_it(full: Node) -> None:
    (html,) = full.all("html")
    assert html.attributes["lang"] == "nl"
    assert len(full.all("h1")) == 1
    levels = [int(node.tag[1]) for node in full.all("h1", "h2", "h3")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [node.attributes["id"] for node in full.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    first = full.all("a")[0]
    assert first.attributes["href"] == "#inhoud"
    regions = [node.attributes["aria-label"] for node in full.all("div") if node.attributes.get("role") == "region"]
    assert len(regions) == len(set(regions)), [name for name in regions if regions.count(name) > 1]
    assert all(node.attributes["tabindex"] == "0" for node in full.all("div") if "role" in node.attributes)


def test_every_picture_has_a_table_beside_it_with_its_heads(full: Node) -> None:
    pictures = full.all("figure")
    assert len(pictures) >= 15 + 1 + 1 + 2 + 2 + 1  # shapes, weights, scores, trends, fairness, drift
    for each in pictures:
        assert each.parent is not None
        (table,) = each.parent.all("table")
        heads, *rows = table.cells()
        assert all(heads), heads
        assert rows
        assert all(len(row) == len(heads) for row in rows)
        (svg,) = each.all("svg")
        assert svg.attributes["aria-labelledby"] in {node.attributes.get("id") for node in svg.all("title")}


def test_the_shapes_of_all_effects_are_there(full: Node, package: ModelPackage) -> None:
    titles = [node.text for node in _section(full, "model").all("h3")]
    assert set(package.policy["labels"].values()) <= set(titles)


def test_the_summary_comes_first_and_says_what_to_do(full: Node) -> None:
    assert full.all("section")[0].attributes["id"] == "samenvatting"
    summary = _section(full, "samenvatting").text
    for words in (
        "Advies: stop het model",
        "Vrouwen krijgen veel vaker een signaal dan mannen.",
        "In oktober 2026 kregen 830 aanvragen een uitkomst.",
        "Van de aanvragen met een score kreeg 14,5",
        "Gevonden in augustus 2026",
        "‘vrouw’ naast ‘man’: ongeveer 8 procentpunten",
        "Sterk verschoven sinds het model werd gemaakt: ‘Totaal vermogen’",
        "Dat heet selectie",
        "Er is geen steekproef",
        "onder de 10",
    ):
        assert words in summary, words


def test_it_does_not_advise_to_stop_without_a_reason(subject: Subject) -> None:
    page = read_page(make_report(subject, facts(advice=StopAdvice(False)), MADE, Edition.OPENBAAR))
    summary = _section(page, "samenvatting").text
    assert "Er is geen reden om het model te stoppen" in summary
    assert "Advies: stop" not in summary


def test_a_sample_changes_what_is_said_about_what_is_not_known(subject: Subject) -> None:
    known = facts()
    sampled = type(known.quality[0])(**{**vars(known.quality[0]), "stream": Stream.STEEKPROEF, "caveat": ""})
    page = read_page(make_report(subject, facts(quality=(sampled,)), MADE, Edition.OPENBAAR))
    summary = _section(page, "samenvatting").text
    assert "Daarom loopt er een steekproef mee" in summary
    assert "Er is geen steekproef" not in summary


def test_what_is_hidden_says_so_and_is_never_nothing(full: Node) -> None:
    fairness = _section(full, "gelijk")
    outcomes = [table for table in fairness.all("table") if "uitslagen" in table.all("caption")[0].text]
    assert outcomes
    for table in outcomes:
        assert all(cell == "verborgen" for row in table.cells()[1:] for cell in row[1:])
    assert "In dit rapport zijn 4 van de" in _section(full, "samenvatting").text
    trend = next(table for table in full.all("table") if "signaal per maand" in table.text)
    assert trend.cells()[1] == ["september 2026", "verborgen", "verborgen"]


def test_a_group_outside_the_band_is_told_in_words_too(full: Node) -> None:
    table = next(table for table in _section(full, "gelijk").all("table") if "verschillen bij" in table.text)
    assert table.cells()[1][3] == "duidelijk buiten de band in punten en verhouding"
    assert table.cells()[1][1] == "+11,0 (+7,0 tot +15,0)"


def test_what_people_chose_is_not_called_their_choice_without_the_model(full: Node) -> None:
    words = _section(full, "gelijk").text
    assert "Zij zagen daarbij ook het signaal van het model" in words and "dan mensen alleen" not in words


def test_following_a_score_nearly_always_is_an_alarm(full: Node) -> None:
    assert "bijna altijd gevolgd" in _section(full, "uitkomsten").text


def test_the_public_edition_says_nothing_of_the_work(full: Node, public: Node) -> None:
    assert "13" in _section(full, "bedrijf").text
    for words in (SECRET_DELIVERY, "lev-501", "lev-602", "model gestopt", "model hervat"):
        assert words in full.text.lower(), words
        assert words not in public.text.lower(), words
    assert not [node for node in public.all("section") if node.attributes["id"] == "bedrijf"]


def test_both_editions_show_the_same_of_people(full: Node, public: Node) -> None:
    """Nothing can be found by laying one beside the other."""

    def tables(page: Node) -> dict[str, list[list[str]]]:
        work = {
            id(node)
            for section in page.all("section")
            if section.attributes["id"] == "bedrijf"
            for node in section.all("table")
        }
        return {node.all("caption")[0].text: node.cells() for node in page.all("table") if id(node) not in work}

    assert tables(full) == tables(public)


def test_the_running_month_tells_of_the_work_alone(subject: Subject, full: Node) -> None:
    part = _section(full, "bedrijf").text
    assert "De lopende maand: november 2026" in part
    assert not re.search(r"\d aanvragen", part)


def test_a_small_number_of_people_who_objected_is_hidden_and_never_told_day_by_day(subject: Subject) -> None:
    known = facts().operation
    operation = Operation(
        known.months, known.deliveries, known.findings, ({"bezwaar geopend": 3}, {"bezwaar geopend": 12})
    )
    running = RunningMonth("2026-11", date(2026, 11, 20), {}, {}, {"bezwaar geopend": 14, "model gestopt": 2})
    page = read_page(make_report(subject, facts(operation=operation), MADE, Edition.VOLLEDIG, running))
    rows = [row for table in _section(page, "bedrijf").all("table") for row in table.cells()]
    assert [row for row in rows if row[0] == "Bezwaar geopend"] == [["Bezwaar geopend", "verborgen", "12"]]
    assert ["Model gestopt", "2"] in rows
    plain = facts_as_json(facts(operation=operation), public=False)
    assert plain["operation"]["events"] == [{"bezwaar geopend": "verborgen"}, {"bezwaar geopend": 12}]


def test_a_kind_of_event_that_nobody_said_is_about_the_work_is_taken_to_be_about_people(subject: Subject) -> None:
    events = {"uitkomst gewijzigd": 1, "uitkomst tegenstrijdig": 2, "uitkomst zonder aanvraag": 3, "iets nieuws": 9}
    work = {"model gestopt": 1, "uitkomsten geaccepteerd": 2}
    operation = replace(facts().operation, events=({**events, **work}, {}))
    running = RunningMonth("2026-11", date(2026, 11, 20), events={**events, **work, "iets nieuws": 60})
    page = read_page(make_report(subject, facts(operation=operation), MADE, Edition.VOLLEDIG, running))
    closed, open_ = [
        {row[0].lower(): row[1] for row in table.cells()[1:]}
        for table in _section(page, "bedrijf").all("table")
        if "ebeurtenissen" in table.all("caption")[0].text
    ]
    assert closed == {**dict.fromkeys(events, "verborgen"), "model gestopt": "1", "uitkomsten geaccepteerd": "2"}
    assert open_ == {"model gestopt": "1", "uitkomsten geaccepteerd": "2"}
    plain = facts_as_json(facts(operation=operation), public=False)
    assert plain["operation"]["events"][0] == {**dict.fromkeys(events, "verborgen"), **work}


@pytest.mark.parametrize("other", [MonthTally("proef", "proef", "2026-10"), {"month": "2026-10"}, None])
def test_only_released_facts_can_be_rendered(subject: Subject, other: object) -> None:
    with pytest.raises(DisclosureRefused, match="SC-570"):
        make_report(subject, other, MADE, Edition.OPENBAAR)  # type: ignore[arg-type]  # what the type forbids


def test_no_part_of_the_report_knows_counts_that_were_not_suppressed() -> None:
    raw = {"MonthTally", "GroupTally", "Confusion", "month_tally"}
    for path in REPORT.glob("*.py"):
        names = {
            node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)
        }
        assert not names & raw, path.name
        assert not [name for name in imports_of(path) if name.startswith(("pandas", "shared.ports", "shared.adapters"))]


def test_facts_as_json_mark_what_is_hidden_and_leave_the_guards_out() -> None:
    plain = facts_as_json(facts(), public=False)
    assert plain["trends"][1]["rates"][0] == "verborgen"
    assert plain["year_groups"][0]["outcomes"]["totaal"]["aantal"] == "verborgen"
    assert "guarded" not in str(plain)
    assert "operation" in plain
    assert not {"operation", "alarms", "released"} & facts_as_json(facts(), public=True).keys()


def test_a_count_outside_a_table_is_refused() -> None:
    loose = facts(trends=(Counts(12),))
    with pytest.raises(DisclosureRefused):
        facts_as_json(loose, public=True)


def test_a_report_without_groups_or_bins_is_still_a_report(subject: Subject) -> None:
    empty = SuppressedTable("scores", (), None, {})
    bare = facts(
        year_groups=(),
        sequential=(),
        features=(),
        quality=(),
        following=(),
        trends=(),
        numbers=(),
        score=type(facts().score)("score", empty, {}, None, facts().score.shift, None, False),
    )
    page = read_page(make_report(subject, bare, MADE, Edition.OPENBAAR))
    assert "nog te weinig aanvragen om verschillen" in page.text
    assert "De toets vond tot nu toe geen verschil" in page.text


def test_words_of_a_delivery_are_never_markup(subject: Subject) -> None:
    evil = facts(advice=StopAdvice(True, ("<script>alert(1)</script>",)), year_groups=(picture(smallest=None),))
    content = make_report(subject, evil, MADE, Edition.OPENBAAR)
    assert b"<script" not in content


def test_a_rate_is_written_with_its_margin(full: Node) -> None:
    assert "14,0\u00a0% (12,0–16,0)" in _section(full, "gelijk").text
    assert Rate() == Rate(None, None, None)


def test_colours_have_enough_contrast_with_white() -> None:
    """4.5 : 1 for words, as WCAG 2.1 AA asks; axe looks again in a browser."""
    for name in ("tekst", "grijs", "blauw", "rood"):
        found = re.search(rf"--{name}: #([0-9a-f]{{6}})", stylesheet())
        assert found is not None
        assert _contrast(found[1]) >= 4.5, name


def _contrast(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def test_the_type_that_is_rendered_is_the_type_that_is_released() -> None:
    assert make.make_report.__annotations__["facts"] == ReportFacts.__name__
