"""Three worlds that must be the same to the app: memory, a folder with SQLite, and Azurite with PostgreSQL."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from azure.core.credentials import TokenCredential
from azure.identity import AzureCliCredential, ManagedIdentityCredential
from azure.storage.blob import BlobServiceClient

from shared.adapters.azure.blobs import AzureStore
from shared.adapters.folder import FolderStore
from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.upgrade import open_embedded, upgrade
from shared.ports import BlobStore, Container, Ledger
from tests.real import parts
from tests.real.identity import HEADER, Identity, Vault, make_certificate, served
from tests.real.memory import MemoryStore
from tests.real.memory_ledger import MemoryLedger

WAIT = timedelta(seconds=20)
WORLDS = ("memory", "folder+sqlite", "azurite+postgresql")
EMPTY = "slimme_check_leeg"
_CLOUD = ".core.windows.net"


@dataclass
class Parts:
    """What runs: where the blob service and the database are, and our stand-ins for identity and key vault."""

    blobs: str
    database: str
    identity: Identity
    vault: Vault
    pair: tuple[Path, Path]
    signs_in: TokenCredential
    _number: Iterator[int] = field(default_factory=itertools.count)
    _admin: sa.Engine | None = None

    def account(self) -> str:
        """Return the address of a storage account with our containers, empty."""
        own = os.environ.get("TEST_BLOB_URL")
        url = own or f"{self.blobs}/account{next(self._number):03d}"
        with BlobServiceClient(url, credential=self.signs_in) as service:
            for container in Container:
                client = service.get_container_client(container)
                if not client.exists():
                    client.create_container()
                elif own:
                    for name in list(client.list_blob_names()):
                        client.delete_blob(name)
        return url

    def new_database(self, template: str = EMPTY, owner: str = "") -> str:
        """Return the URL of a new database: with our tables, or with nothing from template `template1`."""
        admin = self.admin()
        name = f"t{os.getpid()}_{next(self._number)}"
        with admin.connect() as connection:
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if template == EMPTY and not connection.exec_driver_sql(known, (EMPTY,)).scalar():
                connection.exec_driver_sql(f"CREATE DATABASE {EMPTY}")
                engine = make_engine(self.url_of(EMPTY), WAIT)
                upgrade(engine)
                engine.dispose()
            connection.exec_driver_sql(
                f"CREATE DATABASE {name} TEMPLATE {template}" + (f' OWNER "{owner}"' if owner else "")
            )
        return self.url_of(name)

    def url_of(self, database: str, user: str = "") -> str:
        """Return the URL of a database on this server (as another user, who signs in with a password)."""
        url = sa.engine.make_url(self.database).set(database=database)
        if user:
            url = url.set(username=user, password=None)
        return url.render_as_string(hide_password=False)

    def admin(self) -> sa.Engine:
        """Return connections to the server itself, each statement by itself."""
        if self._admin is None:
            # asked first whether it still stands: some tests crash the server behind it
            self._admin = sa.create_engine(self.url_of("postgres"), isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        return self._admin

    def drop(self, url: str) -> None:
        """Remove a database, and EMPTY with the last."""
        with self.admin().connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {sa.engine.make_url(url).database} WITH (FORCE)")


@contextmanager
def running(folder: Path) -> Iterator[tuple[Parts, dict[str, str]]]:
    """Start what is not given by TEST_BLOB_URL and TEST_DATABASE_URL; also gives the environment that an app needs."""
    with ExitStack() as stack:
        pair = make_certificate(folder)
        identity, vault = Identity(), Vault()
        stack.enter_context(served(identity))
        stack.enter_context(served(vault, pair))
        blobs = os.environ.get("TEST_BLOB_URL") or stack.enter_context(parts.azurite(*pair))
        database = os.environ.get("TEST_DATABASE_URL") or stack.enter_context(parts.postgresql(*pair))
        environment = {"IDENTITY_ENDPOINT": f"{identity.url}/token", "IDENTITY_HEADER": HEADER}
        if _CLOUD not in blobs:
            environment["REQUESTS_CA_BUNDLE"] = str(pair[0])
        if not os.environ.get("TEST_DATABASE_URL"):
            environment["SSL_CERT_FILE"] = str(pair[0])  # what our connections to the database trust
        kept = {name: os.environ.get(name) for name in environment}
        os.environ.update(environment)  # the libraries read these themselves, as they do in Azure
        try:
            signs_in = AzureCliCredential() if _CLOUD in blobs else ManagedIdentityCredential()
            found = Parts(blobs, database, identity, vault, pair, signs_in)
            yield found, environment
            if os.environ.get("TEST_DATABASE_URL"):
                found.drop(found.url_of(EMPTY))
            found.admin().dispose()
        finally:
            for name, value in kept.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def store_in(world: str, folder: Path, found: Parts | None) -> BlobStore:
    """Return an empty storage in a world."""
    if world == "memory":
        return MemoryStore()
    if found is None:
        return FolderStore(folder)
    return AzureStore(dict.fromkeys(map(str, Container), found.account()), found.signs_in)


@contextmanager
def ledger_in(world: str, folder: Path, found: Parts | None) -> Iterator[Ledger]:
    """Give an empty administration in a world, and close it afterwards."""
    if world == "memory":
        yield MemoryLedger()
        return
    url = found.new_database() if found else f"sqlite:///{folder / 'administratie.sqlite'}"
    engine = make_engine(url, WAIT)
    if found is None:
        open_embedded(engine)
    yield SqlLedger(engine)
    engine.dispose()
    if found is not None:
        found.drop(url)
