"""One real night, as `make run` shows it: five invented deliveries, processed by the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from development.population import write_mailbox
from tests.house.repository import ROOT


@dataclass(frozen=True)
class Night:
    """`root`: the storage afterwards; `delivered`: the deliveries as they were; `told`: what the command said."""

    root: Path
    delivered: Path
    told: str

    @property
    def runs(self) -> list[Path]:
        """The folders of the published runs."""
        return sorted((self.root / "uitvoer").glob("levensonderhoud/*/runs/*"))

    def lines(self) -> list[dict[str, Any]]:
        """Every result of every run."""
        files = [run / "resultaten.jsonl" for run in self.runs]
        return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    root, delivered = tmp_path_factory.mktemp("nacht"), tmp_path_factory.mktemp("geleverd")
    write_mailbox(root, seed=1, day=date(2026, 11, 17))
    shutil.copytree(root / "brievenbus", delivered, dirs_exist_ok=True)
    ran = subprocess.run(
        [sys.executable, "-m", "shared", "run"],
        cwd=ROOT,
        env={**os.environ, "SLIMME_CHECK_OPSLAG": str(root)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return Night(root, delivered, ran.stdout + ran.stderr)
