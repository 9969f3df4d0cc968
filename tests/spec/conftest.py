"""Every specification runs twice, against the product and the oracle: the same numbers prove both."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.spec.bench import Bench
from tests.spec.judges import Oracle, Product


@pytest.fixture(params=["product", "oracle"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    """A workbench with one plain application, for the product and for the oracle."""
    return Bench(tmp_path, Oracle() if request.param == "oracle" else Product())
