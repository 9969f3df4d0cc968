"""Results in parts are the results: neither the files nor what is stored tells where a part ended."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from development.population import write_delivery
from shared import pipeline
from shared.finished_parts import FinishedParts
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.modelpackage.package import ModelPackage
from shared.records import ResultSet
from shared.stages import resultfiles
from shared.stages.resultfiles import result_files
from shared.stages.resultform import PARQUET
from shared.subjects import Subjects
from shared.waiting_rows import WaitingRows
from tests.real.memory import MemoryStore
from tests.results.conftest import KEY, Night, identity


def judged_in_parts(night: Night, package: ModelPackage, cuts: list[int]) -> list[ResultSet]:
    """Judge the applications between the cuts, each part by itself."""
    frame = night.table.frame
    tables = [
        replace(night.table, frame=frame.iloc[start:end].reset_index(drop=True))
        for start, end in pairwise([0, *cuts, len(frame)])
    ]
    return [pipeline.judge(table, LEVENSONDERHOUD, identity(package), KEY) for table in tables]


@pytest.mark.parametrize("share", [0.0, 0.2])
@pytest.mark.parametrize("cuts", [[0], [1], [3, 4, 20], [7, 14, 21, 28], list(range(1, 40))])
def test_the_files_of_parts_are_those_of_the_whole(
    night: Night, package: ModelPackage, cuts: list[int], share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resultfiles, "ROWS_PER_GROUP", 7)
    sampling = replace(package, sample_share=share)
    whole = pipeline.judge(night.table, LEVENSONDERHOUD, identity(sampling), KEY)
    parts = judged_in_parts(night, sampling, cuts)
    files = result_files(parts)
    assert files == result_files([whole])
    assert [part.schema for part in parts] == [whole.schema] * len(parts)
    groups = pq.read_metadata(io.BytesIO(files[PARQUET]))
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups - 1)] == [7] * (groups.num_row_groups - 1)
    assert [row for part in parts for row in _plain(part.results)] == _plain(whole.results)


def test_rows_wait_as_they_are(night: Night, package: ModelPackage) -> None:
    parts = judged_in_parts(night, package, [0, 5, 6])
    with WaitingRows() as waiting:
        assert list(waiting.passing(parts)) == parts
        for _ in range(2):  # a transaction may begin again
            kept = list(waiting)
            assert [len(rows) for rows in kept] == [0, 5, 1, len(night.table.frame) - 6]
            assert [_plain(rows) for rows in kept] == [_plain(part.results) for part in parts]


def _plain(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    columns = [rows[name].astype(object).where(rows[name].notna(), None).tolist() for name in rows.columns]
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_a_finished_part_is_found_again_as_it_was(night: Night, package: ModelPackage, share: float) -> None:
    parts = judged_in_parts(night, replace(package, sample_share=share), [0, 40, 700])
    store = MemoryStore()
    place: Any = SimpleNamespace(blobs=store, model=package, code_version="1", settings_digest="2")
    run: Any = SimpleNamespace(run_id="run", new=SimpleNamespace(dataset="levensonderhoud"))

    def found(made: list[ResultSet]) -> list[tuple[ResultSet, bool]]:
        return list(FinishedParts(place, run, KEY, ()).or_made(night.delivery, made))

    assert found(parts) == [(part, False) for part in parts]
    again = found([])
    assert [was_known for _, was_known in again] == [True] * len(parts)
    known = [results for results, _ in again]
    assert result_files(known) == result_files(parts)
    assert [_plain(results.results) for results in known] == [_plain(part.results) for part in parts]


def test_the_same_delivery_read_again_has_the_same_parts(
    tmp_path: Path, package: ModelPackage, judged: Callable[[Path], Night]
) -> None:
    write_delivery(
        tmp_path / "dag", applications=60, period=(datetime(2026, 11, 19), datetime(2026, 11, 20)), seed=3, format="csv"
    )
    place: Any = SimpleNamespace(blobs=MemoryStore(), model=package, code_version="1", settings_digest="2")
    run: Any = SimpleNamespace(run_id="run", new=SimpleNamespace(dataset="levensonderhoud"))
    for was_known in (False, True):
        night = judged(tmp_path / "dag")
        found = list(FinishedParts(place, run, KEY, ()).or_made(night.delivery, [night.results]))
        assert [known for _, known in found] == [was_known]
        assert found[0][0].lines == night.results.lines


def test_everybody_is_told_once_and_in_order() -> None:
    draw = np.random.default_rng(5)
    people = [f"k-{n}:{hashlib.sha256(str(n).encode()).hexdigest()[: 3 + n % 40]}é" for n in range(300)]
    pairs = [(people[n] if n % 7 else "", f"dienst-{n}") for n in draw.integers(0, 300, 25_000).tolist()]
    found = Subjects(pairs[:200])
    expected = {("pseudoniem persoon", person) if person else ("pseudoniem aanvraag", own) for person, own in pairs}
    assert set(found) < expected
    found.add(iter(pairs[200:]))
    assert list(found) == sorted(expected) == list(found)
    assert list(Subjects()) == []
