"""Real parts, started once for all tests here, and each test in every world that it asks for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.ports import BlobStore, Ledger
from tests.real.office import Office
from tests.real.parts import Missing
from tests.real.worlds import WORLDS, Parts, ledger_in, running, store_in

REAL = WORLDS[-1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asked = {*getattr(item, "fixturenames", ()), *_parameters(item)}
        if item.path.parent == Path(__file__).parent and asked & {"real", REAL}:
            item.add_marker(pytest.mark.xdist_group("real"))  # one worker, so that the parts are started once


def _parameters(item: pytest.Item) -> list[str]:
    called = getattr(item, "callspec", None)
    return [value for value in called.params.values() if isinstance(value, str)] if called else []


@pytest.fixture(scope="session")
def parts_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts | str]:
    """The parts, or what is missing of them."""
    try:
        with running(tmp_path_factory.mktemp("onderdelen")) as (found, _):
            yield found
    except Missing as missing:
        yield str(missing)


@pytest.fixture
def real(parts_running: Parts | str) -> Parts:
    """The parts; a test that needs them is skipped on a laptop that has none, and fails where CI=true."""
    if isinstance(parts_running, str):
        if os.environ.get("CI") == "true":
            pytest.fail(parts_running)
        pytest.skip(parts_running)
    return parts_running


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def parts_of_world(world: str, request: pytest.FixtureRequest) -> Parts | None:
    return request.getfixturevalue("real") if world == REAL else None


@pytest.fixture
def store(world: str, tmp_path: Path, parts_of_world: Parts | None) -> BlobStore:
    """An empty storage, in each world."""
    return store_in(world, tmp_path / "werk", parts_of_world)


@pytest.fixture
def ledger(world: str, tmp_path: Path, parts_of_world: Parts | None) -> Iterator[Ledger]:
    """An empty administration, in each world."""
    with ledger_in(world, tmp_path, parts_of_world) as found:
        yield found


@pytest.fixture
def office(ledger: Ledger) -> Office:
    """Somebody who works with an empty administration, in each world."""
    return Office(ledger)
