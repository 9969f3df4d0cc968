"""What a call leaves behind, and what it takes to serve: traces in every log, measurements, and a local issuer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.access import Role
from shared.api import PREFIX
from shared.runs import Outcome
from tests.api.conftest import Site
from tests.house.repository import ROOT

pytestmark = pytest.mark.slow
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
WHY = "Vraag van de aanvrager"


def _first(site: Site) -> dict[str, Any]:
    current = min((site.storage / "uitvoer").rglob("actueel.jsonl"))
    found: dict[str, Any] = json.loads(current.read_text(encoding="utf-8").splitlines()[0])
    return found


def test_the_trace_of_a_request_stands_in_the_audit_log_and_in_the_logboek(site: Site) -> None:
    client = site.as_(Role.BEHANDELAAR)
    asked = {"nummer": _first(site)["aanvraagnummer"], "reden": WHY}
    found = client.post(f"{PREFIX}/aanvragen/_zoek", asked, traceparent=PARENT).document["voorspellingen"][0]["id"]
    client.get(f"{PREFIX}/voorspellingen/{found}", Inzage_Reden=WHY, traceparent=PARENT)
    lines = [
        json.loads(path.read_text(encoding="utf-8")) for path in (site.storage / "logboek").rglob("*inzage*/**/*.jsonl")
    ]
    assert len([line for line in lines if line["trace_id"] == TRACE]) == 2
    events = site.as_(Role.TOEZICHTHOUDER).post(f"{PREFIX}/gebeurtenissen/_zoek", {"aantal": 5, "reden": WHY}).document
    traced = [each for each in events["gebeurtenissen"] if TRACE in each["bijzonderheden"]]
    assert [each["handeling"] for each in traced] == ["uitleg bekeken", "voorspelling opgezocht"]
    assert {json.loads(each["bijzonderheden"])["reden"] for each in traced} == {WHY}


def test_nothing_of_a_reason_or_a_number_stands_outside_the_database(site: Site) -> None:
    client, canary = site.as_(Role.BEHANDELAAR), "kanarie met een reden"
    number = _first(site)["aanvraagnummer"]
    client.post(f"{PREFIX}/aanvragen/_zoek", {"nummer": number, "reden": canary})
    client.post(f"{PREFIX}/aanvragen/_zoek", {"nummer": "123456782", "soort": "persoon", "reden": canary})
    for path in site.storage.rglob("*"):
        if path.is_file() and not path.name.startswith("administratie.sqlite"):
            assert canary.encode() not in path.read_bytes(), path
    for path in (site.storage / "logboek").rglob("*"):
        assert not path.is_file() or number.encode() not in path.read_bytes(), path


def test_what_is_done_at_once_is_measured_too(
    make_site: Callable[[Path], Site], nights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Outcome] = []
    monkeypatch.setattr("shared.telemetry.tell_round", lambda _, outcomes: told.extend(outcomes))
    shutil.copytree(nights, tmp_path / "werk")
    site = make_site(tmp_path / "werk")
    first, client = _first(site), site.as_(Role.PROCESBEHEERDER, Role.BEHANDELAAR)
    found = client.post(f"{PREFIX}/aanvragen/_zoek", {"nummer": first["aanvraagnummer"], "reden": WHY}).document
    levering = client.get(f"{PREFIX}/verwerkingen/{found['voorspellingen'][0]['verwerking']}").document["levering"]
    asked = {"levering": levering, "aanvraagnummers": [first["aanvraagnummer"]], "reden": WHY}
    assert client.post(f"{PREFIX}/verwerkingen", asked).status == 202
    assert [outcome.counts.aantal for outcome in told] == [1]


@pytest.mark.parametrize("environment", ["ontwikkel", "test", "acceptatie", "productie"])
def test_make_serve_refuses_any_other_environment_than_local(tmp_path: Path, environment: str) -> None:
    settings = {"SLIMME_CHECK_OPSLAG": str(tmp_path), "SLIMME_CHECK_OMGEVING": environment}
    done = subprocess.run(
        [sys.executable, "-m", "development", "serve"],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("SC-100 [SLIMME_CHECK_OMGEVING]")
    assert "Traceback" not in done.stderr
