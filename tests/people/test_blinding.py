"""Under a random sample every card of an application is blind until it is assessed, and nothing else tells the draw."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from shared.adapters.packages import load_package
from shared.bootstrap.people import package_of
from shared.cli.explain import explanation_lines
from shared.errors import ModelPackageInvalid, RequestRefused
from shared.interventions import request_run
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.people.assessments import assess, assessments_of
from shared.people.blinding import hidden
from shared.people.desk import Desk
from shared.people.inputs import rows_of
from shared.people.labels import OWN, relabelled
from shared.people.predictions import explain_current, explain_prediction, find_predictions, inputs_of
from shared.people.records import AssessmentReason, Assessor, NewAssessment, NumberKind
from shared.records import PseudonymisedDelivery
from shared.settings import read_settings
from shared.stages.pseudonym import Pseudonymiser
from shared.sweep import run_waiting
from tests.people.conftest import desk_of, package
from tests.shell.workshop import CORE, DATASET, Keys, Workshop

type Ids = Callable[[str], str]
SEEN = NewAssessment(Assessor.BEHANDELAAR, "consult", False, AssessmentReason.ANDERS, "zelf bekeken")


def again(workshop: Workshop, number: str) -> None:
    request_run(workshop.installation, "2026-11-20", [number], "opnieuw")
    assert not run_waiting(workshop.installation).failed


def sampling_from(workshop: Workshop, first: str) -> Desk:
    """Return a desk where every run but that of this prediction was made by a package that draws samples."""
    unsampled = first.partition("-")[0]
    return desk_of(workshop, package_of=lambda run: package(0.0 if run.run_id == unsampled else 0.2))


def test_an_older_card_without_a_sample_is_blind_while_the_newest_waits(night: Workshop, ids: Ids) -> None:
    old, other = ids("1001"), ids("1002")
    again(night, "1001")
    desk = sampling_from(night, old)
    told = explain_prediction(desk, old, "vraag")
    assert told.blind and not told.prediction.huidig
    assert (told.score, told.drempel, told.intercept, told.zekerheid, told.steekproef) == (None,) * 5
    assert told.bijdragen == told.verhogend == told.verlagend == ()
    assert not explain_prediction(desk, other, "vraag").blind, "another application has nothing to hide"
    assess(desk, ids("1001"), SEEN)
    assert explain_prediction(desk, old, "vraag").score == explain_current(desk, "1001", "vraag").score == 0.563


def test_an_assessment_of_the_old_prediction_does_not_open_the_new_one(night: Workshop, ids: Ids) -> None:
    old = ids("1001")
    desk = sampling_from(night, old)
    assess(desk, old, SEEN)
    assert not explain_prediction(desk, old, "vraag").blind
    again(night, "1001")
    assert explain_current(desk, "1001", "vraag").blind and explain_prediction(desk, old, "vraag").blind


def test_an_assessment_of_the_newest_prediction_opens_what_no_longer_counts(night: Workshop, ids: Ids) -> None:
    desk, old = desk_of(night, package_of=lambda _: package(0.2)), ids("1001")
    again(night, "1001")
    assert explain_prediction(desk, old, "vraag").blind
    assess(desk, ids("1001"), SEEN)
    assert not explain_current(desk, "1001", "vraag").blind and not explain_prediction(desk, old, "vraag").blind


def test_a_package_that_is_not_here_any_more_may_have_drawn(night: Workshop, ids: Ids) -> None:
    old = ids("1001")
    again(night, "1001")
    gone = ids("1001").partition("-")[0]

    def without_one(run: Any) -> Any:
        if run.run_id == gone:
            raise ModelPackageInvalid("gone")
        return package()

    desk = desk_of(night, package_of=without_one)
    assert explain_current(desk, "1001", "vraag").blind and explain_prediction(desk, old, "vraag").verborgen
    assess(desk, ids("1001"), SEEN)
    assert not explain_current(desk, "1001", "vraag").blind


def test_what_is_stored_is_told_without_the_package_once_it_may_be(night: Workshop, ids: Ids) -> None:
    def without(_: Any) -> Any:
        raise ModelPackageInvalid("gone")

    desk = desk_of(night, package_of=without)
    assess(desk, ids("1001"), SEEN)
    told = explain_current(desk, "1001", "vraag")
    assert (told.score, told.drempel, told.model_datum, told.kenmerken) == (0.563, None, "", ())
    assert [(term.label, term.bijdrage) for term in told.bijdragen] == [("a", 1.0)]
    assert any("pakket is er niet meer" in line for line in explanation_lines(told))


def test_an_old_prediction_tells_no_route_while_the_newest_waits(night: Workshop, ids: Ids) -> None:
    old, desk = ids("1002"), desk_of(night, package_of=lambda _: package())
    assess(desk, old, replace(SEEN, gevolgd=True, route="inkomensconsulent"))
    again(night, "1002")
    desk = sampling_from(night, old)
    told = explain_prediction(desk, old, "vraag")
    assert told.verborgen and told.gescoord
    assert (told.resultaattype, told.omschrijving, told.advies, told.reden, told.reden_zin) == (None, "", "", "", "")
    assert told.beoordelingen == () and assessments_of(desk, old, "vraag") == []
    lines = "\n".join(explanation_lines(told))
    assert "verborgen" in lines and "inkomensconsulent" not in lines and "Resultaat" not in lines
    assert explain_current(desk, "1002", "vraag").resultaattype == 2, "what counts now says who looks first"
    assess(desk, ids("1002"), SEEN)
    told = explain_prediction(desk, old, "vraag")
    assert (told.resultaattype, told.omschrijving, len(told.beoordelingen)) == (2, "niet", 1)
    assert len(assessments_of(desk, old, "vraag")) == 1


def test_a_list_of_what_was_found_tells_no_route_of_an_old_prediction_either(night: Workshop, ids: Ids) -> None:
    old, person = ids("1002"), next(iter(night.sql("SELECT persoon FROM resultaten WHERE aanvraagnummer = '1002'")))[0]
    again(night, "1002")
    desk = sampling_from(night, old)
    found = find_predictions(desk, NumberKind.AANVRAAG, "1002", "vraag")
    assert [(hit.huidig, hit.verborgen, hit.resultaattype, hit.reden, hit.advies) for hit in found] == [
        (True, False, 2, "MODEL", "inkomensconsulent"),
        (False, True, None, "", ""),
    ]
    by_name = hidden(desk, desk.oversight.by_person(DATASET, [person]))
    assert [hit.verborgen for hit in by_name] == [False, True], "also where a person was looked for"
    assert not any(hit.verborgen for hit in find_predictions(desk, NumberKind.AANVRAAG, "1001", "vraag"))
    assess(desk, ids("1002"), SEEN)
    assert [hit.resultaattype for hit in find_predictions(desk, NumberKind.AANVRAAG, "1002", "vraag")] == [2, 2]


def test_trying_to_assess_an_old_prediction_does_not_tell_its_advice(night: Workshop, ids: Ids) -> None:
    old = ids("1002")
    again(night, "1002")
    desk = sampling_from(night, old)
    for route, followed in (("inkomensconsulent", True), ("handhaving", True), ("consult", False)):
        with pytest.raises(RequestRefused) as refused:
            assess(desk, old, replace(SEEN, route=route, gevolgd=followed))
        assert refused.value.where == "id"
    assert not night.sql("SELECT * FROM beoordelingen")


def test_the_package_behind_a_list_is_read_and_verified_once(night: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    models = read_settings({"SLIMME_CHECK_MODELLEN": str(Path(__file__).parents[2] / "models")})
    monkeypatch.setattr("shared.bootstrap.people.settings", lambda: models)
    name, _, version = LEVENSONDERHOUD.package.rpartition("-")
    (run,) = desk_of(night).oversight.published_runs(DATASET)
    digest = load_package(models.models / LEVENSONDERHOUD.package).sha256
    made = replace(run, new=replace(run.new, model=name, model_version=version, model_sha256=digest))
    assert package_of(made) is package_of(made)
    with pytest.raises(ModelPackageInvalid, match="not the package that made"):
        package_of(replace(made, new=replace(made.new, model_sha256="0" * 64)))


def test_a_draw_ends_where_a_version_without_a_sample_judges_again(night: Workshop, ids: Ids) -> None:
    drawn = ids("1001")
    sampled = drawn.partition("-")[0]
    desk = desk_of(night, package_of=lambda run: package(0.2 if run.run_id == sampled else 0.0))
    assert explain_current(desk, "1001", "vraag").blind
    again(night, "1001")
    (line,) = [line for line in night.current("2026-11-20") if line["aanvraagnummer"] == "1001"]
    told = explain_current(desk, "1001", "vraag")
    assert (told.blind, told.score) == (False, line["score"]), "the card says what the current file says"
    assert not explain_prediction(desk, drawn, "vraag").blind


def test_what_was_not_scored_hides_nothing_and_is_not_called_blind(night: Workshop, ids: Ids) -> None:
    told = explain_prediction(desk_of(night, package_of=lambda _: package(0.2)), ids("1003"), "vraag")
    assert (told.gescoord, told.blind, told.steekproef, told.score) == (False, False, False, None)


def test_inputs_hold_no_pseudonym_that_a_draw_is_made_from(night: Workshop, ids: Ids) -> None:
    names = Pseudonymiser(Keys(("k-1",)).find("k-1"))

    def with_rows(files: Any, numbers: Any) -> PseudonymisedDelivery:
        given = CORE.read_snapshot(files, numbers)
        (dienst,) = given.applications["dienst"]
        other = names.pseudonym("dienst", "1002")
        rows = {
            "werkopdrachten": pd.DataFrame({"dienst": [dienst, other]}),
            "diensten": pd.DataFrame({"persoon": [dienst] * 3, "dienst": [dienst, other, other]}),
        }
        return replace(given, tables=rows)

    desk = desk_of(night, core=lambda: replace(CORE, read_snapshot=with_rows))
    found = inputs_of(desk, ids("1001"), "vraag")
    assert found["werkopdrachten"] == [{"dienst": OWN}]
    assert not [name for (name,) in night.sql("SELECT dienst FROM resultaten") if name in json.dumps(found)]


def test_rows_can_still_be_joined_by_the_names_they_get() -> None:
    a, b, c = (f"k-1:{letter * 43}" for letter in "abc")
    rows = {
        "partijen": [{"partij": b, "bedrag": 5}],
        "diensten": [{"dienst": a, "partij": b, "besluit": None}, {"dienst": c, "partij": None, "tekst": "k-1:kort"}],
        "adressen": [{"adressleutel": c}],
    }
    assert relabelled(rows, a) == {  # type: ignore[arg-type]
        "partijen": [{"partij": "partij 1", "bedrag": 5}],
        "diensten": [
            {"dienst": OWN, "partij": "partij 1", "besluit": None},
            {"dienst": "dienst 1", "partij": None, "tekst": "k-1:kort"},
        ],
        "adressen": [{"adressleutel": "adressleutel 1"}],
    }


@pytest.mark.parametrize("column", ["dienst", "partij", "adressleutel"])
def test_every_kind_of_pseudonym_is_recognised(column: str) -> None:
    pseudonym = Pseudonymiser(Keys(("k-1",)).find("k-1")).pseudonym(column, "1001")
    delivery = PseudonymisedDelivery(
        pd.DataFrame(), {"t": pd.DataFrame({"persoon": ["p"], column: [pseudonym]})}, (), ""
    )
    assert pseudonym not in json.dumps(relabelled(rows_of(delivery, "p", "d"), "d"))
