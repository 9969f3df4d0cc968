"""A worker that stands still, dies or is overtaken publishes nothing twice and leaves nothing behind."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.folder import FolderStore
from shared.administration import ClaimKind
from shared.sweep import run_waiting
from tests.shell.tinycore import CORE, DATASET, judge
from tests.shell.workshop import Crash, Worker, Workshop


def test_a_worker_that_was_overtaken_while_writing_what_is_current_writes_again(workshop: Workshop) -> None:
    class Overtaken(FolderStore):
        """Storage in which another worker publishes a correction just as the first writes what is current."""

        busy = False

        def copy(self, container: str, name: str, to_container: str, to_name: str) -> str:
            if to_name.endswith("actueel.parquet") and not Overtaken.busy:
                Overtaken.busy = True
                workshop.deliver(rows={"1001": 2, "1002": 2, "1003": 4})
                run_waiting(workshop.installation)
            return super().copy(container, name, to_container, to_name)

    workshop.deliver()
    run_waiting(workshop.with_(blobs=Overtaken(workshop.root)).installation)
    assert [line["resultaattype"] for line in workshop.current("2026-11-20")] == [2, 2, 4]
    said = workshop.pointer()["datums"]["2026-11-20"]
    for name in ("actueel.jsonl", "actueel.parquet"):
        data = workshop.files("uitvoer")[f"{DATASET}/2026-11-20/{name}"]
        assert hashlib.sha256(data).hexdigest() == said["bestanden"][name]["sha256"]


def test_a_run_of_a_living_worker_is_not_taken_over_and_of_a_dead_one_at_once(workshop: Workshop) -> None:
    def dies(*_: object) -> None:
        raise Crash

    workshop.deliver()
    with pytest.raises(Crash):
        run_waiting(workshop.with_(core=replace(CORE, judge=dies), owner=Worker("levend")).installation)
    assert run_waiting(workshop.installation).outcomes[0].kind is ClaimKind.BEZET
    workshop.clock.pass_by(workshop.installation.lease)
    with pytest.raises(Crash):
        run_waiting(workshop.with_(core=replace(CORE, judge=dies), owner=Worker("dood")).installation)
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-20": "afgerond"}


def test_a_frozen_worker_that_thaws_publishes_nothing(workshop: Workshop) -> None:
    def freezes(*arguments: object) -> object:
        workshop.clock.pass_by(timedelta(hours=1))
        run_waiting(workshop.installation)  # another worker takes over and finishes
        return judge(*arguments)  # type: ignore[arg-type]

    workshop.deliver()
    round_ = run_waiting(workshop.with_(core=replace(CORE, judge=freezes)).installation)
    assert round_.outcomes[0].kind is ClaimKind.BEZET and not round_.failed
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(3,)]
    assert workshop.states() == {"2026-11-20": "afgerond"}
