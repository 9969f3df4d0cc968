from __future__ import annotations

from pathlib import Path

import pytest

from shared.adapters.packages import load_package
from shared.modelpackage.package import ModelPackage

CITY = Path(__file__).parents[2] / "models" / "levensonderhoud-1.0.0"


@pytest.fixture(scope="session")
def city() -> ModelPackage:
    """The package that the city's use case names."""
    return load_package(CITY)
