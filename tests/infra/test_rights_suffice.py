"""The rights on storage are enough for the work, and what is not needed for it is not there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from development.deploying.smoke import deliver, number_of
from development.infra.rights import CONTRIBUTOR, TABLE
from development.population import write_follow_ups, write_mailbox
from shared import bootstrap
from shared.adapters.folder import FolderStore
from shared.cli import main as slimme_check

DAY, NOW = date(2026, 11, 17), datetime(2026, 11, 17, 6, tzinfo=UTC)
MAY = {
    CONTRIBUTOR: {"read", "write", "delete"},
    "toevoeger": {"read", "write"},
    "bezorger": {"write"},
    "Storage Blob Data Reader": {"read"},
}
# the trigger asks for the whole account of the mailbox
OF_TRIGGER = {(what, place) for what in ("read", "write", "delete") for place in ("brievenbus", "quarantaine")}
_KINDS = {
    "names": "read",
    "read": "read",
    "open": "read",
    "sha256": "read",
    "written_at": "read",
    "write": "write",
    "write_by": "write",
}


def allowed(who: str) -> set[tuple[str, str]]:
    """What the table lets somebody do with blobs: (read, write or delete, container)."""
    found = {(what, place) for name, role, place in TABLE if name == who for what in MAY.get(role, set())}
    return found | OF_TRIGGER if who == "app" else found


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[set[tuple[str, str]]]:
    """What was done to which container, in a storage of a folder."""
    seen: set[tuple[str, str]] = set()

    def noted(kind: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(store: FolderStore, container: str, *rest: Any, **named: Any) -> Any:
            seen.add((kind, str(container)))
            return original(store, container, *rest, **named)

        return call

    for name, kind in {**_KINDS, "delete": "delete"}.items():
        monkeypatch.setattr(FolderStore, name, noted(kind, getattr(FolderStore, name)))
    copying, moving = FolderStore.copy, FolderStore.move

    def copy(store: FolderStore, container: str, name: str, to_container: str, to_name: str) -> str:
        seen.update({("read", str(container)), ("write", str(to_container))})
        return copying(store, container, name, to_container, to_name)

    def move(store: FolderStore, container: str, *rest: str) -> str:
        seen.update((kind, str(container)) for kind in ("read", "write", "delete"))
        return moving(store, container, *rest)

    monkeypatch.setattr(FolderStore, "copy", copy)
    monkeypatch.setattr(FolderStore, "move", move)
    monkeypatch.setenv("SLIMME_CHECK_OPSLAG", str(tmp_path / "werk"))
    bootstrap.let_go()
    yield seen
    bootstrap.let_go()


@pytest.mark.slow
def test_the_app_and_the_purge_need_no_more_than_they_have(done: set[tuple[str, str]], tmp_path: Path) -> None:
    storage = tmp_path / "werk"
    write_mailbox(storage, seed=1, day=DAY)
    write_follow_ups(storage, seed=1, day=DAY)
    done.clear()
    slimme_check(["run"])
    bootstrap.nightly()
    bootstrap.daytime()
    by_app = set(done)
    assert ("delete", "brievenbus") in by_app
    assert ("write", "uitkomsten") in by_app
    assert by_app <= allowed("app"), by_app - allowed("app")
    for folder, _, files in os.walk(storage):
        for file in files if "sqlite" not in folder else ():
            if not file.startswith("administratie"):
                os.utime(Path(folder) / file, (1_600_000_000, 1_600_000_000))
    done.clear()
    bootstrap.nightly_purge()
    assert ("delete", "terugkoppeling") in done
    assert done <= allowed("verwijder"), done - allowed("verwijder")


def test_the_supplier_needs_to_write_and_nothing_else(done: set[tuple[str, str]], tmp_path: Path) -> None:
    deliver(FolderStore(tmp_path / "werk"), NOW, number_of(NOW))
    assert done == {("write", "brievenbus")} == {each for each in allowed("leverancier") if each[1] == "brievenbus"}
