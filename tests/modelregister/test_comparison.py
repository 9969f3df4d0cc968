"""Two versions on the same applications: what is counted is right, and what is small cannot be found in any table."""

from __future__ import annotations

import itertools
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import ScoreInputInvalid
from shared.modelregister.comparison import MEASURES, Comparison, compare, stored_groupings
from shared.modelregister.port import PublishedFeatures
from shared.monitoring.disclosure import HIDDEN, SMALLEST_COUNT, borders_of
from tests.modelregister.attacking import Attacker
from tests.modelregister.small_models import LEVELS, small_model, stored

GROUPS = {"partner": "Partner", "stad": "In de gemeente"}
FLIPS = list(itertools.product((False, True), repeat=2))
NAMES = {
    (False, False): "geen van beide markeert",
    (False, True): "alleen het voorstel markeert",
    (True, False): "alleen de actieve versie markeert",
    (True, True): "beide markeren",
}


type Truth = dict[tuple[str, str, tuple[bool, bool]], int]


def flagged(level: int, threshold: float) -> bool:
    return (level + 0.5) / LEVELS >= threshold


@st.composite
def people(draw: st.DrawFn) -> list[PublishedFeatures]:
    """Cells of 0 to 60 people each: two levels and two groups."""
    size = st.one_of(st.just(0), st.integers(0, 14), st.integers(0, 60))
    lines: list[tuple[tuple[int, int], dict[str, int]]] = []
    levels = draw(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), min_size=1, max_size=8))
    for level in levels:
        for partner, city in itertools.product((0, 1), repeat=2):
            lines += [(level, {"partner": partner, "stad": city})] * draw(size)
    random.Random(1).shuffle(lines)
    return stored([level for level, _ in lines], [group for _, group in lines])


def attack(report: Comparison, truth: Truth, nested: str) -> None:
    """Fail when any count of a group or of everybody can be found to be below ten.

    `nested`: the flips that somebody who knows the models knows to be nobody.
    """
    attacker = Attacker()
    for title in GROUPS.values():
        for key in FLIPS:
            attacker.knows({f"{title}/ja/{key}": 1, f"{title}/nee/{key}": 1, f"/{key}": -1}, 0)
    if nested:
        attacker.knows({f"/{key}": 1 for key in FLIPS if NAMES[key] == nested}, 0)
    told(attacker, report)
    everybody = {("", "", key): sum(truth["Partner", label, key] for label in ("ja", "nee")) for key in FLIPS}
    for (title, label, key), number in {**truth, **everybody}.items():
        if NAMES[key] == nested:
            continue  # nobody, as the models themselves say: no fact about people
        name = f"{title}/{label}/{key}" if title else f"/{key}"
        low, high = attacker.bounds({name: 1})
        assert low <= number <= high
        assert high >= SMALLEST_COUNT, (name, number, low, high)


def told(attacker: Attacker, report: Comparison) -> None:
    """Let the attacker read every number in the report."""
    if report.flips.total is not None:
        attacker.knows({f"/{key}": 1 for key in FLIPS}, report.flips.total.size)
    for key in FLIPS:
        shown = report.flips.rows.get(NAMES[key])
        if shown is not None:
            attacker.knows({f"/{key}": 1}, shown.size)
    for table in report.groups:
        for name, counts in {**table.rows, "": table.total}.items():
            where = f"{table.title}/{name}" if name else ""
            if counts is not None:
                attacker.knows({f"{where}/{key}": 1 for key in FLIPS}, counts.size)
                attacker.knows({f"{where}/{key}": 1 for key in FLIPS if key[0]}, counts.parts[0])
                attacker.knows({f"{where}/{key}": 1 for key in FLIPS if key[1]}, counts.parts[1])
    shown_at = borders_of(report.active_scores), borders_of(report.proposed_scores)
    for place, borders, threshold in ((0, shown_at[0], "0.63"), (1, shown_at[1], "0.45")):
        if threshold in borders:
            attacker.knows({f"/{key}": 1 for key in FLIPS if key[place]}, borders[threshold])


def truth_of(results: list[PublishedFeatures], column: str) -> Truth:
    counts = {(title, label, key): 0 for title in GROUPS.values() for label in ("ja", "nee") for key in FLIPS}
    for result in results:
        person = json.loads(result.features)
        key = flagged(person["a"], 0.63), flagged(person[column], 0.45)
        for name, title in GROUPS.items():
            counts[title, "ja" if person[name] else "nee", key] += 1
    return counts


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(people(), st.sampled_from(["a", "b"]))
def test_nothing_below_ten_can_be_found_across_the_tables_of_a_report(
    results: list[PublishedFeatures], column: str
) -> None:
    attacked(results, column)


def attacked(results: list[PublishedFeatures], column: str) -> Comparison:
    """Return the report, after every attack on it failed."""
    active, proposed = small_model("a", 0.63), small_model(column, 0.45, "2")
    report = compare(results, active, proposed, stored_groupings(GROUPS), weeks=1.0)
    truth = truth_of(results, column)
    nested = ""
    for key in ((False, True), (True, False)):
        if not sum(truth["Partner", label, key] for label in ("ja", "nee")):
            nested = NAMES[key]
    if report.flips.total is not None:
        attack(report, truth, nested)
    return report


def test_flips_of_everybody_are_hidden_where_they_would_give_away_those_of_a_group() -> None:
    one_way = {(2, 2, 0): 100, (15, 2, 0): 10, (15, 15, 0): 50, (2, 2, 1): 100, (2, 15, 1): 10, (15, 15, 1): 50}
    report = attacked(many(one_way), "b")
    assert set(report.flips.rows.values()) == {None}
    assert None not in report.groups[0].rows.values()  # the groups themselves are large enough


@pytest.mark.parametrize("column", ["a", "b"])
def test_a_version_that_flags_a_few_more_does_not_show_how_few(column: str) -> None:
    a_few = {(2, 2, 0): 100, (8, 8, 0): 20, (10, 10, 0): 5, (15, 15, 0): 60, (2, 2, 1): 50, (15, 15, 1): 35}
    if column == "b":  # other scores, the same few more
        a_few = {(a, a if a < 10 else 16, partner): number for (a, _, partner), number in a_few.items()}
    report = attacked(many(a_few), column)
    assert "0.63" in borders_of(report.active_scores) and "0.45" not in borders_of(report.proposed_scores)
    # equal scores are one distribution: two with other borders would give away what lies between
    assert (report.active_scores == report.proposed_scores) is (column == "a")


def many(numbers: dict[tuple[int, int, int], int]) -> list[PublishedFeatures]:
    """Return so many people by level for a, level for b, and partner."""
    lines = [key for key, number in numbers.items() for _ in range(number)]
    return stored([(a, b) for a, b, _ in lines], [{"partner": partner, "stad": 1} for _, _, partner in lines])


PLENTY = {(2, 2, 0): 100, (2, 15, 0): 40, (15, 2, 0): 20, (15, 15, 0): 60} | {
    (2, 2, 1): 50,
    (2, 15, 1): 30,
    (15, 2, 1): 30,
    (15, 15, 1): 40,
}


def test_flips_are_counted_in_each_direction_and_groups_in_both_versions() -> None:
    active, proposed = small_model("a", 0.63), small_model("b", 0.45, "2")
    plain = compare(many(PLENTY), active, proposed, stored_groupings({"partner": "Partner"}), weeks=1.0).as_dict()
    assert plain["aantal"] == 370
    flips = {row["naam"]: row["aantal"] for row in plain["omslagen"]["rijen"]}  # type: ignore[index]
    assert flips == {
        NAMES[False, False]: 150,
        NAMES[False, True]: 70,
        NAMES[True, False]: 50,
        NAMES[True, True]: 100,
    }
    (partner,) = plain["groepen"]  # type: ignore[misc]
    assert partner["rijen"] == [
        {"naam": "ja", "aantal": 150, MEASURES[0]: 70, MEASURES[1]: 70},
        {"naam": "nee", "aantal": 220, MEASURES[0]: 80, MEASURES[1]: 100},
    ]


def test_cases_a_week_stand_at_every_threshold_where_enough_people_lie_between() -> None:
    active, proposed = small_model("a", 0.63), small_model("b", 0.45, "2")
    plain = compare(many(PLENTY), active, proposed, (), weeks=4.0).as_dict()
    lines = {line["drempel"]: line for line in plain["per_drempel"]}  # type: ignore[union-attr,attr-defined]
    assert len(lines) == 20  # every 0.05, and the active version's own
    assert lines["0.63"]["actief_aantal"] == 150 and lines["0.63"]["actief_per_week"] == 37.5
    assert lines["0.45"]["voorstel_aantal"] == 170
    assert lines["0.20"]["actief_aantal"] == HIDDEN == lines["0.20"]["actief_per_week"]


def test_the_same_decisions_tell_nothing_about_flips() -> None:
    same = {(2, 2, 0): 100, (15, 15, 0): 60, (2, 2, 1): 50, (15, 15, 1): 35}
    plain = compare(many(same), small_model("a", 0.63), small_model("b", 0.45, "2"), (), weeks=1.0).as_dict()
    assert {row["aantal"] for row in plain["omslagen"]["rijen"]} == {HIDDEN}  # type: ignore[index]


def test_nobody_to_compare_is_told_as_hidden() -> None:
    plain = compare(
        [], small_model("a", 0.63), small_model("b", 0.45, "2"), stored_groupings(GROUPS), weeks=1.0
    ).as_dict()
    assert plain["aantal"] == HIDDEN
    assert HIDDEN in {line["actief_aantal"] for line in plain["per_drempel"]}  # type: ignore[union-attr,attr-defined]


def test_a_feature_that_was_never_stored_cannot_be_compared() -> None:
    with pytest.raises(ScoreInputInvalid):
        compare(many(PLENTY), small_model("a", 0.63), small_model("nieuw", 0.45, "2"), (), weeks=1.0)


def test_what_is_read_in_parts_adds_up_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    active, proposed = small_model("a", 0.63), small_model("b", 0.45, "2")
    groups = stored_groupings({"partner": "Partner"})
    whole = compare(many(PLENTY), active, proposed, groups, weeks=1.0).as_dict()
    monkeypatch.setattr("shared.modelregister.comparison.ROWS_AT_ONCE", 7)
    assert compare(many(PLENTY), active, proposed, groups, weeks=1.0).as_dict() == whole
