"""Workshops of the shell, on either database, with the identity that may remove."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from shared.adapters.sql.ledger import SqlLedger
from tests.audit.conftest import server, server_running
from tests.audit.databases import Server
from tests.rights.removing import Scene
from tests.shell.conftest import empty_database
from tests.shell.workshop import Workshop, make_installation

__all__ = ["empty_database", "server", "server_running"]


@pytest.fixture
def make_scene(tmp_path: Path, empty_database: Path) -> Iterator[Callable[[str], Scene]]:
    """Make scenes by name on SQLite, with a clock that begins now: storage has a clock of its own."""
    made: list[Scene] = []

    def make(name: str) -> Scene:
        root = tmp_path / name
        workshop = Workshop(make_installation(root, empty_database), root)
        workshop.clock.moment = datetime.now(UTC)
        engine = cast(SqlLedger, workshop.installation.ledger).engine
        made.append(Scene(workshop, engine, engine))
        return made[-1]

    yield make
    for scene in made:
        scene.app.dispose()


@pytest.fixture
def scene(make_scene: Callable[[str], Scene]) -> Scene:
    """One scene on SQLite."""
    return make_scene("werk")


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, scene: Scene) -> Iterator[Scene]:
    """One scene on each database; on PostgreSQL the app and the purge sign in as what they are."""
    if request.param == "sqlite":
        yield scene
        return
    running: Server = request.getfixturevalue("server")
    name = running.database()
    app, purger = running.engine(name, "proef_app"), running.engine(name, "proef_purge")
    yield Scene(scene.workshop.with_(ledger=SqlLedger(app)), app, purger)
    for engine in (app, purger):
        engine.dispose()
