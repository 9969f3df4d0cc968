"""docs/reliability.md has a row for every experiment and no other, and says what a run may say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.reliability.counting import EXPERIMENTS
from tests.reliability.failing import Fault
from tests.reliability.report import PAGE, Incomplete, render

TESTS = Path(__file__).parent


def _rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| R")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_has_a_row_for_every_experiment() -> None:
    told = [(row[0], row[1], row[7].strip("`").rpartition("/")[2]) for row in _rows()]
    assert told == [
        (f"{each.goal}{', control' if each.fails else ''}", each.what, each.test) for each in EXPERIMENTS.values()
    ]


def test_the_page_reports_nothing_lost_and_controls_that_fail() -> None:
    for row, experiment in zip(_rows(), EXPERIMENTS.values(), strict=True):
        tries, *wrong = (int(cell.replace(",", "")) for cell in row[2:7])
        assert tries > 0, experiment.what
        assert any(wrong) == experiment.fails, experiment.what
    assert "nightly size" in PAGE.read_text(encoding="utf-8")
    assert not re.search(r"\b20\d\d-\d\d|\b20\d\d\b", PAGE.read_text(encoding="utf-8")), "a page without dates"


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_is_counted_by_the_test_that_it_names(name: str) -> None:
    text = (TESTS / EXPERIMENTS[name].test).read_text(encoding="utf-8")
    assert f'"{name}"' in text or name.removeprefix("control-").replace("-", "_") in text


def test_every_goal_has_an_experiment_and_every_fault_a_line() -> None:
    assert {each.goal for each in EXPERIMENTS.values()} == {f"R{number}" for number in range(1, 9)}
    assert all(f"* {fault}" in PAGE.read_text(encoding="utf-8") for fault in Fault)


def test_a_run_that_left_an_experiment_out_gives_no_page(tmp_path: Path) -> None:
    for name in list(EXPERIMENTS)[1:]:
        (tmp_path / f"{name}.json").write_text(json.dumps({"experiment": name, "night": True, "tries": 7}))
    with pytest.raises(Incomplete, match=next(iter(EXPERIMENTS))):
        render(tmp_path)
    (tmp_path / "a.json").write_text(json.dumps({"experiment": next(iter(EXPERIMENTS)), "night": False, "tries": 7}))
    assert "the size of every change" in render(tmp_path)
