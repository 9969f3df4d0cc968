"""The app as it is deployed, and a mailbox of five days, each made once."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest

from development.population.mailbox import write_mailbox
from shared.adapters.sql.ledger import SqlLedger
from tests.shell.workshop import Workshop, make_installation
from tests.worker.calling import deploy

DAY = date(2026, 11, 16)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a deployment takes."""
    return deploy(tmp_path_factory.mktemp("uitrol") / "app")


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Deliveries of 16 to 20 November: three to accept, one to hold, one to reject."""
    root = tmp_path_factory.mktemp("geleverd")
    write_mailbox(root, seed=3, day=DAY)
    return root / "brievenbus"


@pytest.fixture
def storage(tmp_path: Path, delivered: Path) -> Path:
    """A storage with those five deliveries in the mailbox."""
    shutil.copytree(delivered, tmp_path / "brievenbus")
    return tmp_path


@pytest.fixture
def two_days(tmp_path: Path, delivered: Path) -> Path:
    """A storage with the first two deliveries, both to accept."""
    for day in (DAY, DAY + timedelta(days=1)):
        place = Path("levensonderhoud") / str(day)
        shutil.copytree(delivered / place, tmp_path / "brievenbus" / place)
    return tmp_path


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """A small shell in this process."""
    made = Workshop(make_installation(tmp_path / "werk"), tmp_path / "werk")
    yield made
    cast(SqlLedger, made.installation.ledger).engine.dispose()
