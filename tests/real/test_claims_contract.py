"""What a Ledger promises about who gets a run and how it waits or ends; the same in memory and in SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.administration import Claim, ClaimKind, Place
from shared.errors import AttemptSuperseded, TransitionRefused
from shared.events import Action, verify
from shared.runstates import RunReason, RunState
from tests.real.office import DATASET, NOW, Office, state_of
from tests.real.test_blob_contract import at_once


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
