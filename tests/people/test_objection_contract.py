"""What an Oversight promises of objections: what one is about is held for as long as it is open; on both databases."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.sql import objection_rows
from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.oversight import SqlOversight
from shared.adapters.sql.purge import SqlPurge
from shared.errors import NotKnown, TransitionRefused
from shared.events import Caller, verify
from shared.people.records import EventFilter, ObjectionState
from tests.people.world import World, world
from tests.real.office import DATASET, DAY, Office, results
from tests.real.test_blob_contract import at_once
from tests.real.worlds import WAIT

__all__ = ["world"]
pytestmark = pytest.mark.xdist_group("postgresql")


def test_an_objection_holds_its_application_until_it_is_closed(world: World) -> None:
    world.open("p:1", "b1")
    assert world.oversight.is_held(DATASET, "p:1") and not world.oversight.is_held(DATASET, "p:2")
    assert not world.oversight.is_held("ander", "p:1")
    opened = world.oversight.objection("b1")
    assert (opened.toestand, opened.reden, opened.tijdstip) == (ObjectionState.OPEN, "oneens", opened.geopend)
    world.close("b1", ObjectionState.GEGROND)
    closed = world.oversight.objection("b1")
    assert not world.oversight.is_held(DATASET, "p:1")
    assert (closed.toestand, closed.reden, closed.geopend) == (ObjectionState.GEGROND, "beslist", opened.geopend)
    told = [event.handeling for event in reversed(world.oversight.events_before(EventFilter(actor="8f0c"), None, 9))]
    assert told == ["bezwaar geopend", "bewaarplicht ingesteld", "bezwaar afgehandeld", "bewaarplicht opgeheven"]


def test_the_hold_lasts_as_long_as_one_objection_is_open(world: World) -> None:
    world.open("p:1", "b1")
    world.open("p:1", "b2")
    world.close("b1")
    assert world.oversight.is_held(DATASET, "p:1")
    world.close("b2", ObjectionState.INGETROKKEN)
    assert not world.oversight.is_held(DATASET, "p:1")
    assert [one.bezwaar for one in world.oversight.objections(DATASET)] == ["b2", "b1"]
    world.open("p:1", "b3")
    assert world.oversight.is_held(DATASET, "p:1")
    assert [one.bezwaar for one in world.oversight.objections(only_open=True)] == ["b3"]
    assert world.oversight.objections("ander") == []


def test_the_hold_is_on_every_pseudonym_of_the_application(world: World) -> None:
    frame = results("1").assign(dienst="nieuw:1", persoon="nieuw:q")
    world.office.publish_delivery("d2", "2026-11-22", frame, key_id="k-2")
    world.open("nieuw:1", "b1")
    assert world.oversight.is_held(DATASET, "p:1") and world.oversight.is_held(DATASET, "nieuw:1")
    world.open("p:1", "b2")
    world.close("b1")
    assert world.oversight.is_held(DATASET, "p:1") and world.oversight.is_held(DATASET, "nieuw:1")
    world.close("b2")
    assert not world.oversight.is_held(DATASET, "p:1") and not world.oversight.is_held(DATASET, "nieuw:1")


def test_a_pseudonym_that_a_later_publication_gives_is_held_too(world: World) -> None:
    world.open("p:1", "b1")
    frame = results("1", "9").assign(dienst=["nieuw:1", "nieuw:9"])
    world.office.publish_delivery("d2", "2026-11-22", frame, key_id="k-2")
    assert world.oversight.is_held(DATASET, "nieuw:1") and not world.oversight.is_held(DATASET, "nieuw:9")
    ((held,),) = world.rows("SELECT object FROM gebeurtenissen WHERE object = 'aanvraag nieuw:1'")
    assert held == "aanvraag nieuw:1"
    world.close("b1")
    assert not world.oversight.is_held(DATASET, "nieuw:1") and not world.oversight.is_held(DATASET, "p:1")


@given(steps=st.lists(st.tuples(st.sampled_from(("p:1", "p:2", "nieuw:1")), st.integers(0, 3)), max_size=12))
@settings(max_examples=25, deadline=None)
def test_an_application_is_held_exactly_while_an_objection_about_it_is_open(
    empty_database: Path, steps: list[tuple[str, int]]
) -> None:
    with TemporaryDirectory() as folder:
        copied = shutil.copyfile(empty_database, Path(folder) / "a.sqlite")
        engine = make_engine(f"sqlite:///{copied}", WAIT)
        world = World(Office(SqlLedger(engine)), SqlOversight(engine), engine, SqlPurge(engine))
        world.publish("d1", "1", "2", "3")
        renamed = results("1").assign(dienst=["nieuw:1"])
        world.office.publish_delivery("d2", "2026-11-22", renamed, key_id="k-2")
        about: dict[str, str] = {}
        for number, (dienst, step) in enumerate(steps):
            if step or not about:
                world.open(dienst, f"b{number}")
                about[f"b{number}"] = dienst.split(":")[1]
            else:
                bezwaar = sorted(about)[number % len(about)]
                world.close(bezwaar)
                del about[bezwaar]
            for name in ("p:1", "nieuw:1", "p:2", "p:3"):
                assert world.oversight.is_held(DATASET, name) is (name.split(":")[1] in about.values())
        assert verify(world.office.ledger.events()) is None
        engine.dispose()


def test_what_is_closed_or_unknown_cannot_be_closed(world: World) -> None:
    world.open("p:1", "b1")
    world.close("b1")
    events = world.count("gebeurtenissen")
    with pytest.raises(TransitionRefused):
        world.close("b1")
    with pytest.raises(NotKnown):
        world.close("b9")
    assert world.count("gebeurtenissen") == events


def test_an_objection_of_which_the_hold_fails_is_not_there_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(objection_rows, "_hold", breaks)
    events = world.count("gebeurtenissen")
    with pytest.raises(RuntimeError):
        world.open("p:1", "b1")
    assert [world.count(table) for table in ("bezwaren", "bewaarplichten", "gebeurtenissen")] == [0, 0, events]


def test_of_two_people_who_close_an_objection_at_once_one_does(world: World) -> None:
    world.open("p:1", "b1")
    refused = at_once(lambda: world.close("b1"), lambda: world.close("b1", ObjectionState.GEGROND))
    assert [type(one) for one in refused] == [TransitionRefused]
    assert world.count("bezwaren") == 2 and not world.oversight.is_held(DATASET, "p:1")


def test_what_is_under_hold_stays_and_goes_when_the_objection_is_closed(world: World) -> None:
    world.open("p:2", "b1")
    purger, now = Caller("bewaartermijnen", "tijdklok"), world.office.now + 200 * DAY
    world.purge.remove_results(DATASET, now, "bewaartermijn verstreken", purger, now)
    assert [hit.aanvraagnummer for hit in world.oversight.by_person(DATASET, ["q:1", "q:2"])] == ["2"]
    world.close("b1")
    world.purge.remove_results(DATASET, now, "bewaartermijn verstreken", purger, now)
    assert world.oversight.by_person(DATASET, ["q:1", "q:2"]) == []
