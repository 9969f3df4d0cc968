"""The API in Microsoft's worker: the same app, the same refusals, and people known by what the platform says."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.worker.calling import arrived, ask_worker, get, minutes, post
from tests.worker.test_deliveries import FIRST

TENANT = "11111111-2222-3333-4444-555555555555"
AUDIENCE = "99999999-8888-7777-6666-555555555555"
LOGIN = {"EASY_AUTH": "ja", "AANMELDING_TENANT": TENANT, "AANMELDING_DOELGROEP": AUDIENCE}
API = "/api/v1"


def as_(*roles: str) -> dict[str, str]:
    """The header in which the platform says who signed in, and that of a browser on a page of ours."""
    claims = {"oid": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "tid": TENANT, "aud": AUDIENCE}
    listed = [{"typ": name, "val": value} for name, value in claims.items()]
    listed += [{"typ": "roles", "val": role} for role in roles]
    said = json.dumps({"auth_typ": "aad", "claims": listed})
    return {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(said.encode()).decode(), "Sec-Fetch-Site": "same-origin"}


def _problem(outcome: dict[str, Any], status: int) -> dict[str, Any]:
    assert outcome["status"] == status, outcome
    assert outcome["headers"]["content-type"].startswith("application/problem+json")
    assert outcome["headers"]["api-version"]
    found: dict[str, Any] = json.loads(outcome["body"])
    assert found["status"] == status
    return found


@pytest.mark.slow
def test_a_request_to_judge_again_is_recorded_told_where_and_done_by_the_next_round(app: Path, two_days: Path) -> None:
    operator = as_("procesbeheerder")
    first = ask_worker(app, two_days, arrived(FIRST), get(f"{API}/leveringen", **operator), **LOGIN)
    known = json.loads(first.outcomes[1]["body"])["leveringen"]
    levering = next(each["id"] for each in known if each["naam"] == FIRST)
    said = ask_worker(
        app,
        two_days,
        post(f"{API}/verwerkingen", {"levering": levering, "reden": "proef"}, **operator),
        minutes(),
        placeholder=True,
        **LOGIN,
    )
    accepted = said.outcomes[0]
    assert accepted["status"] == 202
    assert accepted["headers"]["content-type"].startswith("application/json")
    recorded = json.loads(accepted["body"])
    assert recorded["toestand"] == "wachtend"
    assert accepted["headers"]["location"] == f"{API}/verwerkingen/{recorded['id']}"
    assert said.outcomes[1]["ok"]
    after = ask_worker(app, two_days, get(accepted["headers"]["location"], **operator), **LOGIN)
    assert json.loads(after.outcomes[0]["body"])["toestand"] == "afgerond"
    pointer = json.loads((two_days / "uitvoer" / "levensonderhoud" / "actueel.json").read_bytes())
    assert pointer["datums"][FIRST]["verwerkingen"] == [recorded["id"]]


def test_what_is_wrong_is_told_as_a_problem_without_what_was_sent(app: Path, tmp_path: Path) -> None:
    operator, url = as_("procesbeheerder"), f"{API}/verwerkingen"
    good = {"levering": f"levensonderhoud-{'0' * 64}", "reden": "proef"}
    said = ask_worker(
        app,
        tmp_path,
        {**post(url, None, **operator), "body": ""},
        {**post(url, None, **operator), "body": '{"levering": kanarie}'},
        post(url, good | {"kanarie": "123456782"}, **operator),
        post(url, good | {"levering": "kanarie 123456782"}, **operator),
        post(url, good, **operator),
        post(url, good | {"reden": "kanarie" * 200_000}, **operator),
        {**post(url, good, **operator), "headers": {**operator, "Content-Type": "text/kanarie"}},
        {**post(url, good, **operator), "method": "DELETE"},
        get(f"{API}/kanarie", **operator),
        get("/%ff/kanarie", **operator),
        get(f"{API}/leveringen/", **operator),
        **LOGIN,
    )
    statuses = [outcome["status"] for outcome in said.outcomes]
    assert statuses == [400, 400, 400, 400, 404, 413, 415, 405, 404, 404, 404]
    for outcome in (each for number, each in enumerate(said.outcomes) if number != 9):
        _problem(outcome, outcome["status"])
    assert said.outcomes[7]["headers"]["allow"] == "GET, HEAD, POST"
    told = json.dumps([{**outcome, "url": ""} for outcome in said.outcomes])
    assert "kanarie" not in told + said.log


def test_a_broken_installation_is_a_problem_and_no_traceback(app: Path, tmp_path: Path) -> None:
    storage = tmp_path / "opslag"
    storage.mkdir()
    (storage / "administratie.sqlite").write_bytes(b"kanarie" * 1000)
    said = ask_worker(app, storage, get(f"{API}/modellen", **as_("modelbeheerder")), get(f"{API}/gezondheid"), **LOGIN)
    assert _problem(said.outcomes[0], 503)["code"] == "SC-500"
    assert _problem(said.outcomes[1], 503)["code"] == "VERSTOORD"
    assert "kanarie" not in json.dumps(said.outcomes)
    assert "Traceback" not in said.log


def test_without_a_whole_package_the_model_is_stopped_all_the_same(app: Path, tmp_path: Path) -> None:
    url, watcher = f"{API}/modellen", as_("toezichthouder")
    stop = {**post(f"{url}/levensonderhoud/stop", {"gestopt": True, "reden": "proef"}, **watcher), "method": "PUT"}
    said = ask_worker(
        app,
        tmp_path,
        get(f"{API}/gezondheid"),
        stop,
        get(url, **watcher),
        MODELLEN=str(tmp_path / "kanarie"),
        **LOGIN,
    )
    assert _problem(said.outcomes[0], 503)["code"] == "VERSTOORD"
    assert said.outcomes[1]["status"] == 200
    (model,) = json.loads(said.outcomes[2]["body"])["modellen"]
    assert model["versie"] is None and model["stop"]["gestopt"]
    assert json.loads((tmp_path / "uitvoer" / "levensonderhoud" / "actueel.json").read_bytes())["model"]["gestopt"]
    assert "kanarie" not in json.dumps(said.outcomes)


def test_a_key_of_a_function_is_nobody_and_a_role_is_needed(app: Path, tmp_path: Path) -> None:
    url = f"{API}/leveringen"
    said = ask_worker(
        app,
        tmp_path / "opslag",
        get(url),
        get(url, **{"X-Functions-Key": "een-functiesleutel"}),
        get(url, Authorization="Bearer geen.echt.token"),
        get(url, **as_("leverancier")),
        get(url, **as_()),
        get(f"{API}/openapi.json"),
        **LOGIN,
    )
    assert [outcome["status"] for outcome in said.outcomes] == [401, 401, 401, 403, 403, 200]
    assert not (tmp_path / "opslag" / "administratie.sqlite").exists(), "nobody got so far as to look at anything"


def test_what_the_platform_says_counts_for_nothing_where_no_setting_says_that_it_is_there(
    app: Path, tmp_path: Path
) -> None:
    said = ask_worker(app, tmp_path, get(f"{API}/leveringen", **as_("procesbeheerder")))
    assert [outcome["status"] for outcome in said.outcomes] == [401]
