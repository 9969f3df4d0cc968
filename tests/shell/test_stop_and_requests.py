"""What people do: stop the model, and ask for a run of what was delivered before."""

from dataclasses import replace

import pytest

from shared.administration import ClaimKind
from shared.errors import NotKnown, TransitionRefused
from shared.interventions import process_request, release, request_run, resume_model, stop_model
from shared.runstates import RunReason, RunState
from shared.sweep import run_waiting
from tests.shell.tinycore import CORE, DATASET, judge
from tests.shell.workshop import Keys, Workshop, model


def test_the_stop_switch_holds_and_its_end_takes_up(workshop: Workshop) -> None:
    workshop.deliver()
    stop_model(workshop.installation, "twijfel over de uitkomsten")
    run_waiting(workshop.installation)
    run_waiting(workshop.installation)
    assert workshop.sql("SELECT toestand, reden FROM verwerkingen") == [("aangehouden", "model_gestopt")]
    assert workshop.sql("SELECT count(*) FROM gebeurtenissen WHERE handeling='verwerking geclaimd'") == [(1,)]
    told = workshop.pointer()["model"]
    assert told["gestopt"] is True and told["reden"] == "twijfel over de uitkomsten" and told["sinds"]
    resume_model(workshop.installation, "uitgezocht")
    assert workshop.pointer()["model"]["gestopt"] is False
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-20": "afgerond"}


def test_the_stop_switch_is_read_again_inside_publish(workshop: Workshop) -> None:
    def stopped_meanwhile(*arguments: object) -> object:
        stop_model(workshop.installation, "nu meteen")
        return judge(*arguments)  # type: ignore[arg-type]

    workshop.deliver()
    round_ = run_waiting(workshop.with_(core=replace(CORE, judge=stopped_meanwhile)).installation)
    assert round_.outcomes[0].kind is ClaimKind.GESTOPT and not round_.failed
    assert workshop.sql("SELECT toestand, reden FROM verwerkingen") == [("aangehouden", "model_gestopt")]
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(0,)]
    assert not (workshop.root / "uitvoer" / DATASET / "2026-11-20" / "actueel.jsonl").exists()
    resume_model(workshop.installation, "verder")
    run_waiting(workshop.installation)
    assert len(workshop.current("2026-11-20")) == 3


def test_a_release_survives_the_stop_switch(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, "2026-11-20", "nagekeken")
    stop_model(workshop.installation, "stop")
    run_waiting(workshop.installation)
    assert workshop.sql("SELECT toestand, reden FROM verwerkingen") == [("aangehouden", "model_gestopt")]
    with pytest.raises(TransitionRefused):
        release(workshop.installation, "2026-11-20", "toch")
    resume_model(workshop.installation, "verder")
    run_waiting(workshop.installation)
    assert workshop.states() == {"2026-11-20": "afgerond"}


def test_a_new_model_replaces_a_run_that_never_published_and_keeps_the_release(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, "2026-11-20", "nagekeken")
    later = workshop.with_(model=model("2.0.0"))
    run_waiting(later.installation)
    assert workshop.sql("SELECT modelversie, toestand, reden FROM verwerkingen ORDER BY nr") == [
        ("1.0.0", "vervallen", "versie_gewijzigd"),
        ("2.0.0", "afgerond", "afgerond"),
    ]


def test_a_request_for_named_applications_changes_exactly_those(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    before = workshop.current("2026-11-20")
    later = workshop.with_(model=model("2.0.0", threshold=0.9), keys=Keys(("k-2", "k-1")))
    run = request_run(later.installation, "2026-11-20", ["1002"], "bezwaar")
    assert run.state is RunState.WACHTEND
    outcome = process_request(later.installation, run)
    assert outcome.run is not None and outcome.run.state is RunState.AFGEROND and outcome.counts.aantal == 1
    after = workshop.current("2026-11-20")
    assert [line["aanvraagnummer"] for line in after] == ["1001", "1002", "1003"]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert after[1]["run"] == run.run_id
    assert workshop.sql("SELECT run FROM actuele_resultaten WHERE aanvraagnummer='1002'") == [(run.run_id,)]


def test_a_request_for_a_whole_delivery_waits_for_the_round(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    run = request_run(workshop.installation, "2026-11-20", None, "nieuwe adressenlijst")
    run_waiting(workshop.installation)
    assert {line["run"] for line in workshop.current("2026-11-20")} == {run.run_id}
    run_waiting(workshop.installation)
    assert workshop.sql("SELECT count(*) FROM verwerkingen") == [(2,)]


def test_two_requests_are_two_runs(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    first = request_run(workshop.installation, "2026-11-20", None, "een")
    second = request_run(workshop.installation, "2026-11-20", None, "twee")
    assert first.run_id != second.run_id


def test_a_request_for_what_is_not_there_is_refused(workshop: Workshop) -> None:
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    with pytest.raises(NotKnown):
        request_run(workshop.installation, "2026-11-20", None, "niets gepubliceerd")
    workshop.deliver("2026-11-19")
    run_waiting(workshop.installation)
    with pytest.raises(NotKnown) as refused:
        request_run(workshop.installation, "2026-11-19", ["1001", "geheim"], "onbekend nummer")
    assert "1 of the 2" in str(refused.value) and "geheim" not in str(refused.value)


def test_a_request_without_its_snapshot_fails_with_a_name(workshop: Workshop) -> None:
    digest = workshop.deliver()
    run_waiting(workshop.installation)
    run = request_run(workshop.installation, "2026-11-20", None, "opnieuw")
    snapshot = workshop.root / "momentopname" / DATASET / digest / "aanvragen.json"
    whole = snapshot.read_bytes()
    snapshot.write_bytes(whole + b" ")
    outcome = process_request(workshop.installation, run)
    assert outcome.run is not None and outcome.run.reason is RunReason.MOMENTOPNAME_ONTBREEKT
    snapshot.write_bytes(whole)
    assert not run_waiting(workshop.installation).failed
