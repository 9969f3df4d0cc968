"""Requests to judge again: answered in JSON or problem+json; the host refuses a caller without the key itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.worker.calling import arrived, ask_worker, post, tick
from tests.worker.test_deliveries import FIRST

GOOD = {"levering": FIRST, "reden": "proef"}


def _problem(outcome: dict[str, Any], status: int) -> dict[str, Any]:
    assert outcome["status"] == status
    assert outcome["headers"]["content-type"].startswith("application/problem+json")
    found: dict[str, Any] = json.loads(outcome["body"])
    assert found["status"] == status
    return found


@pytest.mark.slow
def test_a_request_is_recorded_and_done_by_the_next_round(app: Path, two_days: Path) -> None:
    said = ask_worker(app, two_days, arrived(FIRST), post(json.dumps(GOOD)), tick(), placeholder=True)
    assert [outcome["ok"] for outcome in said.outcomes] == [True] * 3
    accepted = said.outcomes[1]
    assert accepted["status"] == 202
    assert accepted["headers"]["content-type"].startswith("application/json")
    recorded = json.loads(accepted["body"])
    assert recorded["toestand"] == "wachtend"
    pointer = json.loads((two_days / "uitvoer" / "levensonderhoud" / "actueel.json").read_bytes())
    assert pointer["datums"][FIRST]["verwerkingen"] == [recorded["verwerking"]]


def test_what_is_wrong_is_told_as_a_problem_without_what_was_sent(app: Path, tmp_path: Path) -> None:
    said = ask_worker(
        app,
        tmp_path,
        post(""),
        post('{"levering": kanarie}'),
        post(json.dumps(GOOD | {"kanarie": "123456782"})),
        post(json.dumps(GOOD | {"levering": "kanarie 123456782"})),
        post(json.dumps(GOOD)),
        post(json.dumps(GOOD | {"reden": "kanarie" * 200_000})),
    )
    codes = [
        _problem(outcome, status)["code"]
        for outcome, status in zip(said.outcomes, (400, 400, 400, 400, 404, 413), strict=True)
    ]
    assert codes == ["API-400", "API-400", "API-422", "API-422", "SC-540", "API-413"]
    assert "kanarie" not in json.dumps(said.outcomes) + said.log


def test_a_broken_installation_is_a_problem_and_no_traceback(app: Path, tmp_path: Path) -> None:
    said = ask_worker(app, tmp_path, post(json.dumps(GOOD)), MODELLEN=str(tmp_path / "kanarie"))
    problem = _problem(said.outcomes[0], 500)
    assert set(problem) == {"title", "status", "code", "detail"}
    assert problem["code"] == "SC-200"
    assert "kanarie" not in json.dumps(problem) + said.log
    assert "Traceback" not in said.log


def test_without_the_key_or_on_another_route_the_app_is_not_even_called(app: Path, tmp_path: Path) -> None:
    body = json.dumps(GOOD)
    said = ask_worker(
        app,
        tmp_path / "opslag",
        post(body, headers={}),
        post(body, headers={"x-functions-key": "geraden"}),
        post(body, method="GET"),
        post(body, url="/api/other"),
    )
    assert [outcome["status"] for outcome in said.outcomes] == [401, 401, 404, 404]
    assert not [outcome for outcome in said.outcomes if outcome["called"]]
    assert not (tmp_path / "opslag").exists()
