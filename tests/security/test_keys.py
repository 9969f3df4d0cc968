"""With a key that is wrong, gone, or open to others nothing is processed; with the right one put back all goes on."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import shared_in
from tests.security.conftest import SECOND

pytestmark = pytest.mark.slow
KEPT = ("brievenbus", "terugkoppeling", "uitvoer", "quarantaine", "momentopname", "logboek", "modellog")
OTHER = base64.b64encode(bytes(range(100, 132))).decode()


@pytest.fixture
def storage(first_night: Path, tmp_path: Path) -> Path:
    """What is there after the first night, for a test to damage."""
    shutil.copytree(first_night, tmp_path / "werk")
    return tmp_path / "werk"


def key_file(storage: Path) -> Path:
    return storage / "geheim" / "sleutel.json"


def changed(storage: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    path = key_file(storage)
    document = json.loads(path.read_text(encoding="ascii"))
    change(document)
    path.write_text(json.dumps(document), encoding="ascii")


def another_secret(storage: Path) -> None:
    changed(storage, lambda said: said["sleutels"].update({said["huidig"]: OTHER}))


def too_short(storage: Path) -> None:
    changed(storage, lambda said: said["sleutels"].update({said["huidig"]: OTHER[:20]}))


def a_name_of_nothing(storage: Path) -> None:
    changed(storage, lambda said: said.update({"huidig": "k-onbekend"}))


def open_to_others(storage: Path) -> None:
    key_file(storage).chmod(0o644)


def gone(storage: Path) -> None:
    key_file(storage).unlink()


DAMAGE = {
    another_secret: "SC-320",
    too_short: "SC-300",
    a_name_of_nothing: "SC-310",
    open_to_others: "SC-300",
    gone: "SC-300",
}


def kept(storage: Path) -> dict[str, str]:
    """Every file and every row that is not of the key, by a digest."""
    files = {
        path.relative_to(storage).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for container in KEPT
        for path in sorted((storage / container).rglob("*"))
        if path.is_file()
    }
    (database,) = storage.rglob("*.sqlite")
    with sqlite3.connect(database) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: str(connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in sorted(tables)}
    connection.close()
    return files | {name: hashlib.sha256(text.encode()).hexdigest() for name, text in rows.items()}


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_with_a_key_that_is_not_right_nothing_is_processed_until_it_is_put_back(
    storage: Path, damage: Callable[[Path], None]
) -> None:
    right, before = key_file(storage).read_bytes(), kept(storage)
    damage(storage)
    ran = shared_in(storage, "run")
    told = ran.stdout + ran.stderr
    assert ran.returncode != 0
    assert f"{DAMAGE[damage]} [" in told and "Traceback" not in told
    assert not [secret for secret in (*json.loads(right)["sleutels"].values(), OTHER[:20]) if secret in told]
    assert kept(storage) == before, "no run, no event, no file; the delivery lies where it lay"
    key_file(storage).write_bytes(right)
    key_file(storage).chmod(0o600)
    again = shared_in(storage, "run")
    assert again.returncode == 0 and f"{SECOND}: afgerond" in again.stdout, again.stdout + again.stderr


def test_a_person_is_not_looked_up_with_another_secret_under_the_same_id(storage: Path) -> None:
    """Nobody would be found, and that would be taken for an answer."""
    another_secret(storage)
    code = (
        "from shared import bootstrap; from shared.people.records import NumberKind; "
        "print(bootstrap.people.find_predictions(NumberKind.PERSOON, '1', 'vraag'))"
    )
    asked = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "SLIMME_CHECK_OPSLAG": str(storage)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "KeyChanged" in asked.stderr and "SC-320" in asked.stderr and asked.stdout == ""
