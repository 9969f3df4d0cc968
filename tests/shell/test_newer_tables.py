"""Code works on tables of newer code whose migration only added: so code goes back without the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from shared.adapters.sql.engine import check_version, make_engine, works_on
from shared.adapters.sql.tables import VERSION
from shared.adapters.sql.upgrade import MIGRATIONS, open_embedded, upgrade
from shared.errors import LedgerVersionMismatch


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database of this code."""
    made = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}", timedelta(seconds=20))
    open_embedded(made)
    yield made
    made.dispose()


def _becomes(engine: Engine, version: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (version,))


@pytest.mark.parametrize(
    ("found", "code", "works"),
    [
        ("0013", "0013", True),
        ("0014_vanaf_0013", "0014_vanaf_0013", True),
        ("0014_vanaf_0013", "0013", True),
        ("0015_vanaf_0013", "0014_vanaf_0013", True),
        ("0015_vanaf_0014", "0013", False),  # a step further than it was made for
        ("0014", "0013", False),  # says nothing: nothing older works
        ("0013", "0014_vanaf_0013", False),  # older tables lack what this code needs
        ("0014_vanaf_0013", "0015", False),
        ("", "0013", False),
        (None, "0013", False),
        ("9999_vanaf_", "0013", False),
    ],
)
def test_which_code_works_on_which_tables(found: str | None, code: str, works: bool) -> None:
    assert works_on(found, code) is works


def test_tables_that_only_gained_something_are_opened_and_left_as_they_are(engine: Engine) -> None:
    newer = f"9999_vanaf_{VERSION[:4]}"
    _becomes(engine, newer)
    check_version(engine)
    open_embedded(engine)
    assert upgrade(engine) == newer, "nothing is taken back, and no newer right is taken away"


def test_tables_that_changed_are_refused_with_what_to_do(engine: Engine) -> None:
    _becomes(engine, "9999")
    for start in (check_version, open_embedded, upgrade):
        with pytest.raises(LedgerVersionMismatch) as refused:
            start(engine)
        assert "Deploy the code of that version" in str(refused.value)


def test_no_migration_promises_more_than_those_between() -> None:
    """What says that it works since X cannot follow, after X, one that says that it does not."""
    since = {}
    for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions():
        named = re.fullmatch(r"(\d{4})(?:_vanaf_(\d{4}))?", script.revision)
        assert named, f"{script.revision}: 0014, or 0014_vanaf_0013"
        since[named[1]] = named[2] or named[1]
    for number, oldest in since.items():
        assert oldest <= number
        assert all(since[other] <= oldest for other in since if oldest < other <= number), number
