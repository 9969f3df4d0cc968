"""What is left in the mailbox goes when it was processed, and stays when it is somebody's next delivery."""

import os
from dataclasses import replace

from shared.sweep import report_strays, run_waiting
from tests.shell.tinycore import CORE, DATASET, judge
from tests.shell.workshop import Workshop


def test_leftover_tables_go_only_when_they_are_what_was_processed(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    workshop.deliver(description=False)
    (table,) = (workshop.root / "brievenbus").rglob("*.csv")
    assert run_waiting(workshop.installation).leftovers == 0, "the same table came again: a delivery is being written"
    os.utime(table, (1, 1))
    assert run_waiting(workshop.installation).leftovers == 1, "it stayed behind"
    assert workshop.files("brievenbus") == {}
    workshop.deliver(rows={"9": 1}, description=False)  # a new delivery that is being written
    assert run_waiting(workshop.installation).leftovers == 0
    assert len(workshop.files("brievenbus")) == 1


def test_what_the_supplier_wrote_meanwhile_is_not_removed(workshop: Workshop) -> None:
    def delivered_meanwhile(*arguments: object) -> object:
        workshop.deliver(rows={"1001": 1, "7777": 1})
        return judge(*arguments)  # type: ignore[arg-type]

    workshop.deliver()
    run_waiting(workshop.with_(core=replace(CORE, judge=delivered_meanwhile)).installation)
    assert len(workshop.files("brievenbus")) == 2
    run_waiting(workshop.installation)
    assert [line["aanvraagnummer"] for line in workshop.current("2026-11-20")] == ["1001", "1002", "1003", "7777"]


def test_a_table_that_the_next_delivery_needs_too_stays(workshop: Workshop) -> None:
    def delivered_meanwhile(*arguments: object) -> object:
        workshop.deliver(created="later")  # another description of the very same table
        return judge(*arguments)  # type: ignore[arg-type]

    workshop.deliver()
    run_waiting(workshop.with_(core=replace(CORE, judge=delivered_meanwhile)).installation)
    assert len(workshop.files("brievenbus")) == 2
    run_waiting(workshop.installation)
    assert workshop.sql("SELECT toestand FROM verwerkingen") == [("afgerond",), ("afgerond",)]
    assert workshop.files("brievenbus") == {}


def test_unknown_post_is_told_once_and_left_alone(workshop: Workshop) -> None:
    workshop.deliver(dataset="vreemd")
    (workshop.root / "brievenbus" / DATASET).mkdir()
    (workshop.root / "brievenbus" / DATASET / "los.csv").write_bytes(b"")
    known = frozenset({DATASET})
    assert report_strays(workshop.installation, known) == [f"{DATASET}/(los bestand)", "vreemd"]
    report_strays(workshop.installation, known)
    told = workshop.sql("SELECT object FROM gebeurtenissen")
    assert len(told) == 2 and not any("vreemd" in object_ for (object_,) in told), "the name may hold anything"
    run_waiting(workshop.installation)
    assert len(workshop.files("brievenbus")) == 3
