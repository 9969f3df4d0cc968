"""One invented night, judged: the results that the tests look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from development.population import write_delivery
from shared import CONTRACT_VERSION, pipeline
from shared.adapters.deliveryfolder import DeliveryFolder
from shared.adapters.packages import load_package
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.modelpackage.package import ModelPackage
from shared.records import FeatureTable, PseudonymisedDelivery, ResultSet, RunIdentity
from shared.stages.pseudonym import PseudonymKey

ROOT = Path(__file__).parents[2]
KEY = PseudonymKey("test-1", bytes(range(32)))


@dataclass(frozen=True)
class Night:
    """A judged delivery at every stage after pseudonymising."""

    delivery: PseudonymisedDelivery
    table: FeatureTable
    results: ResultSet


def identity(package: ModelPackage) -> RunIdentity:
    """Return the same origin for every run, so that only what was judged can differ."""
    return RunIdentity("run", "levensonderhoud", "2026-11-20", "0" * 64, package, CONTRACT_VERSION, KEY.key_id)


def judge_folder(folder: Path, package: ModelPackage) -> Night:
    """Judge a delivery in a folder, as a run does, without storing anything."""
    checked = pipeline.check_delivery(DeliveryFolder(folder), LEVENSONDERHOUD, {})
    delivery, _ = pipeline.pseudonymise_delivery(checked, LEVENSONDERHOUD, KEY)
    table = pipeline.features(delivery, LEVENSONDERHOUD, KEY)
    return Night(delivery, table, pipeline.judge(table, LEVENSONDERHOUD, identity(package), KEY))


@pytest.fixture(scope="session")
def package() -> ModelPackage:
    """The packaged model of the city."""
    return load_package(ROOT / "models" / LEVENSONDERHOUD.package)


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory, package: ModelPackage) -> Night:
    """Two thousand invented applications, judged."""
    folder = tmp_path_factory.mktemp("nacht") / "2026-11-20"
    write_delivery(
        folder, applications=2_000, period=(datetime(2025, 11, 20), datetime(2026, 11, 20)), seed=11, format="parquet"
    )
    return judge_folder(folder, package)


@pytest.fixture
def judged(package: ModelPackage) -> Callable[[Path], Night]:
    """Judge a folder with the packaged model of the city."""
    return lambda folder: judge_folder(folder, package)
