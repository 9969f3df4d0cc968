"""Runs one benchmark: measures, keeps what was found as JSON, and tells it."""

from __future__ import annotations

import importlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from benchmarks.measuring import ROOT
from benchmarks.outcome import Outcome
from benchmarks.page import rendered

KEPT = ROOT / "werk" / "benchmarks"
LIBRARIES = ("numpy", "pandas", "pyarrow", "sqlalchemy", "interpret-core")


def benchmark(name: str) -> ModuleType:
    """Return the module of a benchmark."""
    return importlib.import_module(f"benchmarks.{name}")


def run(name: str, size: int | None = None) -> Outcome:
    """Measure, with what the machine was and did at the time."""
    module = benchmark(name)
    before, moment = _load(), datetime.now(UTC)
    found: Outcome = module.measure(module.SIZE if size is None else size)
    around = {
        "measured": f"{moment:%Y-%m-%d %H:%M} UTC",
        "commit": _commit(),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory()} GB, {platform.system()}",
        "load": f"{before} before, {_load()} after",
    }
    versions = {**_versions(LIBRARIES), **found.versions}
    return replace(found, versions=versions, surroundings=around, asked=module.SIZE)


def keep(name: str, found: Outcome, folder: Path = KEPT) -> None:
    """Keep what was found, for the page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(found.as_json(), encoding="utf-8")


def kept(name: str, folder: Path = KEPT) -> Outcome | None:
    """Return what was found last, beside the size that is asked now; None when it was never measured here."""
    path = folder / f"{name}.json"
    if not path.exists():
        return None
    return replace(Outcome.from_json(path.read_text(encoding="utf-8")), asked=benchmark(name).SIZE)


def alone(name: str) -> None:
    """Run a benchmark from the command line: `python -m benchmarks.<name> [SIZE]`."""
    found = run(name, int(sys.argv[1]) if len(sys.argv) > 1 else None)
    keep(name, found)
    print(rendered(found))


def _versions(libraries: Iterable[str]) -> dict[str, str]:
    return {"Python": platform.python_version(), **{name: version(name) for name in libraries}}


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _commit() -> str:
    head, changed = _git("rev-parse", "--short", "HEAD"), _git("status", "--porcelain", "-uno", "shared")
    return (head or "unknown") + (" with changes" if changed else "")


def _git(*asked: str) -> str:
    told = subprocess.run(["git", *asked], cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip()


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)
