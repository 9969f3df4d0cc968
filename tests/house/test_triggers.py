"""Triggers and timers keep to what the platform and the calendar allow."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.settings import SETTINGS
from tests.house.repository import ROOT, document, tree_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CLOCK_CHANGES = (date(2027, 3, 28), date(2027, 10, 31))
PLAIN_DAYS = (date(2027, 1, 15), date(2027, 7, 15))


def _calls(name: str) -> list[dict[str, ast.expr]]:
    calls = (node for node in ast.walk(tree_of(ROOT / "function_app.py")) if isinstance(node, ast.Call))
    named = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == name]
    return [{keyword.arg: keyword.value for keyword in call.keywords if keyword.arg} for call in named]


def _schedules() -> list[str]:
    return [ast.literal_eval(call["schedule"]) for call in _calls("timer_trigger")]


def _matches(field: str, value: int) -> bool:
    """Say whether one field of an NCRONTAB schedule holds a value: *, */5, 3, 1-5 or 1,2."""
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        inside = span == "*" or int(low) <= value <= int(high or low)
        if inside and (value - (0 if span == "*" else int(low))) % int(step or 1) == 0:
            return True
    return False


def _moments(schedule: str, day: date) -> list[datetime]:
    """The moments of a day (UTC) at which a schedule fires, to the minute; it may not say on which days."""
    _, minutes, hours, *days = schedule.split()
    assert days == ["*", "*", "*"], "teach this test about days first"
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    every = (start + timedelta(minutes=minute) for minute in range(24 * 60))
    return [moment for moment in every if _matches(minutes, moment.minute) and _matches(hours, moment.hour)]


def test_schedules_are_read_right() -> None:
    assert len(_moments("0 30 3 * * *", PLAIN_DAYS[0])) == 1
    assert len(_moments("0 */15 * * * *", PLAIN_DAYS[0])) == 96
    assert [moment.hour for moment in _moments("0 0 1-5/2 * * *", PLAIN_DAYS[0])] == [1, 3, 5]


@pytest.mark.parametrize("day", [*PLAIN_DAYS, *CLOCK_CHANGES], ids=str)
def test_no_timer_fires_between_two_and_three_at_night_in_amsterdam(day: date) -> None:
    assert _schedules()
    for schedule in _schedules():
        moments = [moment for offset in (-1, 0, 1) for moment in _moments(schedule, day + timedelta(days=offset))]
        assert moments
        assert not [moment for moment in moments if moment.astimezone(AMSTERDAM).hour == 2]


def test_nothing_but_triggers_stands_in_function_app() -> None:
    for node in tree_of(ROOT / "function_app.py").body:
        assert isinstance(
            node, ast.Expr | ast.Import | ast.ImportFrom | ast.Assign | ast.FunctionDef | ast.AsyncFunctionDef
        )
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            statements = [each for each in node.body if not isinstance(each, ast.Expr | ast.Return)]
            assert not statements, f"{node.name} decides something"
            assert len(node.body) == 2


def test_one_function_answers_http_and_leaves_to_the_app_who_may_do_what() -> None:
    apps = _calls("FunctionApp")
    assert [ast.unparse(app["http_auth_level"]) for app in apps] == ["func.AuthLevel.FUNCTION"]
    (route,) = _calls("route")
    assert ast.literal_eval(route["route"]) == "{*route}"
    # a key of a function is nobody: roles are looked up in shared/access.py, also for what a key would open
    assert ast.unparse(route["auth_level"]) == "func.AuthLevel.ANONYMOUS"
    assert document(ROOT / "host.json")["extensions"]["http"]["routePrefix"] == ""


def test_a_delivery_starts_at_its_description_by_event_and_not_by_polling() -> None:
    (trigger,) = _calls("blob_trigger")
    assert ast.literal_eval(trigger["path"]) == "brievenbus/{dataset}/{levering}/datapackage.json"
    assert ast.unparse(trigger["source"]).endswith("EVENT_GRID")


def test_the_platform_stops_a_run_no_earlier_than_the_time_limit_says() -> None:
    hours, minutes, seconds = (int(part) for part in document(ROOT / "host.json")["functionTimeout"].split(":"))
    limit = next(setting.default for setting in SETTINGS if setting.name == "TIJDSLIMIET")
    assert timedelta(hours=hours, minutes=minutes, seconds=seconds) == timedelta(seconds=int(limit))


def test_storage_calls_are_not_logged_with_their_addresses() -> None:
    levels = document(ROOT / "host.json")["logging"]["logLevel"]
    assert levels["Azure.Core"] in ("Warning", "Error")
