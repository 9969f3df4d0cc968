"""`replay` as a person types it: everything or one run, equal or not, and never a value of a row."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from development.population import write_delivery
from tests.cli.conftest import shared_in

WHY = ("--reden", "proef")


@pytest.fixture
def own(nights: Path, tmp_path: Path) -> Path:
    """A copy of the nights, to be changed."""
    shutil.copytree(nights, tmp_path / "werk")
    return tmp_path / "werk"


def test_everything_that_was_published_is_equal_to_the_last_bit(nights: Path) -> None:
    done = shared_in(nights, "replay")
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.findall(r"gelijk \((\d+) van (\d+) tot op de laatste bit\)", done.stdout)
    assert len(told) >= 3 and all(equal == number for equal, number in told)
    assert f"{len(told)} verwerking(en): {len(told)} gelijk, 0 verschillend." in done.stdout


def test_one_other_bit_in_the_administration_is_found_and_no_value_is_told(own: Path) -> None:
    with closing(sqlite3.connect(own / "administratie.sqlite")) as raw, raw:
        raw.execute("DROP TRIGGER resultaten_geen_update")  # as somebody would who owns the file
        row = "SELECT verwerking_nr, regel, score FROM resultaten WHERE score IS NOT NULL LIMIT 1"
        nr, line, score = raw.execute(row).fetchone()
        (run,) = raw.execute("SELECT run FROM verwerkingen WHERE nr = ?", (nr,)).fetchone()
        changed = "UPDATE resultaten SET score = ? WHERE verwerking_nr = ? AND regel = ?"
        raw.execute(changed, (score + 2**-53, nr, line))
    done = shared_in(own, "replay", run)
    assert done.returncode == 1
    assert f"verwerking {run}: verschilt" in done.stdout and f"  · regel {line}: score\n" in done.stdout
    assert str(score)[:8] not in done.stdout
    assert "1 verwerking(en): 0 gelijk, 1 verschillend." in done.stdout
    assert shared_in(own, "replay").returncode == 1


def test_without_the_snapshot_it_is_said_that_nothing_can_be_compared(own: Path) -> None:
    shutil.rmtree(own / "momentopname")
    done = shared_in(own, "replay")
    assert done.returncode == 1 and "de momentopname is er niet meer" in done.stdout


@pytest.mark.parametrize("run", ["0" * 32, "2026-11-17"])
def test_a_run_that_is_not_there_is_one_sentence(nights: Path, run: str) -> None:
    done = shared_in(nights, "replay", run)
    assert done.returncode == 1 and done.stderr.startswith("SC-540") and done.stderr.count("\n") == 1


def test_where_nothing_was_published_there_is_nothing_to_compare(tmp_path: Path) -> None:
    done = shared_in(tmp_path, "replay")
    assert done.returncode == 0 and "nog niets gepubliceerd" in done.stdout


def test_one_application_is_told_in_the_singular(tmp_path: Path) -> None:
    period = (datetime(2026, 11, 19), datetime(2026, 11, 20))
    write_delivery(tmp_path / "elders" / "2026-11-20", applications=1, period=period, seed=1)
    shown = shared_in(
        tmp_path, "features", str(tmp_path / "elders" / "2026-11-20"), "-o", str(tmp_path / "f.csv"), *WHY
    )
    assert shown.stdout.startswith("1 aanvraag met kenmerken"), shown.stdout + shown.stderr
    write_delivery(tmp_path / "brievenbus" / "levensonderhoud" / "2026-11-20", applications=1, period=period, seed=1)
    assert "  1 aanvraag: 1 " in shared_in(tmp_path, "run").stdout
