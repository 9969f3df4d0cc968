"""A real Spark cluster on this machine: a master and workers, each a process of its own with executors of its own."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-bulk" / "bin" / "python"
HOST = "127.0.0.1"
SMALL = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # these live for seconds
PATIENCE = 120  # seconds; the machine may be busy


def free_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        return int(listening.getsockname()[1])


def wait_for(what: str, is_so: Callable[[], bool]) -> None:
    """Wait until something is so; AssertionError after a long while."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.05)


@dataclass
class Cluster:
    """The processes of a cluster, and where they write: settings, logs, spilled files and the log of events."""

    home: Path
    storage: Path
    key_file: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def master(self) -> str:
        """Return the address of the master."""
        return f"spark://{HOST}:{self.port}"

    def start(self, workers: int) -> None:
        """Start a master and so many workers of one core, and wait until it knows them."""
        self._write_settings()
        daemon = "org.apache.spark.deploy"
        self._start("master", f"{daemon}.master.Master", "--port", str(self.port), "--webui-port", "0")
        wait_for("the master", lambda: "New state: ALIVE" in self.log("master"))
        for number in range(workers):
            name = f"worker-{number}"
            self._start(
                name, f"{daemon}.worker.Worker", "--cores", "1", "--memory", "1g", "--webui-port", "0",
                "--work-dir", str(self.home / name), self.master,
            )  # fmt: skip
        for number in range(workers):
            wait_for("a worker", lambda name=f"worker-{number}": "Successfully registered" in self.log(name))

    def log(self, name: str) -> str:
        """Return what a process said."""
        return (self.home / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def python(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a Python with Spark that uses this cluster, and return it; its output is the log `driver`."""
        with (self.home / "driver.log").open("ab") as out:
            return subprocess.Popen(
                [PYTHON, *arguments], cwd=ROOT, env=self._environment(), stdout=out, stderr=subprocess.STDOUT
            )

    def kill(self, name: str) -> None:
        """Take a machine away at once: the worker and the executors it started."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes.pop(name).wait()

    def stop(self) -> None:
        """End every process of the cluster."""
        for name in list(self.processes):
            self.kill(name)

    def events(self) -> Iterator[dict[str, object]]:
        """Yield what Spark itself wrote about every job."""
        for path in sorted((self.home / "gebeurtenissen").rglob("*")):
            if path.is_file() and not path.name.startswith((".", "appstatus")):
                yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())

    def _start(self, name: str, *command: str) -> None:
        spark_class = next((PYTHON.parent.parent / "lib").glob("python3*/site-packages/pyspark/bin/spark-class"))
        with (self.home / f"{name}.log").open("wb") as out:
            self.processes[name] = subprocess.Popen(
                [spark_class, *command], env=self._environment(), stdout=out, stderr=out, start_new_session=True
            )

    def _write_settings(self) -> None:
        (self.home / "conf").mkdir(parents=True)
        (self.home / "gebeurtenissen").mkdir()
        settings = {
            "spark.authenticate": "true",
            "spark.authenticate.secret": secrets.token_hex(32),
            "spark.network.crypto.enabled": "true",
            "spark.io.encryption.enabled": "true",
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": f"file://{self.home}/gebeurtenissen",
            "spark.eventLog.compress": "false",  # what nobody can read, no test finds anything in
            "spark.executor.memory": "600m",
            "spark.scheduler.minRegisteredResourcesRatio": "1.0",  # no task before every worker is there
            "spark.scheduler.maxRegisteredResourcesWaitingTime": f"{PATIENCE}s",
            "spark.executor.extraJavaOptions": SMALL,
            "spark.driver.extraJavaOptions": SMALL,
            "spark.ui.enabled": "false",
        }
        written = "".join(f"{name} {value}\n" for name, value in settings.items())
        path = self.home / "conf" / "spark-defaults.conf"
        path.touch(mode=0o600)
        path.write_text(written)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "JAVA_HOME", "LANG") if name in os.environ}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "PYSPARK_PYTHON": str(PYTHON),
            "SPARK_CONF_DIR": str(self.home / "conf"),
            "SPARK_LOCAL_IP": HOST,
            "SPARK_LOCAL_DIRS": str(self.home / "schijf"),
            "SPARK_DAEMON_MEMORY": "300m",
            "SPARK_DAEMON_JAVA_OPTS": SMALL,
            "SLIMME_CHECK_OPSLAG": str(self.storage),
            "SLIMME_CHECK_SLEUTEL_BESTAND": str(self.key_file),
        }
