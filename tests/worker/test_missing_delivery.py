"""A delivery that was expected and did not come is an alarm, once for each date."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from shared.alarms import Alarms, tell_missing
from shared.deliverydays import DeliveryDays, read_delivery_days
from shared.events import Caller
from shared.sweep import run_waiting
from tests.shell.workshop import DATASET, Workshop
from tests.worker.calling import ask_worker, tick
from tests.worker.test_deliveries import rows

WEEK = read_delivery_days("ma,di,wo,do,vr", "geen")
ALWAYS = read_delivery_days("ma,di,wo,do,vr,za,zo,feestdagen", "geen")
FRIDAY = date(2026, 11, 20)


def night(workshop: Workshop, day: date, days: DeliveryDays = WEEK) -> list[str]:
    """Do what the clock does in the night that begins this day, and return the dates that are missing."""
    workshop.clock.moment = datetime(day.year, day.month, day.day, 3, 30, tzinfo=UTC)
    alarms = Alarms(workshop.installation.ledger, workshop.clock, Caller("systeem", "tijdklok"))
    return [str(found) for found in tell_missing(alarms, workshop.installation.blobs, DATASET, days)]


def told(workshop: Workshop) -> list[str]:
    """Return the alarms so far, by what they are about."""
    query = "SELECT object FROM gebeurtenissen WHERE handeling = 'verwachte levering ontbreekt' ORDER BY volgnr"
    return [found[0] for found in workshop.sql(query)]


def test_a_night_without_yesterdays_delivery_is_an_alarm_with_a_finding(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    assert night(workshop, date(2026, 11, 21)) == ["2026-11-20"]
    (event,) = workshop.installation.ledger.events()
    details = json.loads(event.details)
    assert event.resultaat == "alarm: LEV-113"
    assert details["ernst"] == details["bevinding"]["ernst"] == "alarm"
    assert "2026-11-20" in details["bevinding"]["zin"]
    assert details["onvolledig"] is False
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_each_date_is_told_once_also_when_the_clock_ticks_again(workshop: Workshop) -> None:
    for day in (21, 21, 22, 23, 24):
        night(workshop, date(2026, 11, day))
    assert told(workshop) == [f"levering {day} van {DATASET}" for day in ("2026-11-20", "2026-11-23")]


@pytest.mark.parametrize("oordeel", ["geaccepteerd", "aangehouden", "afgekeurd"])
def test_a_delivery_that_came_is_not_missing_however_it_was_judged(workshop: Workshop, oordeel: str) -> None:
    workshop.deliver("2026-11-20", oordeel=oordeel)
    assert night(workshop, date(2026, 11, 21)) == [], "it waits in the mailbox"
    run_waiting(workshop.installation)
    assert night(workshop, date(2026, 11, 21)) == []


def test_tables_without_a_description_are_no_delivery_yet(workshop: Workshop) -> None:
    workshop.deliver("2026-11-20", description=False)
    assert night(workshop, date(2026, 11, 21)) == ["2026-11-20"]
    (event,) = workshop.installation.ledger.events()
    assert json.loads(event.details)["onvolledig"] is True


def test_a_later_delivery_that_covers_the_days_before_it_makes_up_for_theirs(workshop: Workshop) -> None:
    workshop.deliver("2026-11-17")
    run_waiting(workshop.installation)
    workshop.deliver("2026-11-20", van=datetime(2026, 11, 17), days=3)
    run_waiting(workshop.installation)
    workshop.clock.moment = datetime(2026, 11, 17, 12, tzinfo=UTC)
    assert night(workshop, date(2026, 11, 21)) == []


def test_nights_that_the_clock_itself_missed_are_made_up_for_up_to_a_week(workshop: Workshop) -> None:
    workshop.clock.moment = datetime(2026, 11, 2, 12, tzinfo=UTC)
    workshop.deliver("2026-11-02")
    run_waiting(workshop.installation)
    assert night(workshop, date(2026, 11, 5), ALWAYS) == ["2026-11-03", "2026-11-04"]
    assert night(workshop, date(2026, 11, 21), ALWAYS) == [str(FRIDAY - timedelta(days=n)) for n in range(6, -1, -1)]


def test_before_the_first_delivery_only_yesterdays_is_missed(workshop: Workshop) -> None:
    assert night(workshop, date(2026, 11, 21), ALWAYS) == ["2026-11-20"]


def test_weekends_holidays_and_free_days_are_quiet(workshop: Workshop) -> None:
    closed = read_delivery_days("ma,di,wo,do,vr", "2026-12-24")
    assert night(workshop, date(2026, 11, 22), closed) == []  # Saturday
    assert night(workshop, date(2026, 12, 25), closed) == []  # Christmas Eve, by setting
    assert night(workshop, date(2026, 12, 26), closed) == []  # Christmas
    assert night(workshop, date(2026, 12, 24), closed) == ["2026-12-23"]


def test_yesterday_is_yesterday_in_amsterdam(workshop: Workshop) -> None:
    alarms = Alarms(workshop.installation.ledger, workshop.clock, Caller("systeem", "test"))
    workshop.clock.moment = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert alarms.today() == date(2026, 11, 21)


def test_the_nightly_function_tells_it_also_when_the_model_is_broken(app: Path, tmp_path: Path) -> None:
    empty = tmp_path / "modellen"
    empty.mkdir()
    days = {"LEVERDAGEN": "ma,di,wo,do,vr,za,zo,feestdagen", "MODELLEN": str(empty)}
    said = ask_worker(app, tmp_path, tick(), tick(), **days)
    assert [outcome["ok"] for outcome in said.outcomes] == [False, False]
    assert all(outcome["error"].startswith("TriggerFailed: SC-200: ") for outcome in said.outcomes)
    found = rows(tmp_path, "SELECT object FROM gebeurtenissen WHERE handeling = 'verwachte levering ontbreekt'")
    assert len(found) == 1 or len(set(found)) == 2, "two only when midnight passed between the ticks"
