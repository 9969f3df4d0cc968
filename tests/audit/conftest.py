"""Workshops as the tests of the shell have them, and one PostgreSQL for all tests here."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.databases import Server, running_server
from tests.real.parts import Missing
from tests.shell.conftest import empty_database, make_workshop, workshop

__all__ = ["empty_database", "make_workshop", "workshop"]


@pytest.fixture(scope="session")
def server_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server | str]:
    """The server, or what is missing."""
    try:
        with running_server(tmp_path_factory.mktemp("certificaat")) as found:
            yield found
    except Missing as missing:
        yield str(missing)


@pytest.fixture
def server(server_running: Server | str) -> Server:
    """A PostgreSQL; a test that needs it is skipped on a laptop that has none, and fails where CI=true."""
    if isinstance(server_running, str):
        if os.environ.get("CI") == "true":
            pytest.fail(server_running)
        pytest.skip(server_running)
    return server_running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of this test."""
    return tmp_path
