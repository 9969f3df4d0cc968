"""The same tries on Azurite and PostgreSQL: what a worker needs to reach them, a look at them, and restarts."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from shared.adapters.azure.blobs import AzureStore
from shared.adapters.sql.engine import make_engine
from shared.ports import Container
from tests.real.parts import ACCOUNTS, AZURITE, kept
from tests.real.worlds import WAIT, Parts
from tests.reliability.judging import CONTAINERS
from tests.reliability.logbooks import LOGS
from tests.reliability.workers import Services

_TABLES = ("verwerkingen", "resultaten", "bijdragen", "gebeurtenissen", "leveringen", "actuele_resultaten")
_AGAIN_SECONDS = 30


@dataclass(frozen=True)
class Cloud:
    """A storage account and a database of their own, with the parts that they live in."""

    parts: Parts
    services: Services

    @property
    def store(self) -> AzureStore:
        """Return the storage."""
        return AzureStore(dict.fromkeys(map(str, Container), self.services.blobs), self.parts.signs_in)

    def put(self, files: Mapping[str, bytes]) -> None:
        """Deliver files as a supplier does, the description last."""
        store = self.store
        for name, data in sorted(files.items(), key=lambda item: "datapackage" in item[0]):
            container, _, rest = name.partition("/")
            store.write(container, rest, data)

    def look(self, folder: Path) -> Path:
        """Copy all there is to a folder with SQLite, where it can be judged; returns that folder."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        store = self.store
        for container in (*CONTAINERS, *LOGS):
            for name in store.names(container):
                path = folder / container / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(store.read(container, name))
        engine = make_engine(self.services.database, WAIT)
        with engine.connect() as there, closing(sqlite3.connect(folder / "administratie.sqlite")) as here:
            for table in _TABLES:
                found = there.exec_driver_sql(f"SELECT * FROM {table}")
                names = ", ".join(found.keys())
                here.execute(f"CREATE TABLE {table} ({names})")
                marks = ", ".join("?" * len(found.keys()))
                here.executemany(f"INSERT INTO {table} VALUES ({marks})", [tuple(row) for row in found])
            here.commit()
        engine.dispose()
        return folder


@contextmanager
def cloud(parts: Parts, environment: Mapping[str, str]) -> Iterator[Cloud]:
    """Give a new account and a new database, and remove the database afterwards."""
    url = parts.new_database()
    yield Cloud(parts, Services(parts.account(), url, dict(environment)))
    parts.drop(url)


def crash_database(parts: Parts) -> None:
    """Kill a server process of PostgreSQL: the server ends every session, recovers from its log, and goes on."""
    parts.admin().dispose()
    with parts.admin().connect() as connection:
        number = int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
        os.kill(number, signal.SIGKILL)
        connection.invalidate()
    parts.admin().dispose()
    _until_it_answers(parts)


def _until_it_answers(parts: Parts) -> None:
    until = time.monotonic() + _AGAIN_SECONDS
    while time.monotonic() < until:
        with suppress(sa.exc.OperationalError), parts.admin().connect() as connection:
            connection.exec_driver_sql("SELECT 1")
            return
        time.sleep(0.1)
    raise TimeoutError("PostgreSQL did not come back")


class Lasting:
    """An Azurite that keeps its blobs on disk, so that it can be restarted."""

    def __init__(self, folder: Path, parts: Parts) -> None:
        self._folder, self._parts = folder, parts
        folder.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = int(free.getsockname()[1])
        self._running = self._start()

    @property
    def parts(self) -> Parts:
        """Return the parts with this blob service among them."""
        return replace(self._parts, blobs=f"https://127.0.0.1:{self._port}")

    def _start(self) -> Iterator[None]:
        certificate, key = self._parts.pair
        node = shutil.which("node") or "node"
        options = ["--blobHost", "127.0.0.1", "--blobPort", str(self._port), "--oauth", "basic", "--cert"]
        options += [str(certificate), "--key", str(key), "--location", str(self._folder)]
        options += ["--skipApiVersionCheck", "--disableTelemetry"]

        def command(_: Path) -> list[str]:
            return [shutil.which("env") or "/usr/bin/env", f"AZURITE_ACCOUNTS={ACCOUNTS}", node, str(AZURITE), *options]

        def running() -> Iterator[None]:
            with kept("azurite", (-1, -1), command, "successfully listens"):
                yield

        started = running()
        next(started)
        return started

    def restart(self) -> None:
        """End it, and start it again with what it kept."""
        self.stop()
        self._running = self._start()

    def stop(self) -> None:
        """End it."""
        for _ in self._running:
            pass
