"""Invented requests by the hundred, right and wrong, against what openapi.json says: every check of schemathesis."""

from __future__ import annotations

import json
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
WHY = {"reden": "Vraag van de aanvrager"}
# What a document cannot say of these: a period ends after it begins, a route is one of the use case and fits whether
# the advice was followed, a number is that of the person who asked, and who granted something does not carry it out. A
# request of the right form may be refused.
RULES = (
    "POST /gebeurtenissen/_zoek",
    "POST /leveringen/{id}/afronding",
    "POST /modellen/{naam}/versies/{versie}/aanvragen/_zoek",
    "POST /modellen/{naam}/versies/{versie}/stappen",
    "POST /voorspellingen/{id}/beoordelingen",
    "GET /verzoeken/{id}/inzage",
    "POST /verzoeken/{id}/inzage",
    "POST /verzoeken/{id}/verwijdering",
)


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


def _known(site: Site) -> dict[str, str]:
    """What is there, so that requests get past the door: an id for the operations on one prediction or objection."""
    someone = site.as_(*Role)
    current = next((site.storage / "uitvoer").rglob("actueel.jsonl")).read_text(encoding="utf-8").splitlines()[0]
    asked = {"nummer": json.loads(current)["aanvraagnummer"], **WHY}
    (found, *_) = someone.post(f"{PREFIX}/aanvragen/_zoek", asked).document["voorspellingen"]
    objection = someone.post(f"{PREFIX}/bezwaren", {"voorspelling": found["id"], **WHY}).document
    held = next(
        each["id"]
        for each in someone.get(f"{PREFIX}/leveringen").document["leveringen"]
        if each["verwerkingen"][-1]["toestand"] == "aangehouden"
    )
    return {
        "GET /voorspellingen/{id}": found["id"],
        "GET /voorspellingen/{id}/invoer": found["id"],
        "GET /voorspellingen/{id}/beoordelingen": found["id"],
        "POST /voorspellingen/{id}/beoordelingen": found["id"],
        "GET /bezwaren/{id}": objection["id"],
        "GET /leveringen/{id}": held,
        "POST /leveringen/{id}/vrijgave": held,
        "POST /leveringen/{id}/afronding": held,
        "GET /verwerkingen/{id}": found["verwerking"],
    }


def _config(site: Site) -> str:
    known = _known(site)
    lines: list[str] = []
    for name in sorted({*known, *RULES}):
        lines += ["[[operations]]", f'include-name = "{name}"']
        if name in known:
            lines.append(f'parameters = {{ "path.id" = "{known[name]}" }}')
        if name in RULES:
            lines.append('checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "403", "404", "409"]')
    return "\n".join(lines) + "\n"


def test_whatever_is_sent_the_answer_is_as_documented(site: Site, address: str, tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(_config(site), encoding="utf-8")
    token = site.issuer.token(*Role)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
            *("run", f"{address}/openapi.json", "--url", address, "--phases", "examples,coverage,fuzzing"),
            *("--checks", "all", "--max-examples", str(EXAMPLES), "--seed", "20261122", "--no-color"),
            *("--header", f"Authorization: Bearer {token}"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
