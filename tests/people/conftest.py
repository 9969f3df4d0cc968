"""A desk per test, beside the workshop of the shell: the same storage and administration, by somebody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.oversight import SqlOversight
from shared.events import Caller
from shared.people.desk import Desk
from shared.sweep import run_waiting
from shared.usecase import Route
from tests.audit.conftest import server, server_running
from tests.shell.conftest import empty_database, make_workshop, workshop
from tests.shell.workshop import DATASET, Workshop

__all__ = ["empty_database", "make_workshop", "server", "server_running", "workshop"]

ROUTES = {1: Route("wel", "handhaving"), 2: Route("niet", "inkomensconsulent"), 4: Route("geen", "inkomensconsulent")}
CASE = cast(Any, SimpleNamespace(routes=ROUTES, value_in_words=lambda name, values: f"{values[name]}"))
SOMEBODY = Caller("8f0c-behandelaar", "test")


def desk_of(workshop: Workshop, **changes: Any) -> Desk:
    """Return a desk at the workshop's storage and administration."""
    installed = workshop.installation
    said: dict[str, Any] = {
        "oversight": SqlOversight(cast(SqlLedger, installed.ledger).engine),
        "blobs": installed.blobs,
        "keys": installed.keys,
        "clock": installed.clock,
        "caller": SOMEBODY,
        "activity": installed.activity,
        "datasets": (DATASET,),
        "use_case_of": lambda _: CASE,
        "package_of": lambda _: package(),
        "core": lambda: installed.core,
    }
    return Desk(**(said | changes))


def package(sample_share: float = 0.0) -> Any:
    """Return what a desk asks of a model package."""
    policy = {"date": "2026-11-01", "labels": {"a": "Kenmerk a"}}
    return SimpleNamespace(
        name="proefmodel", version="1.0.0", threshold=0.63, sample_share=sample_share, policy=policy, feature_names=()
    )


def events(workshop: Workshop, handeling: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return object, result and details of the events of an action, the oldest first."""
    rows = workshop.sql(
        f"SELECT object, resultaat, details FROM gebeurtenissen WHERE handeling = '{handeling}' ORDER BY volgnr"
    )
    return [(object_, result, json.loads(details)) for object_, result, details in rows]


@pytest.fixture
def night(workshop: Workshop) -> Workshop:
    """A workshop in which one delivery of three applications is published: 1001 (1), 1002 (2) and 1003 (4)."""
    workshop.deliver()
    assert not run_waiting(workshop.installation).failed
    return workshop


@pytest.fixture
def desk(night: Workshop) -> Desk:
    """A desk at that workshop."""
    return desk_of(night)


@pytest.fixture
def ids(night: Workshop) -> Callable[[str], str]:
    """Return the id of the newest prediction of an application."""

    def find(number: str) -> str:
        query = (
            "SELECT v.run, r.regel FROM resultaten r JOIN verwerkingen v ON v.nr = r.verwerking_nr "
            f"WHERE r.aanvraagnummer = '{number}' ORDER BY v.publicatie DESC"
        )
        run, line = night.sql(query)[0]
        return f"{run}-{line}"

    return find
