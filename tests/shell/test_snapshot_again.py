"""A run that died between publish and its snapshot reads the delivery again, if it still is what was judged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import BinaryIO

from shared.adapters.folder import FolderStore
from shared.errors import StorageUnavailable
from shared.sweep import run_waiting
from tests.shell.tinycore import DATASET, TABLE
from tests.shell.workshop import Workshop

DAY = "2026-11-20"


class NoSnapshots(FolderStore):
    """Storage in which no snapshot can be written."""

    def write_by[T](self, container: str, name: str, fill: Callable[[BinaryIO], T]) -> T:
        if container == "momentopname":
            raise StorageUnavailable("full")
        return super().write_by(container, name, fill)


def published_without_snapshot(workshop: Workshop) -> None:
    """Publish a delivery, and die before its snapshot."""
    workshop.deliver(rows={"1001": 1, "1002": 2})
    assert run_waiting(workshop.with_(blobs=NoSnapshots(workshop.root)).installation).failed
    assert workshop.states() == {DAY: "gepubliceerd"} and workshop.files("momentopname") == {}
    workshop.clock.pass_by(timedelta(hours=1))


def test_the_snapshot_is_made_of_the_same_delivery(workshop: Workshop) -> None:
    published_without_snapshot(workshop)
    assert not run_waiting(workshop.installation).failed
    assert workshop.states() == {DAY: "afgerond"}
    assert len(workshop.files("momentopname")) == 2 and workshop.files("brievenbus") == {}


def test_of_a_delivery_that_changed_since_no_snapshot_is_made_and_nothing_is_cleared(workshop: Workshop) -> None:
    published_without_snapshot(workshop)
    table = workshop.root / "brievenbus" / DATASET / DAY / TABLE
    table.write_bytes(table.read_bytes() + b"1003;1\n")
    lying = workshop.files("brievenbus")
    assert run_waiting(workshop.installation).failed
    assert workshop.states() == {DAY: "gepubliceerd"}
    assert workshop.files("momentopname") == {} and workshop.files("brievenbus") == lying
    told = workshop.sql("SELECT details FROM gebeurtenissen WHERE details LIKE '%SC-421%'")
    assert told
