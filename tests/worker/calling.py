"""Calls functions of the app as it would be deployed, in a process of the worker."""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# the folder of a built package to try instead of this tree, and a Python that has nothing installed: make package-test
PACKAGE, EMPTY_PYTHON = "GEBOUWD_PAKKET", "LEGE_PYTHON"
HOST = Path(__file__).with_name("host.py")
DATASET = "levensonderhoud"


@dataclass(frozen=True)
class Said:
    """What the worker said: per call an outcome, and everything that was logged."""

    told: dict[str, Any]
    log: str

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        return list(self.told["outcomes"])


def ignored_names() -> list[str]:
    """The patterns of .funcignore; they name files and folders, wherever they lie."""
    lines = (ROOT / ".funcignore").read_text(encoding="utf-8").splitlines()
    return [line.strip("/") for line in lines if line and not line.startswith("#")]


def deploy(to: Path) -> Path:
    """Copy what a deployment would take, and return the folder; a built package is taken as it was unpacked."""
    if PACKAGE in os.environ:
        return Path(os.environ[PACKAGE])
    patterns = ignored_names()

    def left_out(_: str, names: list[str]) -> set[str]:
        return {name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)}

    shutil.copytree(ROOT, to, ignore=left_out)
    return to


def ask_worker(app: Path, storage: Path, *calls: dict[str, Any], placeholder: bool = False, **settings: str) -> Said:
    """Make these calls one after another; `settings` are ours, without their prefix."""
    given = {"OPSLAG": str(storage), "LEVERDAGEN": "geen", **settings}
    asked = {
        "app": str(app),
        "placeholder": placeholder,
        "settings": {f"SLIMME_CHECK_{name}": value for name, value in given.items()},
        "calls": calls,
    }
    python = sys.executable
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SLIMME_CHECK_")}
    if PACKAGE in os.environ:  # as the platform does: the libraries of the package, and no others
        python, clean["PYTHONPATH"] = os.environ[EMPTY_PYTHON], str(app / ".python_packages" / "lib" / "site-packages")
    done = subprocess.run(
        [python, "-P", str(HOST)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        cwd=app,
        env=clean,
    )
    assert done.returncode == 0, done.stderr
    return Said(json.loads(done.stdout.splitlines()[-1]), done.stderr)


def arrived(levering: str, dataset: str = DATASET) -> dict[str, Any]:
    """The event that a description arrived."""
    return event(f"brievenbus/{dataset}/{levering}/datapackage.json")


def event(name: str) -> dict[str, Any]:
    """The event that a blob of this name arrived."""
    return {"function": "delivery_arrived", "name": name}


def tick() -> dict[str, Any]:
    """The nightly tick of the clock."""
    return {"function": "nightly"}


def gave_up(message: str, **more: Any) -> dict[str, Any]:
    """A message on the poison queue."""
    return {"function": "poison", "message": message, **more}


def minutes() -> dict[str, Any]:
    """The tick of the clock by day."""
    return {"function": "daytime"}


def get(url: str, **headers: str) -> dict[str, Any]:
    """A request to read something."""
    return {"method": "GET", "url": url, "headers": headers}


def post(url: str, body: object, **headers: str) -> dict[str, Any]:
    """A request with JSON."""
    return {
        "method": "POST",
        "url": url,
        "body": json.dumps(body),
        "headers": {"Content-Type": "application/json", **headers},
    }
