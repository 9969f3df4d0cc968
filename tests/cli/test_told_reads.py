"""Facts per application that a command shows are on record first, with who asked and why."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from development.population import write_delivery
from tests.cli.conftest import ROOT, shared_in

MODEL = ("--model", str(ROOT / "models" / "levensonderhoud-1.0.0"))
WHY = ("--reden", "vraag van de auditor")


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """A delivery of three applications, outside any storage."""
    folder = tmp_path / "elders" / "KANARIE"
    write_delivery(folder, applications=3, period=(datetime(2026, 11, 19), datetime(2026, 11, 20)), seed=1)
    return folder


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    """A storage with an administration in which nothing happened."""
    (tmp_path / "werk").mkdir()
    assert shared_in(tmp_path / "werk", "replay").returncode == 0
    return tmp_path / "werk"


def events(storage: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(storage / "administratie.sqlite")) as raw:
        query = "SELECT handeling, object, dataset, herkomst, details FROM gebeurtenissen ORDER BY volgnr"
        return list(raw.execute(query))


def test_features_and_scores_are_told_with_the_reason_and_no_number(
    storage: Path, delivery: Path, tmp_path: Path
) -> None:
    features, scores = tmp_path / "f.csv", tmp_path / "s.csv"
    assert shared_in(storage, "features", str(delivery), "-o", str(features), *WHY).returncode == 0
    assert shared_in(storage, "score", str(features), *MODEL, "-o", str(scores), *WHY).returncode == 0
    read, scored = events(storage)
    assert read[0] == "kenmerken van een levering opgevraagd" and read[2] == "levensonderhoud"
    assert json.loads(read[4])["aanvragen"] == 3 and json.loads(read[4])["reden"] == WHY[1]
    assert read[1].removeprefix("levering met digest ") == json.loads(read[4])["digest"][:12]
    assert scored[:2] == ("tabel met kenmerken gescoord", "model levensonderhoud 1.0.0")
    assert json.loads(scored[4]) | {"sha256": ""} == {"reden": WHY[1], "rijen": 3, "sha256": ""}
    assert all(one[3].startswith("opdrachtregel") for one in (read, scored))
    numbers = [line.split(",")[0] for line in features.read_text().splitlines()[1:]]
    assert len(numbers) == 3 and not any(word in str(events(storage)) for word in (*numbers, "KANARIE"))
    assert shared_in(storage, "verify-audit").returncode == 0


@pytest.mark.parametrize(("why", "code"), [((), 2), (("--reden", " "), 1)])
def test_without_a_reason_nothing_is_shown(
    why: tuple[str, ...], code: int, storage: Path, delivery: Path, tmp_path: Path
) -> None:
    features, scores = tmp_path / "f.csv", tmp_path / "s.csv"
    refused = shared_in(storage, "features", str(delivery), "-o", str(features), *why)
    assert refused.returncode == code and not features.exists()
    shared_in(tmp_path, "features", str(delivery), "-o", str(features), *WHY)
    refused = shared_in(storage, "score", str(features), *MODEL, "-o", str(scores), *why)
    assert refused.returncode == code and not scores.exists()
    assert events(storage) == []


def test_what_cannot_be_put_on_record_is_not_shown(storage: Path, delivery: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(storage / "administratie.sqlite")) as raw, raw:
        raw.execute("CREATE TRIGGER dicht BEFORE INSERT ON gebeurtenissen BEGIN SELECT RAISE(ABORT, 'dicht'); END")
    refused = shared_in(storage, "features", str(delivery), "-o", str(tmp_path / "f.csv"), *WHY)
    assert refused.returncode == 1 and not (tmp_path / "f.csv").exists()


def test_where_there_is_no_administration_none_is_made(delivery: Path, tmp_path: Path) -> None:
    (tmp_path / "leeg").mkdir()
    assert shared_in(tmp_path / "leeg", "features", str(delivery), "-o", str(tmp_path / "f.csv"), *WHY).returncode == 0
    assert list((tmp_path / "leeg").iterdir()) == []
