"""Every specification runs twice, against the product and the oracle: the same numbers prove both."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.spec.bench import Bench
from tests.spec.judges import Oracle, Product, product_is_hooked_up


@pytest.fixture(params=["product", "oracle"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    """A workbench with one plain application, for the product and for the oracle."""
    if request.param == "oracle":
        return Bench(tmp_path, Oracle())
    if not product_is_hooked_up():
        pytest.skip("shared.bootstrap does not offer features_of_delivery and eligibility_of_delivery yet")
    return Bench(tmp_path, Product())
