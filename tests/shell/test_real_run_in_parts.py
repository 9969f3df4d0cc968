"""The whole job with the real stages, cut in small parts: what is published and kept is what one part gives."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from development.population import write_delivery
from shared import bootstrap
from shared.runstates import RunState

DAY = "2026-11-20"
PERIOD = (datetime(2026, 11, 1), datetime(2026, 11, 20))

type Night = Callable[[str, int], Path]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A storage with a key and a delivery of 40 applications, on which nothing was run."""
    root = tmp_path_factory.mktemp("leeg")
    write_delivery(root / "brievenbus" / "levensonderhoud" / DAY, applications=40, period=PERIOD, seed=5, format="csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLIMME_CHECK_OPSLAG", str(root))
        bootstrap.let_go()
        bootstrap.installation(bootstrap.person_here(), "levensonderhoud").keys.current()
    bootstrap.let_go()
    yield root


@pytest.fixture
def night(first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    """Run a night on a copy of that storage, in parts of so many applications; returns the storage."""

    def run(name: str, size: int) -> Path:
        root = tmp_path / name
        shutil.copytree(first, root)
        monkeypatch.setenv("SLIMME_CHECK_OPSLAG", str(root))
        monkeypatch.setattr("shared.parts._APPLICATIONS_AT_ONCE", size)
        bootstrap.let_go()
        round_, *_ = bootstrap.run_waiting()
        assert [outcome.run.state for outcome in round_.outcomes if outcome.run] == [RunState.AFGEROND]
        return root

    yield run
    bootstrap.let_go()


def results(root: Path) -> dict[str, bytes]:
    """Return the bytes of the result files and current files by name."""
    found = (path for path in (root / "uitvoer").rglob("*") if path.name.startswith(("resultaten.", "actueel.")))
    return {path.name: path.read_bytes() for path in found if path.name != "actueel.json"}


def kept(root: Path) -> dict[str, list[str]]:
    """Return the rows of the snapshot by table, in an order that does not depend on the parts."""
    files = (root / "momentopname").rglob("*.parquet")
    return {path.name: sorted(map(str, pq.read_table(path).to_pylist())) for path in files}


def test_a_night_in_parts_publishes_the_bytes_and_keeps_the_rows_of_a_night_in_one(night: Night) -> None:
    one, many = night("een", 1_000), night("veel", 7)
    assert len(results(one)) == 4 and results(many) == results(one)
    assert len(kept(one)) == 12 and kept(many) == kept(one)
    assert not [path for path in (many / "tussenstand").rglob("*") if path.is_file()]
