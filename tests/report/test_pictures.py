"""Pictures say what their numbers say: places by scale, forms beside colours, gaps where something is hidden."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.monitoring.report.bars import Bar, Bars
from shared.monitoring.report.drawing import LETTER, LETTER_OF_NAME, WIDTH, Scale, places_of, round_steps
from shared.monitoring.report.histogram import Bin, Histogram
from shared.monitoring.report.intervals import Interval, Intervals
from shared.monitoring.report.markup import Markup, element, joined
from shared.monitoring.report.steps import Steps
from shared.monitoring.report.trend import Line, Trend
from shared.monitoring.report.words import count, listed, number, percent, signed
from tests.report.pages import Node, Reader

FINITE = st.floats(-1e6, 1e6)


def _drawn(picture: Markup) -> Node:
    (svg,) = Reader(picture).root.children
    assert svg.tag == "svg"
    assert svg.attributes["role"] == "img"
    assert next(node.text for node in svg.all("title"))
    return svg


def _of(svg: Node, *classes: str) -> list[dict[str, str]]:
    return [node.attributes for node in svg.all() if set(classes) <= set(node.attributes.get("class", "").split())]


@given(FINITE, FINITE)
def test_steps_of_an_axis_are_even_and_hold_both_ends(one: float, other: float) -> None:
    low, high = sorted((one, other))
    steps = round_steps(low, high)
    apart = [after - before for before, after in pairwise(steps)]
    hair = 1e-6 * max(high - low, abs(high), abs(low), 1)
    assert steps[0] <= low + hair
    assert steps[-1] >= high - hair
    assert 1 <= len(apart) <= 8
    assert all(abs(each - apart[0]) < 1e-6 * max(apart[0], 1) for each in apart)


def test_round_steps_are_what_a_person_would_draw() -> None:
    assert round_steps(0, 230) == (0, 100, 200, 300)
    assert round_steps(-0.65, 0.78) == (-1.0, -0.5, 0.0, 0.5, 1.0)
    assert places_of((0.0, 0.25, 0.5)) == 2


@given(FINITE, st.floats(0.1, 1e6), FINITE)
def test_a_scale_keeps_order_and_stays_within_the_picture(low: float, width: float, value: float) -> None:
    scale = Scale(low, low + width, 10.0, 110.0)
    assert 10.0 <= scale.at(value) <= 110.0
    assert scale.at(low) == 10.0
    assert scale.at(low + width) == pytest.approx(110.0)


def test_a_step_lies_where_its_number_is_and_its_margin_around_it() -> None:
    svg = _drawn(Steps("Trap", ("nee", "ja"), (-0.5, 0.25), ((-0.6, -0.4), (0.2, 0.3)), -1.0, 1.0).drawn("f1"))
    flat = [line for line in _of(svg, "lijn") if line["y1"] == line["y2"]]
    up, down = float(flat[1]["y1"]), float(flat[0]["y1"])
    assert up < down
    zero = next(float(line["y1"]) for line in _of(svg, "nul"))
    assert (down - zero) / (zero - up) == pytest.approx(2.0, abs=0.01)
    for line, band in zip(flat, _of(svg, "marge"), strict=True):
        top = float(band["y"])
        assert top <= float(line["y1"]) <= top + float(band["height"])
    assert {"nee", "ja"} <= {node.text for node in svg.all("text")}


def test_a_step_without_uncertainty_has_no_margin() -> None:
    assert not _of(_drawn(Steps("Trap", ("a", "b"), (0.1, 0.2), None, 0, 1).drawn("f")), "marge")


def test_names_that_do_not_fit_stand_on_their_side_and_the_picture_grows() -> None:
    names = tuple(f"een lange naam {at}" for at in range(12))
    svg = _drawn(Steps("Trap", names, (0.1,) * 12, None, 0, 1).drawn("f"))
    assert all("rotate(-90" in node.attributes.get("transform", "") for node in svg.all("text")[-12:])
    assert float(svg.attributes["viewbox"].split()[3]) > 250


def test_bars_are_as_long_as_their_numbers() -> None:
    svg = _drawn(Bars("Staven", (Bar("a", 0.4, "0,40"), Bar("b", 0.1, "0,10"))).drawn("f"))
    long, short = (float(bar["width"]) for bar in _of(svg, "balk"))
    assert long == pytest.approx(4 * short, rel=0.01)


def test_the_surface_of_a_bar_is_its_number_whatever_its_width() -> None:
    svg = _drawn(Histogram("Scores", (Bin(0.0, 0.5, 100), Bin(0.5, 0.6, 20), Bin(0.6, 1.0, None)), 0.6).drawn("f"))
    wide, narrow = _of(svg, "staaf")
    surfaces = [float(bar["width"]) * float(bar["height"]) for bar in (wide, narrow)]
    assert surfaces[0] / surfaces[1] == pytest.approx(5.0, rel=0.02)
    assert len(_of(svg, "onbekend")) == 1
    assert "verborgen" in svg.text
    assert "drempel 0,60" in svg.text


def test_a_bar_at_or_above_the_threshold_is_drawn_otherwise() -> None:
    svg = _drawn(Histogram("Scores", (Bin(0.0, 0.6, 10), Bin(0.6, 1.0, 10)), 0.6).drawn("f"))
    assert len(_of(svg, "staaf", "boven")) == 1


def test_a_hidden_group_says_so_and_has_no_point() -> None:
    rows = (
        Interval("man", 10.0, 8.0, 12.0, "10 %", reference=True),
        Interval("vrouw", 25.0, 20.0, 30.0, "25 %", outside="buiten de band in punten"),
        Interval("onbekend", None, None, None, "verborgen"),
    )
    svg = _drawn(Intervals("Groepen", rows, (5.0, 15.0)).drawn("f"))
    assert len(_of(svg, "punt")) == 2
    assert [node.tag for node in svg.all() if "punt" in node.attributes.get("class", "")] == ["rect", "path"]
    assert svg.text.count("verborgen") == 1
    assert len(_of(svg, "bandrand")) == 2 * len(rows), "beside every row, and through no words"


def test_a_name_never_runs_into_its_number() -> None:
    long = "Verweduwd + Geregistreerd partnerschap + Onbekend"
    svg = _drawn(Intervals("Groepen", (Interval(long, 10.0, 8.0, 12.0, "10,0 % (8,0–12,0)"),)).drawn("f"))
    name, shown = (node for node in svg.all("text")[:2])
    assert name.text.endswith("…")
    assert len(name.text) * LETTER_OF_NAME + len(shown.text) * LETTER <= WIDTH


def test_an_estimate_lies_within_its_interval() -> None:
    svg = _drawn(Intervals("Groepen", (Interval("man", 10.0, 8.0, 12.0, "10 %"),)).drawn("f"))
    (point,) = svg.all("circle")
    ends = [float(line["x1"]) for line in _of(svg, "interval")[1:]]
    assert ends[0] < float(point.attributes["cx"]) < ends[1]


def test_a_hidden_month_is_a_gap_in_the_line() -> None:
    months = tuple("abcde")
    lines = (Line("een", (1, 2, None, 4, 5)), Line("twee", (5, 4, 3, 2, 1)))
    svg = _drawn(Trend("Lijnen", months, lines).drawn("f"))
    assert len(_of(svg, "lijn", "reeks0")) == 1 + 2  # two joints, and the legend
    assert len(_of(svg, "lijn", "reeks1")) == 1 + 4
    kinds = {node.tag for node in svg.all() if "punt" in node.attributes.get("class", "")}
    assert kinds == {"circle", "rect"}, "lines are told apart by form"


def test_nothing_is_drawn_beyond_the_picture() -> None:
    svg = _drawn(Trend("Lijn", tuple("abc"), (Line("een", (0, 50, 100)),), " %").drawn("f"))
    assert all(0 <= float(line[end]) <= WIDTH for line in _of(svg, "lijn") for end in ("x1", "x2"))


def test_all_hidden_is_still_a_picture() -> None:
    _drawn(Trend("Lijn", ("a", "b"), (Line("een", (None, None)),)).drawn("f"))
    _drawn(Histogram("Scores", (Bin(0, 1, None),), 0.5).drawn("f"))
    _drawn(Intervals("Groepen", (Interval("a", None, None, None, ""),), (-10, 10)).drawn("f"))
    _drawn(Bars("Staven", (Bar("a", 0.0, "0"),)).drawn("f"))


@given(st.text())
def test_text_is_never_markup(text: str) -> None:
    made = element("p", text, title=text)
    assert len(re.findall("<", made)) == 2
    assert isinstance(joined([text, made]), Markup)
    if "\r" not in text and "\x00" not in text:
        (paragraph,) = Reader(made).root.children
        assert paragraph.text == text
        assert paragraph.attributes["title"] == text


def test_numbers_are_written_as_people_here_write_them() -> None:
    assert number(1234.5, 1) == "1.234,5"
    assert number(-0.004, 2) == "0,00"
    assert signed(0.528) == "+0,53"
    assert signed(-0.3) == "\u22120,30"
    assert percent(0.1449, 1) == "14,5\u00a0%"
    assert percent(None) == "verborgen"
    assert count(None) == "verborgen"
    assert listed(["een", "twee", "drie"]) == "een, twee en drie"
