"""Events and the clock do the whole job in Microsoft's worker, on real deliveries and the packaged model."""

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.sql.engine import make_engine
from shared.settings import read_settings
from tests.worker.calling import DATASET, arrived, ask_worker, event, tick

pytestmark = pytest.mark.slow
FIRST, SECOND = "2026-11-16", "2026-11-17"


def rows(storage: Path, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query on the administration."""
    settings = read_settings({"SLIMME_CHECK_OPSLAG": str(storage)})
    engine = make_engine(settings.database, settings.database_wait)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(query)]
    engine.dispose()
    return found


def states(storage: Path) -> dict[str, str]:
    """Return the state of every run, by the name of its delivery."""
    found = rows(storage, "SELECT levering, toestand FROM verwerkingen")
    assert len(dict(found)) == len(found), "one run for each delivery"
    return dict(found)


def events_of(storage: Path, handeling: str) -> list[str]:
    query = f"SELECT object FROM gebeurtenissen WHERE handeling = '{handeling}' ORDER BY volgnr"
    return [found[0] for found in rows(storage, query)]


def spoil_the_key(storage: Path) -> Path:
    key = storage / "geheim" / "sleutel.json"
    key.parent.mkdir(mode=0o700)
    key.write_text('{"sleutel": "kanarie"}')
    key.chmod(0o600)
    return key


@pytest.mark.parametrize("placeholder", [False, True], ids=["at once", "after a placeholder"])
def test_one_event_leads_to_results_and_rejected_and_held_deliveries_are_no_failures(
    app: Path, storage: Path, placeholder: bool
) -> None:
    said = ask_worker(app, storage, arrived("2026-11-20"), placeholder=placeholder)
    assert said.outcomes == [{"ok": True}]
    assert list(states(storage).values()) == [*["afgerond"] * 3, "aangehouden", "afgekeurd"]
    pointer = json.loads((storage / "uitvoer" / DATASET / "actueel.json").read_bytes())
    assert sorted(pointer["datums"]) == [FIRST, SECOND, "2026-11-18"]
    for datum in pointer["datums"]:
        assert (storage / "uitvoer" / DATASET / datum / "actueel.parquet").stat().st_size > 1000
    assert "Traceback" not in said.log
    assert said.told["http_log"] >= logging.WARNING, "azure-core tells of every call at INFO"


def test_events_may_come_twice_late_and_in_any_order(app: Path, two_days: Path) -> None:
    said = ask_worker(app, two_days, arrived(SECOND), arrived(SECOND), arrived(FIRST), arrived("2026-11-01"), tick())
    assert [outcome["ok"] for outcome in said.outcomes] == [True] * 5
    assert states(two_days) == {FIRST: "afgerond", SECOND: "afgerond"}
    assert len(events_of(two_days, "resultaten gepubliceerd")) == 2


def test_an_event_that_never_comes_is_made_up_for_at_night(app: Path, two_days: Path) -> None:
    said = ask_worker(app, two_days, tick(), {**tick(), "past_due": True}, placeholder=True)
    assert [outcome["ok"] for outcome in said.outcomes] == [True, True]
    assert states(two_days) == {FIRST: "afgerond", SECOND: "afgerond"}


def test_events_about_anything_else_are_ignored_with_a_trace_that_has_no_name(app: Path, two_days: Path) -> None:
    spoil_the_key(two_days)  # which is not even looked at
    others = [
        f"brievenbus/{DATASET}/{FIRST}/diensten.csv",
        f"brievenbus/{DATASET}/{FIRST}/diep/datapackage.json",
        f"brievenbus/{DATASET}/datapackage.json",
        f"uitvoer/{DATASET}/{FIRST}/datapackage.json",
        "brievenbus/kanarie-123456782/2026-11-16/datapackage.json",
        "",
    ]
    said = ask_worker(app, two_days, *(event(name) for name in others))
    assert [outcome["ok"] for outcome in said.outcomes] == [True] * len(others)
    assert states(two_days) == {}
    traces = events_of(two_days, "gebeurtenis genegeerd")
    assert {trace.split(" op ")[0] for trace in traces} == {
        "gebeurtenis over een onbekende dataset",
        "gebeurtenis over iets anders dan datapackage.json van een levering",
    }
    assert "kanarie" not in str(rows(two_days, "SELECT * FROM gebeurtenissen")) + said.log


def test_a_failure_is_raised_with_its_code_and_the_next_step_and_nothing_else(app: Path, two_days: Path) -> None:
    key = spoil_the_key(two_days)
    said = ask_worker(app, two_days, arrived(FIRST), tick())
    for outcome in said.outcomes:
        assert not outcome["ok"]
        assert outcome["error"].startswith("TriggerFailed: SC-300: ")
        assert outcome["stack"].count("Error") + outcome["stack"].count("TriggerFailed:") == 1, "no cause is chained"
        told = outcome["error"] + outcome["stack"]
        assert not [word for word in ("kanarie", str(key), FIRST) if word in told]
    assert len(list((two_days / "brievenbus").rglob("datapackage.json"))) == 2, "nothing is lost"
    key.unlink()
    again = ask_worker(app, two_days, arrived(FIRST))  # as the platform does
    assert again.outcomes == [{"ok": True}]
    assert states(two_days) == {FIRST: "afgerond", SECOND: "afgerond"}


def test_wrong_settings_are_told_by_code_and_in_our_log_by_name(app: Path, two_days: Path) -> None:
    said = ask_worker(app, two_days, arrived(FIRST), tick(), LEVERDAGEN="kanarie")
    for outcome in said.outcomes:
        assert outcome["error"] == "TriggerFailed: SC-100: The README lists all settings."
    assert "SLIMME_CHECK_LEVERDAGEN must be" in said.log
    assert "kanarie" not in said.log


def test_the_clock_finishes_what_was_interrupted_after_publishing(app: Path, two_days: Path) -> None:
    shutil.rmtree(two_days / "brievenbus" / DATASET / SECOND)
    blocked = two_days / "terugkoppeling"
    blocked.write_text("a file where a folder should be")
    said = ask_worker(app, two_days, arrived(FIRST))
    assert not said.outcomes[0]["ok"]
    assert states(two_days) == {FIRST: "gepubliceerd"}
    blocked.unlink()
    assert ask_worker(app, two_days, tick()).outcomes == [{"ok": True}]
    assert states(two_days) == {FIRST: "afgerond"}
    assert len(events_of(two_days, "resultaten gepubliceerd")) == 1
    assert not list((two_days / "brievenbus").rglob("*.csv"))
