"""The app indexes and runs in Microsoft's worker: three functions, each one call into bootstrap."""

import ast
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from development.population.mailbox import write_mailbox

ROOT = Path(__file__).resolve().parents[2]


def call_worker(storage: Path, *calls: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Serve calls in a process of the worker; return what it said and its log."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.shell.worker"],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "SLIMME_CHECK_OPSLAG": str(storage)},
    )
    return cast(dict[str, Any], json.loads(done.stdout.splitlines()[-1])), done.stderr


@pytest.fixture(scope="module")
def bindings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    said, _ = call_worker(tmp_path_factory.mktemp("leeg"))
    return cast(dict[str, list[dict[str, Any]]], said["bindings"])


def test_the_app_has_three_functions_with_these_bindings(bindings: dict[str, list[dict[str, Any]]]) -> None:
    assert bindings == {
        "delivery_arrived": [
            {
                "direction": "IN",
                "type": "blobTrigger",
                "name": "blob",
                "path": "brievenbus/{dataset}/{levering}/datapackage.json",
                "connection": "BRIEVENBUS",
                "source": "EventGrid",
            }
        ],
        "nightly": [{"direction": "IN", "type": "timerTrigger", "name": "timer", "schedule": "0 30 3 * * *"}],
        "reprocess": [
            {
                "direction": "IN",
                "type": "httpTrigger",
                "name": "request",
                "methods": ["POST"],
                "authLevel": "FUNCTION",
                "route": "reprocess",
            },
            {"direction": "OUT", "type": "http", "name": "$return"},
        ],
    }


def test_no_timer_fires_in_the_hour_that_summer_time_takes_or_doubles(
    bindings: dict[str, list[dict[str, Any]]],
) -> None:
    schedules = [one["schedule"] for found in bindings.values() for one in found if one["type"] == "timerTrigger"]
    assert schedules
    for schedule in schedules:
        second, minute, hour, *rest = schedule.split()
        assert rest == ["*", "*", "*"]
        moment = datetime(2026, 1, 1, int(hour), int(minute), int(second), tzinfo=UTC)
        for day in range(366):
            local = (moment + timedelta(days=day)).astimezone(ZoneInfo("Europe/Amsterdam"))
            assert local.hour != 2


def test_each_function_is_one_call_into_bootstrap() -> None:
    tree = ast.parse((ROOT / "function_app.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(functions) == 3
    for function in functions:
        docstring, only = function.body
        assert isinstance(docstring, ast.Expr)
        calls = [node for node in ast.walk(only) if isinstance(node, ast.Call)]
        assert sum("bootstrap." in ast.unparse(call.func) for call in calls) >= 1
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.If | ast.For | ast.Try | ast.While)]


def test_importing_the_app_is_light() -> None:
    code = (
        "import sys, function_app; print([m for m in ('pandas', 'pyarrow', 'sqlalchemy', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_host_and_example_settings_are_what_the_platform_expects() -> None:
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    assert host["version"] == "2.0" and host["extensionBundle"]["version"] == "[4.0.0, 5.0.0)"
    assert host["extensions"]["blobs"]["maxDegreeOfParallelism"] == 1
    example = json.loads((ROOT / "local.settings.example.json").read_text(encoding="utf-8"))
    limit = host["functionTimeout"].split(":")
    seconds = int(limit[0]) * 3600 + int(limit[1]) * 60 + int(limit[2])
    assert example["Values"]["SLIMME_CHECK_TIJDSLIMIET"] == str(seconds), "the lease follows from the time limit"
    ignored = (ROOT / ".funcignore").read_text(encoding="utf-8").split()
    assert {"tests/", "development/", "werk/", "local.settings*.json"} <= set(ignored)


def test_events_timer_and_http_do_the_work_end_to_end(tmp_path: Path) -> None:
    write_mailbox(tmp_path, seed=3, day=date(2026, 11, 16))
    name = "brievenbus/levensonderhoud/2026-11-16/datapackage.json"
    said, log = call_worker(
        tmp_path,
        {"kind": "blob", "function": "delivery_arrived", "name": "brievenbus/vreemd/2026-11-16/datapackage.json"},
        {"kind": "blob", "function": "delivery_arrived", "name": "brievenbus/levensonderhoud/2026-11-16/diensten.csv"},
        {"kind": "blob", "function": "delivery_arrived", "name": name},
        {"kind": "blob", "function": "delivery_arrived", "name": name},
        {"kind": "timer", "function": "nightly"},
        {"kind": "http", "function": "reprocess", "body": json.dumps({"levering": "2026-11-16", "reden": "proef"})},
        {"kind": "http", "function": "reprocess", "body": '{"levering": "2026-11-16", "reden": "x", "geheim": 1}'},
        {"kind": "http", "function": "reprocess", "body": '{"levering": "2026-11-15", "reden": "x"}'},
        {"kind": "timer", "function": "nightly"},
    )
    outcomes = said["outcomes"]
    assert [outcome["ok"] for outcome in outcomes] == [True] * len(outcomes)
    accepted, unknown_field, unknown_delivery = (outcomes[number] for number in (5, 6, 7))
    assert accepted["status"] == 202 and json.loads(accepted["body"])["toestand"] == "wachtend"
    assert unknown_field["status"] == 400 and "geheim" not in unknown_field["body"]
    assert unknown_delivery["status"] == 404
    for outcome in (unknown_field, unknown_delivery):
        assert outcome["headers"]["content-type"].startswith("application/problem+json")
    pointer = json.loads((tmp_path / "uitvoer" / "levensonderhoud" / "actueel.json").read_bytes())
    assert sorted(pointer["datums"]) == ["2026-11-16", "2026-11-17", "2026-11-18"]
    assert pointer["datums"]["2026-11-16"]["verwerkingen"] == [json.loads(accepted["body"])["verwerking"]]
    assert "http_logging_policy" not in log and "Traceback" not in log


def test_a_broken_installation_is_told_to_the_platform_so_that_it_tries_again(tmp_path: Path) -> None:
    write_mailbox(tmp_path, seed=3, day=date(2026, 11, 16))
    key = tmp_path / "geheim" / "sleutel.json"
    key.parent.mkdir(mode=0o700)
    key.write_text("{}")
    key.chmod(0o600)
    name = "brievenbus/levensonderhoud/2026-11-16/datapackage.json"
    said, _ = call_worker(
        tmp_path,
        {"kind": "blob", "function": "delivery_arrived", "name": name},
        {"kind": "timer", "function": "nightly"},
        {"kind": "http", "function": "reprocess", "body": '{"levering": "2026-11-16", "reden": "x"}'},
    )
    event, timer, http = said["outcomes"]
    assert not event["ok"] and "SC-300" in event["error"]
    assert not timer["ok"] and "SC-300" in timer["error"]
    assert http["ok"] and http["status"] in (404, 500)
    assert len(list((tmp_path / "brievenbus").rglob("datapackage.json"))) == 5, "nothing is lost"
