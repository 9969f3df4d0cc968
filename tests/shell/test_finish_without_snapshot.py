"""Published results that the app cannot finish are no dead end: a person lets go of the snapshot, with a reason."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import NotKnown, RequestRefused, TransitionRefused
from shared.interventions import let_go_of_snapshot, request_run
from shared.runstates import REASON_SENTENCES, RunReason
from shared.set_apart import PATIENCE
from shared.sweep import finish_standing, run_waiting, take_up
from tests.shell.crashing import Refusing, no_answer
from tests.shell.test_tail_standing_still import DAY, FIRST, deadly, ended, told
from tests.shell.workshop import Crash, Workshop

WHY = "elke werker valt om bij deze levering"


@pytest.fixture
def standing(workshop: Workshop) -> str:
    """A delivery at whose tail every worker ends, half of its snapshot written; its digest."""
    digest = workshop.deliver(DAY)
    ended(workshop, digest, PATIENCE - 1)
    run_waiting(deadly(workshop, digest))
    return digest


def events(workshop: Workshop, handeling: str) -> list[tuple[str, dict[str, Any]]]:
    found = workshop.sql(f"SELECT resultaat, details FROM gebeurtenissen WHERE handeling = '{handeling}'")
    return [(result, json.loads(details)) for result, details in found]


def test_everything_but_the_snapshot_is_done_and_nothing_of_the_delivery_stays_in_clear(
    workshop: Workshop, standing: str
) -> None:
    home = workshop.root / "momentopname" / workshop.installation.dataset / standing
    home.mkdir(parents=True)
    (home / "aanvragen.parquet").write_bytes(b"half")
    asked = let_go_of_snapshot(workshop.installation, DAY, f" {WHY} ")
    assert asked.reason is RunReason.MOMENTOPNAME_LOSGELATEN and workshop.files("brievenbus")
    (outcome,) = take_up(deadly(workshop, standing))
    assert outcome.sentence == REASON_SENTENCES[RunReason.AFGEROND_ZONDER_MOMENTOPNAME]
    assert workshop.states() == {DAY: "afgerond"}
    assert [line["aanvraagnummer"] for line in workshop.current(DAY)] == sorted(FIRST)
    assert workshop.message(DAY)["oordeel"] == "geaccepteerd"
    assert not workshop.files("brievenbus") and not workshop.files("momentopname")
    ((result, _),) = events(workshop, "verwerking afgerond")
    assert result == RunReason.AFGEROND_ZONDER_MOMENTOPNAME
    ((_, details),) = events(workshop, "momentopname losgelaten")
    assert details["reden"] == WHY
    assert run_waiting(workshop.installation).outcomes == ()


def test_what_needs_the_snapshot_is_refused_or_lapses(workshop: Workshop, standing: str) -> None:
    request_run(workshop.installation, DAY, None, "vast gevraagd")
    let_go_of_snapshot(workshop.installation, DAY, WHY)
    (_, asked) = run_waiting(workshop.installation).outcomes
    assert asked.sentence == REASON_SENTENCES[RunReason.MOMENTOPNAME_ONTBREEKT] and asked.failure is None
    with pytest.raises(TransitionRefused, match="no snapshot"):
        request_run(workshop.installation, DAY, None, "nog eens")
    assert run_waiting(workshop.installation).outcomes == ()


@pytest.mark.parametrize("file", ["aanvragen.parquet", "manifest.json"])
def test_what_a_worker_that_stood_still_writes_after_it_does_not_stay(
    workshop: Workshop, standing: str, file: str
) -> None:
    let_go_of_snapshot(workshop.installation, DAY, WHY)
    run_waiting(workshop.installation)
    home = workshop.root / "momentopname" / workshop.installation.dataset / standing
    home.mkdir(parents=True, exist_ok=True)
    (home / file).write_bytes(b"te laat")
    workshop.clock.pass_by(timedelta(days=1))
    take_up(workshop.installation)
    assert not workshop.files("momentopname")


def test_that_it_goes_waits_for_no_other_step(workshop: Workshop, standing: str) -> None:
    let_go_of_snapshot(workshop.installation, DAY, WHY)
    run_waiting(workshop.installation)
    home = workshop.root / "momentopname" / workshop.installation.dataset / standing
    home.mkdir(parents=True, exist_ok=True)
    (home / "aanvragen.parquet").write_bytes(b"te laat")
    workshop.clock.pass_by(timedelta(days=1))
    no_staged = Refusing(workshop.installation.blobs, "uitvoer", no_answer, effect="names")
    assert (DAY, "SC-400") not in told(list(take_up(workshop.with_(blobs=no_staged).installation)))
    assert not workshop.files("momentopname")


def test_a_delivery_whose_raw_files_the_purge_took_is_finished_too(workshop: Workshop, standing: str) -> None:
    for name in workshop.files("brievenbus"):
        (workshop.root / "brievenbus" / name).unlink()
    ended_once(workshop, standing)
    (outcome,) = run_waiting(workshop.installation).outcomes
    assert told([outcome]) == [(DAY, "SC-420")] and "let go of the snapshot" in str(outcome.failure)
    let_go_of_snapshot(workshop.installation, DAY, WHY)
    assert finished(workshop) is RunReason.AFGEROND_ZONDER_MOMENTOPNAME


def test_sent_again_it_is_a_delivery_that_was_dealt_with(workshop: Workshop, standing: str) -> None:
    let_go_of_snapshot(workshop.installation, DAY, WHY)
    run_waiting(workshop.installation)
    workshop.deliver(DAY)
    assert told(list(run_waiting(workshop.installation).outcomes)) == [(DAY, "")]
    assert not workshop.files("brievenbus")
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(len(FIRST),)]


def test_a_snapshot_that_is_there_stays(workshop: Workshop) -> None:
    workshop.deliver(DAY)
    not_emptied = Refusing(workshop.installation.blobs, "brievenbus", no_answer, effect="delete")
    run_waiting(workshop.with_(blobs=not_emptied).installation)
    before = workshop.files("momentopname")
    let_go_of_snapshot(workshop.installation, DAY, WHY)
    assert finished(workshop) is RunReason.AFGEROND and workshop.files("momentopname") == before != []


def test_only_what_the_app_said_that_it_could_not_finish_goes_without(workshop: Workshop) -> None:
    with pytest.raises(NotKnown):
        let_go_of_snapshot(workshop.installation, DAY, WHY)
    digest = workshop.deliver(DAY)
    with pytest.raises(Crash):
        run_waiting(deadly(workshop, digest))
    workshop.clock.pass_by(timedelta(minutes=40))
    with pytest.raises(TransitionRefused):  # published, and the next round may well finish it
        let_go_of_snapshot(workshop.installation, DAY, WHY)
    run_waiting(workshop.installation)
    with pytest.raises(TransitionRefused):
        let_go_of_snapshot(workshop.installation, DAY, WHY)
    with pytest.raises(RequestRefused):
        let_go_of_snapshot(workshop.installation, DAY, " ")


def test_not_while_a_worker_is_at_it(workshop: Workshop, standing: str) -> None:
    with pytest.raises(Crash):
        ended_once(workshop, standing)
    with pytest.raises(TransitionRefused, match="A worker is finishing"):
        let_go_of_snapshot(workshop.installation, DAY, WHY)


def test_a_failure_on_the_way_is_told_and_the_round_after_it_goes_on(workshop: Workshop, standing: str) -> None:
    no_message = Refusing(workshop.installation.blobs, "terugkoppeling", no_answer)
    let_go_of_snapshot(workshop.installation, DAY, WHY)
    (outcome,) = run_waiting(workshop.with_(blobs=no_message).installation).outcomes[:1]
    assert told([outcome]) == [(DAY, "SC-400")]
    assert workshop.states() == {DAY: "gepubliceerd"} and workshop.files("brievenbus")
    assert finished(workshop) is RunReason.AFGEROND_ZONDER_MOMENTOPNAME


def test_a_run_that_a_person_asked_for_has_no_snapshot_to_let_go_of(workshop: Workshop) -> None:
    workshop.deliver(DAY)
    run_waiting(workshop.installation)
    request_run(workshop.installation, DAY, None, "nog eens")
    no_lines = Refusing(workshop.installation.blobs, "logboek", no_answer, named=lambda name: "ankers" not in name)
    assert told(list(run_waiting(workshop.with_(blobs=no_lines).installation).outcomes))[-1] == (DAY, "SC-400")
    with pytest.raises(TransitionRefused):
        let_go_of_snapshot(workshop.installation, DAY, WHY)


@pytest.mark.parametrize("why", [WHY, "staart_staat_stil"])
def test_what_ends_every_worker_elsewhere_is_left_for_last_again(workshop: Workshop, standing: str, why: str) -> None:
    let_go_of_snapshot(workshop.installation, DAY, why)
    deadly_one = workshop.with_(blobs=Refusing(workshop.installation.blobs, "terugkoppeling", Crash)).installation
    for _ in range(PATIENCE - 1):
        with pytest.raises(Crash):
            run_waiting(deadly_one)
        workshop.clock.pass_by(timedelta(minutes=40))
    assert (DAY, "SC-535") in told(list(run_waiting(deadly_one).outcomes))


def finished(workshop: Workshop) -> RunReason:
    """As what the run is finished by the next round."""
    (outcome,) = run_waiting(workshop.installation).outcomes
    assert outcome.run is not None and workshop.states() == {DAY: "afgerond"}
    return outcome.run.reason


def ended_once(workshop: Workshop, digest: str) -> None:
    finish_standing([lambda: deadly(workshop, digest)])
