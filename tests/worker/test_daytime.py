"""By day the clock takes up what need not wait for the night, and leaves no trace when nothing does."""

from pathlib import Path

from shared.interventions import release, request_run, resume_model, stop_model
from shared.runstates import RunState
from shared.sweep import run_waiting, take_up
from tests.shell.workshop import Workshop
from tests.worker.calling import ask_worker, minutes
from tests.worker.test_deliveries import rows


def _state(workshop: Workshop, levering: str) -> str:
    query = f"SELECT toestand FROM verwerkingen WHERE levering = '{levering}' ORDER BY nr DESC LIMIT 1"
    return str(workshop.sql(query)[0][0])


def test_when_nothing_waits_it_looks_and_leaves_no_trace(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    before = workshop.installation.ledger.last_event()
    assert take_up(workshop.installation) == []
    assert workshop.installation.ledger.last_event() == before


def test_a_request_is_done(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    request_run(workshop.installation, "2026-11-20", None, "bezwaar")
    (outcome,) = take_up(workshop.installation)
    assert outcome.run is not None and outcome.run.state is RunState.AFGEROND
    assert take_up(workshop.installation) == []


def test_a_released_delivery_goes_on(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    assert take_up(workshop.installation) == [], "it waits for a person"
    release(workshop.installation, "2026-11-20", "nagekeken")
    assert [outcome.failure for outcome in take_up(workshop.installation)] == [None]
    assert _state(workshop, "2026-11-20") == "afgerond"


def test_what_the_stop_switch_held_goes_on_when_it_is_off_and_not_before(workshop: Workshop) -> None:
    stop_model(workshop.installation, "onderzoek")
    workshop.deliver()
    run_waiting(workshop.installation)
    before = workshop.installation.ledger.last_event()
    take_up(workshop.installation)
    assert workshop.installation.ledger.last_event() == before, "no event every ten minutes"
    assert workshop.pointer()["model"]["gestopt"] and not workshop.pointer()["datums"]
    resume_model(workshop.installation, "opgelost")
    take_up(workshop.installation)
    assert _state(workshop, "2026-11-20") == "afgerond"
    assert workshop.current("2026-11-20") and not workshop.pointer()["model"]["gestopt"]


def test_the_clock_by_day_tells_of_no_missing_delivery(app: Path, tmp_path: Path) -> None:
    said = ask_worker(app, tmp_path, minutes(), LEVERDAGEN="ma,di,wo,do,vr,za,zo,feestdagen")
    assert said.outcomes == [{"ok": True}]
    missing = "SELECT count(*) FROM gebeurtenissen WHERE handeling = 'verwachte levering ontbreekt'"
    assert rows(tmp_path, missing) == [(0,)]
