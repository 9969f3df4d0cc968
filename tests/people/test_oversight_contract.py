"""What an Oversight promises, on SQLite and on PostgreSQL with the rights of the app's own role and no more."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.oversight import SqlOversight
from shared.administration import ModelStatus
from shared.errors import NotKnown
from shared.events import Action, Caller
from shared.people.records import (
    Assessor,
    EventFilter,
    PredictionId,
)
from shared.runstates import PUBLISHED
from tests.audit.databases import Server
from tests.people.world import FOLLOWED, World, id_of, world
from tests.real.office import DATASET, DAY, Office, results
from tests.real.worlds import WAIT

__all__ = ["world"]
pytestmark = pytest.mark.xdist_group("postgresql")
DENIED, RESTRICTED = "42501", "23001"
UNSEEN = "42P01"


# --- predictions ------------------------------------------------------------------------------------------------------
def test_an_application_is_found_with_every_prediction_and_which_one_is_current(world: World) -> None:
    first = id_of(world, "2")
    again = world.publish("d2", "2", "4")
    hits = world.oversight.by_application(DATASET, "2")
    assert [(hit.id.run_id == again, hit.huidig) for hit in hits] == [(True, True), (False, False)]
    assert hits[1].id == first and hits[1].run.run_id == first.run_id
    assert (hits[0].aanvraagnummer, hits[0].dienst, hits[0].persoon, hits[0].advies) == (
        "2",
        "p:2",
        "q:2",
        "handhaving",
    )
    assert world.oversight.by_application(DATASET, "9") == world.oversight.by_application("ander", "2") == []


def test_a_person_is_found_by_any_of_the_pseudonyms(world: World) -> None:
    frame = results("7").assign(persoon="z:1")
    world.office.publish_delivery("d2", "2026-11-22", frame, key_id="k-2")
    found = world.oversight.by_person(DATASET, ["z:1", "q:1", "niemand"])
    assert [(hit.aanvraagnummer, hit.huidig) for hit in found] == [("7", True), ("1", True)]
    assert world.oversight.by_person(DATASET, []) == [] == world.oversight.by_person("ander", ["z:1"])
    assert world.oversight.key_ids(DATASET) == ["k-1", "k-2"]


def test_a_prediction_has_all_that_was_stored_also_when_it_is_no_longer_current(world: World) -> None:
    old = id_of(world, "1")
    assert world.oversight.prediction(old).huidig
    world.publish("d2", "1")
    found = world.oversight.prediction(old)
    assert not found.huidig and found.subject == ("q:1", "p:1")
    stored = results("1").iloc[0].to_dict()
    assert {name: found.values[name] for name in stored} == stored
    assert [one.id.regel for one in world.oversight.predictions(old.run_id)] == [0, 1, 2]
    for unknown in (replace(old, regel=99), PredictionId("0" * 32, 0)):
        with pytest.raises(NotKnown):
            world.oversight.prediction(unknown)


def test_numbers_come_back_to_the_last_bit(world: World) -> None:
    numbers = [0.1 + 0.2, 5e-324, math.nextafter(1, 0), math.nextafter(0.63, 0), -1.7976931348623157e308]
    frame = results(*"56789").assign(score=numbers, intercept=numbers[::-1], zekerheid=numbers)
    run = world.office.publish_delivery("d2", "2026-11-22", frame)
    for column in ("score", "intercept", "zekerheid"):
        stored = [cast(float, one.values[column]).hex() for one in world.oversight.predictions(run)]
        assert stored == [number.hex() for number in frame[column]]


def test_only_runs_that_published_are_told(world: World) -> None:
    world.office.fail(world.office.claim("d2", "2026-11-22"))
    (run,) = world.oversight.published_runs(DATASET)
    assert run.state in PUBLISHED and world.oversight.run(run.run_id) == run
    assert world.oversight.predictions("0" * 32) == []


def test_what_is_scored_in_the_shadow_is_never_found_by_a_number(world: World) -> None:
    world.publish("d2", "1", "8", model_sha256="m2", model_status=ModelStatus.SCHADUW)
    assert world.oversight.by_application(DATASET, "8") == world.oversight.by_person(DATASET, ["q:8"]) == []
    (hit,) = world.oversight.by_application(DATASET, "1")
    assert hit.huidig


@given(order=st.permutations([0.1, 0.3, 0.63, 0.7, 0.9]), drawn=st.lists(st.booleans(), min_size=5, max_size=5))
@settings(max_examples=15, deadline=None)
def test_the_order_of_a_list_tells_nothing_of_score_or_sample(
    empty_database: Path, order: list[float], drawn: list[bool]
) -> None:
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{shutil.copyfile(empty_database, Path(folder) / 'a.sqlite')}", WAIT)
        frame = results("1", "2", "3", "4", "5").assign(persoon="q:1", score=order, steekproef=drawn)
        Office(SqlLedger(engine)).publish_delivery("d1", "2026-11-21", frame)
        hits = SqlOversight(engine).by_person(DATASET, ["q:1"])
        assert [hit.aanvraagnummer for hit in hits] == ["1", "2", "3", "4", "5"]
        engine.dispose()


# --- assessments ------------------------------------------------------------------------------------------------------
def test_of_several_assessments_the_newest_comes_first_and_the_score_stays(world: World) -> None:
    id_ = id_of(world, "1")
    before = world.oversight.prediction(id_)
    assert world.oversight.assessments(id_) == []
    other = replace(FOLLOWED, rol=Assessor.DATAVERKENNER, route="consult", gevolgd=False, toelichting="toch niet")
    first = world.oversight.add_assessment(id_, FOLLOWED, world.event(Action.BEOORDELING_VASTLEGGEN))
    second = world.oversight.add_assessment(id_, other, world.event(Action.BEOORDELING_VASTLEGGEN))
    assert world.oversight.assessments(id_) == [second, first]
    assert (second.route, second.gevolgd, second.toelichting, second.actor) == ("consult", False, "toch niet", "8f0c")
    assert first.tijdstip < second.tijdstip == world.office.now
    assert world.oversight.prediction(id_) == before
    assert world.oversight.assessments(id_of(world, "2")) == []
    assert world.oversight.events_before(EventFilter(), None, 1)[0].handeling == Action.BEOORDELING_VASTLEGGEN


def test_what_was_never_predicted_cannot_be_assessed(world: World) -> None:
    events = world.count("gebeurtenissen")
    with pytest.raises(NotKnown):
        world.oversight.add_assessment(PredictionId("0" * 32, 0), FOLLOWED, world.event(Action.BEOORDELING_VASTLEGGEN))
    assert (world.count("beoordelingen"), world.count("gebeurtenissen")) == (0, events)


def test_an_assessment_goes_with_its_result_and_not_before(world: World) -> None:
    for number in ("1", "2"):
        world.oversight.add_assessment(id_of(world, number), FOLLOWED, world.event(Action.BEOORDELING_VASTLEGGEN))
    world.open("p:2", "b1")
    purger = Caller("bewaartermijnen", "tijdklok")
    now = world.office.now + 200 * DAY
    world.purge.remove_results(DATASET, now, "bewaartermijn verstreken", purger, now)
    assert (world.count("resultaten"), world.count("beoordelingen")) == (1, 1)
    assert world.oversight.assessments(id_of(world, "2"))[0].toelichting == "gezien"


@pytest.mark.parametrize("table", ["beoordelingen", "bezwaren"])
def test_what_people_wrote_down_can_be_neither_changed_nor_removed(world: World, table: str) -> None:
    world.oversight.add_assessment(id_of(world, "1"), FOLLOWED, world.event(Action.BEOORDELING_VASTLEGGEN))
    world.open("p:1", "b1")
    for statement in (f"UPDATE {table} SET tijdstip = tijdstip", f"DELETE FROM {table}"):
        code = world.refused(world.owner, statement)
        assert code == RESTRICTED or "append-only" in code
    if world.owner.dialect.name == "postgresql":
        assert world.refused(world.owner, f"TRUNCATE {table}") == RESTRICTED
        for statement in (f"UPDATE {table} SET tijdstip = tijdstip", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            assert world.refused(world.oversight.engine, statement) == DENIED


@pytest.mark.parametrize("identity", ["proef_lezer", "proef_niemand", "proef_purge"])
def test_who_reads_results_sees_no_assessment_and_no_objection(server: Server, identity: str) -> None:
    engine = server.engine(server.database(), identity)
    for table in ("beoordelingen", "bezwaren"):
        with pytest.raises(sa.exc.DBAPIError) as told, engine.connect() as connection:
            connection.exec_driver_sql(f"SELECT * FROM {table}")
        assert getattr(told.value.orig, "sqlstate", "") in (DENIED, UNSEEN)
    engine.dispose()


# --- events -----------------------------------------------------------------------------------------------------------
def test_events_come_by_action_object_actor_period_and_page(world: World) -> None:
    for number in range(5):
        world.oversight.note(world.event(Action.OPZOEKEN, f"aanvraag p:{number % 2}"))
    every = world.oversight.events_before(EventFilter(), None, 100)
    assert [event.volgnr for event in every] == list(range(len(every), 0, -1))
    mine = world.oversight.events_before(EventFilter(actor="8f0c", handeling="voorspelling opgezocht"), None, 100)
    assert len(mine) == 5
    assert len(world.oversight.events_before(EventFilter(object="aanvraag p:1"), None, 100)) == 2
    assert world.oversight.events_before(EventFilter(object="aanvraag p"), None, 100) == []
    moments = [world.office.now - timedelta(minutes=minutes) for minutes in (4, 2)]
    inside = EventFilter(actor="8f0c", van=moments[0], tot=moments[1])
    assert [event.volgnr for event in world.oversight.events_before(inside, None, 9)] == [
        event.volgnr for event in mine[3:5]
    ]
    first = world.oversight.events_before(EventFilter(), None, 3)
    assert world.oversight.events_before(EventFilter(), first[-1].volgnr, 100) == every[3:]
