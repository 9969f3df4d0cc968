"""The purge as an app of its own, as infra/ lays it out: its identity is a member of two roles and can read no key."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa

from shared.adapters.sql.rights import APP, PURGE
from tests.real.on_azure import run_app
from tests.real.test_restore import night
from tests.real.worlds import Parts

IDENTITY = "id-slimme-check-verwijder-proef"


def test_a_round_needs_two_roles_and_no_key(real: Parts, tmp_path: Path) -> None:
    owned, storage = real.new_database("template1"), tmp_path / "werk"
    night(storage, owned)
    with real.admin().connect() as connection:
        if not connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (IDENTITY,)).scalar():
            connection.exec_driver_sql(f"CREATE ROLE \"{IDENTITY}\" LOGIN PASSWORD 'proef'")
        connection.exec_driver_sql(f'GRANT {APP}, {PURGE} TO "{IDENTITY}"')
    stray = storage / "brievenbus" / "levensonderhoud" / "2026-01-02" / "diensten.csv"
    stray.parent.mkdir(parents=True)
    stray.write_text("nooit afgemaakt")
    told = storage / "terugkoppeling"
    for old in (stray, *told.rglob("bericht.json")):
        os.utime(old, (1_600_000_000, 1_600_000_000))
    (storage / "geheim" / "sleutel.json").unlink()
    url = sa.engine.make_url(owned).set(username=IDENTITY, password="proef").render_as_string(hide_password=False)
    run_app({"OPSLAG": str(storage), "DATABASE": url, "VERWIJDER_DATABASE": url}, "shared", "purge")
    assert not stray.exists()
    assert not list(told.rglob("bericht.json"))
    assert list((storage / "logboek" / "verwijderingen").iterdir()), "and the proof is written"
    assert not (storage / "geheim" / "sleutel.json").exists(), (
        "no key was made in place of the one that may not be read"
    )
