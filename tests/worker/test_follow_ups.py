"""Outcomes and group attributes are taken up by the same event and the same clock as applications."""

from __future__ import annotations

from pathlib import Path

import pytest

from development.population import write_follow_ups
from tests.worker.calling import arrived, ask_worker, tick
from tests.worker.conftest import DAY
from tests.worker.test_deliveries import rows

pytestmark = pytest.mark.slow
NAME = "2026-11-20"
QUERY = "SELECT dataset, toestand FROM verwerkingen ORDER BY dataset"


@pytest.fixture
def followed(tmp_path: Path) -> Path:
    """A storage with a delivery of each."""
    write_follow_ups(tmp_path, seed=3, day=DAY)
    return tmp_path


def test_an_event_takes_up_its_own_mailbox_and_the_clock_the_other(app: Path, followed: Path) -> None:
    said = ask_worker(app, followed, arrived(NAME, dataset="uitkomsten"))
    assert said.outcomes == [{"ok": True}]
    assert rows(followed, QUERY) == [("uitkomsten", "afgerond")]
    assert list((followed / "uitkomsten" / "uitkomsten").rglob("*.parquet"))
    said = ask_worker(app, followed, tick())
    assert said.outcomes == [{"ok": True}]
    assert rows(followed, QUERY) == [("groepskenmerken", "afgerond"), ("uitkomsten", "afgerond")]
    assert not list((followed / "brievenbus").rglob("*.json"))
