"""The app on a storage of its own, as it is served, with people of every role."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from starlette.types import ASGIApp

from development.issuer import LocalIssuer
from development.population import write_mailbox
from shared import bootstrap
from shared.access import Role
from tests.api.calling import Client
from tests.api.tokens import Entra
from tests.cli.conftest import shared_in


@dataclass(frozen=True)
class Site:
    """An app that is served, and who may come in."""

    app: ASGIApp
    issuer: LocalIssuer
    storage: Path

    def as_(self, *roles: Role, who: str = "") -> Client:
        """Somebody with these roles."""
        return Client(self.app, {"authorization": f"Bearer {self.issuer.token(*roles, who=who)}"})

    def numbers(self, kind: int) -> list[str]:
        """Numbers of current applications with this result."""
        return [
            line["aanvraagnummer"]
            for current in sorted((self.storage / "uitvoer" / "levensonderhoud").rglob("actueel.jsonl"))
            for line in map(json.loads, current.read_text(encoding="utf-8").splitlines())
            if line["resultaattype"] == kind
        ]

    def nobody(self) -> Client:
        """Somebody who shows no token."""
        return Client(self.app, {})


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A storage after five invented nights: three accepted, one held, one rejected; to be copied."""
    storage = tmp_path_factory.mktemp("nachten")
    write_mailbox(storage, seed=1, day=date(2026, 11, 17))
    ran = shared_in(storage, "run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return storage


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The person's number behind every application of those nights, as the supplier knows it."""
    delivered = tmp_path_factory.mktemp("geleverd")
    write_mailbox(delivered, seed=1, day=date(2026, 11, 17))
    found: dict[str, str] = {}
    for table in sorted(delivered.rglob("diensten.*"))[:4]:  # the fifth is broken off
        whole = table.suffix == ".parquet"
        frame = pd.read_parquet(table) if whole else pd.read_csv(table, dtype=str, sep=None, engine="python")
        found |= dict(zip(frame["dienstnr"].astype(str), frame["subjectnrklant"].astype(str), strict=True))
    return found


@pytest.fixture(scope="session")
def make_site() -> Iterator[Callable[[Path], Site]]:
    """Serve what lies in a storage, one at a time."""
    patch = pytest.MonkeyPatch()

    def make(storage: Path) -> Site:
        patch.setenv("SLIMME_CHECK_OPSLAG", str(storage))
        bootstrap.let_go()
        issuer = LocalIssuer(bootstrap.settings().access)
        return Site(bootstrap.http_app(issuer.sign_in, issuer.token), issuer, storage)

    yield make
    patch.undo()
    bootstrap.let_go()


@pytest.fixture
def site(make_site: Callable[[Path], Site], nights: Path, tmp_path: Path) -> Site:
    """The app after five nights, on a copy that a test may change."""
    shutil.copytree(nights, tmp_path / "werk")
    return make_site(tmp_path / "werk")


@pytest.fixture
def empty(make_site: Callable[[Path], Site], tmp_path: Path) -> Site:
    """The app before anything came."""
    return make_site(tmp_path / "leeg")


@pytest.fixture
def entra_id() -> Entra:
    """An issuer like Entra ID, with one key."""
    return Entra()
