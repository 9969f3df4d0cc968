"""What a Ledger promises about publication and the stop switch; the same in memory and in SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pandas as pd
import pytest

from shared.administration import ClaimKind, ModelStatus
from shared.errors import LedgerUnavailable, TransitionRefused
from shared.events import Action, verify
from shared.ports import ModelStopped
from shared.rowseal import NOTHING
from shared.runstates import RunReason, RunState
from tests.real.office import DATASET, MODEL, Office, results, state_of
from tests.real.test_blob_contract import at_once


# --- publication ------------------------------------------------------------------------------------------------------
def test_the_current_result_is_the_one_that_was_published_last(office: Office) -> None:
    first = office.publish_delivery("d1", "2026-11-20", results("1", "2", "3"))
    second = office.publish_delivery("d2", "2026-11-21", results("2", "4"))
    ledger = office.ledger
    assert [ledger.run(run).publication for run in (first, second)] == [1, 2]
    assert [row.aanvraagnummer for row in office.current("2026-11-20")] == ["1", "3"]
    with ledger.current_rows(DATASET, "2026-11-21") as newer:
        assert (newer.stand, newer.runs, newer.aantal) == (2, {second: 2}, 2)
        assert [(row.run_id, row.regel) for row in newer.rows] == [(second, 0), (second, 1)]
    assert ledger.dates_touched(second) == ["2026-11-20", "2026-11-21"]
    assert ledger.dates_touched(first) == ["2026-11-20", "2026-11-21"]
    found = ledger.current_result(DATASET, "2")
    assert found is not None and found.run.run_id == second
    assert ledger.current_result(DATASET, "onbekend") is ledger.current_result("ander", "2") is None
    assert [run.run_id for run in ledger.published_on(DATASET, "2026-11-20")] == [first]
    assert office.current("2026-11-22") == []
    with ledger.current_rows("ander", "x") as nothing:
        assert (nothing.stand, nothing.runs, nothing.aantal, list(nothing.rows)) == (0, {}, 0, [])


def test_current_rows_of_several_runs_come_in_the_order_of_their_numbers(office: Office) -> None:
    first = office.publish_delivery("d1", "2026-11-20", results("10", "9", "Z", "a", "é"))
    second = office.publish_delivery("d2", "2026-11-20", results("9", "B", "漢", "🂡"), request_id="r")
    with office.ledger.current_rows(DATASET, "2026-11-20") as found:
        assert list(found.runs.items()) == sorted({first: 4, second: 4}.items())
        rows = [(row.aanvraagnummer, row.run_id, row.regel) for row in found.rows]
    assert [number for number, _, _ in rows] == ["10", "9", "B", "Z", "a", "é", "漢", "🂡"], "by code point, everywhere"
    assert [run for _, run, _ in rows] == [first, second, second, first, first, first, second, second]
    assert [line for _, _, line in rows] == [0, 0, 1, 2, 3, 4, 2, 3]


def test_whom_a_run_is_about_is_told_once_and_in_order(office: Office) -> None:
    frame = results("1", "2", "3", "4", "5", "6").assign(
        persoon=["q:b", None, "q:é", "q:B", None, "q:b"], dienst=["p:1", "p:z", "p:3", "p:4", "p:Y", "p:6"]
    )
    run = office.publish_delivery("d1", "2026-11-20", frame)
    office.publish_delivery("d2", "2026-11-21", results("7"))
    told = list(office.ledger.subjects(run))
    assert told == [("", "p:Y"), ("", "p:z"), ("q:B", ""), ("q:b", ""), ("q:é", "")]
    assert list(office.ledger.remaining(run)) == ["1", "2", "3", "4", "5", "6"]


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


def test_more_results_than_one_statement_takes_are_all_stored_and_sealed_in_order(office: Office) -> None:
    numbers = [f"{number:04d}" for number in range(5_701)]
    scored = results(*numbers)
    scored.loc[::7, ["score", "intercept", "zekerheid"]] = float("nan")
    scored.loc[::7, ["kenmerken", "bijdragen"]] = None
    run = office.publish_delivery("d1", "2026-11-20", scored)
    assert list(office.ledger.remaining(run)) == numbers
    for number in (0, 1, 7, 5_000, 5_699, 5_700):
        found = office.ledger.current_result(DATASET, numbers[number])
        assert found is not None
        assert (found.values["bijdragen"] is None) == (number % 7 == 0)
    told = next(event for event in office.ledger.events(run) if event.handeling == Action.PUBLICEREN)
    with office.ledger.audit_trail() as trail:
        assert vars(dict(trail.seals())[run]) == json.loads(told.details)["rijen"]


def test_counts_are_by_type_and_by_reason(office: Office) -> None:
    frame = results("1", "2", "3").assign(resultaattype=[4, 1, 1], reden=["GEEN_DIENST", "MODEL", "MODEL"])
    found = office.ledger.counts(office.publish_delivery("d1", "2026-11-20", frame))
    assert (found.aantal, found.resultaattype, found.reden) == (3, {"1": 2, "4": 1}, {"GEEN_DIENST": 1, "MODEL": 2})
    assert list(found.resultaattype) == ["1", "4"]


def test_how_many_results_a_run_has_is_told_without_their_kinds(office: Office) -> None:
    run = office.publish_delivery("d1", "2026-11-20", results("1", "2", "3"))
    other = office.publish_delivery("d2", "2026-11-21", results("1"))
    assert (office.ledger.how_many(run), office.ledger.how_many(other)) == (3, 1)
    assert office.ledger.how_many(office.claim("d3", "2026-11-22").run.run_id) == 0


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


# --- in parts ---------------------------------------------------------------------------------------------------------
def test_results_in_parts_are_stored_as_all_at_once(office: Office) -> None:
    whole = results("1", "2", "3", "4", "5").assign(bijdragen=["{}", None, "{}", None, "{}"], score=[1, None, 0, 2, 3])
    claims = [office.claim("d1"), office.claim("d2"), office.claim("d3")]
    office.publish_parts(claims[0], (whole,))
    office.publish_parts(claims[1], (part for part in (whole[:2], whole[:0], whole[2:3], whole[3:])))
    office.publish_parts(claims[2], ())
    with office.ledger.audit_trail() as trail:
        seals = dict(trail.seals())
    runs = [claim.run.run_id for claim in claims]
    assert seals[runs[0]] == seals[runs[1]] and seals[runs[0]].aantal == 5
    told = [next(e for e in office.ledger.events(run) if e.handeling == Action.PUBLICEREN) for run in runs]
    assert [json.loads(event.details)["rijen"] for event in told] == [*[vars(seals[runs[0]])] * 2, vars(NOTHING)]
    assert [(row.run_id, row.regel, row.aanvraagnummer) for row in office.current("2026-11-20")] == [
        (runs[1], regel, f"{regel + 1}") for regel in range(5)
    ]


def test_parts_that_cannot_be_made_to_the_end_leave_nothing(office: Office) -> None:
    claim = office.claim()
    events = list(office.ledger.events())

    def breaking() -> Iterator[pd.DataFrame]:
        yield results("1", "2")
        raise RuntimeError("the third part")

    with pytest.raises(RuntimeError, match="the third part"):
        office.publish_parts(claim, breaking())
    with pytest.raises(LedgerUnavailable):
        office.publish_parts(claim, (results("1", "2"), results("2", "3")))
    assert office.ledger.counts(claim.run.run_id).aantal == 0 and list(office.ledger.events()) == events
    assert office.publish_parts(claim, (results("1"), results("2"))) == 1


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


# --- at once ----------------------------------------------------------------------------------------------------------
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
