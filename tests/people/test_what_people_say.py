"""Assessments, objections and the audit log, as people use them: checked, on record, and nothing typed in an event."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import NotKnown, RequestRefused, TransitionRefused
from shared.events import Action
from shared.interventions import request_run
from shared.people.assessments import assess, assessments_of, routes_of
from shared.people.audittrail import LARGEST_PAGE, audit_trail
from shared.people.desk import Desk
from shared.people.objections import close_objection, objections, open_objection
from shared.people.predictions import explain_prediction
from shared.people.records import (
    REASON_SENTENCES,
    AssessmentReason,
    Assessor,
    EventFilter,
    NewAssessment,
    ObjectionState,
)
from shared.sweep import run_waiting
from tests.people.conftest import CASE, SOMEBODY, events
from tests.shell.workshop import DATASET, Workshop

type Ids = Callable[[str], str]
FOLLOWED = NewAssessment(
    Assessor.BEHANDELAAR, "inkomensconsulent", True, AssessmentReason.ZELFDE_OORDEEL, "Mevrouw Jansen belde"
)
OTHERWISE = replace(FOLLOWED, route="handhaving", gevolgd=False, reden=AssessmentReason.ANDERE_INFORMATIE)


def test_an_assessment_against_the_advice_is_kept_and_the_prediction_stays_as_it_was(
    night: Workshop, desk: Desk, ids: Ids
) -> None:
    before = night.sql("SELECT * FROM resultaten")
    kept = assess(desk, ids("1001"), replace(OTHERWISE, toelichting="  zag iets\nanders 👩‍⚖️ "))
    assert (kept.toelichting, kept.actor, kept.gevolgd) == ("zag iets\nanders 👩‍⚖️", SOMEBODY.actor, False)
    newest = assess(desk, ids("1001"), FOLLOWED)
    assert assessments_of(desk, ids("1001"), "vraag") == [newest, kept]
    assert explain_prediction(desk, ids("1001"), "vraag").beoordelingen == (newest, kept)
    assert night.sql("SELECT * FROM resultaten") == before


def test_the_event_holds_codes_and_not_the_words(night: Workshop, desk: Desk, ids: Ids) -> None:
    assess(desk, ids("1001"), FOLLOWED)
    open_objection(desk, ids("1001"), "Jansen is het oneens")
    ((_, result, details),) = events(night, "beoordeling vastgelegd")
    assert result == "vastgelegd" and details == {
        "regel": 0,
        "rol": "behandelaar",
        "route": "inkomensconsulent",
        "gevolgd": True,
        "keuze": "zelfde oordeel",
    }
    run_waiting(night.installation)
    told = json.dumps(night.sql("SELECT * FROM gebeurtenissen"))
    files = b"".join(data for name, data in night.everything().items()) + b"".join(night.files("logboek").values())
    assert "Jansen" not in told and b"Jansen" not in files


@pytest.mark.parametrize(
    "changed",
    [
        {"route": "ergens"},
        {"route": ""},
        {"toelichting": "  "},
        {"toelichting": "x" * 1001},
        {"toelichting": "nul \x00"},
        {"toelichting": "half \ud83d"},
        {"gevolgd": False},
        {"route": "handhaving", "gevolgd": True},
    ],
)
def test_an_assessment_that_cannot_be_meant_is_refused(
    night: Workshop, desk: Desk, ids: Ids, changed: dict[str, Any]
) -> None:
    with pytest.raises(RequestRefused):
        assess(desk, ids("1001"), replace(FOLLOWED, **changed))
    assert night.sql("SELECT count(*) FROM beoordelingen") == [(0,)]
    assert events(night, "beoordeling vastgelegd") == []


@pytest.mark.parametrize("gevolgd", [True, False])
def test_a_consult_may_follow_the_advice_or_not(desk: Desk, ids: Ids, gevolgd: bool) -> None:
    assert assess(desk, ids("1001"), replace(FOLLOWED, route="consult", gevolgd=gevolgd)).gevolgd is gevolgd


def test_the_routes_are_those_who_look_first_and_a_consult() -> None:
    assert routes_of(CASE) == ("handhaving", "inkomensconsulent", "consult")


def test_every_reason_has_a_sentence() -> None:
    assert set(REASON_SENTENCES) == set(AssessmentReason)


def test_what_was_never_predicted_gets_no_assessment_and_no_objection(desk: Desk) -> None:
    for act in (
        lambda: assess(desk, f"{'0' * 32}-0", FOLLOWED),
        lambda: assessments_of(desk, f"{'0' * 32}-0", "vraag"),
        lambda: open_objection(desk, "niets", "oneens"),
        lambda: close_objection(desk, "niets", ObjectionState.GEGROND, "beslist"),
    ):
        with pytest.raises(NotKnown):
            act()


def test_an_objection_is_opened_and_closed_with_a_reason_each(night: Workshop, desk: Desk, ids: Ids) -> None:
    opened = open_objection(desk, ids("1002"), " oneens ")
    assert (opened.toestand, opened.reden, opened.dataset) == (ObjectionState.OPEN, "oneens", DATASET)
    assert explain_prediction(desk, ids("1002"), "vraag").bewaarplicht
    assert not explain_prediction(desk, ids("1001"), "vraag").bewaarplicht
    assert objections(desk, only_open=True) == [opened]
    closed = close_objection(desk, opened.bezwaar, ObjectionState.ONGEGROND, "beslist")
    assert objections(desk) == [closed] and objections(desk, only_open=True) == []
    assert not explain_prediction(desk, ids("1002"), "vraag").bewaarplicht
    told = [(object_, result) for object_, result, _ in events(night, "bezwaar afgehandeld")]
    assert told == [(f"aanvraag {opened.dienst}", "ongegrond")]
    with pytest.raises(TransitionRefused):
        close_objection(desk, opened.bezwaar, ObjectionState.GEGROND, "nog eens")


def test_an_objection_without_reason_or_with_no_end_is_refused(night: Workshop, desk: Desk, ids: Ids) -> None:
    opened = open_objection(desk, ids("1002"), "oneens")
    for act in (
        lambda: open_objection(desk, ids("1002"), " "),
        lambda: close_objection(desk, opened.bezwaar, ObjectionState.GEGROND, ""),
        lambda: close_objection(desk, opened.bezwaar, ObjectionState.OPEN, "beslist"),
    ):
        with pytest.raises(RequestRefused):
            act()
    assert night.sql("SELECT count(*) FROM bezwaren") == [(1,)]


# --- judging again ----------------------------------------------------------------------------------------------------
def test_a_list_of_no_applications_is_refused_and_does_not_mean_all_of_them(night: Workshop) -> None:
    with pytest.raises(RequestRefused):
        request_run(night.installation, "2026-11-20", [], "bezwaar")
    with pytest.raises(NotKnown):
        request_run(night.installation, "2026-11-20", ["  "], "bezwaar")
    assert night.sql("SELECT count(*) FROM verzoeken") == [(0,)]


# --- the audit log ----------------------------------------------------------------------------------------------------
def test_the_audit_log_is_read_page_by_page_and_that_is_an_event_too(night: Workshop, desk: Desk) -> None:
    ((total,),) = night.sql("SELECT count(*) FROM gebeurtenissen")
    seen, before = [], None
    while True:
        page = audit_trail(desk, EventFilter(), "controle", before, 4)
        seen += [event.volgnr for event in page.events]
        if (before := page.verder) is None:
            break
    assert seen == list(range(total, 0, -1))
    looks = events(night, "auditlog bekeken")
    assert len(looks) == -(-total // 4) and [look[2] for look in looks[:2]] == [
        {"reden": "controle"},
        {"reden": "controle", "voor": total - 3},
    ]


def test_the_audit_log_is_filtered_and_tells_by_what(night: Workshop, desk: Desk) -> None:
    moment = night.clock.now()
    wanted = EventFilter(handeling=str(Action.PUBLICEREN), van=moment - timedelta(days=1), tot=moment)
    page = audit_trail(desk, wanted, "controle")
    assert [event.handeling for event in page.events] == ["resultaten gepubliceerd"] and page.verder is None
    ((_, _, details),) = events(night, "auditlog bekeken")
    assert set(details) == {"reden", "handeling", "van", "tot"}
    assert audit_trail(desk, EventFilter(actor=SOMEBODY.actor), "controle").events[0].handeling == "auditlog bekeken"


@pytest.mark.parametrize(("limit", "before"), [(0, None), (LARGEST_PAGE + 1, None), (10, 0)])
def test_a_page_of_another_size_is_refused(desk: Desk, limit: int, before: int | None) -> None:
    with pytest.raises(RequestRefused):
        audit_trail(desk, EventFilter(), "controle", before, limit)


def test_an_action_or_period_that_cannot_be_is_refused(night: Workshop, desk: Desk) -> None:
    moment = night.clock.now()
    for wanted in (
        EventFilter(handeling="iets anders"),
        EventFilter(van=moment, tot=moment),
        EventFilter(object="aanvraag \x00"),
        EventFilter(actor="\ud800"),
        EventFilter(run="r" * 201),
    ):
        with pytest.raises(RequestRefused):
            audit_trail(desk, wanted, "controle")


@pytest.mark.parametrize("reden", ["", "  ", "x" * 1001])
def test_without_a_reason_the_audit_log_stays_closed(night: Workshop, desk: Desk, reden: str) -> None:
    with pytest.raises(RequestRefused):
        audit_trail(desk, EventFilter(), reden)
    assert events(night, "auditlog bekeken") == []
