"""The algorithm as it is registered here, and its pages in a browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from shared import ACTIVITY_URI
from shared.bootstrap.register import told_of_package
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.monitoring.register.facts import Algorithm
from shared.monitoring.register.files import register_files
from tests.house.repository import ROOT
from tests.pages.browser import Missing, browser


@pytest.fixture(scope="session")
def algorithm() -> Algorithm:
    """All that is told of the packaged model."""
    return told_of_package(LEVENSONDERHOUD.dataset, ROOT / "models", LEVENSONDERHOUD.package, ACTIVITY_URI)


@pytest.fixture(scope="session")
def files(algorithm: Algorithm) -> dict[str, bytes]:
    """Every file of the register, by its place."""
    return register_files([algorithm])


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """A browser; a test that needs it is skipped on a laptop that has none, and fails where CI=true."""
    try:
        with browser() as found:
            yield found
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test tells what it looked at."""


@pytest.fixture(scope="module")
def address(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages are served as a web server would: the address of the folder of the site."""
    home: Path = tmp_path_factory.mktemp("register")
    for name, content in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(home)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/site/"
    server.shutdown()
    server.server_close()
