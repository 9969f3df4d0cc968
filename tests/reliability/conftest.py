"""Where the tries of these tests are made."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_IN_MEMORY = Path("/dev/shm")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.stem != "test_page":
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for thousands of small tries: in memory where that can be, since a killed process loses no writes."""
    where = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    made = Path(tempfile.mkdtemp(prefix="slimme-check-", dir=where))
    yield made
    shutil.rmtree(made, ignore_errors=True)
