"""A workshop per test, on its own folder and database."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.model_register import SqlModelRegister
from shared.adapters.sql.upgrade import open_embedded
from shared.events import Action, Once
from shared.interventions import request_run, stop_model
from shared.modelregister.port import VersionId
from shared.sweep import run_waiting
from tests.shell.workshop import DATASET, Workshop, ledger_of, make_installation


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty administration, made once; copying it is faster than migrating."""
    path = tmp_path_factory.mktemp("leeg") / "administratie.sqlite"
    engine = make_engine(f"sqlite:///{path}", timedelta(seconds=20))
    open_embedded(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    raw = engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    engine.dispose()
    return path


@pytest.fixture
def make_workshop(tmp_path: Path, empty_database: Path) -> Iterator[Callable[[str], Workshop]]:
    """Make workshops by name, and close their databases afterwards."""
    made: list[Workshop] = []

    def make(name: str) -> Workshop:
        made.append(Workshop(make_installation(tmp_path / name, empty_database), tmp_path / name))
        return made[-1]

    yield make
    for workshop in made:
        ledger_of(workshop).engine.dispose()


@pytest.fixture
def workshop(make_workshop: Callable[[str], Workshop]) -> Workshop:
    """One workshop."""
    return make_workshop("werk")


@pytest.fixture
def filled(workshop: Workshop) -> Workshop:
    """A workshop in which every table has rows."""
    workshop.deliver("2026-11-19")
    run_waiting(workshop.installation)
    once = replace(workshop.installation.caller, once=Once("sleutel", "inhoud"))
    request_run(replace(workshop.installation, caller=once), "2026-11-19", ["1001"], "bezwaar")
    run_waiting(workshop.installation)
    stop_model(workshop.installation, "even niet")
    first = VersionId(DATASET, "proefmodel", "1.0.0", workshop.installation.model.sha256)
    event = workshop.installation.event(Action.MODEL_INVOEREN, "model proefmodel 1.0.0", "ingevoerd")
    SqlModelRegister(ledger_of(workshop).engine).enter_first(first, event)
    return workshop
