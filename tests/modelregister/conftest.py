"""An office per test: a workshop, a register and a folder of models."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.modelregister.register import start_shadow
from shared.sweep import run_waiting
from tests.audit.conftest import server, server_running
from tests.modelregister.offices import ANNE, Office, make_office
from tests.modelregister.packages import folder_of_models, make_version
from tests.shell.conftest import empty_database, make_workshop, workshop
from tests.shell.workshop import Workshop

__all__ = ["empty_database", "make_workshop", "server", "server_running", "workshop"]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder of models with the city's package."""
    return folder_of_models(tmp_path)


@pytest.fixture
def office(workshop: Workshop, models: Path) -> Iterator[Office]:
    """An office whose register is still empty."""
    yield make_office(workshop, models)


@pytest.fixture
def shadowed(office: Office) -> Office:
    """An office in which 1.1.0 scores beside 1.0.0, after one delivery that it never saw."""
    make_version(office.models, "1.1.0", threshold=0.5)
    office.workshop.deliver("2026-11-18", {"1": 1})
    run_waiting(office.workshop.installation)
    office.approved("1.1.0")
    start_shadow(office.as_(ANNE), "1.1.0", "eerst meelopen")
    return office
