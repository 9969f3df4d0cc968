"""A run that was asked for, and that waits for something, ends when what it would judge again was removed."""

import json

import pytest

from shared.administration import RunRecord
from shared.interventions import request_run, resume_model, stop_model
from shared.rights.states import RequestState
from shared.runstates import REASON_SENTENCES, RunReason, RunState
from shared.sweep import run_waiting
from tests.rights.persons import Office, office
from tests.rights.removing import Scene, terms
from tests.rights.test_removal import ROWS, left_of, names_of_anna

pytestmark = pytest.mark.xdist_group("postgresql")
ENDED = (RunState.VERVALLEN, RunReason.AANVRAGEN_VERWIJDERD)


def held(desk: Office, *numbers: str) -> RunRecord:
    """A run that was asked for, for these applications (none: all), and that the stop switch holds."""
    installation = desk.scene.installation
    stop_model(installation, "even niet")
    asked = request_run(installation, "2026-11-20", list(numbers) or None, "opnieuw")
    run_waiting(installation)
    found = installation.ledger.run(asked.run_id)
    assert (found.state, found.reason) == (RunState.AANGEHOUDEN, RunReason.MODEL_GESTOPT)
    return found


def state(desk: Office, run: RunRecord) -> tuple[RunState, RunReason]:
    found = desk.scene.installation.ledger.run(run.run_id)
    return found.state, found.reason


@pytest.mark.parametrize("stopped", [True, False])
def test_it_ends_with_a_reason_when_its_applications_are_all_gone(either: Scene, stopped: bool) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    run, names = held(desk, "zaak1001-anna"), names_of_anna(desk)
    assert desk.remove().toestand is RequestState.UITGEVOERD
    if not stopped:
        resume_model(desk.scene.installation, "verder")
    for _ in range(2):
        assert not run_waiting(desk.scene.installation).failed
        assert state(desk, run) == ENDED and "opnieuw" in REASON_SENTENCES[ENDED[1]]
    told = [event for event in desk.scene.installation.ledger.events(run.run_id) if event.resultaat == "vervallen"]
    assert [json.loads(event.details) for event in told] == [{"reden": str(ENDED[1])}]
    assert desk.scene.holds() and left_of(desk, names) == []


def test_it_goes_on_with_who_is_left(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    run = held(desk, "zaak1001-anna", "zaak1002-ben")
    assert desk.remove().toestand is RequestState.UITGEVOERD
    resume_model(desk.scene.installation, "verder")
    assert not run_waiting(desk.scene.installation).failed
    assert state(desk, run)[0] is RunState.AFGEROND
    assert desk.scene.installation.ledger.counts(run.run_id).aantal == 1


def test_one_of_a_worker_that_died_ends_at_once(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    run = held(desk, "zaak1001-anna")
    assert desk.remove().toestand is RequestState.UITGEVOERD
    desk.scene.add(
        "UPDATE verwerkingen SET toestand = 'bezig', reden = 'hervat', verloopt = '2026-01-01T00:00:00Z', poging = 1 "
        f"WHERE run = '{run.run_id}'"
    )
    resume_model(desk.scene.installation, "verder")
    assert not run_waiting(desk.scene.installation).failed
    assert state(desk, run) == ENDED


@pytest.mark.parametrize("numbers", [(), ("zaak1001-anna",)])
def test_it_ends_when_the_term_of_the_results_is_over(scene: Scene, numbers: tuple[str, ...]) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    run = held(desk, *numbers)
    desk.scene.later(4000)
    desk.scene.purge(terms(momentopname=9000))
    assert desk.scene.count("resultaten") == 0 and desk.scene.count("verzoeken") == 1
    resume_model(desk.scene.installation, "verder")
    assert not run_waiting(desk.scene.installation).failed
    assert state(desk, run) == ENDED
