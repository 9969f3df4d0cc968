"""What a Ledger promises about runs: claims, fencing, publication, the stop switch; the same in memory and in SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from shared.administration import Claim, ClaimKind, DeliveryFacts, ModelStatus, Place, RunRequest
from shared.errors import AttemptSuperseded, LedgerUnavailable, NotKnown, TransitionRefused
from shared.events import Action, AuditEvent, verify
from shared.ports import Ledger, ModelStopped
from shared.records import Finding, Severity
from shared.runstates import RunReason, RunState
from tests.real.office import DATASET, DAY, MODEL, NOW, Office, results
from tests.real.test_blob_contract import at_once


@pytest.fixture
def office(ledger: Ledger) -> Office:
    return Office(ledger)


def state_of(office: Office, claim: Claim) -> tuple[RunState, RunReason, int]:
    run = office.ledger.run(claim.run.run_id)
    return run.state, run.reason, run.attempt


# --- claiming ---------------------------------------------------------------------------------------------------------
def test_who_comes_first_gets_the_run_and_who_comes_second_hears_that_it_is_busy(office: Office) -> None:
    first = office.claim()
    assert first.kind is ClaimKind.GEKREGEN and first.run.attempt == 1
    assert first.run.lease_until == office.now + office.lease
    second = office.claim(owner="een ander")
    assert second.kind is ClaimKind.BEZET and second.run == first.run
    assert office.ledger.delivery(DATASET, "d1").plaats is Place.BRIEVENBUS


def test_a_lease_that_ran_out_is_taken_over_and_the_first_worker_is_fenced(office: Office) -> None:
    first = office.claim()
    office.pass_by(office.lease - timedelta(seconds=1))
    assert office.claim().kind is ClaimKind.BEZET
    office.pass_by(timedelta(seconds=1))
    second = office.claim()
    assert second.kind is ClaimKind.GEKREGEN
    assert state_of(office, second) == (RunState.BEZIG, RunReason.OVERGENOMEN, 2)
    events = list(office.ledger.events())
    for act in (lambda: office.publish(first), lambda: office.fail(first)):
        with pytest.raises(AttemptSuperseded):
            act()
    assert list(office.ledger.events()) == events
    assert office.ledger.counts(first.run.run_id).aantal == 0
    assert office.publish(second) == 1
    with pytest.raises(AttemptSuperseded):
        office.finish(first)


def test_a_worker_that_is_certainly_gone_need_not_be_waited_for(office: Office) -> None:
    office.claim(owner="dood")
    assert office.claim(owner="levend").run.attempt == 2
    assert office.claim(owner="nog een").kind is ClaimKind.BEZET


def test_a_run_that_failed_is_tried_again(office: Office) -> None:
    first = office.claim()
    office.fail(first)
    assert state_of(office, first) == (RunState.MISLUKT, RunReason.AFGEBROKEN, 1)
    with pytest.raises(AttemptSuperseded):
        office.publish(first)
    again = office.claim()
    assert again.kind is ClaimKind.GEKREGEN and state_of(office, again)[1:] == (RunReason.OPNIEUW, 2)


def test_a_published_run_is_only_finished_and_a_finished_one_is_done(office: Office) -> None:
    first = office.claim()
    office.publish(first)
    assert office.claim().kind is ClaimKind.BEZET, "its worker still has the tail to do"
    with pytest.raises(TransitionRefused):
        office.publish(first)
    office.pass_by(office.lease)
    tail = office.claim(code_version="nieuwer")
    assert tail.kind is ClaimKind.STAART and tail.run.attempt == 2 and tail.run.publication == 1
    assert tail.run.new.code_version == "1", "what published it is what is recorded"
    office.finish(tail)
    done = office.claim()
    assert done.kind is ClaimKind.KLAAR and done.run.state is RunState.AFGEROND and done.run.lease_until is None


def test_another_version_of_the_model_replaces_what_never_published(office: Office) -> None:
    first = office.claim()
    office.hold(first)
    office.ledger.release(first.run.run_id, office.event(Action.VRIJGEVEN))
    newer = office.claim(model_sha256="m2")
    assert newer.kind is ClaimKind.GEKREGEN and newer.run.run_id != first.run.run_id and newer.run.released
    assert state_of(office, first)[:2] == (RunState.VERVALLEN, RunReason.VERSIE_GEWIJZIGD)
    assert [run.run_id for run in office.ledger.runs_of_delivery(DATASET, "d1")] == [
        first.run.run_id,
        newer.run.run_id,
    ]
    office.publish(newer)
    office.finish(newer)
    assert office.claim(model_sha256="m3").kind is ClaimKind.KLAAR, "never published twice by a deploy"


def test_what_runs_is_recorded_with_the_attempt(office: Office) -> None:
    office.fail(office.claim())
    again = office.claim(code_version="2", settings_digest="s2")
    assert (again.run.new.code_version, again.run.new.settings_digest) == ("2", "s2")


# --- hold, release, reject, expire ------------------------------------------------------------------------------------
def test_a_held_delivery_waits_for_a_person(office: Office) -> None:
    held = office.claim()
    office.hold(held)
    assert office.claim().kind is ClaimKind.WACHT_OP_MENS
    released = office.ledger.release(held.run.run_id, office.event(Action.VRIJGEVEN))
    assert released.state is RunState.VRIJGEGEVEN and released.released
    with pytest.raises(TransitionRefused):
        office.ledger.release(held.run.run_id, office.event(Action.VRIJGEVEN))
    assert office.claim().kind is ClaimKind.GEKREGEN


def test_a_rejected_delivery_is_done_until_it_comes_with_other_tables(office: Office) -> None:
    office.reject(office.claim())
    assert office.ledger.delivery(DATASET, "d1").plaats is Place.QUARANTAINE
    assert office.claim().kind is ClaimKind.KLAAR
    again = office.claim(reoffered=True)
    assert again.kind is ClaimKind.GEKREGEN and state_of(office, again)[1] is RunReason.OPNIEUW_AANGEBODEN
    assert office.ledger.delivery(DATASET, "d1").plaats is Place.BRIEVENBUS


@pytest.mark.parametrize("rejected", [True, False])
def test_after_its_time_in_quarantine_a_delivery_is_gone(office: Office, rejected: bool) -> None:
    claim = office.claim()
    (office.reject if rejected else office.hold)(claim)
    office.ledger.expire(claim.run.run_id, office.event(Action.QUARANTAINE_VERNIETIGEN))
    known = office.ledger.delivery(DATASET, "d1")
    assert known.plaats is Place.VERWIJDERD and known.tot == NOW.replace(tzinfo=None)
    assert state_of(office, claim)[0] is (RunState.AFGEKEURD if rejected else RunState.VERVALLEN)
    if not rejected:
        assert office.claim().kind is ClaimKind.GEKREGEN
        assert office.ledger.delivery(DATASET, "d1").plaats is Place.BRIEVENBUS


# --- publication ------------------------------------------------------------------------------------------------------
def test_the_current_result_is_the_one_that_was_published_last(office: Office) -> None:
    first = office.publish_delivery("d1", "2026-11-20", results("1", "2", "3"))
    second = office.publish_delivery("d2", "2026-11-21", results("2", "4"))
    ledger = office.ledger
    assert [ledger.run(run).publication for run in (first, second)] == [1, 2]
    assert [row.aanvraagnummer for row in ledger.current_rows(DATASET, "2026-11-20").rows] == ["1", "3"]
    newer = ledger.current_rows(DATASET, "2026-11-21")
    assert newer.stand == 2 and [(row.run_id, row.regel) for row in newer.rows] == [(second, 0), (second, 1)]
    assert ledger.dates_touched(second) == ["2026-11-20", "2026-11-21"]
    assert ledger.dates_touched(first) == ["2026-11-20", "2026-11-21"]
    found = ledger.current_result(DATASET, "2")
    assert found is not None and found.run.run_id == second
    assert ledger.current_result(DATASET, "onbekend") is ledger.current_result("ander", "2") is None
    assert [run.run_id for run in ledger.published_on(DATASET, "2026-11-20")] == [first]
    assert ledger.current_rows(DATASET, "2026-11-22").rows == () and ledger.current_rows("ander", "x").stand == 0


def test_a_result_comes_back_exactly_as_it_was_stored(office: Office) -> None:
    odd = 'é\t"\\n\\" ; \\N \\. \r\n 漢 \'; DROP TABLE resultaten --'
    frame = results("1", "2")
    frame.loc[0, ["score", "intercept", "zekerheid"]] = [0.1 + 0.2, -1e-308, 1 / 3]
    frame.loc[0, ["uitleg", "kenmerken", "bijdragen", "aanvraagnummer"]] = [odd, odd, odd, "met\ttab"]
    frame.loc[1, ["score", "intercept", "zekerheid"]] = float("nan")
    frame.loc[1, ["persoon", "advies", "kenmerken", "bijdragen"]] = None
    frame.loc[1, "steekproef"] = True
    office.publish_delivery("d1", "2026-11-20", frame)
    for line, number in enumerate(frame["aanvraagnummer"]):
        found = office.ledger.current_result(DATASET, number)
        assert found is not None
        expected = {name: None if pd.isna(value) else value for name, value in frame.iloc[line].items()}
        assert found.values == expected
        assert {name: type(value) for name, value in found.values.items() if name in ("score", "steekproef")} == {
            "score": float if line == 0 else type(None),
            "steekproef": bool,
        }


def test_counts_are_by_type_and_by_reason(office: Office) -> None:
    frame = results("1", "2", "3").assign(resultaattype=[4, 1, 1], reden=["GEEN_DIENST", "MODEL", "MODEL"])
    found = office.ledger.counts(office.publish_delivery("d1", "2026-11-20", frame))
    assert (found.aantal, found.resultaattype, found.reden) == (3, {"1": 2, "4": 1}, {"GEEN_DIENST": 1, "MODEL": 2})
    assert list(found.resultaattype) == ["1", "4"]


def test_results_of_a_version_in_shadow_are_kept_and_never_current(office: Office) -> None:
    shown = office.publish_delivery("d1", "2026-11-20", results("1"))
    hidden = office.publish_delivery("d2", "2026-11-21", results("1", "2"), model_status=ModelStatus.SCHADUW)
    assert office.ledger.counts(hidden).aantal == 2
    found = office.ledger.current_result(DATASET, "1")
    assert found is not None and found.run.run_id == shown
    assert office.ledger.current_result(DATASET, "2") is None


def test_what_cannot_be_stored_leaves_nothing_and_is_not_quoted(office: Office) -> None:
    claim = office.claim()
    events = list(office.ledger.events())
    with pytest.raises(LedgerUnavailable) as refused:
        office.publish(claim, results("geheim-1", "geheim-1"))
    assert refused.value.retry and "geheim" not in str(refused.value) and refused.value.__cause__ is None
    assert state_of(office, claim) == (RunState.BEZIG, RunReason.BEGONNEN, 1)
    assert office.ledger.counts(claim.run.run_id).aantal == 0 and list(office.ledger.events()) == events
    assert office.publish(claim) == 1, "and the number was not used"


# --- stop switch ------------------------------------------------------------------------------------------------------
def test_a_stopped_model_gets_no_run_until_it_may_go_on(office: Office) -> None:
    assert not office.ledger.stop_state(MODEL).stopped
    stopped = office.stop()
    assert stopped.stopped and stopped.since == office.now and stopped.reason == "even niet" and stopped.actor
    assert office.ledger.stop_state(MODEL) == stopped and not office.ledger.stop_state("ander model").stopped
    claim = office.claim()
    assert claim.kind is ClaimKind.GESTOPT and state_of(office, claim)[1] is RunReason.MODEL_GESTOPT
    assert office.claim().kind is ClaimKind.GESTOPT
    office.resume()
    again = office.claim()
    assert again.kind is ClaimKind.GEKREGEN and state_of(office, again)[1] is RunReason.HERVAT


def test_a_stop_after_the_claim_is_seen_inside_publish(office: Office) -> None:
    claim = office.claim()
    office.stop()
    events = list(office.ledger.events())
    with pytest.raises(ModelStopped):
        office.publish(claim)
    assert list(office.ledger.events()) == events and office.ledger.counts(claim.run.run_id).aantal == 0
    office.ledger.move(claim, RunState.AANGEHOUDEN, RunReason.MODEL_GESTOPT, office.event(Action.AANHOUDEN))
    office.resume()
    assert office.publish(office.claim()) == 1


def test_what_is_published_is_finished_also_while_the_model_is_stopped(office: Office) -> None:
    claim = office.claim()
    office.publish(claim)
    office.stop()
    office.pass_by(office.lease)
    tail = office.claim()
    assert tail.kind is ClaimKind.STAART
    office.finish(tail)


# --- requests, deliveries, output -------------------------------------------------------------------------------------
def test_a_request_makes_a_run_of_its_own(office: Office) -> None:
    first = office.publish_delivery("d1", "2026-11-20", results("1", "é"))
    request = RunRequest("v1", DATASET, "2026-11-20", "d1", ("1", "é"), "bezwaar", "jan", office.now)
    new = replace(office.new(), request_id="v1")
    waiting = office.ledger.request_run(request, new, office.event(Action.AANVRAGEN))
    assert waiting.state is RunState.WACHTEND and waiting.run_id == new.run_id != first
    assert office.ledger.request("v1") == request
    assert office.ledger.runs(DATASET, [RunState.WACHTEND]) == [waiting]
    claim = office.claim(request_id="v1")
    assert claim.kind is ClaimKind.GEKREGEN and claim.run.attempt == 1
    assert office.publish(claim, results("1")) == 2
    assert office.ledger.application_numbers(DATASET, "d1") == {"p:1": "1", "p:é": "é"}


def test_a_request_names_no_application_that_is_not_there(office: Office) -> None:
    office.publish_delivery("d1", "2026-11-20", results("1"))
    request = RunRequest("v1", DATASET, "2026-11-20", "d1", ("1", "2"), "bezwaar", "jan", office.now)
    with pytest.raises(NotKnown):
        office.ledger.request_run(request, replace(office.new(), request_id="v1"), office.event(Action.AANVRAGEN))
    assert office.ledger.runs(DATASET, [RunState.WACHTEND]) == []


def test_a_delivery_is_known_with_what_was_learnt_of_it(office: Office) -> None:
    van, tot = (NOW.replace(tzinfo=None) + days * DAY for days in (-1, 0))
    facts = DeliveryFacts(Place.QUARANTAINE, van, tot, {"b.csv": "s2", "a.csv": "s1"})
    claim = office.claim()
    office.ledger.move(
        claim, RunState.AANGEHOUDEN, RunReason.CONTROLE_AANGEHOUDEN, office.event(Action.AANHOUDEN), facts=facts
    )
    known = office.ledger.delivery(DATASET, "d1")
    assert (known.plaats, known.van, known.tot, dict(known.bestanden)) == (
        Place.QUARANTAINE,
        van,
        tot,
        {"a.csv": "s1", "b.csv": "s2"},
    )
    office.claim("d2", "2026-11-21 opnieuw")
    assert [each.digest for each in office.ledger.deliveries(DATASET)] == ["d1", "d2"]
    assert [each.digest for each in office.ledger.deliveries(DATASET, "2026-11-20")] == ["d1"]
    assert office.ledger.deliveries("ander") == []


def test_the_end_of_the_delivery_before_counts_when_it_was_published(office: Office) -> None:
    begin = NOW.replace(tzinfo=None)
    for number, digest in enumerate(("d1", "d2", "d3")):
        facts = DeliveryFacts(Place.VERWIJDERD, begin + number * DAY, begin + (number + 1) * DAY, {})
        claim = office.claim(digest, f"2026-11-2{number}")
        if digest == "d3":
            office.hold(claim, facts)
        else:
            office.publish(claim, results(digest), facts=facts)
    assert office.ledger.previous_tot(DATASET, "d4", begin + 9 * DAY) == begin + 2 * DAY
    assert office.ledger.previous_tot(DATASET, "d4", begin) == begin + DAY
    assert office.ledger.previous_tot(DATASET, "d2", begin + DAY) == begin + DAY
    assert office.ledger.previous_tot(DATASET, "d1", begin) is None


def test_the_findings_of_the_last_attempt_are_kept(office: Office) -> None:
    old = Finding("LEV-201", Severity.AFKEUREN, "Oud.")
    new = [
        Finding("LEV-601", Severity.MELDING, "Eén.", "Doe iets.", "diensten", "dienstnr", (1, 5, 9), 3),
        Finding("LEV-501", Severity.AANHOUDEN, "Twee."),
    ]
    office.reject(office.claim(), [old])
    again = office.claim(reoffered=True)
    office.reject(again, new)
    assert office.ledger.findings(again.run.run_id) == new
    clean = office.claim(reoffered=True)
    office.publish(clean, results("schoon"))
    assert office.ledger.findings(clean.run.run_id) == []


def test_output_is_noted_once_and_never_older(office: Office) -> None:
    assert office.output("2026-11-21", 2) and office.output("2026-11-20", 1)
    events = len(list(office.ledger.events()))
    assert office.output("2026-11-20", 1), "these were noted already"
    assert not office.output("2026-11-21", 1), "newer ones were noted"
    assert len(list(office.ledger.events())) == events
    assert office.output("2026-11-20", 3)
    assert [(state.datum, state.stand) for state in office.ledger.output_states(DATASET)] == [
        ("2026-11-20", 3),
        ("2026-11-21", 2),
    ]
    assert office.ledger.output_states("ander") == []


def test_what_is_unknown_is_told(office: Office) -> None:
    ledger = office.ledger
    asked: list[Callable[[], object]] = [
        lambda: ledger.run("x"),
        lambda: ledger.delivery(DATASET, "x"),
        lambda: ledger.request("x"),
        lambda: ledger.release("x", office.event(Action.VRIJGEVEN)),
        lambda: ledger.expire("x", office.event(Action.QUARANTAINE_VERNIETIGEN)),
    ]
    for ask in asked:
        with pytest.raises(NotKnown):
            ask()
    assert list(ledger.events()) == []


# --- events -----------------------------------------------------------------------------------------------------------
def test_every_change_is_one_link_of_a_chain_that_holds(office: Office) -> None:
    office.publish_delivery("d1", "2026-11-20", results("1"))
    office.stop()
    office.ledger.note(office.event(Action.ONBEKENDE_POST, "brievenbus é"))
    events = list(office.ledger.events())
    assert verify(events) is None and [event.volgnr for event in events] == list(range(1, len(events) + 1))
    run = office.ledger.runs(DATASET, [RunState.AFGEROND])[0]
    assert [event for event in events if event.run == run.run_id] == list(office.ledger.events(run.run_id))
    assert office.ledger.noted(Action.ONBEKENDE_POST, "brievenbus é")
    assert not office.ledger.noted(Action.ONBEKENDE_POST, "brievenbus e")


def test_steps_come_before_the_event_that_they_lead_to(office: Office) -> None:
    claim = office.claim()
    steps: list[AuditEvent] = [office.event(Action.LEZEN), office.event(Action.BEOORDELEN)]
    office.ledger.publish(claim, results("1"), office.now, office.event(Action.PUBLICEREN), steps=steps)
    told = [event.handeling for event in office.ledger.events()][-3:]
    assert told == [Action.LEZEN, Action.BEOORDELEN, Action.PUBLICEREN]


# --- at once ----------------------------------------------------------------------------------------------------------
def _claimed_at_once(office: Office, digest: str) -> list[Claim]:
    found: list[Claim] = []
    wrong = at_once(*(lambda n=n: found.append(office.claim(digest, owner=f"werker {n}")) for n in range(8)))
    assert wrong == []
    return found


def test_of_eight_workers_that_claim_at_once_one_gets_the_run(office: Office) -> None:
    for digest in ("d1", "d2", "d3"):
        found = _claimed_at_once(office, digest)
        assert sorted(str(claim.kind) for claim in found) == ["bezet"] * 7 + ["gekregen"]
        assert {claim.run.attempt for claim in found} == {1}
    assert verify(office.ledger.events()) is None


def test_publications_at_once_get_numbers_of_their_own(office: Office) -> None:
    claims = [office.claim(f"d{n}", f"2026-11-{10 + n}") for n in range(6)]
    numbers: list[int] = []
    works = [lambda c=claim, n=n: numbers.append(office.publish(c, results(f"{n}"))) for n, claim in enumerate(claims)]
    assert at_once(*works) == []
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]
    assert verify(office.ledger.events()) is None


def test_of_two_that_publish_the_same_run_at_once_one_does(office: Office) -> None:
    claim = office.claim()
    published: list[int] = []
    wrong = at_once(*(lambda: published.append(office.publish(claim)) for _ in range(2)))
    assert published == [1] and [type(one) for one in wrong] == [TransitionRefused]


def test_a_stop_and_a_publication_at_once_never_both_win_halfway(office: Office) -> None:
    claim = office.claim()
    wrong = at_once(lambda: office.publish(claim), office.stop)
    published = office.ledger.counts(claim.run.run_id).aantal == 3
    assert [type(one) for one in wrong] == ([] if published else [ModelStopped])
    assert office.ledger.stop_state(MODEL).stopped and verify(office.ledger.events()) is None
