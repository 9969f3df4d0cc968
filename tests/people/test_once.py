"""What is sent twice with one key is recorded once, in one transaction with what it made; on both databases."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DatabaseError

from shared.adapters.sql import once_rows
from shared.adapters.sql.engine import make_engine, transaction
from shared.adapters.sql.tables import beoordelingen, metadata
from shared.adapters.sql.upgrade import MIGRATIONS, upgrade
from shared.api.once import KEY_PATTERN, once_of
from shared.errors import RequestRefused, SentBefore
from shared.events import Action, Caller
from shared.interventions import request_run
from shared.people.assessments import assess
from shared.people.records import AssessmentReason, Assessor, NewAssessment, ObjectionState
from shared.sweep import run_waiting
from tests.audit.conftest import server, server_running
from tests.people.conftest import desk_of, package
from tests.people.test_blinding import Ids
from tests.people.world import FOLLOWED, World, id_of, world
from tests.real.office import DATASET
from tests.real.worlds import WAIT
from tests.shell.workshop import Workshop

__all__ = ["server", "server_running", "world"]
pytestmark = pytest.mark.xdist_group("postgresql")


def sent(world: World, action: Action, key: str = "k1", body: bytes = b"een") -> Any:
    event = world.event(action)
    return replace(event, caller=replace(event.caller, once=once_of("8f0c", "api", key, body)))


def test_an_assessment_that_is_sent_twice_is_recorded_once_and_answered_alike(world: World) -> None:
    id_ = id_of(world, "1")
    first = world.oversight.add_assessment(id_, FOLLOWED, sent(world, Action.BEOORDELING_VASTLEGGEN))
    newer = world.oversight.add_assessment(id_, FOLLOWED, sent(world, Action.BEOORDELING_VASTLEGGEN, "k2"))
    events = world.count("gebeurtenissen")
    assert world.oversight.add_assessment(id_, FOLLOWED, sent(world, Action.BEOORDELING_VASTLEGGEN)) == first != newer
    assert (world.count("beoordelingen"), world.count("gebeurtenissen"), world.count("eenmalig")) == (2, events, 2)


def test_something_else_with_the_same_key_is_refused_and_not_recorded(world: World) -> None:
    id_ = id_of(world, "1")
    world.oversight.add_assessment(id_, FOLLOWED, sent(world, Action.BEOORDELING_VASTLEGGEN))
    with pytest.raises(SentBefore, match="SC-565"):
        world.oversight.add_assessment(id_, FOLLOWED, sent(world, Action.BEOORDELING_VASTLEGGEN, body=b"twee"))
    with pytest.raises(SentBefore):
        world.oversight.open_objection(DATASET, "p:1", "b1", "oneens", sent(world, Action.BEZWAAR_OPENEN, body=b""))
    assert (world.count("beoordelingen"), world.count("bezwaren")) == (1, 0)


def test_an_objection_that_is_sent_twice_is_one_as_it_was_when_it_was_opened(world: World) -> None:
    def opened(name: str) -> Any:
        return world.oversight.open_objection(DATASET, "p:1", name, "oneens", sent(world, Action.BEZWAAR_OPENEN))

    first = opened("b1")
    world.close("b1")
    again = opened("b2")
    assert (again.bezwaar, again.toestand, again.geopend, again.tijdstip) == (
        "b1",
        ObjectionState.OPEN,
        first.geopend,
        first.tijdstip,
    )
    assert world.oversight.objection("b1").toestand is ObjectionState.ONGEGROND
    assert not world.oversight.is_held(DATASET, "p:1"), "nothing was opened again"


def test_without_a_key_every_request_counts(world: World) -> None:
    for _ in range(2):
        world.oversight.add_assessment(id_of(world, "1"), FOLLOWED, world.event(Action.BEOORDELING_VASTLEGGEN))
    assert (world.count("beoordelingen"), world.count("eenmalig")) == (2, 0)


def test_a_request_that_failed_may_be_sent_again(world: World) -> None:
    id_, event = id_of(world, "1"), sent(world, Action.BEOORDELING_VASTLEGGEN)
    with pytest.raises(LookupError), transaction(world.oversight.engine, writes=True) as connection:
        once_rows.keep(connection, event, "1")
        raise LookupError
    assert world.count("eenmalig") == 0
    assert world.oversight.add_assessment(id_, FOLLOWED, event).toelichting == FOLLOWED.toelichting


def test_the_same_request_from_many_at_once_is_recorded_once(world: World) -> None:
    id_, event = id_of(world, "1"), sent(world, Action.BEOORDELING_VASTLEGGEN)
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: world.oversight.add_assessment(id_, FOLLOWED, event), range(6)))
    assert len(set(told)) == 1 and world.count("beoordelingen") == 1


def test_what_is_kept_of_a_request_is_never_changed(world: World) -> None:
    world.oversight.add_assessment(id_of(world, "1"), FOLLOWED, sent(world, Action.BEOORDELING_VASTLEGGEN))
    for statement in ("UPDATE eenmalig SET gemaakt = '9'", "DELETE FROM eenmalig"):
        with pytest.raises(DatabaseError), world.owner.begin() as connection:
            connection.exec_driver_sql(statement)


def test_neither_key_nor_content_can_be_made_from_what_is_kept() -> None:
    one = once_of("8f0c", "api", "sleutel", b'{"persoonsnummer":"900100001"}')
    other_key = once_of("8f0c", "api", "andere", b'{"persoonsnummer":"900100001"}')
    assert one.content != other_key.content, "the same content has another hash under another key"
    assert len({one.key, other_key.key, once_of("x", "api", "sleutel", b"").key}) == 3
    assert one == once_of("8f0c", "api", "sleutel", b'{"persoonsnummer":"900100001"}')


def sending(key: str, body: bytes = b"een") -> Caller:
    return Caller("beheerder", "test", once=once_of("beheerder", "api", key, body))


def test_a_run_that_is_asked_for_twice_is_one(night: Workshop) -> None:
    installed = replace(night.installation, caller=sending("k1"))
    first = request_run(installed, "2026-11-20", ["1002"], "bezwaar")
    assert request_run(installed, "2026-11-20", ["1002"], "bezwaar").run_id == first.run_id
    assert not run_waiting(night.installation).failed
    assert request_run(installed, "2026-11-20", ["1002"], "bezwaar").run_id == first.run_id
    assert night.sql("SELECT count(*) FROM verzoeken") == [(1,)]


def test_an_assessment_is_answered_alike_when_its_prediction_is_hidden_by_now(night: Workshop, ids: Ids) -> None:
    old, seen = (
        ids("1001"),
        NewAssessment(Assessor.BEHANDELAAR, "consult", False, AssessmentReason.ANDERS, "zelf gezien"),
    )
    desk = replace(desk_of(night, package_of=lambda _: package(0.2)), caller=sending("k1"))
    first = assess(desk, old, seen)
    request_run(night.installation, "2026-11-20", ["1001"], "opnieuw")
    assert not run_waiting(night.installation).failed
    with pytest.raises(RequestRefused, match="no longer counts"):
        assess(replace(desk, caller=sending("k2")), old, seen)
    assert assess(desk, old, seen) == first
    with pytest.raises(SentBefore):
        assess(replace(desk, caller=sending("k1", b"twee")), old, seen)
    assert night.sql("SELECT count(*) FROM beoordelingen") == [(1,)]


OLD = (
    "INSERT INTO verwerkingen (run, dataset, levering, digest, datum, verzoek, toestand, reden, poging, eigenaar, "
    "vrijgegeven, model, modelversie, modeldigest, modelstatus, contractversie, sleutel, codeversie, instellingen, "
    "gewijzigd) VALUES ('r', 'proef', '2026-10-01', 'd', '2026-10-01', '', 'wachtend', 'nieuw', 1, '', 0, 'm', '1', "
    "'x', 'actief', '1', 'k-1', '0', '0', 'toen')",
    "INSERT INTO beoordelingen (verwerking_nr, regel, rol, route, gevolgd, reden, toelichting, actor, tijdstip) "
    "VALUES (1, 0, 'behandelaar', 'consult', 1, 'anders', 'zag het', 'iemand', 'toen')",
)


def test_assessments_of_before_the_upgrade_stay_and_stay_guarded(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'administratie.sqlite'}", WAIT)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with transaction(engine, writes=True) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        for row in OLD:
            connection.exec_driver_sql(row)
        triggers = set(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        command.upgrade(config, "0009")
        now = set(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        assert {tuple(one) for one in triggers} <= {tuple(one) for one in now}
    upgrade(engine)
    with engine.begin() as connection:
        (row,) = connection.execute(beoordelingen.select()).mappings()
        assert (row["volgnr"], row["gevolgd"], row["toelichting"]) == (1, True, "zag het")
    for statement in ("UPDATE beoordelingen SET route = 'x'",):
        with pytest.raises(DatabaseError), engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert metadata.tables["beoordelingen"].c.gevolgd.nullable
    engine.dispose()


def test_a_key_of_the_api_is_a_uuid_of_chance() -> None:
    assert re.match(KEY_PATTERN, str(uuid.uuid4()))
    for other in ("1", "0" * 36, str(uuid.uuid5(uuid.NAMESPACE_DNS, "x")), ""):
        assert not re.match(KEY_PATTERN, other)
