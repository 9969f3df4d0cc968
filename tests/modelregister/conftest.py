"""An office per test: a workshop, a register and a folder of models."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.conftest import server, server_running
from tests.modelregister.offices import Office, make_office
from tests.modelregister.packages import folder_of_models
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
