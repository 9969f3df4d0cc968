"""Every night looks whether the audit trail still is as it was written."""

import sqlite3
from pathlib import Path

import pytest

from tests.worker.calling import ask_worker, tick

pytestmark = pytest.mark.slow


def test_a_night_in_which_the_audit_trail_was_changed_is_an_alarm(app: Path, storage: Path) -> None:
    said = ask_worker(app, storage, tick())
    assert said.outcomes == [{"ok": True}], "what was written is as it was"
    (file,) = storage.rglob("administratie.sqlite")
    database = sqlite3.connect(file, isolation_level=None)
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {trigger}")
    database.execute("UPDATE gebeurtenissen SET actor = 'iemand anders' WHERE volgnr = 3")
    database.close()
    (outcome,) = ask_worker(app, storage, tick()).outcomes
    assert not outcome["ok"] and outcome["error"].startswith("TriggerFailed: SC-680: ")
