"""A month from delivery to report, by the timer alone: judged, followed up, closed, reported; and then no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from development.population import write_history
from shared import bootstrap
from shared.adapters.clock import SystemClock
from shared.bootstrap.triggered import nightly
from shared.cli import main
from tests.report.pages import read_page

pytestmark = pytest.mark.slow
DATASET = "levensonderhoud"
OCTOBER = (datetime(2026, 10, 1), datetime(2026, 11, 1))
IN_OCTOBER = datetime(2026, 10, 31, 3, 30, tzinfo=UTC)
IN_NOVEMBER = datetime(2026, 11, 2, 3, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A storage after two nights: one in October, in which everything arrived, and one in November."""
    root = tmp_path_factory.mktemp("maand")
    write_history(root, applications=500, period=OCTOBER, seed=5)
    patch = pytest.MonkeyPatch()
    patch.setenv("SLIMME_CHECK_OPSLAG", str(root))
    bootstrap.let_go()
    for moment in (IN_OCTOBER, IN_NOVEMBER):
        patch.setattr(SystemClock, "now", lambda _, moment=moment: moment)
        nightly()
    yield root
    patch.undo()
    bootstrap.let_go()


def test_the_month_is_closed_and_reported_in_the_night_after_it(storage: Path) -> None:
    folder = storage / "rapportage" / DATASET
    assert [path.name for path in folder.iterdir()] == ["2026-10"]
    assert {path.name for path in (folder / "2026-10").iterdir()} == {
        "rapport.html",
        "openbaar.html",
        "vrijgegeven.json",
    }
    record = json.loads((folder / "2026-10" / "vrijgegeven.json").read_text(encoding="utf-8"))
    assert record["gemaakt"] == "2026-11-02"
    trends = {each["name"]: each for each in record["feiten"]["trends"]}
    assert trends["aanvragen"]["counts"] == [500]


def test_the_report_tells_of_the_people_that_were_delivered(storage: Path) -> None:
    page = read_page((storage / "rapportage" / DATASET / "2026-10" / "rapport.html").read_bytes())
    summary = next(node for node in page.all("section") if node.attributes["id"] == "samenvatting").text
    assert "In oktober 2026 kregen 500 aanvragen een uitkomst." in summary
    fairness = next(node for node in page.all("section") if node.attributes["id"] == "gelijk")
    assert "Geslacht" in [node.text for node in fairness.all("h3")]
    assert fairness.all("svg")
    assert "herwegen" in [node.attributes["id"] for node in page.all("section")], "the package here was evaluated"


def test_what_a_large_month_may_end_comes_after_all_that_must_be_done_every_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setenv("SLIMME_CHECK_OPSLAG", str(tmp_path))
    for place in (
        "shared.alarms.tell_missing",
        "shared.sweep.report_strays",
        "shared.anchors.watch_audit",
        "shared.closing.months.close_months",
        "shared.bootstrap.reports.write_due_reports",
        "shared.sweep.finish_standing",
    ):
        monkeypatch.setattr(place, lambda *_, place=place: done.append(place.rpartition(".")[2]) or [])
    bootstrap.let_go()
    nightly()
    bootstrap.let_go()
    assert done == [
        "tell_missing",
        "report_strays",
        "watch_audit",
        "close_months",
        "write_due_reports",
        "finish_standing",
    ]


def test_another_night_writes_nothing_more(storage: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (storage / "rapportage").rglob("*.*")}
    nightly()
    assert {path: path.stat().st_mtime_ns for path in (storage / "rapportage").rglob("*.*")} == before
    administration = bootstrap.ledger(bootstrap.settings())
    written = [event for event in administration.events() if event.handeling == "rapport geschreven"]
    assert [event.object for event in written] == ["rapport levensonderhoud 2026-10"]
    assert bootstrap.verify_audit().holds


def test_the_command_makes_the_same_of_people_up_to_today(
    storage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "nu.html"
    assert main(["report", "-o", str(output)]) == 0
    assert str(output) in capsys.readouterr().out
    page = read_page(output.read_bytes())
    stored = read_page((storage / "rapportage" / DATASET / "2026-10" / "rapport.html").read_bytes())
    tables, known = ([node.cells() for node in each.all("table")] for each in (page, stored))
    assert all(table in tables for table in known)
    assert "De lopende maand: november 2026" in page.text


@pytest.mark.parametrize(
    ("day", "code"),
    [("2026-09-30", "SC-540"), ("2026-10-30", "SC-550"), ("2026-11-30", "SC-550"), ("gisteren", "SC-550")],
)
def test_the_command_refuses_a_day_before_or_inside_a_closed_month_a_day_to_come_and_what_is_no_day(
    storage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], day: str, code: str
) -> None:
    assert storage.exists()
    output = tmp_path / "niet.html"
    assert main(["report", "--tot", day, "-o", str(output)]) == 1
    assert code in capsys.readouterr().err
    assert not output.exists()
