"""SQLite writes what is published once: it keeps no copies of what every statement touches, however many there are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.publish import made_results
from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.upgrade import upgrade
from tests.real.office import Office

_COUNTS = Path("/proc/self/io")
_PART = 5_000
pytestmark = pytest.mark.skipif(not _COUNTS.is_file(), reason="only Linux tells how many bytes were written")


def _written() -> int:
    counts = dict(line.split(": ") for line in _COUNTS.read_text(encoding="ascii").splitlines())
    return int(counts["wchar"])


def test_sqlite_writes_published_results_once(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}", timedelta(seconds=20))
    upgrade(engine)
    office = Office(SqlLedger(engine))
    claim = office.claim()
    parts = [made_results(range(start, start + _PART)) for start in range(0, 6 * _PART, _PART)]
    before = _written()
    office.publish_parts(claim, parts)
    written, kept = _written() - before, (tmp_path / "a.sqlite-wal").stat().st_size
    engine.dispose()
    assert written < 1.1 * kept, written / kept
