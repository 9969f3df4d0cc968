"""What a Ledger promises about requests, deliveries, output and events; the same in memory and in SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.administration import ClaimKind, DeliveryFacts, Place, RunRequest
from shared.errors import NotKnown
from shared.events import Action, AuditEvent, verify
from shared.records import Finding, Severity
from shared.runstates import RunReason, RunState
from tests.real.office import DATASET, DAY, NOW, Office, results


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
    assert list(office.ledger.application_numbers(DATASET, "d1")) == [("p:1", "1"), ("p:é", "é")]


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
    office.ledger.publish(claim, (results("1"),), office.now, office.event(Action.PUBLICEREN), steps=steps)
    told = [event.handeling for event in office.ledger.events()][-3:]
    assert told == [Action.LEZEN, Action.BEOORDELEN, Action.PUBLICEREN]
