"""Benchmarks cannot rot: each runs on a small size, stands on the page, and its numbers survive being kept."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from benchmarks.all_of_them import NAMES
from benchmarks.measuring import CannotRun
from benchmarks.outcome import Outcome
from benchmarks.page import blocks, filled, rendered
from benchmarks.running import benchmark, keep, kept, run
from tests.house.repository import DOCS, ROOT

PAGE = (DOCS / "performance.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=NAMES)
def small(request: pytest.FixtureRequest) -> tuple[str, Outcome]:
    """A benchmark on its small size."""
    name: str = request.param
    try:
        return name, run(name, benchmark(name).SMALL)
    except CannotRun as why:
        pytest.skip(str(why))


@pytest.mark.slow
def test_a_benchmark_measures_and_says_whether_its_goals_are_met(small: tuple[str, Outcome]) -> None:
    _, found = small
    assert found.groups and found.goals
    for contender in (one for group in found.groups.values() for one in group):
        assert all(seconds > 0 for seconds in contender.seconds)
    assert all(math.isfinite(goal.found) and goal.found > 0 for goal in found.goals)
    assert {"measured", "commit", "machine", "load"} <= found.surroundings.keys()
    assert {"Python", "numpy"} <= found.versions.keys()


@pytest.mark.slow
def test_what_was_found_is_kept_and_told_as_it_was(small: tuple[str, Outcome], tmp_path: Path) -> None:
    name, found = small
    keep(name, found, tmp_path)
    read = kept(name, tmp_path)
    assert read is not None
    assert rendered(read) == rendered(found)
    page = filled(PAGE, {name: read})
    assert blocks(page)[name].strip() == rendered(found).strip()
    assert {other: text for other, text in blocks(page).items() if other != name} == {
        other: text for other, text in blocks(PAGE).items() if other != name
    }


@pytest.mark.slow
def test_the_page_tells_of_every_contender_and_every_goal_that_there_is(small: tuple[str, Outcome]) -> None:
    name, found = small
    told = blocks(PAGE)[name]
    assert not [goal.sentence for goal in found.goals if f"| {goal.sentence} |" not in told]
    assert not [one.name for group in found.groups.values() for one in group if f"| {one.name} |" not in told]


def test_every_benchmark_has_a_place_on_the_page_and_every_place_a_benchmark() -> None:
    assert sorted(blocks(PAGE)) == sorted(NAMES)
    assert all((ROOT / "benchmarks" / f"{name}.py").exists() for name in NAMES)


def test_a_module_that_measures_is_one_of_them() -> None:
    modules = (ROOT / "benchmarks").glob("*.py")
    assert {path.stem for path in modules if "\ndef measure(" in path.read_text(encoding="utf-8")} == set(NAMES)
