"""A whole job in one process: the results of a night, the record, who asked, and the stop switch."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bulk.job import Job
from bulk.rescore import Request, make_job, rescore
from shared import bootstrap
from shared.errors import RequestRefused, StorageUnavailable
from shared.installation import Installation
from shared.interventions import stop_model
from shared.ports import ModelStopped
from tests.spark.conftest import DATASET, files_of, here

REQUEST = Request("herbeoordeling van het kwartaal", part_size=15)


def in_order(files: Iterator[bytes]) -> bytes:
    """The rows of Parquet files as one file, in order of the application number."""
    table = pa.concat_tables(pq.read_table(io.BytesIO(data)) for data in files)
    written = io.BytesIO()
    pq.write_table(table.sort_by("aanvraagnummer").combine_chunks(), written, compression="zstd")
    return written.getvalue()


def listed(storage: Path, manifest: dict[str, Any]) -> Iterator[bytes]:
    """The result files that a manifest lists."""
    folder = storage / "uitvoer" / manifest["dataset"] / "bulk" / manifest["opdracht"]
    for delivery in manifest["leveringen"]:
        for part in delivery["delen"]:
            yield (folder / part["bestand"]).read_bytes()


def of_a_night(storage: Path) -> Iterator[bytes]:
    """The result files that nights published, every run of them."""
    for path in sorted((storage / "uitvoer" / DATASET).glob("*/runs/*/resultaten.parquet")):
        yield path.read_bytes()


def _events(installation: Installation) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (event.handeling, event.resultaat, json.loads(event.details))
        for event in installation.ledger.events()
        if "bulk" in event.handeling
    ]


def test_the_rows_are_those_of_a_night_byte_for_byte_whatever_the_size_of_a_part(
    installation: Installation, storage: Path
) -> None:
    manifests = [rescore(installation, Request("proef", part_size=size), here) for size in (7, 15, 10_000)]
    bootstrap.run_waiting()
    expected = in_order(of_a_night(storage))
    assert pq.read_metadata(io.BytesIO(expected)).num_rows == manifests[0]["aantal"] > 120
    for manifest in manifests:
        assert in_order(listed(storage, manifest)) == expected
    assert len({manifest["opdracht"] for manifest in manifests}) == 3
    one_part = {part["bestand"]: part["sha256"] for d in manifests[2]["leveringen"] for part in d["delen"]}
    assert all(name.endswith("deel-00000.parquet") for name in one_part)


def test_the_record_says_what_went_in_what_came_out_and_by_what(installation: Installation, storage: Path) -> None:
    manifest = rescore(installation, REQUEST, here)
    (path,) = (storage / "uitvoer").rglob("manifest.json")
    assert json.loads(path.read_bytes()) == manifest
    assert manifest["per_oordeel"] == {"aangehouden": 1, "afgekeurd": 1, "geaccepteerd": 4}
    assert sum(manifest["per_resultaattype"].values()) == sum(manifest["per_reden"].values()) == manifest["aantal"]
    assert manifest["model"]["sha256"] == installation.model.sha256
    assert manifest["sleutel"] == installation.keys.current().key_id
    rows = [pq.read_metadata(io.BytesIO(data)).num_rows for data in listed(storage, manifest)]
    parts = [part for delivery in manifest["leveringen"] for part in delivery["delen"]]
    assert rows == [part["aantal"] for part in parts]
    files = {name for name in files_of(storage) if name.endswith(".parquet")}
    assert len(files) == len(parts)


def test_the_same_job_again_writes_the_same_bytes_and_is_on_record_again(
    installation: Installation, storage: Path
) -> None:
    first, files = rescore(installation, REQUEST, here), files_of(storage)
    assert rescore(installation, REQUEST, here) == first
    assert files_of(storage) == files
    told = _events(installation)
    assert [result for _, result, _ in told] == ["begonnen", "afgerond"] * 2
    assert {details["reden"] for *_, details in told} == {REQUEST.reden}
    assert told[1][2]["aanvragen"] == first["aantal"] and told[1][2]["opdracht"] == first["opdracht"]


def test_without_a_reason_nothing_begins(installation: Installation, storage: Path) -> None:
    with pytest.raises(RequestRefused):
        rescore(installation, Request("  "), here)
    assert not files_of(storage) and not _events(installation)


def test_a_stopped_model_judges_nobody(installation: Installation, storage: Path) -> None:
    stop_model(installation, "even niet")
    with pytest.raises(ModelStopped):
        rescore(installation, REQUEST, here)
    assert not [name for name in files_of(storage) if "bulk" in name] and not _events(installation)


def test_a_model_that_is_stopped_meanwhile_publishes_nothing(installation: Installation, storage: Path) -> None:
    def stopping(job: Job) -> dict[int, dict[int, bytes]]:
        records = here(job)
        stop_model(installation, "even niet")
        return records

    with pytest.raises(ModelStopped):
        rescore(installation, REQUEST, stopping)
    assert not [name for name in files_of(storage) if "bulk" in name and "manifest" in name]
    assert [result for _, result, _ in _events(installation)] == ["begonnen", "mislukt"]


def test_a_job_that_fails_is_on_record_with_its_code(installation: Installation) -> None:
    def failing(_: Job) -> dict[int, dict[int, bytes]]:
        raise StorageUnavailable("Storage did not answer.")

    with pytest.raises(StorageUnavailable):
        rescore(installation, REQUEST, failing)
    assert _events(installation)[-1][1:] == ("mislukt", _events(installation)[-1][2])
    assert _events(installation)[-1][2]["fout"] == "SC-400"


def test_a_job_that_makes_no_sense_is_refused(installation: Installation, storage: Path) -> None:
    mailbox = storage / "brievenbus" / DATASET
    for asked in (Request("x", frozenset({"2020-01-01"})), Request("x", part_size=0)):
        with pytest.raises(RequestRefused):
            make_job(installation, asked)
    shutil.copytree(mailbox / "2026-11-16", mailbox / "2026-11-16-nog-eens")
    with pytest.raises(RequestRefused, match="two names"):
        make_job(installation, REQUEST)
    shutil.rmtree(mailbox)
    with pytest.raises(RequestRefused, match="no complete deliveries"):
        make_job(installation, REQUEST)
