"""The command line on a storage of its own, as somebody at a terminal uses it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from development.population import write_mailbox

ROOT = Path(__file__).parents[2]
type Shared = Callable[..., subprocess.CompletedProcess[str]]


def shared_in(
    storage: Path, *arguments: str | bytes, typed: str | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run `python -m shared` with these arguments and what is typed after them; output as text."""
    environment = {**os.environ, "SLIMME_CHECK_OPSLAG": str(storage), **settings}
    return subprocess.run(
        [sys.executable, "-m", "shared", *arguments],
        cwd=ROOT,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A storage after `run` over five invented nights; to be read, not changed."""
    storage = tmp_path_factory.mktemp("nachten")
    write_mailbox(storage, seed=1, day=date(2026, 11, 17))
    ran = shared_in(storage, "run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return storage


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    """A storage with five invented nights that nobody has processed."""
    write_mailbox(tmp_path, seed=1, day=date(2026, 11, 17))
    return tmp_path
