"""Invented requests by the hundred, right and wrong, against what openapi.json says: every check of schemathesis."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from shared.access import Role
from shared.api import PREFIX
from tests.api.conftest import Site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("schemathesis")]
EXAMPLES = 100  # for each operation
CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where the app is served, by a real server."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(site.app, log_level="critical", server_header=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{PREFIX}"
        server.should_exit = True
        thread.join(timeout=10)


def test_whatever_is_sent_the_answer_is_as_documented(site: Site, address: str, tmp_path: Path) -> None:
    token = site.issuer.token(*Role)
    done = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "schemathesis.cli",
                "--config-file",
                str(CONFIG),
                "run",
                f"{address}/openapi.json",
                "--url",
                address,
            ),
            *("--checks", "all", "--max-examples", str(EXAMPLES), "--seed", "20261122", "--no-color"),
            *("--header", f"Authorization: Bearer {token}", "--phases", "examples,coverage,fuzzing"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
