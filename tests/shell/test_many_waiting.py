"""Hundreds of deliveries may wait: the round holds the description of the one that it does, as it lies there then."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any, cast

import pytest

from shared.sweep import Progress, process_arrived, run_waiting
from tests.shell.workshop import DATASET, START, Workshop

DAYS = [f"2026-11-{day}" for day in range(14, 20)]


class Text(bytes):
    """A description that counts how many of it there are."""

    alive = 0
    most = 0

    def __new__(cls, data: bytes) -> Text:
        cls.alive += 1
        cls.most = max(cls.most, cls.alive)
        return super().__new__(cls, data)

    def __del__(self) -> None:
        type(self).alive -= 1


class Counting:
    """A storage of which every description that is read is counted as long as somebody holds it."""

    def __init__(self, workshop: Workshop) -> None:
        self._blobs = workshop.installation.blobs
        Text.alive = Text.most = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)

    def read(self, container: str, name: str, most: int | None = None) -> bytes:
        data = self._blobs.read(container, name, most)
        if not name.endswith("datapackage.json"):
            return cast(bytes, data)
        gc.collect()  # what nobody can reach any more is not held
        return Text(data)


@pytest.mark.parametrize("work", [run_waiting, process_arrived])
def test_of_all_that_waits_few_descriptions_are_in_memory_at_once(workshop: Workshop, work: Any) -> None:
    for number, day in enumerate(DAYS):
        workshop.deliver(day, {str(1001 + number): 1})
    work(workshop.with_(blobs=cast(Any, Counting(workshop))).installation)
    assert workshop.states() == dict.fromkeys(DAYS, "afgerond")
    assert 1 <= Text.most <= 2, "its own, and what lies there when it is removed"


def test_what_the_supplier_writes_while_it_waits_is_what_is_claimed_and_read(workshop: Workshop) -> None:
    workshop.deliver("2026-11-18", {"1001": 1})
    before = workshop.deliver("2026-11-19", {"2001": 1})
    after: list[str] = []

    def written_again(progress: Progress) -> None:
        if progress.outcome is None and progress.levering == "2026-11-18":
            after.append(workshop.deliver("2026-11-19", {"2002": 1}))

    round_ = run_waiting(workshop.installation, written_again)
    assert [(one.levering, one.run.new.digest if one.run else "") for one in round_.outcomes][1:] == [
        ("2026-11-19", after[0])
    ]
    assert after != [before] and not round_.failed
    assert workshop.states() == {"2026-11-18": "afgerond", "2026-11-19": "afgerond"}
    assert [line["aanvraagnummer"] for line in workshop.current("2026-11-19")] == ["2002"]
    assert not workshop.files("brievenbus")


@pytest.mark.parametrize("gone", [["2026-11-18"], ["2026-11-19"], ["2026-11-18", "2026-11-19"]])
def test_what_is_taken_back_while_it_waits_is_no_work(workshop: Workshop, gone: list[str]) -> None:
    for number, day in enumerate(("2026-11-17", "2026-11-18", "2026-11-19")):
        workshop.deliver(day, {str(1001 + number): 1}, van=START.replace(tzinfo=None, day=number + 1))
    told: list[Progress] = []

    def taken_back(progress: Progress) -> None:
        told.append(progress)
        for day in gone:
            description(workshop, day).unlink(missing_ok=True)

    round_ = run_waiting(workshop.installation, taken_back)
    assert [one.levering for one in round_.outcomes if one.levering in gone] == []
    assert set(gone) <= set(round_.incomplete)
    assert told[-1].done == told[-1].total == 3 - len(gone)


def description(workshop: Workshop, day: str) -> Path:
    return workshop.root / "brievenbus" / DATASET / day / "datapackage.json"
