"""The card of one prediction: what stays blind before the assessment, and what is told when nothing was weighed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from shared.access import Person, Role
from shared.administration import NewRun, RunRecord
from shared.api.services import Services
from shared.api.shield import Shield
from shared.pages.app import make_pages
from shared.pages.cards import score_sentence, sureness_sentence
from shared.pages.csrf import COOKIE, FIELD, FormKey, new_session
from shared.pages.picture import LEFT, WIDTH, picture
from shared.pages.route import PageSettings
from shared.people.explanation import Explanation, Fact, Factor, Term
from shared.people.records import PredictionId, StoredPrediction
from shared.runstates import RunReason, RunState
from shared.usecases import datasets
from tests.api.calling import Client
from tests.pages.empty import services

KEY, ADDRESS, NOW = FormKey(b"k" * 32), "https://pagina.example", datetime(2026, 11, 22, 12, tzinfo=UTC)
RUN = RunRecord(
    NewRun(datasets()[0], "2026-11-17", "0" * 64, "een-model", "1.0.0", "0" * 64, "1.0.0", "k-1", "0.1.0", "x"),
    RunState.AFGEROND,
    RunReason.AFGEROND,
    1,
    None,
    False,
    1,
    NOW,
    NOW,
)
SEEN = Explanation(
    prediction=StoredPrediction(PredictionId("0" * 32, 0), RUN, True, {}),
    aanvraagnummer="0012",
    peilmoment="2026-11-16T13:30:00",
    resultaattype=1,
    omschrijving="onderzoekswaardig",
    advies="handhaving",
    reden="MODEL",
    reden_zin="Het model heeft deze aanvraag gewogen.",
    gescoord=True,
    blind=False,
    verborgen=False,
    score=0.7149,
    drempel=0.6312,
    intercept=-0.1234,
    zekerheid=0.873,
    steekproef=False,
    verhogend=(Factor("a", "Afspraken", 0.4321, "Er zijn 2 afspraken gemist"),),
    verlagend=(),
    bijdragen=(Term("a", "Afspraken", 0.4321, "2 afspraken"),),
    kenmerken=(Fact("a", "Afspraken", 2.0, "2 afspraken"),),
    onbekend=("inkomen",),
    model_datum="2026-11-01",
    signaal="Dit is een signaal en geen besluit.",
    beoordelingen=(),
    bewaarplicht=False,
)
BLIND = replace(
    SEEN,
    blind=True,
    score=None,
    drempel=None,
    intercept=None,
    zekerheid=None,
    steekproef=None,
    verhogend=(),
    verlagend=(),
    bijdragen=(),
)


def _card(found: Explanation) -> str:
    base: Services = services()
    people = replace(base.people, explain=lambda *_: found)
    person = Person("iemand", frozenset({Role.BEHANDELAAR}))
    app = make_pages(replace(base, people=people), lambda *_: person, ADDRESS, PageSettings(lambda: KEY, ADDRESS, {}))
    session = new_session()
    sent = urlencode({FIELD: KEY.token(session, person.subject, datetime.now(UTC)), "reden": "Ik behandel dit."})
    headers = {"origin": ADDRESS, "cookie": f"{COOKIE}={session}", "content-type": "application/x-www-form-urlencoded"}
    answer = Client(Shield(app, ADDRESS), headers).call(
        "POST", f"/voorspellingen/{found.prediction.id}", raw=sent.encode()
    )
    assert answer.status == 200
    return answer.body.decode()


def test_the_card_tells_score_threshold_reasons_sureness_and_what_is_unknown() -> None:
    card = _card(SEEN)
    for told in (
        "De score is 0,71. Dat is op of boven de drempel van 0,63.",
        "Er zijn 2 afspraken gemist",
        "Niets maakte de score lager.",
        "87 %",
        "Inkomen: geen gegevens",
        "16 november 2026, 13.30 uur",
        "versie 1.0.0 van 1 november 2026",
        "Dit is een signaal, geen beslissing.",
        "0012",
    ):
        assert told in card, told
    assert " checked" not in card
    assert "0012" not in card.split("</title>")[0]


def test_under_a_random_sample_nothing_tells_the_score_or_the_draw_before_the_assessment() -> None:
    card = _card(BLIND)
    assert "U ziet de score pas na uw beoordeling" in card
    assert "Beoordeling vastleggen" in card
    assert "<svg" not in card
    for hidden in ("De score is 0", "0,71", "0,63", "87 %", "afspraken gemist", "wees deze aanvraag aan", "0,432"):
        assert hidden not in card, hidden
    assert "2 afspraken" in card  # the facts themselves are there to assess by


def test_an_application_that_was_not_weighed_has_no_score_and_no_picture() -> None:
    card = _card(replace(BLIND, blind=False, gescoord=False, steekproef=False, kenmerken=(), onbekend=()))
    assert "Er is dus geen score." in card
    assert "<svg" not in card
    assert "Wat wij niet weten" not in card


HIDDEN = replace(
    BLIND, verborgen=True, resultaattype=None, omschrijving="", advies="", reden="", reden_zin="", beoordelingen=()
)


def test_an_old_card_tells_no_route_and_asks_for_no_assessment_while_the_newest_waits() -> None:
    card = _card(HIDDEN)
    assert "pas na de beoordeling van de nieuwste voorspelling" in card and "0012" in card
    for hidden in ("Wie kijkt eerst", "handhaving", "niemand: er is geen voorspelling", "Beoordeling vastleggen"):
        assert hidden not in card, hidden
    assert "na uw beoordeling" not in card and "niet gewogen" not in card


def test_a_card_whose_package_is_gone_tells_what_is_stored() -> None:
    card = _card(replace(SEEN, drempel=None, kenmerken=(), model_datum=""))
    assert "De score is 0,71. Het modelpakket dat haar maakte is hier niet meer." in card
    assert "Er zijn 2 afspraken gemist" in card and "0,432" in card and "<svg" not in card
    assert "niet gewogen" not in card and "Gebruikte gegevens" not in card


def test_the_draw_is_told_once_it_may_be() -> None:
    assert "Het lot wees deze aanvraag aan" in _card(replace(SEEN, steekproef=True))


@pytest.mark.parametrize(
    ("score", "anchor"),
    [(0.0, "start"), (0.19, "start"), (0.2, "middle"), (0.8, "middle"), (0.81, "end"), (1.0, "end")],
)
def test_the_mark_of_a_score_lies_on_the_line_and_its_word_inside_the_picture(score: float, anchor: str) -> None:
    mark = picture(score, 0.5, "").score
    assert mark.x == pytest.approx(LEFT + WIDTH * score, abs=0.05)
    assert mark.anchor == anchor


def test_a_score_on_the_threshold_is_on_its_side() -> None:
    assert "op of boven" in score_sentence(0.5, 0.5)
    assert "onder" in score_sentence(0.4999, 0.5)
    assert "is 0,628. Dat is onder de drempel van 0,63" in score_sentence(0.6281, 0.63)
    assert "is 0,6310. Dat is onder de drempel van 0,6312" in score_sentence(0.631, 0.6312)
    assert sureness_sentence(None) == "Het is niet bekend hoe zeker het model is."


def test_a_share_of_repeats_below_all_of_them_is_not_told_as_all_of_them() -> None:
    assert "99,8 % aan dezelfde kant" in _card(replace(SEEN, zekerheid=0.998))
    assert "100 % aan dezelfde kant" in _card(replace(SEEN, zekerheid=1.0))
