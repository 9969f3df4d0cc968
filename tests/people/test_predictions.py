"""Finding and explaining predictions: on record first, by number only where a person enters it, blind where it must."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, BinaryIO, cast

import pytest

from shared.adapters.folder import FolderStore
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.oversight import SqlOversight
from shared.administration import ModelStatus
from shared.errors import KeyGone, KeyUnavailable, NotKnown, RequestRefused, StorageUnavailable
from shared.interventions import request_run
from shared.people.assessments import assess
from shared.people.desk import Desk
from shared.people.predictions import explain_current, explain_prediction, find_predictions, inputs_of
from shared.people.records import (
    AssessmentReason,
    Assessor,
    NewAssessment,
    NumberKind,
    PredictionId,
    StoredPrediction,
)
from shared.stages.pseudonym import Pseudonymiser, PseudonymKey
from shared.sweep import run_waiting
from tests.people.conftest import SOMEBODY, desk_of, events, package
from tests.shell import tinycore
from tests.shell.workshop import DATASET, Keys, Workshop

type Ids = Callable[[str], str]
PERSON_OF = {"1001": "900100001", "1002": "900100002", "1003": "900100001", "1004": "900100001"}


@pytest.fixture
def people(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A night in which 1001 and 1003 are of one person, and 1004 too under a newer key; with persons as pseudonyms."""
    keys = Keys(("k-2", "k-1"))

    def judge(table: Any, case: object, identity: Any, given: object) -> Any:
        results = tinycore.judge(table, case, identity, given)
        key = Pseudonymiser(keys.find(identity.key_id))
        persons = [key.pseudonym("persoon", PERSON_OF[number]) for number in results.results["aanvraagnummer"]]
        return replace(results, results=results.results.assign(persoon=persons))

    core = replace(tinycore.CORE, judge=judge)
    first = workshop.with_(core=core)
    first.deliver()
    assert not run_waiting(first.installation).failed
    second = workshop.with_(core=core, keys=keys)
    second.deliver("2026-11-21", {"1004": 1})
    assert not run_waiting(second.installation).failed
    return second


def logboek(workshop: Workshop) -> list[dict[str, Any]]:
    files = [data for name, data in workshop.files("logboek").items() if "/inzage/" in name]
    return [json.loads(line) for data in files for line in data.splitlines()]


# --- finding ----------------------------------------------------------------------------------------------------------
def test_an_application_is_found_by_its_number_current_and_old(night: Workshop, desk: Desk) -> None:
    old = find_predictions(desk, NumberKind.AANVRAAG, " 1002 ", "vraag")
    request_run(night.installation, "2026-11-20", ["1002"], "bezwaar")
    run_waiting(night.installation)
    hits = find_predictions(desk, NumberKind.AANVRAAG, "1002", "vraag")
    assert [hit.huidig for hit in hits] == [True, False] and hits[1].id == old[0].id
    assert str(hits[0].id) == f"{hits[0].run.run_id}-0" and "1002" not in str(hits[0].id).split("-")


def test_a_person_is_found_under_every_key_that_can_be_read(people: Workshop) -> None:
    hits = find_predictions(desk_of(people), NumberKind.PERSOON, "900100001", "vraag van de burger")
    assert [hit.aanvraagnummer for hit in hits] == ["1004", "1001", "1003"]
    assert {hit.run.new.key_id for hit in hits} == {"k-1", "k-2"}
    names = [hits[0].persoon, hits[1].persoon]
    assert {line["attributes"]["dpl.core.data_subject_id"] for line in logboek(people)} == set(names)
    told = events(people, "voorspelling opgezocht")
    assert [(object_, result) for object_, result, _ in told] == [(f"persoon {name}", "gevonden") for name in names]
    assert [details for _, _, details in told] == [
        {"reden": "vraag van de burger", "aantal": number} for number in (1, 2)
    ]


class Destroyed(Keys):
    """Keys of which some are destroyed."""

    def find(self, key_id: str) -> PseudonymKey:
        if key_id in ("k-1", "k-weg"):
            raise KeyGone("destroyed")
        return super().find(key_id)


def test_a_key_that_is_destroyed_hides_what_was_under_it_and_no_more(people: Workshop) -> None:
    desk = desk_of(people, keys=Destroyed(("k-2",)))
    hits = find_predictions(desk, NumberKind.PERSOON, "900100001", "vraag")
    assert [hit.aanvraagnummer for hit in hits] == ["1004"]


def test_when_no_key_can_be_read_that_is_said_and_not_that_nobody_is_there(night: Workshop) -> None:
    with pytest.raises(KeyUnavailable):
        find_predictions(desk_of(night, keys=Destroyed(("k-weg",))), NumberKind.PERSOON, "900100001", "vraag")


def test_nobody_is_found_is_on_record_without_the_number(people: Workshop) -> None:
    desk = desk_of(people)
    for kind in NumberKind:
        assert find_predictions(desk, kind, "123456782", "vraag") == []
    told = events(people, "voorspelling opgezocht")
    assert [(object_, result) for object_, result, _ in told] == [
        ("aanvraag onbekend", "niet gevonden"),
        ("persoon onbekend", "niet gevonden"),
    ]
    assert logboek(people) == []


def test_no_number_of_a_person_is_in_any_event_or_file(people: Workshop) -> None:
    desk = desk_of(people)
    hits = find_predictions(desk, NumberKind.PERSOON, "900100001", "vraag")
    explain_prediction(desk, str(hits[0].id), "vraag")
    run_waiting(people.installation)
    told = json.dumps(people.sql("SELECT * FROM gebeurtenissen"))
    kept = b"".join(people.files("logboek").values()) + b"".join(people.files("uitvoer").values())
    assert "900100001" not in told and b"900100001" not in kept


@pytest.mark.parametrize("reden", ["", "   ", "x" * 1001, "nul \x00", "half \ud83d"])
@pytest.mark.parametrize("act", ["find", "explain", "current"])
def test_without_a_reason_nothing_is_looked_up_or_written(night: Workshop, desk: Desk, act: str, reden: str) -> None:
    before = night.sql("SELECT count(*) FROM gebeurtenissen")
    with pytest.raises(RequestRefused):
        if act == "find":
            find_predictions(desk, NumberKind.AANVRAAG, "1001", reden)
        elif act == "explain":
            explain_prediction(desk, f"{'0' * 32}-0", reden)
        else:
            explain_current(desk, "1001", reden)
    assert night.sql("SELECT count(*) FROM gebeurtenissen") == before


@pytest.mark.parametrize("number", ["", "  ", "1" * 129, "1\x002", "1\ud8002"])
def test_a_number_that_cannot_be_one_is_refused(desk: Desk, number: str) -> None:
    with pytest.raises(RequestRefused):
        find_predictions(desk, NumberKind.AANVRAAG, number, "vraag")


def test_another_dataset_is_not_known(desk: Desk) -> None:
    assert find_predictions(desk, NumberKind.AANVRAAG, "1001", "vraag", DATASET)
    with pytest.raises(NotKnown):
        find_predictions(desk, NumberKind.AANVRAAG, "1001", "vraag", "ander")


# --- explaining -------------------------------------------------------------------------------------------------------
def test_a_prediction_is_explained_whole_also_when_it_is_old(night: Workshop, desk: Desk, ids: Ids) -> None:
    old = ids("1001")
    request_run(night.installation, "2026-11-20", ["1001"], "bezwaar")
    run_waiting(night.installation)
    told = explain_prediction(desk, old, "bezwaar")
    assert (told.aanvraagnummer, told.resultaattype, told.omschrijving, told.advies) == (
        "1001",
        1,
        "wel",
        "inkomensconsulent",
    )
    assert told.gescoord and not told.blind and not told.prediction.huidig
    assert (told.score, told.drempel, told.steekproef) == (0.563, 0.63, False)
    assert [(term.kenmerk, term.label, term.bijdrage) for term in told.bijdragen] == [("a", "Kenmerk a", 1.0)]
    assert told.prediction.run.new.model_version == "1.0.0" and told.model_datum == "2026-11-01"
    assert told.beoordelingen == () and not told.bewaarplicht
    assert explain_current(desk, "1001", "bezwaar").prediction.huidig


def test_an_application_without_score_has_none_in_its_explanation(desk: Desk, ids: Ids) -> None:
    told = explain_prediction(desk, ids("1003"), "vraag")
    assert (told.gescoord, told.score, told.drempel, told.bijdragen, told.onbekend) == (False, None, None, (), ())


def test_who_looked_why_and_at_what_is_on_record(night: Workshop, desk: Desk, ids: Ids) -> None:
    explain_prediction(desk, ids("1002"), "klacht")
    ((object_, result, details),) = events(night, "uitleg bekeken")
    ((dienst,),) = night.sql("SELECT dienst FROM resultaten WHERE aanvraagnummer = '1002'")
    assert (object_, result, details) == (f"aanvraag {dienst}", "getoond", {"reden": "klacht", "regel": 1})
    actor = night.sql("SELECT actor, herkomst FROM gebeurtenissen WHERE handeling = 'uitleg bekeken'")
    assert actor == [(SOMEBODY.actor, SOMEBODY.herkomst)]


def test_nothing_is_shown_that_could_not_be_put_on_record(night: Workshop, ids: Ids) -> None:
    class Refusing(FolderStore):
        def write_by[T](self, container: str, name: str, fill: Callable[[BinaryIO], T]) -> T:
            raise StorageUnavailable("full")

    desk = desk_of(night, blobs=Refusing(night.root))
    for act in (
        lambda: explain_prediction(desk, ids("1001"), "vraag"),
        lambda: find_predictions(desk, NumberKind.AANVRAAG, "1001", "vraag"),
    ):
        with pytest.raises(StorageUnavailable):
            act()


@pytest.mark.parametrize("id_", ["", "x", "0" * 32, f"{'0' * 32}-00", f"{'0' * 32}--1", f"{'0' * 32}-1\n", "../1001"])
def test_what_is_no_id_is_not_known(desk: Desk, id_: str) -> None:
    with pytest.raises(NotKnown):
        explain_prediction(desk, id_, "vraag")


class InShadow(SqlOversight):
    """An administration in which everything was scored by a version in the shadow."""

    def prediction(self, id_: PredictionId) -> StoredPrediction:
        found = super().prediction(id_)
        new = replace(found.run.new, model_status=ModelStatus.SCHADUW)
        return replace(found, run=replace(found.run, new=new))


def test_a_prediction_of_a_version_in_the_shadow_is_not_shown(night: Workshop, ids: Ids) -> None:
    desk = desk_of(night, oversight=InShadow(cast(SqlLedger, night.installation.ledger).engine))
    for act in (explain_prediction, inputs_of):
        with pytest.raises(NotKnown):
            act(desk, ids("1001"), "vraag")
    with pytest.raises(NotKnown):
        assess(desk, ids("1001"), SEEN)


# --- blind under a random sample --------------------------------------------------------------------------------------
SEEN = NewAssessment(Assessor.BEHANDELAAR, "consult", False, AssessmentReason.ANDERS, "zelf bekeken")


def test_with_a_sample_nothing_tells_score_or_draw_before_the_assessment(night: Workshop, ids: Ids) -> None:
    desk = desk_of(night, package_of=lambda _: package(sample_share=0.1))
    told = explain_prediction(desk, ids("1001"), "vraag")
    assert told.blind and told.gescoord
    hidden = (told.score, told.drempel, told.intercept, told.zekerheid, told.steekproef)
    assert hidden == (None,) * 5 and told.bijdragen == told.verhogend == told.verlagend == ()
    assess(desk, ids("1001"), SEEN)
    told = explain_prediction(desk, ids("1001"), "vraag")
    assert not told.blind and (told.score, told.drempel, told.steekproef) == (0.563, 0.63, False)
    assert told.beoordelingen[0].toelichting == "zelf bekeken"
    assert explain_prediction(desk, ids("1002"), "vraag").blind, "another application was not assessed"
