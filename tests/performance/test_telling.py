"""What is measured is told as it is: in turns, the round disturbed least, and a missed goal as missed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import end_to_end
from benchmarks.measuring import Cost, fresh, in_turns, work
from benchmarks.outcome import Goal, Measured, Outcome, Table, share_of_memory, share_of_time, times_as_fast
from benchmarks.page import blocks, filled, rendered, seconds
from benchmarks.running import keep, kept
from tests.house.repository import ROOT

OURS, OTHER = Measured("ours", (2.0, 1.0, 4.0), (50.0, 60.0), 100), Measured("other", (3.0, 5.0), (100.0,), 100)


def test_contenders_take_turns_and_the_first_turn_does_not_count() -> None:
    turns: list[str] = []

    def contender(name: str, cost: float) -> Cost:
        turns.append(name)
        return Cost(cost * len(turns))

    found = in_turns(2, {"a": lambda: contender("a", 1.0), "b": lambda: contender("b", 10.0)}, units=5)
    assert turns == ["a", "b"] * 3
    assert [(one.name, one.seconds, one.units) for one in found] == [("a", (3.0, 5.0), 5), ("b", (40.0, 60.0), 5)]


def test_ratios_are_of_the_round_disturbed_least_and_of_the_most_memory() -> None:
    assert (OURS.least, OURS.median, OURS.most_memory) == (1.0, 2.0, 60.0)
    assert times_as_fast("", OURS, OTHER, 3).found == 3.0
    assert share_of_time("", OURS, OTHER, 0.4).found == pytest.approx(1 / 3)
    assert share_of_memory("", OURS, OTHER, 0.6).found == 0.6


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (times_as_fast("", OURS, OTHER, 3.0), True),
        (times_as_fast("", OURS, OTHER, 3.1), False),
        (share_of_memory("", OURS, OTHER, 0.6), True),
        (share_of_memory("", OURS, OTHER, 0.59), False),
    ],
)
def test_a_goal_is_met_or_missed_at_its_limit(goal: Goal, met: bool) -> None:
    assert goal.met is met


def test_a_fresh_process_has_a_memory_of_its_own_and_one_that_fails_is_no_measurement() -> None:
    plain, large = (fresh(code)().megabytes for code in ("pass", "x = bytearray(200_000_000); x[::4096] = x[::4096]"))
    assert 195 < large - plain < 230, "megabytes of 10^6 bytes"
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        fresh("1 / 0")()


def test_work_that_is_repeated_tells_what_one_time_took() -> None:
    done: list[int] = []
    assert work(lambda: done.append(1), times=50)().seconds >= 0
    assert len(done) == 50


def test_the_page_keeps_the_words_of_people_and_says_what_was_missed() -> None:
    page = "# Title\n\nwords\n\n<!-- benchmark: one -->\nold\n<!-- end of benchmark -->\n\nmore words\n"
    goals = [times_as_fast("asked three", OURS, OTHER, 3.0), times_as_fast("asked four", OURS, OTHER, 4.0)]
    tables = [Table("stages", ("stage", "share"), (("read", "10 %"),))]
    found = Outcome("First", "How.", 5, {"contender": [OURS, OTHER]}, goals, tables, {"Python": "3"}, {"load": "1"})
    told = filled(page, {"one": found})
    assert told.startswith("# Title\n\nwords\n") and told.endswith("\nmore words\n")
    assert "| asked three | 3.00 × | met |" in told and "| asked four | 3.00 × | **missed** |" in told
    assert "| ours | 1 s | 2 s | 3 | 60 MB | 100 |" in told
    assert "**stages**" in told and "load 1 · Python 3" in told
    assert filled(told, {}) == told and filled(told, {"one": found}) == told
    assert blocks(page) == {"one": "old\n"} and rendered(found) in told


@pytest.mark.parametrize(("found", "shown"), [(2.996, "3.00"), (11.47, "11.5"), (974.3, "974")])
def test_a_goal_that_was_just_missed_does_not_look_met(found: float, shown: str) -> None:
    goal = Goal("ten times as many", found, 11.0, "×", at_most=True)
    assert f"| ten times as many | {shown} × |" in rendered(Outcome("First", "How.", 5, {}, [goal]))


def test_a_goal_about_more_than_was_measured_is_neither_met_nor_missed() -> None:
    goals = [times_as_fast("asked three", OURS, OTHER, 3.0), times_as_fast("asked four", OURS, OTHER, 4.0)]
    small = Outcome("First", "How.", 60, {"contender": [OURS, OTHER]}, goals, asked=100_000)
    assert "Size: 60; what is asked is asked of 100,000." in rendered(small)
    assert "| asked three | 3.00 × | not at the size asked |" in rendered(small)
    assert "| asked four | 3.00 × | not at the size asked |" in rendered(small)
    large = replace(small, size=100_000)
    assert "Size: 100,000.\n" in rendered(large) and "not at the size" not in rendered(large)
    assert "| asked three | 3.00 × | met |" in rendered(large)


def test_what_was_kept_is_held_beside_the_size_that_is_asked_now(tmp_path: Path) -> None:
    keep("end_to_end", Outcome("A night", "How.", 60, {}, asked=60), tmp_path)
    found = kept("end_to_end", tmp_path)
    assert found is not None and found.asked == end_to_end.SIZE and not found.large_enough


@pytest.mark.parametrize(
    ("value", "told"),
    [(12.3456, "12.3 s"), (1234.5, "1234 s"), (0.01, "10 ms"), (0.0000021, "2.1 µs"), (2e-8, "20 ns")],
)
def test_a_time_is_told_as_a_person_reads_it(value: float, told: str) -> None:
    assert seconds(value) == told


def test_what_is_compared_with_is_pinned_by_hash_with_our_versions_and_never_deployed() -> None:
    pinned = (ROOT / "benchmarks" / "requirements.txt").read_text(encoding="utf-8")
    versions = dict(re.findall(r"(?m)^([a-z0-9._-]+)==([^\s\\]+)", pinned))
    ours = dict(re.findall(r"(?m)^([a-z0-9._-]+)==([^\s\\;]+)", (ROOT / "requirements-dev.txt").read_text()))
    assert pinned.count("--hash=sha256:") >= len(versions) > 5
    assert not re.search(r"index-url|find-links|https?://", re.sub(r"(?m)^ *#.*$", "", pinned))
    assert {name: version for name, version in versions.items() if name in ours} == {
        name: ours[name] for name in versions if name in ours
    }
    deployed = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert not [name for name in ("onnx", "onnxruntime", "ebm2onnx", "interpret-core") if f"\n{name}==" in deployed]
