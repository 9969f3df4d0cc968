"""A person sees everything that is held, also under a random sample, and never anything of somebody else."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.errors import NotKnown
from shared.people.replay import Verdict
from shared.rights.outcome import outcome_of
from shared.rights.readable import readable
from shared.rights.states import Asked
from shared.sweep import run_waiting
from tests.rights.persons import ANNA, BEN, Office, office
from tests.rights.removing import Scene

pytestmark = pytest.mark.xdist_group("postgresql")
ROWS = {"zaak1001-anna": 1, "zaak1002-ben": 2, "zaak1003-": 4}


def seen_by(desk: Office, number: str = ANNA) -> dict[str, Any]:
    return desk.export(number=number)


def test_it_holds_result_inputs_purpose_ground_recipients_and_terms(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    seen = seen_by(desk)
    (application,) = seen["aanvragen"]
    (result,) = application["resultaten"]
    assert (application["aanvraagnummer"], result["resultaattype"], result["huidig"]) == ("zaak1001-anna", 1, True)
    assert result["bijdragen"] == {"a": 1.0} and result["kenmerken"] == {}
    assert seen["invoer"] == [
        {"levering": "2026-11-20", "tabellen": seen["invoer"][0]["tabellen"]},
    ]
    assert seen["invoer"][0]["tabellen"]["diensten"] == [{"bedrag": 100}]
    assert (seen["doel"], seen["grondslag"]) == ("voorrang bepalen", "Participatiewet")
    assert len(seen["ontvangers"]) == 4 and len(seen["bewaartermijnen"]) == 4 and len(seen["niet_zichtbaar"]) == 3


def test_under_a_random_sample_score_and_draw_are_in_it(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    result = seen_by(desk)["aanvragen"][0]["resultaten"][0]
    assert result["in_steekproef"] is True and result["score"] is not None


def test_it_tells_who_looked_when_without_naming_an_employee(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    first = seen_by(desk)
    assert [one["wat"] for one in first["bekeken"]] == ["inzage gegeven"]
    bezwaar = desk.scene.object("zaak1001-anna")
    second = seen_by(desk)
    told = [(one["wat"], one["soort"], one["door"]) for one in second["bekeken"]]
    assert ("bezwaar geopend", "gewijzigd of vastgelegd", "medewerker 2") in told
    assert told.count(("inzage gegeven", "ingezien", "medewerker 1")) == 2
    assert not {"derde", "systeem"} & {one["door"] for one in second["bekeken"]}
    assert second["aanvragen"][0]["bezwaren"][0]["bezwaar"] == bezwaar


def test_that_it_was_given_is_on_record_in_the_audit_log_and_the_logboek(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    seen_by(desk)
    ((person,),) = desk.scene.sql("SELECT persoon FROM resultaten WHERE aanvraagnummer = 'zaak1001-anna'")
    assert (f"persoon {person}",) in desk.scene.sql(
        "SELECT object FROM gebeurtenissen WHERE handeling = 'inzage gegeven'"
    )
    lines = [data for name, data in desk.scene.workshop.files("logboek").items() if "/inzage/" in name]
    assert len(lines) == 1 and person.encode() in lines[0]


def test_nothing_of_somebody_else_is_in_it_in_either_form(either: Scene) -> None:
    desk = office(either)
    desk.scene.night("2026-11-20", ROWS)
    desk.scene.object("zaak1002-ben")
    seen = seen_by(desk)
    others = [
        value
        for row in desk.scene.sql("SELECT aanvraagnummer, persoon, dienst FROM resultaten")
        if "-anna" not in row[0]
        for value in row
        if value
    ]
    assert len(others) > 4
    for text in (json.dumps(seen), readable(seen)):
        assert not [other for other in (*others, BEN, ANNA) if other in text]


def test_a_person_of_whom_nothing_is_held_is_told_so(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", {"zaak1002-ben": 2})
    seen = seen_by(desk)
    assert (seen["aanvragen"], seen["invoer"], seen["bekeken"]) == ([], [], [])
    assert "Over u is geen resultaat bewaard." in readable(seen)


def test_older_results_and_requests_for_another_run_are_in_it(scene: Scene) -> None:
    from shared.interventions import request_run

    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    request_run(desk.scene.installation, "2026-11-20", ["zaak1001-anna"], "geheime reden")
    run_waiting(desk.scene.installation)
    seen = seen_by(desk)
    assert [one["huidig"] for one in seen["aanvragen"][0]["resultaten"]] == [False, True]
    assert len(seen["herverwerkingen"]) == 1 and "geheime reden" not in json.dumps(seen)


def test_every_fact_of_the_document_is_in_the_text(scene: Scene) -> None:
    desk = office(scene)
    desk.scene.night("2026-11-20", ROWS)
    desk.scene.object("zaak1001-anna")
    seen = seen_by(desk)
    text = readable(seen)
    headers = {"soort", "dataset", "betekent", "omvat", "voorspelling", "sha256", "contractversie", "levering"}
    headers |= {"waarom"}  # of rows that are not shown: there are none here

    def facts(value: object, name: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for key, each in value.items():
                yield from facts(each, str(key))
        elif isinstance(value, list):
            for each in value:
                yield from facts(each, name)
        elif isinstance(value, str | float) and not isinstance(value, bool) and name not in headers:
            yield str(value)

    assert [fact for fact in facts(seen) if fact not in text] == []


# With the real stages, model and files -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Three published deliveries of invented people, by way of bootstrap."""
    from development.population.mailbox import write_mailbox
    from shared import bootstrap

    root = tmp_path_factory.mktemp("nacht")
    write_mailbox(root, seed=11, day=date(2026, 11, 16))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLIMME_CHECK_OPSLAG", str(root))
        bootstrap.let_go()
        bootstrap.run_waiting()
        yield root
    bootstrap.let_go()


def _people(root: Path) -> dict[str, str]:
    """Person numbers of the quarantined deliveries, where raw files still are, by pseudonym."""
    from shared import bootstrap
    from shared.stages.pseudonym import Pseudonymiser
    from tests.shell.test_real_run import numbers_of_people

    key = bootstrap.installation(bootstrap.person_here(), "levensonderhoud").keys.current()
    numbers = sorted(numbers_of_people(root / "quarantaine"))
    return dict(zip(Pseudonymiser(key).pseudonyms("persoon", numbers), numbers, strict=True))


@pytest.mark.xdist_group("nacht")
@pytest.mark.parametrize("soort", Asked)
def test_of_what_follows_nothing_is_asked_alone(night: Path, soort: Asked) -> None:
    """It goes along with the applications; a request for it alone would wait for ever: nobody carries it out."""
    from shared import bootstrap
    from shared.usecases import datasets, mailboxes

    assert night.exists() and len(mailboxes()) > len(datasets())
    before = len(bootstrap.person_requests())
    for dataset in (*(set(mailboxes()) - set(datasets())), "onbekend"):
        with pytest.raises(NotKnown, match="no use case"):
            bootstrap.record_person_request(soort, "777", "vraag", dataset)
    assert len(bootstrap.person_requests()) == before


@pytest.mark.xdist_group("nacht")
def test_a_real_person_sees_everything_and_after_a_removal_nothing_is_left(night: Path) -> None:
    from shared import bootstrap
    from shared.events import Caller
    from tests.rights.removing import everything, texts_in

    engine = bootstrap.ledger(bootstrap.settings()).engine  # type: ignore[attr-defined]
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT persoon, dienst, aanvraagnummer FROM resultaten").all()
    known = {row.persoon for row in rows}
    numbers = _people(night)
    pseudonym = next((name for name in sorted(numbers) if name in known), "")
    assert pseudonym, "somebody of a held delivery applied before"
    number, mine = numbers[pseudonym], [row for row in rows if row.persoon == pseudonym]
    first, second = Caller("eerste", "test"), Caller("tweede", "test")
    asked = bootstrap.record_person_request(Asked.INZAGE, number, "vraag", caller=first)
    bootstrap.decide_person_request(asked.id, toegewezen=True, reden="terecht", caller=first)
    bootstrap.accept_person_request(asked.id, Asked.INZAGE, number, "zoals toegewezen", caller=second)
    bootstrap.daytime()
    document, text = bootstrap.fetch_person_export(asked.id, "de persoon haalt het op", caller=second)
    assert {row.aanvraagnummer for row in mine} == {one["aanvraagnummer"] for one in document["aanvragen"]}
    assert document["invoer"] and document["doel"] and document["grondslag"]
    strangers = {value for row in rows if row.persoon != pseudonym for value in row if value and value not in mine[0]}
    assert not [name for name in strangers if f'"{name}"' in json.dumps(document) or f" {name} " in text]

    asked = bootstrap.record_person_request(Asked.VERWIJDERING, number, "vraag", caller=first)
    bootstrap.decide_person_request(asked.id, toegewezen=True, reden="terecht", caller=first)
    bootstrap.accept_person_request(asked.id, Asked.VERWIJDERING, number, "zoals toegewezen", caller=second)
    bootstrap.daytime()
    outcome = outcome_of(bootstrap.person_request(asked.id))
    assert outcome and outcome.aantallen["resultaten"] == len(mine) and outcome.aantallen["momentopnamen"] > 0
    names = {value for row in mine for value in row} | {number}
    for name, data in everything(night).items():
        if name.split("/")[0] in ("uitvoer", "momentopname", "terugkoppeling") and not name.endswith(
            "verwerking.jsonl"
        ):
            assert not [word for word in names if any(word in found for found in texts_in(name, data))], name
    replayed = list(bootstrap.people.replay_everything(second))
    assert len(replayed) == 3 and {one.oordeel for one in replayed} == {Verdict.GELIJK}
