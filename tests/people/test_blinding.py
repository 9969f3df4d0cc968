"""Under a random sample every card of an application is blind until it is assessed, and nothing else tells the draw."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from shared.errors import ModelPackageInvalid
from shared.interventions import request_run
from shared.people.assessments import assess
from shared.people.desk import Desk
from shared.people.inputs import rows_of
from shared.people.labels import OWN, relabelled
from shared.people.predictions import explain_current, explain_prediction, inputs_of
from shared.people.records import AssessmentReason, Assessor, NewAssessment
from shared.records import PseudonymisedDelivery
from shared.stages.pseudonymise import Pseudonymiser
from shared.sweep import run_waiting
from tests.people.conftest import desk_of, package
from tests.shell.workshop import CORE, Keys, Workshop

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
    gone = old.partition("-")[0]
    again(night, "1001")

    def package_of(run: Any) -> Any:
        if run.run_id == gone:
            raise ModelPackageInvalid("gone")
        return package()

    desk = desk_of(night, package_of=package_of)
    assert explain_current(desk, "1001", "vraag").blind
    assess(desk, ids("1001"), SEEN)
    assert not explain_current(desk, "1001", "vraag").blind


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
