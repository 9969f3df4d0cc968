"""On a real cluster of two workers, one of which is killed: the bytes of one machine, no secret and no value."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bulk.cluster import refuse_open
from shared import bootstrap
from shared.errors import RequestRefused
from tests.shell.test_real_run import numbers_of_people
from tests.spark.cluster import PYTHON, Cluster, wait_for
from tests.spark.conftest import deliver, files_of
from tests.spark.test_rescore import in_order, listed, of_a_night

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]
ASKED = ("-m", "bulk", "--reden", "herbeoordeling van het kwartaal", "--aanvragen-per-deel", "15")


@dataclass
class Done:
    """What is left of a job during which a worker was killed, and what was seen of its processes meanwhile."""

    cluster: Cluster
    manifest: dict[str, Any]
    expected: bytes
    told_to_processes: set[bytes]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers; without Java or pyspark its tests are skipped, and fail where CI=true."""
    if not PYTHON.is_file() or shutil.which("java") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("make bulk-tools did not install Spark, or there is no Java 17")
        pytest.skip("make bulk-tools, with Java 17")
    home = tmp_path_factory.mktemp("cluster")
    storage = tmp_path_factory.mktemp("opslag")
    deliver(storage, days=5, applications=40)
    made = Cluster(home, storage, tmp_path_factory.mktemp("sleutel") / "sleutel.json")
    try:
        made.start(workers=2)
        yield made
    finally:
        made.stop()


def _told_to_processes() -> set[bytes]:
    """The command line and environment of every process of Spark here."""
    seen = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            if b"spark" in command or b"bulk" in command:
                seen |= {command, (process / "environ").read_bytes()}
        except OSError:  # it ended
            continue
    return seen


@pytest.fixture(scope="module")
def done(cluster: Cluster) -> Done:
    """A job that loses a worker as soon as the first delivery was checked; and a night of one machine after it."""
    job = cluster.python(*ASKED, "--master", cluster.master)
    output, told = cluster.storage / "uitvoer", set()

    def has_begun() -> bool:
        told.update(_told_to_processes())
        assert job.poll() is None, cluster.log("driver")
        return any(output.rglob("controle.json"))

    wait_for("the first delivery", has_begun)
    assert not any(output.rglob("manifest.json"))
    cluster.kill("worker-0")
    told |= _told_to_processes()
    assert job.wait(timeout=600) == 0, cluster.log("driver")
    (path,) = output.rglob("manifest.json")
    manifest = json.loads(path.read_bytes())
    return Done(cluster, manifest, _expected(cluster), told)


def _expected(cluster: Cluster) -> bytes:
    """What one machine makes of the same deliveries with the same key, in a storage of its own."""
    alone = cluster.storage.with_name("alleen")
    shutil.copytree(cluster.storage / "brievenbus", alone / "brievenbus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLIMME_CHECK_OPSLAG", str(alone))
        patch.setenv("SLIMME_CHECK_SLEUTEL_BESTAND", str(cluster.key_file))
        bootstrap.let_go()
        bootstrap.run_waiting()
        bootstrap.let_go()
    return in_order(of_a_night(alone))


def test_a_worker_was_lost_and_its_work_was_done_by_another(done: Done) -> None:
    events = list(done.cluster.events())
    lost = [event for event in events if event["Event"] == "SparkListenerExecutorRemoved"]
    ended = [event["Task End Reason"] for event in events if event["Event"] == "SparkListenerTaskEnd"]
    failed = [reason for reason in ended if reason != {"Reason": "Success"}]
    assert len(lost) == 1 and failed
    assert "Opdracht" in done.cluster.log("driver")


def test_the_rows_are_those_of_one_machine_byte_for_byte(done: Done) -> None:
    assert done.manifest["aantal"] > 200
    assert done.manifest["per_oordeel"] == {"aangehouden": 1, "afgekeurd": 1, "geaccepteerd": 8}
    assert in_order(listed(done.cluster.storage, done.manifest)) == done.expected


def test_there_is_nothing_double_and_the_same_job_again_gives_the_same_files(done: Done) -> None:
    files = files_of(done.cluster.storage)
    parts = sum(len(delivery["delen"]) for delivery in done.manifest["leveringen"])
    assert len([name for name in files if name.endswith(".parquet")]) == parts
    again = done.cluster.python(*ASKED, "--master", done.cluster.master)
    assert again.wait(timeout=600) == 0, done.cluster.log("driver")
    assert files_of(done.cluster.storage) == files


def _everything_written(cluster: Cluster) -> Iterator[tuple[Path, bytes]]:
    for path in cluster.home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()


def test_the_key_is_in_no_log_no_setting_no_event_no_spilled_file_and_no_process(done: Done) -> None:
    (written,) = json.loads(done.cluster.key_file.read_text())["sleutels"].values()
    key = base64.b64decode(written)
    forms = [written.encode(), base64.urlsafe_b64encode(key), key, key.hex().encode(), repr(key).encode()]
    files = list(_everything_written(done.cluster))
    assert {"driver.log", "master.log", "worker-1.log", "stderr"} <= {path.name for path, _ in files}
    assert len(done.told_to_processes) > 4
    for form in forms:
        assert not [path for path, content in files if form in content]
        assert not [told for told in done.told_to_processes if form in told]


def test_no_number_of_a_person_is_in_any_log_or_event(done: Done) -> None:
    numbers = {number.encode() for number in numbers_of_people(done.cluster.storage / "brievenbus")}
    assert len(numbers) > 100
    for path, content in _everything_written(done.cluster):
        assert not numbers & set(re.findall(rb"\d{7,}", content)), path


def test_an_error_on_a_worker_tells_no_value_of_a_row(done: Done, tmp_path: Path) -> None:
    canaries = {kind: f"canarie-{kind}-8675309" for kind in ("foreign", "ours", "careless")}
    for kind, canary in canaries.items():
        (tmp_path / kind).write_text(canary)
    asked = done.cluster.python("-m", "tests.spark.quoting", str(tmp_path))
    assert asked.wait(timeout=300) == 0, done.cluster.log("driver")
    told = done.cluster.log("driver")
    assert "SC-900" in told and "SC-400" in told
    written = b"".join(content for _, content in _everything_written(done.cluster))
    assert {kind for kind, canary in canaries.items() if canary.encode() in written} == {"careless"}


def test_a_cluster_that_others_can_listen_to_is_refused() -> None:
    closed = dict.fromkeys(
        ("spark.authenticate", "spark.network.crypto.enabled", "spark.io.encryption.enabled"), "true"
    )
    refuse_open("spark://10.0.0.4:7077", closed)
    refuse_open("local[2]", {})
    for name in closed:
        with pytest.raises(RequestRefused, match=name):
            refuse_open("spark://10.0.0.4:7077", {**closed, name: "false"})
        with pytest.raises(RequestRefused, match=name):
            refuse_open("yarn", {left: told for left, told in closed.items() if left != name})
