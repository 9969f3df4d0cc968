"""Nights, scenes and real parts of other folders, for tests that attack them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from development.population import write_mailbox
from tests.audit.conftest import server, server_running
from tests.cli.conftest import shared_in
from tests.rights.conftest import either, make_scene, scene
from tests.shell.conftest import empty_database

__all__ = ["either", "empty_database", "make_scene", "scene", "server", "server_running"]

FIRST, SECOND = "2026-11-17", "2026-11-18"


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A storage after the first of two nights; the second delivery waits in the mailbox."""
    storage = tmp_path_factory.mktemp("eerste_nacht")
    write_mailbox(storage, seed=1, day=date.fromisoformat(FIRST))
    mailbox = storage / "brievenbus" / "levensonderhoud"
    aside = tmp_path_factory.mktemp("opzij")
    for delivery in sorted(mailbox.iterdir()):
        if delivery.name != FIRST:
            shutil.move(delivery, aside / delivery.name)
    ran = shared_in(storage, "run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    shutil.move(aside / SECOND, mailbox / SECOND)
    return storage
