"""A person is told of reads that name only a model or a run, when it was their data that was read, and of no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.administration import ModelStatus
from shared.events import Action, AuditEvent, Caller, moment_text
from shared.rights.looks import looked_at
from tests.rights.persons import ANNA, BEN, Office, office
from tests.rights.removing import Scene
from tests.shell.workshop import DATASET

pytestmark = pytest.mark.xdist_group("postgresql")
MODEL = "model proefmodel 1.0.0"


def note(desk: Office, handeling: Action, object_: str, dataset: str = DATASET, **details: Any) -> None:
    """Put a read on record, as the register and replay do."""
    now = desk.scene.workshop.clock.now()
    event = AuditEvent(handeling, object_, "getoond", Caller("beheerder", "test"), now, dataset, "", details)
    desk.scene.installation.ledger.note(event)


def looks(desk: Office, number: str = ANNA) -> list[str]:
    seen = desk.export(number=number)["bekeken"]
    assert {one["soort"] for one in seen if "model" in str(one["wat"])} <= {"ingezien"}
    return [str(one["wat"]) for one in seen if one["wat"] != "inzage gegeven"]


@pytest.fixture
def desk(either: Scene) -> Office:
    found = office(either)
    found.scene.night("2026-11-20", {"zaak1001-anna": 1})
    found.scene.later(1)
    found.scene.night("2026-11-21", {"zaak1002-ben": 2})
    found.scene.later(1)
    return found


def test_the_list_of_what_a_version_judged_was_a_look_at_whoever_stood_in_it(desk: Office) -> None:
    now = desk.scene.workshop.clock.now()
    since, middle = now - timedelta(days=3), now - timedelta(days=1, hours=12)
    for object_, van, tot in (
        (MODEL, since, middle),  # Anna's night alone
        ("model proefmodel 2.0.0", since, now),
        ("model anders 1.0.0", since, now),
    ):
        note(desk, Action.MODEL_NAGAAN, object_, van=moment_text(van), tot=moment_text(tot))
    note(desk, Action.MODEL_NAGAAN, MODEL, "ander", van=moment_text(since), tot=moment_text(now))
    assert looks(desk) == ["aanvragen van een modelversie opgevraagd"]
    assert looks(desk, BEN) == []


def test_an_event_of_before_that_tells_no_period_counts_for_all_that_came_before_it(desk: Office) -> None:
    note(desk, Action.MODEL_NAGAAN, MODEL, aanvragen=2)
    assert looks(desk) == looks(desk, BEN) == ["aanvragen van een modelversie opgevraagd"]


def test_a_dossier_was_a_look_at_everybody_of_the_year_before_it(desk: Office) -> None:
    note(desk, Action.MODEL_VERGELIJKEN, "model proefmodel 2.0.0")
    assert looks(desk) == ["modelversies vergeleken"]
    desk.scene.later(366)
    note(desk, Action.MODEL_VERGELIJKEN, "model proefmodel 3.0.0")
    assert looks(desk) == ["modelversies vergeleken"], "the second looked at nothing of theirs"


def test_computing_a_whole_run_again_was_a_look_at_whoever_stood_in_it(desk: Office) -> None:
    for run, _ in desk.scene.sql("SELECT run, levering FROM verwerkingen WHERE levering = '2026-11-20'"):
        note(desk, Action.HERBEREKENEN, f"verwerking {run}")
    assert looks(desk) == ["voorspelling herberekend"]
    assert looks(desk, BEN) == []


def test_what_a_shadow_scored_was_in_no_list(desk: Office) -> None:
    ((name,),) = desk.scene.sql("SELECT persoon FROM resultaten WHERE aanvraagnummer = 'zaak1001-anna'")
    person = desk.rights("x").records.results_of(DATASET, {name})
    note(desk, Action.MODEL_NAGAAN, MODEL)
    events = desk.rights("x").records.reads_at_large(DATASET, [])
    assert len(looked_at(events, person)) == 1
    in_shadow = [
        replace(one, run=replace(one.run, new=replace(one.run.new, model_status=ModelStatus.SCHADUW))) for one in person
    ]
    assert looked_at(events, in_shadow) == []
