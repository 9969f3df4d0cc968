"""A second model is a sibling folder and a package: no other file changes, and no other file knows its name."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from interpret.glassbox import ExplainableBoostingClassifier

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
NAME = "kwijtschelding"
REQUESTS = [
    ("V1", "11", "2026-11-19 09:00:00"),
    ("V2", "12", "2026-11-19 10:00:00"),
    ("V3", "13", "2026-11-19 11:00:00"),
]
DEBTS = [("11", "2500.00"), ("11", "40.50"), ("12", "10.00"), ("99", "1.00")]


def _csv(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


def _deliver(folder: Path) -> None:
    folder.mkdir(parents=True)
    tables = {
        "verzoeken": (_csv(("verzoeknr", "persoonnr", "indiening"), REQUESTS), len(REQUESTS)),
        "schulden": (_csv(("persoonnr", "bedrag"), DEBTS), len(DEBTS)),
    }
    resources = []
    for name, (raw, rows) in tables.items():
        (folder / f"{name}.csv").write_bytes(raw)
        digest = f"sha256:{hashlib.sha256(raw).hexdigest()}"
        resources.append(
            {"name": name, "path": f"{name}.csv", "format": "csv", "bytes": len(raw), "hash": digest, "rijen": rows}
        )
    description = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": NAME,
        "created": "2026-11-20T02:00:00+01:00",
        "dataset": NAME,
        "schemaversie": "0.1.0",
        "periode": {"van": "2026-11-19T00:00:00", "tot": "2026-11-20T00:00:00"},
        "resources": resources,
    }
    (folder / "datapackage.json").write_text(json.dumps(description))


def _train(path: Path) -> None:
    generator = np.random.default_rng(1)
    debts = generator.integers(0, 60, 2_000) * 50.0
    numbers = generator.integers(0, 4, 2_000)
    flagged = (debts + generator.normal(0, 500, 2_000) > 1_500).astype(int)
    frame = pd.DataFrame({"schuld": debts, "aantal_schulden": numbers})
    cuts = [[500.0, 1000.0, 1500.0, 2000.0], [1.0, 2.0]]
    model = ExplainableBoostingClassifier(feature_types=cuts, interactions=0, outer_bags=2, n_jobs=1, random_state=1)
    model.fit(frame, flagged)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # interpret calls its JSON a beta; our package is made from it
        model.to_json(str(path), detail="all")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product as it is, with one folder and one package added."""
    home = tmp_path_factory.mktemp("tweede")
    for folder in ("shared", "development", "models"):
        shutil.copytree(ROOT / folder, home / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(HERE / NAME, home / "shared" / NAME, ignore=shutil.ignore_patterns("__pycache__"))
    _train(home / "ebm.json")
    policy = {
        "name": NAME,
        "version": "0.1.0",
        "date": "2026-11-01",
        "threshold": 0.5,
        "texts": {"schuld": {"som": "Er is {euro} euro schuld", "geen": "Er is geen schuld bekend"}},
        "labels": {"schuld": "Schuld", "aantal_schulden": "Aantal schulden"},
    }
    (home / "policy.json").write_text(json.dumps(policy))
    packaged = _shared(home, "package", "ebm.json", "--policy", "policy.json", "-o", f"models/{NAME}-0.1.0")
    assert packaged.returncode == 0, packaged.stderr
    _deliver(home / "werk" / "brievenbus" / NAME / "2026-11-20")
    return home


def _shared(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(home), "SLIMME_CHECK_OPSLAG": str(home / "werk")}
    return subprocess.run(
        [sys.executable, "-m", "shared", *arguments], cwd=home, env=environment, capture_output=True, text=True
    )


@pytest.mark.slow
def test_its_delivery_becomes_explained_results(project: Path) -> None:
    ran = _shared(project, "run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    current = (project / "werk/uitvoer" / NAME / "2026-11-20/actueel.jsonl").read_text(encoding="utf-8").splitlines()
    results = {document["aanvraagnummer"]: document for document in map(json.loads, current)}
    assert {number: document["resultaattype"] for number, document in results.items()} == {"V1": 1, "V2": 2, "V3": 2}
    assert results["V1"]["kenmerken"] == {"schuld": 2540.5, "aantal_schulden": 2, "schuld_onbekend": 0}
    assert results["V3"]["uitleg"]["onbekend"] == ["schuld"]
    assert "Er is 2540.5 euro schuld" in [factor["zin"] for factor in results["V1"]["uitleg"]["verhogend"]]
    assert {document["advies"] for document in results.values()} == {"klantmanager"}


@pytest.mark.slow
def test_check_features_and_explain_find_it_by_the_delivery_and_the_number(project: Path, tmp_path: Path) -> None:
    delivery = tmp_path / "levering"
    _deliver(delivery)
    assert _shared(project, "check", str(delivery)).returncode == 0
    shown = _shared(project, "features", str(delivery), "-o", str(tmp_path / "f.csv"), "--reden", "test")
    assert shown.returncode == 0
    header, *rows = (tmp_path / "f.csv").read_text().splitlines()
    assert header == "aanvraagnummer,peilmoment,schuld,aantal_schulden,schuld_onbekend"
    assert rows[0] == "V1,2026-11-19T09:00:00,2540.5,2,0"
    _shared(project, "run")
    explained = _shared(project, "explain", "V1", "--reden", "test")
    assert explained.returncode == 0, explained.stderr
    assert "Resultaat 1: eerst bekijken" in explained.stdout


def test_no_other_file_knows_the_name_of_a_use_case() -> None:
    sources = [*(ROOT / "shared").rglob("*.py"), ROOT / "function_app.py"]
    outside = [path for path in sources if ROOT / "shared" / "levensonderhoud" not in path.parents]
    assert len(outside) > 40
    knowing = [str(path.relative_to(ROOT)) for path in outside if "levensonderhoud" in path.read_text(encoding="utf-8")]
    assert knowing == []
