"""The whole job twice from the same deliveries: embedded, and on Azure's parts as its settings describe them.

Each time by the command line in processes of its own, so that nothing but settings differs. The key is the same: once
in a file, once in a vault. Storage and vault are reached with tokens of a managed identity over TLS, and so is the
database: a token is the password. `python -m tests.real.on_azure` does it for a person to see.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from development.population import write_mailbox
from shared.adapters.azure.blobs import AzureStore
from shared.adapters.azure.identity import DATABASE_SCOPE
from shared.adapters.azure.keys import CURRENT, KEY
from shared.adapters.folder import FolderStore
from shared.adapters.keyfile import KeyFile
from shared.adapters.sql.rights import APP
from shared.ports import BlobStore, Container
from tests.real.parts import Missing
from tests.real.worlds import Parts, running

ROOT = Path(__file__).resolve().parents[2]
ROLE = "app-slimme-check-nacht"
SEED, FIRST_DAY = 1, date(2026, 11, 17)
_TELL_TIMES = ("/verwerking.jsonl",)  # the log of a run: when and how often, not what
_TELL_TIMES_CONTAINERS = ("logboek", "modellog")


def run_app(environment: dict[str, str], *command: str) -> str:
    """Run a command of the app with just these settings of ours; returns what it told."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("SLIMME_CHECK_")}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**others, **{f"SLIMME_CHECK_{name}": value for name, value in environment.items()}},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def embedded_night(folder: Path, told: Callable[[str], None]) -> FolderStore:
    """Deliver and process in a folder with SQLite and a key file."""
    write_mailbox(folder, seed=SEED, day=FIRST_DAY)
    told(run_app({"OPSLAG": str(folder)}, "shared", "run"))
    return FolderStore(folder)


def settings_on_azure(found: Parts, key_file: Path) -> dict[str, str]:
    """Return the settings of an app on new storage, a new database and the vault, with the key of a key file.

    The database has our tables, and the app no more rights in it than its role gives.
    """
    key = KeyFile(key_file, key_file.with_name("geen")).current()
    found.vault.secrets = {CURRENT: key.key_id, f"{KEY}{key.key_id}": base64.b64encode(key.secret).decode()}
    with found.admin().connect() as connection:
        if not connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).scalar():
            connection.exec_driver_sql(f'CREATE ROLE "{ROLE}" LOGIN')

    def accept(resource: str, token: str) -> None:
        if DATABASE_SCOPE.startswith(resource):
            with found.admin().connect() as connection:
                connection.exec_driver_sql(f"ALTER ROLE \"{ROLE}\" PASSWORD '{token}'")

    found.identity.listeners.append(accept)
    owned = found.new_database("template1")
    # by an identity of its own: the app itself may add rows, and make no tables
    run_app({"DATABASE": owned}, "shared.migrate")
    with found.admin().connect() as connection:
        connection.exec_driver_sql(f'GRANT {APP} TO "{ROLE}"')
    database = sa.engine.make_url(owned).database
    return {
        "OPSLAG": found.account(),
        "DATABASE": found.url_of(str(database), ROLE),
        "DATABASE_ENTRA": "ja",
        "SLEUTELKLUIS": found.vault.url,
    }


def azure_night(found: Parts, settings: dict[str, str], told: Callable[[str], None]) -> AzureStore:
    """Deliver to the storage account as a supplier does, and process."""
    store = AzureStore(dict.fromkeys(map(str, Container), settings["OPSLAG"]), found.signs_in)
    with tempfile.TemporaryDirectory() as written:
        write_mailbox(Path(written), seed=SEED, day=FIRST_DAY)
        mailbox = Path(written) / Container.BRIEVENBUS
        files = sorted(mailbox.rglob("*.*"), key=lambda path: (path.name == "datapackage.json", path))
        for path in files:
            store.write(Container.BRIEVENBUS, path.relative_to(mailbox).as_posix(), path.read_bytes())
    told(run_app(settings, "shared", "run"))
    return store


def everything(store: BlobStore) -> dict[str, bytes]:
    """Return all blobs but those that tell times, by container and name."""
    containers = [container for container in Container if container not in _TELL_TIMES_CONTAINERS]
    names = [(container, name) for container in containers for name in store.names(container)]
    return {f"{home}/{name}": store.read(home, name) for home, name in names if not name.endswith(_TELL_TIMES)}


def differing(left: dict[str, bytes], right: dict[str, bytes]) -> list[str]:
    """Return the names of what is not the same on both sides."""
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


def main() -> int:
    """Do it, and say what happened; the exit code is 0 when all bytes are the same."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "werk"
        print("1. Ingebed: map, SQLite, sleutelbestand")
        at_home = everything(embedded_night(folder, print))
        try:
            with running(Path(scratch)) as (found, _):
                settings = settings_on_azure(found, folder / "geheim" / "sleutel.json")
                print("2. Azurite, PostgreSQL, sleutelkluis; aangemeld met tokens van een beheerde identiteit")
                for name, value in settings.items():
                    print(f"   SLIMME_CHECK_{name}={value}")
                in_azure = everything(azure_night(found, settings, print))
        except Missing as missing:
            print(missing, file=sys.stderr)
            return 2
    wrong = differing(at_home, in_azure)
    for name in wrong:
        print(f"   verschilt: {name}", file=sys.stderr)
    size = sum(map(len, in_azure.values()))
    print(f"3. Vergeleken: {len(in_azure)} bestanden, {size} bytes, {len(wrong)} verschillen.")
    print(
        f"   Logboeken van verwerkingen vertellen tijden en zijn niet vergeleken. {time.monotonic() - started:.0f} s."
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
