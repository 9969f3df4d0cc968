"""The parts themselves: nothing outlives a killed test, and what is missing is told: a skip here, a failure on CI."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.real.identity import make_certificate
from tests.real.on_azure import ROOT
from tests.real.worlds import Parts

_SERVES = """
import sys, time
from pathlib import Path
from tests.real.parts import postgresql
with postgresql(*map(Path, sys.argv[1:])) as url:
    print(url, flush=True)
    time.sleep(60)
"""


def _listens(port: int) -> bool:
    # every socket of this machine that waits for connections, by its port in hexadecimal
    return any(
        row.split()[3] == "0A" and row.split()[1].endswith(f":{port:04X}")
        for row in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    )


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="looks at sockets as Linux shows them")
def test_a_server_stops_when_the_tests_are_killed(real: Parts, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _SERVES, *map(str, make_certificate(tmp_path))]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        port = int(tests.stdout.readline().rpartition(":")[2])
        assert _listens(port)
        os.kill(tests.pid, signal.SIGKILL)
    until = time.monotonic() + 20
    while _listens(port) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _listens(port)


@pytest.mark.parametrize(("ci", "expected"), [("", "1 skipped"), ("true", "1 error")])
def test_a_missing_part_is_a_visible_skip_here_and_a_failure_on_ci(tmp_path: Path, ci: str, expected: str) -> None:
    settings = {"PATH": str(tmp_path), "CI": ci}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")}
    one = "tests/real/test_azure_blobs.py::test_a_missing_container_is_no_missing_blob"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", one, "-o", "addopts=", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**kept, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert expected in done.stdout and "make azurite" in done.stdout
    assert (done.returncode != 0) == (ci == "true")
