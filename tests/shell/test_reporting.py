"""Reports are written once for every closed month, whatever stops the writer, and every look at one is on record."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from development.population.months import Plan, synthetic_months
from development.report import MODELS
from shared.adapters.packages import load_package
from shared.digests import digest_of
from shared.errors import NotKnown, RequestRefused
from shared.events import StoredEvent
from shared.levensonderhoud.usecase import LEVENSONDERHOUD
from shared.modelpackage.package import ModelPackage
from shared.monitoring.facts import report_facts
from shared.monitoring.months import MonthTally
from shared.monitoring.report.about_work import RunningMonth
from shared.monitoring.report.make import Edition
from shared.monitoring.reportfacts import ReportFacts
from shared.reporting import (
    RECORD,
    Released,
    Reporting,
    known_reports,
    read_facts,
    read_report,
    report_on_request,
    write_due,
)
from tests.report.pages import read_page
from tests.shell.workshop import Crash, Workshop

MONTHS = synthetic_months(Plan(months=6, first="2026-05"), 3)
EVENTS = ("rapport geschreven", "rapport op verzoek gemaakt", "rapport bekeken")


def _running(first: date, until: date) -> RunningMonth:
    return RunningMonth(first.isoformat()[:7], until, {"geaccepteerd": until.day}, {}, {})


@pytest.fixture(scope="module")
def package() -> ModelPackage:
    return load_package(MODELS / LEVENSONDERHOUD.package)


type MakeShop = Callable[[str], Workshop]


@pytest.fixture
def make_shop(make_workshop: MakeShop) -> MakeShop:
    """Make real storages and administrations by name, on the fifth of November."""

    def make(name: str) -> Workshop:
        found = make_workshop(name).with_(use_case=LEVENSONDERHOUD)
        found.clock.moment = datetime(2026, 11, 5, 3, 30, tzinfo=UTC)
        return found

    return make


@pytest.fixture
def shop(make_shop: MakeShop) -> Workshop:
    return make_shop("werk")


@pytest.fixture
def made(shop: Workshop, package: ModelPackage) -> Reporting:
    return _reporting(shop, package, MONTHS)


def _reporting(shop: Workshop, package: ModelPackage, months: Sequence[MonthTally]) -> Reporting:
    def facts(counted: Sequence[MonthTally], judged_by: ModelPackage, earlier: Released | None) -> ReportFacts:
        rules = LEVENSONDERHOUD.group_rules
        return report_facts(counted, judged_by.reference, judged_by.threshold, rules, earlier)

    return Reporting(shop.installation, lambda: months, lambda _: package, facts, lambda _: None, _running)


def _events(shop: Workshop) -> list[StoredEvent]:
    return [event for event in shop.installation.ledger.events() if event.handeling in EVENTS]


def test_every_closed_month_gets_both_editions_and_a_record(shop: Workshop, made: Reporting) -> None:
    assert write_due(made) == [tally.month for tally in MONTHS]
    files = shop.files("rapportage")
    assert set(files) == {
        f"levensonderhoud/{tally.month}/{name}"
        for tally in MONTHS
        for name in ("rapport.html", "openbaar.html", RECORD)
    }
    record = json.loads(files["levensonderhoud/2026-10/vrijgegeven.json"])
    assert record["maand"] == "2026-10"
    assert record["gemaakt"] == "2026-11-05"
    assert record["vrijgave"]["laatste_maand"] == "2026-10"
    assert record["feiten"]["month"] == "2026-10"


def test_the_event_of_a_report_names_what_was_written(shop: Workshop, made: Reporting) -> None:
    write_due(made)
    (last,) = [event for event in _events(shop) if event.object == "rapport levensonderhoud 2026-10"]
    digests = json.loads(last.details)["sha256"]
    blobs = shop.installation.blobs
    assert digests == {
        name: digest_of(blobs, "rapportage", f"levensonderhoud/2026-10/{name}")
        for name in ("rapport.html", "openbaar.html", RECORD)
    }
    assert last.actor == "systeem"


def test_writing_again_writes_nothing(shop: Workshop, made: Reporting) -> None:
    write_due(made)
    files, events = shop.files("rapportage"), _events(shop)
    shop.clock.moment = datetime(2026, 11, 6, 3, 30, tzinfo=UTC)
    assert write_due(made) == []
    assert shop.files("rapportage") == files
    assert _events(shop) == events


def test_a_month_that_is_closed_later_gets_its_report_after_what_was_released(
    shop: Workshop, make_shop: MakeShop, package: ModelPackage
) -> None:
    """Month by month gives the same as all at once: what was shown does not depend on when the timer ran."""
    for number in range(1, len(MONTHS) + 1):
        assert write_due(_reporting(shop, package, MONTHS[:number])) == [MONTHS[number - 1].month]
    one_by_one = shop.files("rapportage")
    fresh = make_shop("opnieuw")
    write_due(_reporting(fresh, package, MONTHS))
    assert fresh.files("rapportage") == one_by_one


class _Stopping:
    """A storage that stops at one write: before it, or right after it."""

    def __init__(self, blobs: Any, at: int, *, after: bool) -> None:
        self._blobs, self._at, self._after, self.writes = blobs, at, after, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)

    def write(self, container: str, name: str, data: bytes) -> None:
        self.writes += 1
        if self.writes == self._at and not self._after:
            raise Crash
        self._blobs.write(container, name, data)
        if self.writes == self._at and self._after:
            raise Crash


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_a_stop_at_any_write_loses_nothing_and_doubles_nothing(
    shop: Workshop, make_shop: MakeShop, package: ModelPackage, at: int, after: bool
) -> None:
    two = MONTHS[:2]
    whole = make_shop("heel")
    write_due(_reporting(whole, package, two))
    stopping = shop.with_(blobs=_Stopping(shop.installation.blobs, at, after=after))
    with pytest.raises(Crash):
        write_due(_reporting(stopping, package, two))
    write_due(_reporting(shop, package, two))
    assert shop.files("rapportage") == whole.files("rapportage")
    assert [event.object for event in _events(shop)] == [f"rapport levensonderhoud {each.month}" for each in two]


def test_a_stop_before_the_event_is_made_good(shop: Workshop, made: Reporting) -> None:
    class _Silent:
        def __getattr__(self, name: str) -> Any:
            return getattr(shop.installation.ledger, name)

        def note(self, _: object) -> None:
            raise Crash

    with pytest.raises(Crash):
        write_due(replace(made, place=replace(shop.installation, ledger=_Silent())))  # type: ignore[arg-type]
    assert not _events(shop)
    write_due(made)
    assert len(_events(shop)) == len(MONTHS)


def test_drift_is_told_in_the_log_without_any_number(
    shop: Workshop, package: ModelPackage, caplog: pytest.LogCaptureFixture
) -> None:
    moved = synthetic_months(Plan(months=2, first="2026-09", drift={"total_vermogen": 0.5}), 3)
    with caplog.at_level("WARNING"):
        write_due(_reporting(shop, package, MONTHS[:1]))
        assert not caplog.messages
        write_due(_reporting(shop.with_(use_case=replace(LEVENSONDERHOUD, dataset="proef")), package, moved))
    assert set(caplog.messages) == {"drift of levensonderhoud: outside its band"}


def test_reports_are_listed_and_read_and_every_look_is_on_record(shop: Workshop, made: Reporting) -> None:
    assert known_reports(made) == []
    write_due(made)
    assert [each.month for each in known_reports(made)] == [tally.month for tally in reversed(MONTHS)]
    assert known_reports(made)[0].made == date(2026, 11, 5)
    page = read_report(made, "2026-10", Edition.OPENBAAR)
    assert page == shop.files("rapportage")["levensonderhoud/2026-10/openbaar.html"]
    facts = read_facts(made, "2026-09")
    assert facts["maand"] == "2026-09"
    assert "vrijgave" not in facts
    looks = [(event.object, json.loads(event.details)["editie"]) for event in _events(shop)[len(MONTHS) :]]
    assert looks == [("rapport levensonderhoud 2026-10", "openbaar"), ("rapport levensonderhoud 2026-09", "feiten")]


@pytest.mark.parametrize("month", ["2026-11", "2020-01"])
def test_a_month_without_a_report_is_not_known_and_leaves_no_look(shop: Workshop, made: Reporting, month: str) -> None:
    write_due(made)
    with pytest.raises(NotKnown):
        read_report(made, month, Edition.VOLLEDIG)
    with pytest.raises(NotKnown):
        read_facts(made, month)
    assert len(_events(shop)) == len(MONTHS)


def _tables(content: bytes) -> dict[str, list[list[str]]]:
    return {node.all("caption")[0].text: node.cells() for node in read_page(content).all("table")}


def test_on_request_it_shows_what_the_stored_report_shows_and_the_work_of_the_running_month(
    shop: Workshop, made: Reporting
) -> None:
    write_due(made)
    stored = _tables(shop.files("rapportage")["levensonderhoud/2026-10/rapport.html"])
    today = _tables(report_on_request(made, date(2026, 11, 5)))
    assert {name: today[name] for name in stored} == stored
    (work,) = today.keys() - stored.keys()
    assert work == "November 2026 tot nu toe: leveringen"
    assert today[work][1] == ["Geaccepteerd", "5"]


def test_two_requests_a_day_apart_differ_in_the_work_alone(made: Reporting) -> None:
    one, other = (_tables(report_on_request(made, date(2026, 11, day))) for day in (4, 5))
    assert {name for name in one if one[name] != other[name]} == {"November 2026 tot nu toe: leveringen"}


def test_on_request_it_is_the_same_whether_the_timer_wrote_before_or_not(made: Reporting) -> None:
    before = report_on_request(made, date(2026, 11, 5))
    write_due(made)
    assert report_on_request(made, date(2026, 11, 5)) == before


def test_a_request_for_the_last_day_of_a_closed_month_stops_at_that_month(shop: Workshop, made: Reporting) -> None:
    page = read_page(report_on_request(made, date(2026, 9, 30)))
    assert "september 2026" in page.all("h1")[0].text
    assert "lopende maand" not in page.text
    (event,) = _events(shop)
    assert event.object == "rapport levensonderhoud 2026-09"
    assert json.loads(event.details)["tot"] == "2026-09-30"


@pytest.mark.parametrize("day", [date(2026, 10, 30), date(2026, 9, 1), date(2026, 5, 30)])
def test_a_day_inside_a_closed_month_is_refused(shop: Workshop, made: Reporting, day: date) -> None:
    """Day by day, a closed month would tell what it hides as a whole."""
    with pytest.raises(RequestRefused, match="SC-550"):
        report_on_request(made, day)
    assert not _events(shop)


def test_a_day_to_come_is_refused_and_before_the_first_closed_month_there_is_nothing(made: Reporting) -> None:
    with pytest.raises(RequestRefused):
        report_on_request(made, date(2026, 11, 6))
    with pytest.raises(NotKnown):
        report_on_request(made, date(2026, 4, 30))


def test_what_is_written_of_people_holds_no_count_below_ten(shop: Workshop, made: Reporting) -> None:
    write_due(made)
    for name, content in shop.files("rapportage").items():
        if not name.endswith(".html"):
            continue
        for node in read_page(content).all("table"):
            heads, *rows = node.cells()
            columns = [at for at, head in enumerate(heads) if head in _COUNTED]
            for row in rows:
                for at in columns:
                    found = row[at].replace(".", "")
                    assert not found.isdecimal() or int(found) >= 10, (name, heads, row)


_COUNTED = {"Aantal", "Aanvragen", "Gekozen", "Uitslagen", "TN", "FP", "FN", "TP", "Aantal nu", "Gevolgd"}
