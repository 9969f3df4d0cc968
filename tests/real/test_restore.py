"""A backup of the database can be put back: everything is in it, everybody's rights, and what must go again is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from development.deploying.restore import RestoreFailed, back_up, put_back, to_repeat
from shared.adapters.folder import FolderStore
from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.rights import APP, PURGE, READER
from shared.adapters.sql.tables import VERSION
from tests.real import parts
from tests.real.on_azure import run_app
from tests.real.worlds import WAIT, Parts

TABLES = ("leveringen", "verwerkingen", "resultaten", "bijdragen", "gebeurtenissen", "modelversies")


@pytest.fixture(autouse=True)
def tools(real: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools of PostgreSQL on the path, as the runbook asks."""
    monkeypatch.setenv("PATH", f"{parts._binaries()}{os.pathsep}{os.environ['PATH']}")


def rows(url: str) -> dict[str, list[object]]:
    engine = make_engine(url, WAIT)
    with engine.connect() as connection:
        found = {
            table: list(connection.exec_driver_sql(f"SELECT t::text FROM {table} t ORDER BY 1")) for table in TABLES
        }
    engine.dispose()
    return found


def night(storage: Path, url: str) -> dict[str, str]:
    """One night in a folder, with its administration in PostgreSQL."""
    settings = {"OPSLAG": str(storage), "DATABASE": url, "VERWIJDER_DATABASE": url}
    run_app({"OPSLAG": str(storage), "DATABASE": url}, "shared.migrate")
    done = [sys.executable, "-m", "development.deploying", "smoke", "deliver", str(storage)]
    subprocess.run([*done, "--note", str(storage / "rook.json")], check=True, capture_output=True)
    run_app(settings, "shared", "run")
    return settings


def test_everything_comes_back_and_the_audit_log_holds(real: Parts, tmp_path: Path) -> None:
    before, after = real.new_database("template1"), real.new_database("template1")
    settings = night(tmp_path / "werk", before)
    file = tmp_path / "kopie.dump"
    back_up(sa.engine.make_url(before), file)
    assert file.stat().st_mode & 0o077 == 0, "only who made it can read it"
    engine = make_engine(after, WAIT)
    assert put_back(file, sa.engine.make_url(after), engine) == VERSION
    assert rows(after) == rows(before)
    assert rows(after)["resultaten"]
    assert "ongeschonden" in run_app(
        {**settings, "DATABASE": after, "VERWIJDER_DATABASE": after}, "shared", "verify-audit"
    )
    assert to_repeat(FolderStore(tmp_path / "werk"), engine) == []
    with engine.connect() as connection:
        may = "SELECT has_table_privilege(%s, 'resultaten', %s)"
        rights = {
            (role, right): connection.exec_driver_sql(may, (role, right)).scalar()
            for role in (APP, PURGE, READER)
            for right in ("INSERT", "DELETE")
        }
    assert rights == {key: key == (APP, "INSERT") for key in rights}
    engine.dispose()


def test_a_database_that_is_not_empty_is_left_alone(real: Parts, tmp_path: Path) -> None:
    url = real.new_database("template1")
    run_app({"OPSLAG": str(tmp_path / "werk"), "DATABASE": url}, "shared.migrate")
    file = tmp_path / "kopie.dump"
    back_up(sa.engine.make_url(url), file)
    engine = make_engine(url, WAIT)
    with pytest.raises(RestoreFailed, match="not empty"):
        put_back(file, sa.engine.make_url(url), engine)
    engine.dispose()


def test_what_was_removed_after_the_backup_must_go_again(real: Parts, tmp_path: Path) -> None:
    """The proofs of destruction lie outside the database, so they know what an older copy does not."""
    url = real.new_database("template1")
    storage = tmp_path / "werk"
    settings = night(storage, url)
    back_up(sa.engine.make_url(url), tmp_path / "kopie.dump")
    stray = storage / "brievenbus" / "levensonderhoud" / "2026-01-02" / "diensten.csv"
    stray.parent.mkdir(parents=True)
    stray.write_text("nooit afgemaakt")
    os.utime(stray, (1_600_000_000, 1_600_000_000))
    run_app(settings, "shared", "purge")
    assert not stray.exists()
    older = real.new_database("template1")
    told = run_app(
        {**settings, "DATABASE": older, "VERWIJDER_DATABASE": older},
        "development.deploying",
        "restore",
        str(tmp_path / "kopie.dump"),
    )
    assert "Opnieuw te verwijderen: bestanden (1;" in told
    here = {**settings, "DATABASE": older, "VERWIJDER_DATABASE": older}
    again = run_app(here, "development.deploying", "removals")
    assert again in told, "the platform's own restore asks nothing of us; this tells it afterwards"
    assert "Opnieuw te verwijderen: bestanden (1;" in again
    # that the last events are gone is put on record, the chain goes on behind them, and the rest is told as before
    assert "Vastgelegd: gebeurtenissen" in run_app(here, "shared", "restored", "--reden", "proef van het terugzetten")
    run_app(here, "shared", "run")
    checked = run_app(here, "shared", "verify-audit")
    assert "zijn weg: de database is toen teruggezet" in checked and "ongeschonden" in checked
    assert run_app(here, "development.deploying", "removals") == again


def test_a_tool_that_fails_says_so_without_the_address(real: Parts, tmp_path: Path) -> None:
    url = sa.engine.make_url(real.database).set(database="bestaat_niet", password="Zomer2026")
    with pytest.raises(RestoreFailed) as told:
        back_up(url, tmp_path / "kopie.dump")
    assert "Zomer2026" not in str(told.value) and "bestaat_niet" not in str(told.value)
