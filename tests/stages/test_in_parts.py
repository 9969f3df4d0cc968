"""A delivery that is judged in parts gives what it gives as a whole, however small the parts are."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from development.population import write_delivery
from shared import pipeline, snapshot
from shared.adapters.deliveryfolder import DeliveryFolder
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.records import CheckedDelivery, DeliveryFiles, Finding, PseudonymisedDelivery, Verdict
from shared.snapshot import SnapshotFiles
from shared.stages.inparts import DeliveryInParts
from shared.stages.pseudonym import PseudonymKey
from tests.stages.deliveries import Delivery

KEY = PseudonymKey("test-1", bytes(range(32)))
PERIOD = (datetime(2026, 11, 1), datetime(2026, 11, 20))
ALL = 10_000


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], DeliveryFolder]:
    """Make a delivery of 150 applications in a form."""

    @cache
    def make(form: str) -> DeliveryFolder:
        folder = tmp_path_factory.mktemp(form) / "2026-11-20"
        write_delivery(folder, applications=150, period=PERIOD, seed=5, format=form)
        return DeliveryFolder(folder)

    return make


def in_parts(files: DeliveryFiles, size: int) -> DeliveryInParts:
    """Return a delivery cut in parts of so many applications."""
    return pipeline.check_in_parts(files, LEVENSONDERHOUD, {}, size=size, scratch=io.BytesIO)


def features(delivery: PseudonymisedDelivery) -> pd.DataFrame:
    """Return the feature table of a (part of a) delivery."""
    return pipeline.features(delivery, LEVENSONDERHOUD, KEY).frame


def of_the_whole(checked: CheckedDelivery) -> tuple[pd.DataFrame, Mapping[str, bytes], tuple[Finding, ...]]:
    """Return features, snapshot and findings of a delivery that was not cut."""
    delivery, left_out = pipeline.pseudonymise_delivery(checked, LEVENSONDERHOUD, KEY)
    return features(delivery), snapshot.snapshot_files(delivery), (*checked.findings, *left_out)


def of_the_parts(delivery: DeliveryInParts) -> tuple[pd.DataFrame, Mapping[str, bytes], tuple[Finding, ...]]:
    """Return the same of one that was."""
    parts = pipeline.pseudonymise_in_parts(delivery, LEVENSONDERHOUD, KEY)
    files = SnapshotFiles(io.BytesIO)
    frames = []
    for part in parts:
        files.add(part)
        frames.append(features(part.delivery))
    contents = {name: file.read() for name, file in files.finished().items()}
    return pd.concat(frames, ignore_index=True), contents, (*delivery.findings, *parts.findings)


def rows_of(content: bytes) -> list[tuple[str, ...]]:
    """Return the rows of a file of a snapshot, in an order that does not depend on the parts."""
    table = pq.read_table(pa.BufferReader(content))
    return sorted(tuple(map(repr, row.values())) for row in table.to_pylist())


def assert_the_same(files: DeliveryFiles, size: int) -> DeliveryInParts:
    """Compare a delivery in parts with the same as a whole; returns the first."""
    frame, contents, findings = of_the_whole(pipeline.check_delivery(files, LEVENSONDERHOUD, {}))
    cut = in_parts(files, size)
    found, kept, told = of_the_parts(cut)
    pd.testing.assert_frame_equal(found, frame)
    assert told == findings
    assert {name: rows_of(content) for name, content in kept.items()} == {
        name: rows_of(content) for name, content in contents.items()
    }
    return cut


@pytest.mark.parametrize(("form", "size"), [("csv", 40), ("parquet", 64), ("parquet", ALL)])
def test_an_invented_delivery_in_parts_of_any_size_gives_what_the_whole_gives(
    invented: Callable[[str], DeliveryFolder], form: str, size: int
) -> None:
    files = invented(form)
    cut = assert_the_same(files, size)
    assert cut.number == -(-150 // size)


def two_who_share() -> Delivery:
    """Return a delivery in which two people share a party, and have two applications each."""
    delivery = Delivery()
    for name, column in (("werkopdrachten", "dienstnr"), ("diensten", "dienstnr"), ("partijen", "partijnr")):
        rows = list(delivery.rows[name])
        if name == "partijen":
            more = [dict(row) | {column: "KANARIE-Q1"} for row in rows[1:2]]
        else:
            twice = ("KANARIE-D1", "KANARIE-D2")
            more = [dict(row) | {column: f"{row[column]}-TWEE"} for row in rows if row[column] in twice]
        delivery.write(name, [*rows, *more])
    return delivery


@pytest.mark.parametrize("size", [1, 2, 3, ALL])
def test_people_with_more_applications_and_a_party_together_may_come_in_several_parts(size: int) -> None:
    cut = assert_the_same(two_who_share(), size)
    assert cut.number == -(-5 // size)


@pytest.mark.parametrize("size", [1, ALL])
def test_a_service_of_the_applicant_comes_with_its_rows_that_name_another_client(size: int) -> None:
    delivery = Delivery()
    row = dict(delivery.rows["diensten"][0]) | {"dienstnr": "KANARIE-NOG-EEN", "subjectnrklant": "KANARIE-P1"}
    other = row | {"subjectnrklant": "KANARIE-ANDER"}
    delivery.write("diensten", [*delivery.rows["diensten"], row, other])
    assert_the_same(delivery, size)


@pytest.mark.parametrize("size", [1, 2])
def test_numbers_with_the_same_mark_only_travel_together(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def two_bits(different: pd.Index) -> np.ndarray:
        return np.array([1 + len(number) % 2 for number in different], dtype=np.uint64)

    monkeypatch.setattr("shared.levensonderhoud.parts._marks", two_bits)
    assert_the_same(two_who_share(), size)


class Full(io.BytesIO):
    """A file on a disk that is full after so many bytes."""

    left = 0

    def write(self, data: Any) -> int:
        if self.tell() + len(memoryview(data).cast("B")) > Full.left:
            raise OSError(28, "full")
        return super().write(data)


@pytest.mark.parametrize("left", [0, 400, 2_000, 4_000])
def test_on_a_full_disk_no_file_with_rows_stays_open(left: int) -> None:
    made: list[Full] = []

    def scratch() -> Full:
        made.append(Full())
        return made[-1]

    Full.left = left
    with pytest.raises(OSError, match="full"), ExitStack() as opened:
        cut = opened.enter_context(
            closing(pipeline.check_in_parts(Delivery(), LEVENSONDERHOUD, {}, size=1, scratch=scratch))
        )
        files = opened.enter_context(closing(SnapshotFiles(scratch)))
        for part in pipeline.pseudonymise_in_parts(cut, LEVENSONDERHOUD, KEY):
            files.add(part)
        files.finished()
    assert made and all(file.closed for file in made)


@pytest.mark.parametrize("table", list(LEVENSONDERHOUD.schema.tables))
@pytest.mark.parametrize("size", [1, ALL])
def test_equal_rows_count_once_and_rows_set_aside_touch_whom_they_touch(table: str, size: int) -> None:
    delivery = Delivery()
    rows = list(delivery.rows[table])
    more = [dict(rows[0])]
    column = next((c.name for c in LEVENSONDERHOUD.schema.tables[table].columns[1:] if c.required), "")
    if column and table not in ("werkopdrachten", "soorteninkomen"):
        more.append(dict(rows[1]) | {column: ""})
    delivery.write(table, [*more, *rows])
    cut = assert_the_same(delivery, size)
    assert any(found.code == "LEV-404" and found.rijen == (len(more) + 1,) for found in cut.findings)


def test_a_delivery_without_applications_is_one_part() -> None:
    delivery = Delivery()
    delivery.write("werkopdrachten", [])
    assert assert_the_same(delivery, 7).number == 1


def test_a_rejected_delivery_has_no_parts_and_says_what_it_says_as_a_whole() -> None:
    delivery = Delivery()
    delivery.change("diensten", 1, dienstnr="")
    delivery.change("afspraken", 1, datum_invoer="gisteren")
    cut = in_parts(delivery, 1)
    assert (cut.verdict, list(cut.parts()), cut.rows()) == (Verdict.AFGEKEURD, [], {})
    assert cut.findings == pipeline.check_delivery(delivery, LEVENSONDERHOUD, {}).findings
