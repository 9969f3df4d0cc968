"""A run of many parts that is interrupted goes on from the last finished part, and ends in the same bytes."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from shared import judging
from shared.adapters.folder import FolderStore
from shared.administration import RunRecord
from shared.errors import StorageUnavailable
from shared.events import Action
from shared.installation import Installation, Steps
from shared.records import FeatureTable, PseudonymisedDelivery, ResultSet, RunIdentity
from shared.retention.files import drop_staged
from shared.stages.resultfiles import result_files
from shared.sweep import run_waiting
from tests.reliability.processes import KILLED, begun, ended
from tests.shell import tinycore
from tests.shell import workshop as shell
from tests.shell.workshop import DATASET, Worker, Workshop

Make = Callable[[str], Workshop]
ROWS = {"1001": 1, "1002": 2, "1003": 4, "1004": 1, "1005": 2}
DAY = "2026-11-20"


def cut(deliveries: Iterable[PseudonymisedDelivery], size: int) -> Iterator[PseudonymisedDelivery]:
    """Cut deliveries in parts of so many applications."""
    for whole in deliveries:
        for start in range(0, len(whole.applications), size):
            rows = slice(start, start + size)
            applications = whole.applications.iloc[rows].reset_index(drop=True)
            yield replace(whole, applications=applications, aanvraagnummers=whole.aanvraagnummers[rows])


def in_parts(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Let every run come in parts of so many applications."""

    def judge(
        installation: Installation, run: RunRecord, deliveries: Iterable[PseudonymisedDelivery], steps: Steps
    ) -> Iterator[ResultSet]:
        return judging.judge(installation, run, cut(deliveries, size), steps)

    monkeypatch.setattr("shared.runs.judge", judge)
    monkeypatch.setattr("shared.interventions.judge", judge)


def counting(workshop: Workshop) -> tuple[Workshop, list[str]]:
    """Return a worker that notes which applications it really judges."""
    judged: list[str] = []

    def judge(table: FeatureTable, case: object, identity: RunIdentity, key: object) -> ResultSet:
        judged.extend(table.frame["aanvraagnummer"])
        return tinycore.judge(table, case, identity, key)

    return workshop.with_(core=replace(workshop.installation.core, judge=judge)), judged


class Deadly(FolderStore):
    """Storage that ends its process, really, at the n-th finished part: before it is written, or right after."""

    at, after, seen = 0, False, 0

    def write(self, container: str, name: str, data: bytes) -> None:
        mine = container == "tussenstand"
        self.seen += mine
        if mine and self.seen == self.at and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        super().write(container, name, data)
        if mine and self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def die(root: Path, at: int, after: bool) -> None:
    """Process what waits in parts of one application, and be killed on the way; for a process of its own."""
    in_parts(pytest.MonkeyPatch(), 1)
    store = Deadly(root)
    store.at, store.after = at, after
    run_waiting(replace(shell.make_installation(root), blobs=store, owner=Worker("dood")))


@pytest.fixture
def expected(make_workshop: Make) -> dict[str, bytes]:
    """All storage after the same run in one part that nobody interrupted."""
    whole = make_workshop("geheel")
    whole.deliver(rows=ROWS)
    run_waiting(whole.installation)
    return whole.everything()


@pytest.mark.parametrize("size", [1, 2, 4])
def test_the_number_of_parts_changes_no_byte_and_leaves_nothing(
    make_workshop: Make, expected: dict[str, bytes], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(monkeypatch, size)
    shop = make_workshop("delen")
    shop.deliver(rows=ROWS)
    assert not run_waiting(shop.installation).failed
    assert shop.everything() == expected and shop.files("tussenstand") == {}
    told = shop.sql("SELECT handeling FROM gebeurtenissen WHERE details LIKE '%eerder_beoordeeld%'")
    assert told == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [1, 2, 5])
def test_killed_at_the_border_of_a_part_it_goes_on_from_there(
    make_workshop: Make, expected: dict[str, bytes], at: int, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(monkeypatch, 1)
    shop = make_workshop("gedood")
    shop.deliver(rows=ROWS)
    assert ended(begun(die, shop.root, at, after)) == KILLED
    finished = at if after else at - 1
    assert len(shop.files("tussenstand")) == finished and not shop.files("uitvoer")
    taken_over, judged = counting(shop)
    taken_over.clock.pass_by(timedelta(hours=1))
    assert not run_waiting(taken_over.installation).failed
    assert judged == list(ROWS)[finished:]
    assert shop.everything() == expected and shop.files("tussenstand") == {}
    told = shop.sql("SELECT count(*) FROM gebeurtenissen WHERE details LIKE '%eerder_beoordeeld%'")
    assert told == [(2 if finished else 0,)]


def test_a_run_of_one_part_keeps_nothing_on_its_way(workshop: Workshop) -> None:
    class Watched(FolderStore):
        def write(self, container: str, name: str, data: bytes) -> None:
            assert container != "tussenstand"
            super().write(container, name, data)

    workshop.deliver(rows=ROWS)
    assert not run_waiting(workshop.with_(blobs=Watched(workshop.root)).installation).failed
    assert workshop.states() == {DAY: "afgerond"}


def interrupted(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> RunRecord:
    """Leave a run behind that failed after all its parts were finished."""
    in_parts(monkeypatch, 2)

    class Full(FolderStore):
        def write(self, container: str, name: str, data: bytes) -> None:
            super().write(container, name, data)
            if container == "tussenstand" and len(workshop.files("tussenstand")) == 3:
                raise StorageUnavailable("full", where=name)

    workshop.deliver(rows=ROWS)
    assert run_waiting(workshop.with_(blobs=Full(workshop.root)).installation).failed
    assert len(workshop.files("tussenstand")) == 3
    ((run,),) = workshop.sql("SELECT run FROM verwerkingen")
    return workshop.installation.ledger.run(run)


def test_parts_of_a_run_that_is_not_taken_up_again_are_dropped(
    workshop: Workshop, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(workshop, monkeypatch)
    assert drop_staged(workshop.installation) == 3 and workshop.files("tussenstand") == {}
    assert not run_waiting(workshop.installation).failed
    assert workshop.everything() == expected


def again(workshop: Workshop, run: RunRecord, change: Callable[[PseudonymisedDelivery], Any]) -> list[str]:
    """Judge the applications of the run once more, and return which were really judged."""
    other, judged = counting(workshop)
    installation = other.installation
    table = pd.DataFrame([(number, str(kind)) for number, kind in ROWS.items()], columns=["nummer", "type"])
    delivery = tinycore.pseudonymised(table, installation.keys.find(run.new.key_id))
    found = list(judging.judge(installation, run, map(change, cut([delivery], 2)), Steps(installation, run)))
    assert result_files(found)["resultaten.jsonl"].count(b"\n") == len(ROWS)
    return judged


def test_only_results_of_the_same_code_settings_and_rows_are_taken_over(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = interrupted(workshop, monkeypatch)
    same: Callable[[PseudonymisedDelivery], PseudonymisedDelivery] = lambda delivery: delivery  # noqa: E731
    assert again(workshop, run, same) == []
    for change in ({"code_version": "1"}, {"settings_digest": "1"}, {"model": shell.model("2.0.0")}):
        assert again(workshop.with_(**change), run, same) == list(ROWS)
    more = {"diensten": pd.DataFrame({"dienst": ["k-1:ander"]})}
    assert again(workshop, run, lambda delivery: replace(delivery, tables=more)) == list(ROWS)

    class Special(shell.Keys):
        def special_addresses(self) -> tuple[dict[str, str], ...]:
            return ({"straat": "Geheimstraat"},)

    assert again(workshop.with_(keys=Special()), run, same) == list(ROWS)
    assert not [data for data in workshop.files("tussenstand").values() if b"Geheim" in data]


def test_parts_that_somebody_else_wrote_are_judged_again(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    run = interrupted(workshop, monkeypatch)
    first, second, third = (workshop.root / "tussenstand" / name for name in workshop.files("tussenstand"))
    first.write_bytes(first.read_bytes()[:-1])
    second.write_bytes(third.read_bytes())
    same: Callable[[PseudonymisedDelivery], PseudonymisedDelivery] = lambda delivery: delivery  # noqa: E731
    judged = again(workshop, run, same)
    assert 0 < len(judged) < len(ROWS)
    assert again(workshop, run, same) == [], "what was judged again replaced them"
    assert first.parent == workshop.root / "tussenstand" / DATASET / run.run_id


def test_the_steps_tell_how_many_were_taken_over_and_that_these_took_no_time_to_judge(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(workshop, monkeypatch)
    assert not run_waiting(workshop.installation).failed
    for action in (Action.KENMERKEN, Action.BEOORDELEN):
        told = details_of(workshop, action)
        assert (told["aanvragen"], told["eerder_beoordeeld"], told["seconden"]) == (5, 5, 0)
    assert details_of(workshop, Action.RESULTATEN_SCHRIJVEN)["seconden"] > 0


def details_of(workshop: Workshop, action: Action) -> dict[str, Any]:
    """Return what the only event of a step tells."""
    ((details,),) = workshop.sql(f"SELECT details FROM gebeurtenissen WHERE handeling = '{action}'")
    return dict(json.loads(details))
