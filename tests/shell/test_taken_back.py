"""A run whose delivery is gone before anything was published lapses; one that lies elsewhere is none of these."""

import gc
import shutil
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from shared.errors import StorageUnavailable
from shared.interventions import release
from shared.runstates import RunReason
from shared.set_apart import PATIENCE
from shared.sweep import run_waiting
from tests.shell.tinycore import CORE
from tests.shell.workshop import DATASET, Crash, Workshop
from tests.stages.collector import without_collector

DAY, OTHER_NAME = "2026-11-20", "2026-11-20-b"
RUNS = "SELECT toestand, reden FROM verwerkingen"


def crash(*_: object) -> None:
    raise Crash


def away(*_: object) -> None:
    raise StorageUnavailable("No answer.")


def one_ends(workshop: Workshop) -> None:
    """Let a worker end while it judges, and its time go by."""
    with pytest.raises(Crash):
        run_waiting(workshop.with_(core=replace(CORE, judge=crash)).installation)
    workshop.clock.pass_by(timedelta(minutes=40))


def rename(workshop: Workshop) -> None:
    home = workshop.root / "brievenbus" / DATASET
    (home / DAY).rename(home / OTHER_NAME)


def test_one_at_which_every_worker_ends_is_held_under_another_name_too(workshop: Workshop) -> None:
    workshop.deliver(DAY)
    one_ends(workshop)
    rename(workshop)
    for _ in range(PATIENCE - 2):
        one_ends(workshop)
    run_waiting(workshop.with_(core=replace(CORE, judge=crash)).installation)
    assert workshop.sql(RUNS) == [("aangehouden", "controle_aangehouden")]


def test_one_that_fails_under_another_name_is_tried_once_in_every_round(workshop: Workshop) -> None:
    workshop.deliver(DAY)
    broken = workshop.with_(core=replace(CORE, judge=away)).installation
    run_waiting(broken)
    rename(workshop)
    for _ in range(3):
        assert [one.run and one.run.reason for one in run_waiting(broken).outcomes] == [RunReason.OPSLAG_ONBEREIKBAAR]
    assert workshop.sql("SELECT poging FROM verwerkingen") == [(4,)]


def test_what_was_offered_again_and_taken_back_lapses_though_the_first_lies_in_quarantine(workshop: Workshop) -> None:
    workshop.deliver(DAY, table=b"1001;1\n")
    run_waiting(workshop.installation)
    assert workshop.states() == {DAY: "afgekeurd"}
    workshop.deliver(DAY)
    one_ends(workshop)
    shutil.rmtree(workshop.root / "brievenbus" / DATASET / DAY)
    run_waiting(workshop.installation)
    assert workshop.sql(RUNS) == [("vervallen", "levering_teruggenomen")]


def test_what_is_left_in_quarantine_of_one_that_lapses_goes_too(workshop: Workshop) -> None:
    workshop.deliver(DAY, oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, DAY, "zo bedoeld")
    one_ends(workshop)
    for description in (workshop.root / "quarantaine").rglob("datapackage.json"):
        description.unlink()
    for _ in range(2):
        run_waiting(workshop.installation)
    assert workshop.sql(RUNS) == [("vervallen", "levering_teruggenomen")]
    assert not workshop.files("quarantaine")


def test_a_run_that_fails_while_it_writes_leaves_no_thread_behind(workshop: Workshop) -> None:
    raw = workshop.installation.blobs

    class Full:
        def __getattr__(self, name: str) -> Any:
            return getattr(raw, name)

        def write_by(self, container: str, name: str, write: Any) -> Any:
            if container != "uitvoer":
                return raw.write_by(container, name, write)

            def broken(_: Any) -> Any:
                class File:
                    def __getattr__(self, name: str) -> Any:
                        raise StorageUnavailable("No answer.")

                return write(File())

            return raw.write_by(container, name, broken)

    gc.collect()
    before = threading.active_count()
    with without_collector():
        for number in range(3):
            workshop.deliver(DAY, created=str(number))
            (*_, outcome) = run_waiting(workshop.with_(blobs=cast(Any, Full())).installation).outcomes
            assert outcome.failure is not None and threading.active_count() == before
