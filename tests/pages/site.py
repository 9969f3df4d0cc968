"""A site as `make serve` starts it, filled by what `make run` shows, on a free port of this machine."""

from __future__ import annotations

import csv
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from development.population import write_mailbox
from tests.modelregister.packages import folder_of_models

ROOT = Path(__file__).resolve().parents[2]
SEED, FIRST_DAY = 1, date(2026, 11, 17)
DATASET = "levensonderhoud"
LATER = ("2026-11-19",)  # kept back, so that there is something to deliver when a test wants it
_READY_SECONDS = 60


@dataclass(frozen=True)
class Site:
    """`address`: where the site is; `root`: its storage; `models`: its packages; `delivered`: what was delivered."""

    address: str
    root: Path
    models: Path
    delivered: Path

    def command(self, *arguments: str) -> str:
        """Do something at the terminal, as the nightly timer or an administrator would; returns what it says."""
        told = subprocess.run(
            [sys.executable, "-m", "shared", *arguments],
            cwd=ROOT,
            env=_environment(self.root, self.models),
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        return told.stdout + told.stderr

    def deliver_the_rest(self) -> None:
        """Deliver what was kept back when the site began."""
        for name in LATER:
            shutil.copytree(self.delivered / name, self.root / "brievenbus" / DATASET / name)

    def person_of(self, application: str) -> str:
        """Return the number of whoever made an application, from the first delivery."""
        with (self.delivered / str(FIRST_DAY) / "diensten.csv").open(encoding="utf-8", newline="") as file:
            return next(row["subjectnrklant"] for row in csv.DictReader(file) if row["dienstnr"] == application)

    def current(self, resultaattype: int) -> list[dict[str, Any]]:
        """Return the current results of one type, in the order of their number."""
        lines = [
            json.loads(line)
            for file in sorted((self.root / "uitvoer").rglob("actueel.jsonl"))
            for line in file.read_text(encoding="utf-8").splitlines()
        ]
        return [line for line in lines if line["resultaattype"] == resultaattype]


def _environment(root: Path, models: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SLIMME_CHECK_OPSLAG": str(root),
        "SLIMME_CHECK_OMGEVING": "lokaal",
        "SLIMME_CHECK_MODELLEN": str(models),
    }


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Serve an installation with a few nights in it, for as long as the block lasts."""
    root, port = folder / "werk", _free_port()
    write_mailbox(folder, seed=SEED, day=FIRST_DAY)
    site = Site(f"http://127.0.0.1:{port}", root, folder_of_models(folder), folder / "brievenbus" / DATASET)
    kept_back = shutil.ignore_patterns(*LATER)
    shutil.copytree(site.delivered, root / "brievenbus" / DATASET, ignore=kept_back)
    site.command("run")
    log = root / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "development", "serve", "--port", str(port)],
            cwd=ROOT,
            env=_environment(root, site.models),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(site.address, server, log)
            yield site
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _READY_SECONDS
    while True:
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the site did not start: {log.read_text(errors='replace')[-1000:]}")
        try:
            with urllib.request.urlopen(f"{address}/toegankelijkheid", timeout=2):
                return
        except OSError:
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
