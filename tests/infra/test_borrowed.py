"""Who is called at night runs a command with the addresses of an environment, and with no right of the app."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from development.deploying.borrowed import borrow
from shared.settings import read_settings
from tests.infra.conftest import ROOT

LISTED = [
    {"name": "AzureWebJobsStorage__clientId", "value": "app"},
    {"name": "SLIMME_CHECK_OPSLAG", "value": "https://uit.blob.core.windows.net"},
    {"name": "SLIMME_CHECK_SLEUTELKLUIS", "value": "https://kv.vault.azure.net"},
    {"name": "SLIMME_CHECK_DATABASE", "value": "postgresql+psycopg://id-slimme-check-app-test@psql:5432/slimme_check"},
    {"name": "SLIMME_CHECK_DATABASE_ENTRA", "value": "ja"},
    {"name": "SLIMME_CHECK_IDENTITEIT", "value": "11111111-1111-4111-8111-111111111111"},
    {"name": "SLIMME_CHECK_EASY_AUTH", "value": "ja"},
    {"name": "SLIMME_CHECK_TELEMETRIE", "value": "InstrumentationKey=x"},
]


def test_a_person_signs_in_as_oneself_to_the_same_places() -> None:
    found = borrow(LISTED, "beheerder@voorbeeld.nl")
    config = read_settings(found)
    assert config.identity == "ontwikkelaar"
    assert config.database.startswith("postgresql+psycopg://beheerder%40voorbeeld.nl@psql:5432/")
    assert found.keys().isdisjoint({"SLIMME_CHECK_EASY_AUTH", "SLIMME_CHECK_TELEMETRIE"})
    assert "id-slimme-check-app" not in str(found)


def test_the_command_gets_these_settings_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "toon.py").write_text(
        "import os; print(sorted(n for n in os.environ if n.startswith('SLIMME_CHECK_')))"
    )
    done = subprocess.run(
        [sys.executable, "-m", "development.deploying", "as", "ik", "toon"],
        input=json.dumps(LISTED),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}", "SLIMME_CHECK_LOGNIVEAU": "DEBUG"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(sorted(borrow(LISTED, "ik")))
