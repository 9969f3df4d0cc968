"""One invented year of 10,000 applications, made once for all tests."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from development.population import Period, World, delivery_tables, make_world, write_tables
from tests.population.measuring import by_oracle

YEAR = Period.between(datetime(2025, 11, 20), datetime(2026, 11, 20))


@pytest.fixture(scope="session")
def year() -> World:
    return make_world(seed=20261120, applications=10_000, period=YEAR)


@pytest.fixture(scope="session")
def year_delivery(year: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("jaar") / "2026-11-20"
    write_tables(folder, delivery_tables(year, YEAR), period=YEAR, format="mixed")
    return folder


@pytest.fixture(scope="session")
def judged(year: World) -> pd.DataFrame:
    return by_oracle(year)
