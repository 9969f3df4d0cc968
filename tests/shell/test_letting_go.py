"""What this process opened is closed when it lets go: no command and no refusal leaves the administration open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shared import bootstrap
from shared.adapters.sql.engine import make_engine
from shared.cli import main
from shared.errors import LedgerVersionMismatch
from tests.real.worlds import WAIT

OPENED = Path("/proc/self/fd")
pytestmark = pytest.mark.skipif(not OPENED.is_dir(), reason="only Linux tells which files a process has open")


@pytest.fixture
def still_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], set[str]]]:
    """Tell which files of this installation are open."""
    monkeypatch.setenv("SLIMME_CHECK_OPSLAG", str(tmp_path))
    bootstrap.let_go()

    def names() -> set[str]:
        found = set()
        for handle in OPENED.iterdir():
            with suppress(OSError):  # the handle that looks is gone already
                found.add(str(handle.readlink()))
        return {name for name in found if Path(name).is_relative_to(tmp_path)}

    yield names
    bootstrap.let_go()


def test_after_letting_go_nothing_is_open_and_the_next_use_opens_it_again(still_open: Callable[[], set[str]]) -> None:
    for _ in range(2):
        assert bootstrap.ledger(bootstrap.settings()).deliveries("levensonderhoud") == []
        assert still_open()
        bootstrap.let_go()
        assert not still_open()


def test_settings_are_read_anew_after_letting_go(
    still_open: Callable[[], set[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bootstrap.settings().storage
    monkeypatch.setenv("SLIMME_CHECK_OPSLAG", str(tmp_path / "elders"))
    assert bootstrap.settings().storage == before
    bootstrap.let_go()
    assert bootstrap.settings().storage == tmp_path / "elders"


def test_a_command_leaves_nothing_open_also_when_it_is_refused(still_open: Callable[[], set[str]]) -> None:
    assert main(["verify-audit"]) == 0
    assert not still_open()
    assert main(["release", "2026-11-20", "--reden", "Gezien."]) == 1
    assert not still_open()


def test_an_upgrade_and_a_refused_administration_leave_nothing_open(
    still_open: Callable[[], set[str]], tmp_path: Path
) -> None:
    bootstrap.migrate()
    assert not still_open()
    engine = make_engine(bootstrap.settings().database, WAIT)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(LedgerVersionMismatch):
        bootstrap.ledger(bootstrap.settings())
    assert not still_open()
