"""The package before works on the tables and settings of this version, so going back takes the code alone.

`make package-before PAKKET=…` tries the package that now runs in an environment. Without one, the package of this tree
stands for it, and one migration more than it knows for the version after it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from azure.identity import ManagedIdentityCredential

from development.deploying.package import LIBRARIES
from development.population.mailbox import write_mailbox
from shared.adapters.sql.rights import APP, PURGE
from shared.adapters.sql.tables import VERSION
from tests.infra.conftest import ask, checker
from tests.real import parts
from tests.real.identity import Identity, Vault, make_certificate
from tests.real.worlds import Parts

ROOT = Path(__file__).resolve().parents[2]
BEFORE = "VORIG_PAKKET"  # the zip of the package that runs now
ADDED = "ALTER TABLE leveringen ADD COLUMN kanaal text"
CHANGED = "ALTER TABLE bevindingen RENAME COLUMN zin TO boodschap"
NIGHT = ("run", "verify-audit", "replay")
IDENTITIES = {"app": (APP,), "verwijder": (APP, PURGE)}
MIGRATION = '''"""Planted."""
from alembic import op
revision, down_revision = "{revision}", "{down}"
def upgrade() -> None:
    op.execute("{statement}")
'''
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pakket")]
__all__ = ["checker"]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A PostgreSQL with two identities that enter as on Azure."""
    pair = make_certificate(tmp_path_factory.mktemp("certificaat"))
    try:
        with parts.postgresql(*pair) as url:
            found = Parts("", url, Identity(), Vault(), pair, ManagedIdentityCredential())
            yield found
            found.admin().dispose()
    except parts.Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def before(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked package that runs now."""
    if BEFORE not in os.environ:
        unpacked: Path = request.getfixturevalue("unpacked")
        return unpacked
    folder = tmp_path_factory.mktemp("vorig")
    with zipfile.ZipFile(os.environ[BEFORE]) as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture
def migrated(database: Parts, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Makes a database by newer code: this tree, or a copy with one migration more; returns an address by identity."""

    def migrate(revision: str = "", statement: str = "") -> dict[str, str]:
        owned, code = database.new_database("template1"), ROOT
        if revision:
            code = tmp_path / "nieuwer"
            shutil.copytree(ROOT / "shared", code / "shared", ignore=shutil.ignore_patterns("__pycache__"))
            sql = code / "shared" / "adapters" / "sql"
            planted = MIGRATION.format(revision=revision, down=VERSION, statement=statement)
            (sql / "migrations" / "versions" / f"{revision}.py").write_text(planted, encoding="utf-8")
            text = (sql / "tables.py").read_text(encoding="utf-8")
            (sql / "tables.py").write_text(text.replace(f'VERSION = "{VERSION}"', f'VERSION = "{revision}"'), "utf-8")
        _run(sys.executable, code, tmp_path, {"DATABASE": owned}, "shared.migrate")
        return {who: _enters(database, owned, who) for who in IDENTITIES}

    return migrate


def _enters(database: Parts, owned: str, who: str) -> str:
    name = f"id-vorig-{who}"
    with database.admin().connect() as connection:
        if not connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).scalar():
            connection.exec_driver_sql(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'proef'")
        connection.exec_driver_sql(f'GRANT {", ".join(IDENTITIES[who])} TO "{name}"')
    return sa.engine.make_url(owned).set(username=name, password="proef").render_as_string(hide_password=False)


def _run(python: str | Path, code: Path, storage: Path, settings: dict[str, str], *command: str) -> str:
    """Run a command of some code, whatever is installed in this Python; what it told, or RuntimeError."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("SLIMME_CHECK_")}
    settings = {"OPSLAG": str(storage), **settings}
    done = subprocess.run(
        [python, "-m", *command],
        cwd=code,
        env={**others, **_settings(settings), **_finds(code)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def _finds(code: Path) -> dict[str, str]:
    """What makes Python find this code, and leave it as it was unpacked."""
    return {"PYTHONPATH": f"{code}{os.pathsep}{code / LIBRARIES}", "PYTHONDONTWRITEBYTECODE": "1"}


def _settings(given: dict[str, str]) -> dict[str, str]:
    return {f"SLIMME_CHECK_{name}": value for name, value in given.items()}


def _night(python: Path, code: Path, storage: Path, urls: dict[str, str]) -> str:
    """A night of the package before: deliveries processed, audited, replayed and what is old removed."""
    write_mailbox(storage, seed=3, day=date(2026, 11, 16))
    told = "".join(_run(python, code, storage, {"DATABASE": urls["app"]}, "shared", each) for each in NIGHT)
    purge = {"DATABASE": urls["verwijder"], "VERWIJDER_DATABASE": urls["verwijder"]}
    return told + _run(python, code, storage, purge, "shared", "purge")


def test_the_package_before_does_its_night_on_newer_tables(
    before: Path, empty_python: Path, migrated: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    urls = migrated() if BEFORE in os.environ else migrated(f"9999_vanaf_{VERSION[:4]}", ADDED)
    told = _night(empty_python, before, tmp_path / "werk", urls)
    assert told.count(": afgerond.") >= 3
    assert "ongeschonden" in told


@pytest.mark.skipif(BEFORE in os.environ, reason="tried with the package of this tree")
def test_tables_that_say_so_and_changed_are_found_out(
    before: Path, empty_python: Path, migrated: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    urls = migrated(f"9999_vanaf_{VERSION[:4]}", CHANGED)
    with pytest.raises(RuntimeError, match="run: "):
        _night(empty_python, before, tmp_path / "werk", urls)


@pytest.mark.skipif(BEFORE in os.environ, reason="tried with the package of this tree")
def test_tables_that_do_not_say_so_are_refused_by_the_package_before(
    before: Path, empty_python: Path, migrated: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    urls = migrated("9999", ADDED)
    with pytest.raises(RuntimeError, match="Deploy the code of that version"):
        _night(empty_python, before, tmp_path / "werk", urls)


def test_the_package_before_starts_with_newer_settings_of_every_environment(
    before: Path, empty_python: Path, checker: Path, tmp_path: Path
) -> None:
    (tmp_path / "start.py").write_text(
        "import json, sys\nfrom shared.settings import read_settings\nread_settings(json.load(sys.stdin))\n"
    )
    for apps in ask(checker, ROOT, "settings").values():
        for given in apps.values():
            assert given["SLIMME_CHECK_ONBEKEND"] == "overslaan"
            given |= {} if BEFORE in os.environ else {"SLIMME_CHECK_NIEUW": "ja"}
            done = subprocess.run(
                [empty_python, tmp_path / "start.py"],
                cwd=before,
                env=_finds(before),
                input=json.dumps({name: value for name, value in given.items() if name.startswith("SLIMME_CHECK_")}),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
