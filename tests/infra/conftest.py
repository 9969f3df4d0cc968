"""What reads infra/: a Python of its own (`make infra-tools`)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-infra" / "bin" / "python"
ASKED = Path(__file__).with_name("asked.py")


@pytest.fixture(scope="session")
def checker() -> Path:
    """The Python that reads infra/; without it its tests are skipped, and fail where CI=true."""
    if not PYTHON.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("make infra-tools did not install what reads infra/")
        pytest.skip("make infra-tools")
    return PYTHON


def ask(checker: Path, root: Path, what: str) -> Any:
    """Return what the checks say of a copy of the repository: `problems`, `settings` or `alarms`."""
    done = subprocess.run(
        [checker, ASKED, what, root],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what is checked, that a test may spoil."""
    for name in ("infra", "docs/architectuur"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path
