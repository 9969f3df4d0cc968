"""The administration keeps what is written, chains its events, and refuses another version."""

import inspect
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pandas as pd
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from shared.adapters.sql.engine import check_version, make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.model_register import SqlModelRegister
from shared.adapters.sql.tables import APPEND_ONLY, CURRENT_RESULTS, VERSION, metadata
from shared.adapters.sql.upgrade import MIGRATIONS, open_embedded, upgrade
from shared.administration import ClaimKind
from shared.errors import AttemptSuperseded, LedgerUnavailable, LedgerVersionMismatch, NotKnown
from shared.events import FIRST_HASH, Action, Once, StoredEvent, link, verify
from shared.interventions import request_run, stop_model
from shared.modelregister.port import VersionId
from shared.ports import Ledger
from shared.runstates import RunReason, RunState
from shared.sweep import run_waiting
from tests.shell.workshop import DATASET, Worker, Workshop

WAIT = timedelta(seconds=20)


def ledger_of(workshop: Workshop) -> SqlLedger:
    return cast(SqlLedger, workshop.installation.ledger)


@pytest.fixture
def filled(workshop: Workshop) -> Workshop:
    """A workshop in which every table has rows."""
    workshop.deliver("2026-11-19")
    run_waiting(workshop.installation)
    once = replace(workshop.installation.caller, once=Once("sleutel", "inhoud"))
    request_run(replace(workshop.installation, caller=once), "2026-11-19", ["1001"], "bezwaar")
    run_waiting(workshop.installation)
    stop_model(workshop.installation, "even niet")
    first = VersionId(DATASET, "proefmodel", "1.0.0", workshop.installation.model.sha256)
    event = workshop.installation.event(Action.MODEL_INVOEREN, "model proefmodel 1.0.0", "ingevoerd")
    SqlModelRegister(ledger_of(workshop).engine).enter_first(first, event)
    return workshop


@pytest.fixture
def raw(filled: Workshop) -> Iterator[sqlite3.Connection]:
    """A connection past our code, as somebody with the file has."""
    ledger_of(filled).engine.dispose()
    connection = sqlite3.connect(filled.root / "administratie.sqlite", isolation_level=None)
    yield connection
    connection.close()


@pytest.mark.parametrize("table", [table.name for table in APPEND_ONLY])
def test_what_is_written_can_be_neither_changed_nor_removed(raw: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
    assert raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {columns[-1]} = {columns[-1]}"):
        with pytest.raises(sqlite3.DatabaseError, match="append-only"):
            raw.execute(statement)


def test_an_event_cannot_be_replaced_by_another_with_its_number(raw: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.DatabaseError, match="append-only"):
        raw.execute("INSERT OR REPLACE INTO gebeurtenissen SELECT * FROM gebeurtenissen WHERE volgnr = 2")


def test_the_migration_makes_exactly_the_tables_of_the_code(filled: Workshop) -> None:
    with ledger_of(filled).engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        view = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'view'").scalar_one()
    assert view.split() == CURRENT_RESULTS.split()


def test_the_version_of_the_code_is_that_of_the_newest_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == VERSION


def test_a_database_of_another_version_is_refused_with_the_command_to_run(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}", WAIT)
    open_embedded(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    for start in (open_embedded, check_version):
        with pytest.raises(LedgerVersionMismatch) as refused:
            start(engine)
        assert "python -m shared.migrate" in str(refused.value)
    engine.dispose()


def test_somebody_elses_database_is_not_touched(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}", WAIT)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE klanten (nr int)")
    with pytest.raises(LedgerVersionMismatch):
        open_embedded(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one() == 1
    engine.dispose()


def test_upgrade_may_be_run_again(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'nieuw' / 'a.sqlite'}", WAIT)
    assert upgrade(engine) == upgrade(engine) == VERSION
    check_version(engine)
    engine.dispose()


def test_two_first_starts_at_once_make_one_database(tmp_path: Path) -> None:
    wrong: list[BaseException] = []

    def start() -> None:
        engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}", WAIT)
        try:
            open_embedded(engine)
        except BaseException as cause:
            wrong.append(cause)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_sixteen_workers_at_once_publish_once(workshop: Workshop) -> None:
    workshop.deliver()
    wrong: list[BaseException] = []

    def work(number: int) -> None:
        try:
            assert not run_waiting(workshop.with_(owner=Worker(f"werker {number}")).installation).failed
        except BaseException as cause:
            wrong.append(cause)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert workshop.sql("SELECT toestand, poging FROM verwerkingen") == [("afgerond", 1)]
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(3,)]
    assert verify(ledger_of(workshop).events()) is None


def test_a_locked_database_is_a_passing_trouble_and_quotes_nothing(workshop: Workshop) -> None:
    impatient = make_engine(f"sqlite:///{workshop.root / 'administratie.sqlite'}", timedelta(seconds=0))
    holder = sqlite3.connect(workshop.root / "administratie.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    event = workshop.installation.event(Action.STOPPEN, "geheim object", "x")
    with pytest.raises(LedgerUnavailable) as refused:
        SqlLedger(impatient).note(event)
    holder.close()
    impatient.dispose()
    assert refused.value.retry and "SQLITE_BUSY" in str(refused.value) and "geheim" not in str(refused.value)


def test_a_failing_insert_shows_no_row(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    installation = workshop.installation
    doubled = pd.DataFrame({"aanvraagnummer": ["geheim-1", "geheim-1"]})
    for name in ("dienst", "peilmoment", "reden", "uitleg", "advies", "kenmerken", "bijdragen", "persoon"):
        doubled[name] = "geheim"
    doubled = doubled.assign(resultaattype=1, score=0.5, intercept=0.5, zekerheid=0.5, steekproef=False)
    new = installation.new_run("2026-11-21", "d" * 64)
    claim = installation.ledger.claim(new, installation.terms(), installation.event(Action.CLAIMEN, "x", "y"))
    event = installation.event(Action.PUBLICEREN, "x", "y")
    with pytest.raises(LedgerUnavailable) as refused:
        installation.ledger.publish(claim, doubled, installation.clock.now(), event)
    assert "geheim" not in str(refused.value) and refused.value.__cause__ is None
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(3,)]


def test_nobody_publishes_or_moves_with_an_attempt_that_was_taken_over(workshop: Workshop) -> None:
    installation = workshop.installation
    event = installation.event(Action.CLAIMEN, "x", "y")
    new = installation.new_run("2026-11-20", "d" * 64)
    first = installation.ledger.claim(new, installation.terms(), event)
    assert installation.ledger.claim(new, installation.terms(), event).kind is ClaimKind.BEZET
    workshop.clock.pass_by(installation.lease + timedelta(seconds=1))
    second = installation.ledger.claim(new, installation.terms(), event)
    assert (first.run.attempt, second.run.attempt) == (1, 2)
    with pytest.raises(AttemptSuperseded):
        installation.ledger.publish(first, pd.DataFrame(), installation.clock.now(), event)
    with pytest.raises(AttemptSuperseded):
        installation.ledger.move(first, RunState.MISLUKT, RunReason.AFGEBROKEN, event)
    installation.ledger.move(second, RunState.MISLUKT, RunReason.AFGEBROKEN, event)


def test_shadow_results_are_stored_and_never_current(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    with ledger_of(workshop).engine.begin() as connection:
        connection.exec_driver_sql("UPDATE verwerkingen SET modelstatus = 'schaduw'")
    assert workshop.sql("SELECT count(*) FROM resultaten") == [(3,)]
    assert workshop.sql("SELECT count(*) FROM actuele_resultaten") == [(0,)]


def test_the_current_result_of_an_application_has_all_that_was_stored(workshop: Workshop) -> None:
    workshop.deliver()
    run_waiting(workshop.installation)
    found = workshop.installation.ledger.current_result(DATASET, "1001")
    assert found is not None
    assert found.values["score"] == 0.563 and found.values["bijdragen"] == '{"a":1.0}'
    assert found.run.new.levering == "2026-11-20"
    unscored = workshop.installation.ledger.current_result(DATASET, "1003")
    assert unscored is not None and unscored.values["score"] is None and unscored.values["bijdragen"] is None
    assert workshop.installation.ledger.current_result(DATASET, "onbekend") is None
    with pytest.raises(NotKnown):
        workshop.installation.ledger.run("onbekend")


def events_of(workshop: Workshop) -> list[StoredEvent]:
    return list(ledger_of(workshop).events())


def test_the_chain_of_events_holds(filled: Workshop) -> None:
    events = events_of(filled)
    assert len(events) > 10 and verify(events) is None
    assert all(event.actor and event.herkomst and event.tijdstip and event.object for event in events)


@pytest.mark.parametrize(
    "field", ["tijdstip", "handeling", "object", "resultaat", "herkomst", "actor", "dataset", "run", "details"]
)
def test_an_edited_event_is_found(filled: Workshop, field: str) -> None:
    events = events_of(filled)
    events[4] = replace(events[4], **{field: getattr(events[4], field) + " "})
    broken = verify(events)
    assert broken is not None and broken.volgnr == 5


def test_a_dropped_event_is_found(filled: Workshop) -> None:
    events = events_of(filled)
    for position in range(len(events) - 1):
        broken = verify(events[:position] + events[position + 1 :])
        assert broken is not None and broken.volgnr == position + 1


def test_swapped_events_are_found(filled: Workshop) -> None:
    events = events_of(filled)
    events[2], events[3] = events[3], events[2]
    assert verify(events) is not None
    renumbered = [replace(event, volgnr=number) for number, event in enumerate(events, start=1)]
    broken = verify(renumbered)
    assert broken is not None and broken.volgnr == 3


def test_events_cut_off_at_the_end_and_a_rewritten_chain_are_found_by_their_anchors(filled: Workshop) -> None:
    events = events_of(filled)
    anchors = {event.volgnr: event.hash for event in events[::3]}
    assert verify(events, anchors) is None
    broken = verify(events[:5], anchors)
    assert broken is not None and "eind" in broken.wat
    rewritten, previous = [], FIRST_HASH
    for event in events:
        changed = replace(event, actor="iemand anders")
        previous = link(previous, changed.content())
        rewritten.append(replace(changed, hash=previous))
    assert verify(rewritten) is None
    assert verify(rewritten, anchors) is not None


def test_every_change_left_an_event(filled: Workshop) -> None:
    told = {handeling for (handeling,) in filled.sql("SELECT DISTINCT handeling FROM gebeurtenissen")}
    expected = {
        Action.CLAIMEN,
        Action.LEZEN,
        Action.PSEUDONIMISEREN,
        Action.KENMERKEN,
        Action.BEOORDELEN,
        Action.RESULTATEN_SCHRIJVEN,
        Action.PUBLICEREN,
        Action.MANIFEST_SCHRIJVEN,
        Action.ACTUEEL_SCHRIJVEN,
        Action.WIJZERS_SCHRIJVEN,
        Action.LOGBOEK_SCHRIJVEN,
        Action.TERUGKOPPELEN,
        Action.MOMENTOPNAME_SCHRIJVEN,
        Action.MOMENTOPNAME_LEZEN,
        Action.OPRUIMEN,
        Action.AFRONDEN,
        Action.AANVRAGEN,
        Action.STOPPEN,
        Action.MODEL_INVOEREN,
    }
    assert told == {str(action) for action in expected}


def test_no_ledger_method_changes_anything_without_an_event(workshop: Workshop) -> None:

    changing = {
        "claim",
        "move",
        "publish",
        "request_run",
        "release",
        "expire",
        "record_output",
        "stop",
        "resume",
        "note",
    }
    for name, method in inspect.getmembers(Ledger, inspect.isfunction):
        if not name.startswith("_"):
            takes_event = "event" in inspect.signature(method).parameters
            assert takes_event == (name in changing), name
    source = inspect.getsource(SqlLedger)
    for part in source.split("    def ")[1:]:
        name = part.partition("(")[0]
        if name not in changing | {"_writing", "_switch"}:
            assert "_writing()" not in part, name


def test_a_hundred_thousand_results_are_stored_in_seconds(workshop: Workshop) -> None:
    number = 100_000
    frame = pd.DataFrame({"aanvraagnummer": [f"{n:09d}" for n in range(number)]})
    frame = frame.assign(
        dienst=[f"k-1:{n:043d}" for n in range(number)],
        persoon="k-1:p",
        peilmoment="2026-11-19T10:00:00",
        resultaattype=1,
        reden="MODEL",
        advies="handhaving",
        score=0.7,
        intercept=-1.0,
        zekerheid=0.9,
        steekproef=False,
        kenmerken='{"a":1}' * 20,
        bijdragen='{"a":1}' * 40,
        uitleg='{"zin":"x"}' * 60,
    )
    installation = workshop.installation
    event = installation.event(Action.PUBLICEREN, "x", "y")
    new = installation.new_run("2026-11-20", "d" * 64)
    claim = installation.ledger.claim(new, installation.terms(), event)
    started = time.perf_counter()
    installation.ledger.publish(claim, frame, installation.clock.now(), event)
    assert time.perf_counter() - started < 20, "a few seconds on an idle machine; this bound is for a busy one"
    assert installation.ledger.counts(new.run_id).aantal == number
    assert len(installation.ledger.current_rows(DATASET, "2026-11-20").rows) == number
