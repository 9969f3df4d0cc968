"""A task done twice, elsewhere or with something else under its hands: the same bytes, or an error that says so."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bulk import worker
from bulk.job import Job, from_json
from bulk.worker import WHOLE, check_and_split
from shared import bootstrap, pipeline
from shared.bootstrap.elsewhere import keys_elsewhere, proof_of
from shared.errors import BlobNotFound, KeyChanged, KeyUnavailable, ModelPackageInvalid
from shared.settings import ROOT
from tests.spark.conftest import DATASET, files_of, here

FIRST = 0  # the place of the delivery that is accepted and has several parts


def _elsewhere() -> None:
    """Forget what this process read, as another machine would not have it."""
    bootstrap.let_go()
    worker._key.cache_clear()


def test_the_same_job_twice_gives_the_same_files_and_does_nothing_again(
    job: Job, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, files = here(job), files_of(storage)

    def again(*_: Any, **__: Any) -> None:
        raise AssertionError("this was done before")

    for name in ("check_delivery", "pseudonymise_delivery", "features", "judge"):
        monkeypatch.setattr(pipeline, name, again)
    assert here(job) == first
    assert files_of(storage) == files


def test_a_job_that_stopped_goes_on_with_what_is_missing_or_is_not_what_it_was(
    job: Job, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, files = here(job), files_of(storage)
    output = storage / "uitvoer"
    (output / job.part_record(FIRST, 1)).unlink()
    (output / job.part_file(FIRST, 2)).write_bytes(b"half of it")
    (output / job.part_file(1, 0)).unlink()
    judged: list[int] = []
    judge = pipeline.judge
    monkeypatch.setattr(pipeline, "judge", lambda table, *rest: judged.append(len(table.frame)) or judge(table, *rest))
    assert here(job) == first
    assert files_of(storage) == files
    assert len(judged) == 3


def test_a_delivery_that_is_held_or_rejected_has_no_part_and_says_why(job: Job, storage: Path) -> None:
    records = here(job)
    told = {run.levering: from_json(records[place][WHOLE]) for place, run in enumerate(job.runs)}
    assert [told[day]["oordeel"] for day in sorted(told)] == ["geaccepteerd"] * 4 + ["aangehouden", "afgekeurd"]
    assert [told[day]["delen"] > 0 for day in sorted(told)] == [True] * 4 + [False] * 2
    assert all(told[day]["bevindingen"] for day in sorted(told)[-2:])
    assert not [name for name in files_of(storage) if "2026-11-19/deel" in name or "2026-11-20/deel" in name]


def test_a_held_delivery_that_was_released_is_judged(job: Job) -> None:
    released = replace(job, released=frozenset({"2026-11-19"}))
    records = here(released)
    place = [run.levering for run in job.runs].index("2026-11-19")
    assert from_json(records[place][WHOLE])["oordeel"] == "aangehouden"
    assert from_json(records[place][0])["aantal"] > 10
    assert released.job_id != job.job_id


def test_what_decides_the_files_decides_the_name_of_the_job(job: Job) -> None:
    others = [
        replace(job, part_size=16),
        replace(job, runs=job.runs[1:]),
        replace(job, runs=tuple(replace(run, model_sha256="0" * 64) for run in job.runs)),
        replace(job, runs=tuple(replace(run, code_version="9.9.9") for run in job.runs)),
        replace(job, runs=tuple(replace(run, key_id="k-2") for run in job.runs)),
    ]
    assert len({other.job_id for other in [job, *others]}) == 6
    assert replace(job, proof="another").job_id == job.job_id


def test_another_secret_under_the_same_key_id_is_refused(job: Job, storage: Path) -> None:
    path = storage / "geheim" / "sleutel.json"
    document = json.loads(path.read_text())
    document["sleutels"] = dict.fromkeys(document["sleutels"], "QUFB" * 11)
    path.write_text(json.dumps(document))
    _elsewhere()
    with pytest.raises(KeyChanged):
        list(check_and_split(job, FIRST))
    assert not files_of(storage)


def test_a_machine_without_the_key_makes_none(job: Job, storage: Path) -> None:
    path = storage / "geheim" / "sleutel.json"
    path.unlink()
    _elsewhere()
    with pytest.raises(KeyUnavailable):
        list(check_and_split(job, FIRST))
    assert not path.exists()


def test_the_key_is_not_in_what_a_worker_is_told(job: Job, storage: Path) -> None:
    document = json.loads((storage / "geheim" / "sleutel.json").read_text())
    (secret,) = document["sleutels"].values()
    key = keys_elsewhere(job.proof).current()
    assert proof_of(key) == job.proof
    assert secret not in repr(job) and key.secret.hex() not in repr(job)


def test_another_model_on_a_machine_is_refused(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(job, runs=tuple(replace(run, model_sha256="0" * 64) for run in job.runs))
    shutil.copytree(ROOT / "models", tmp_path / "models")
    monkeypatch.setenv("SLIMME_CHECK_MODELLEN", str(tmp_path / "models"))
    _elsewhere()
    with pytest.raises(ModelPackageInvalid, match="not the one of the job"):
        list(check_and_split(other, FIRST))


def test_a_delivery_that_changed_since_the_job_began_is_not_judged(job: Job, storage: Path) -> None:
    description = storage / "brievenbus" / DATASET / job.runs[FIRST].levering / "datapackage.json"
    description.write_bytes(description.read_bytes() + b" ")
    with pytest.raises(BlobNotFound):
        list(check_and_split(job, FIRST))


def test_only_pseudonyms_and_application_numbers_leave_the_check(job: Job) -> None:
    import io

    import pyarrow.parquet as pq

    from tests.shell.test_real_run import numbers_of_people

    people = numbers_of_people(bootstrap.settings().storage / "brievenbus")
    assert len(people) > 100
    for piece in check_and_split(job, FIRST):
        text = str(pq.read_table(io.BytesIO(piece.content)).to_pydict()) if "parquet" in piece.name else ""
        text += piece.content.decode("utf-8", "replace")
        assert not [number for number in people if number in text], piece.name
