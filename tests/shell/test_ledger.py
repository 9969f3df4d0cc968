"""The administration keeps what is written, chains its events, and refuses another version."""

import gc
import inspect
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from datetime import timedelta

import pandas as pd
import pytest

from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.tables import APPEND_ONLY
from shared.administration import ClaimKind
from shared.errors import AttemptSuperseded, LedgerUnavailable, NotKnown
from shared.events import Action, verify
from shared.ports import Ledger
from shared.runstates import RunReason, RunState
from shared.sweep import run_waiting
from tests.real.office import results
from tests.shell.workshop import DATASET, Worker, Workshop, ledger_of


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
        installation.ledger.publish(claim, (doubled,), installation.clock.now(), event)
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
        installation.ledger.publish(first, (), installation.clock.now(), event)
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


def test_of_the_parts_no_more_than_one_is_there_at_a_time(workshop: Workshop) -> None:
    installation = workshop.installation
    made: list[weakref.ref[pd.DataFrame]] = []

    def parts() -> Iterator[pd.DataFrame]:
        for n in range(5):
            gc.collect()
            assert all(one() is None for one in made)
            part = results(*(f"{n}{line}" for line in range(3)))
            made.append(weakref.ref(part))
            yield part
            del part

    new = installation.new_run("2026-11-20", "d" * 64)
    event = installation.event(Action.PUBLICEREN, "x", "y")
    claim = installation.ledger.claim(new, installation.terms(), event)
    installation.ledger.publish(claim, parts(), installation.clock.now(), event)
    assert len(made) == 5 and installation.ledger.counts(new.run_id).aantal == 15


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
    installation.ledger.publish(claim, (frame,), installation.clock.now(), event)
    assert time.perf_counter() - started < 20, "a few seconds on an idle machine; this bound is for a busy one"
    assert installation.ledger.counts(new.run_id).aantal == number
    with installation.ledger.current_rows(DATASET, "2026-11-20") as current:
        assert (current.aantal, sum(1 for _ in current.rows)) == (number, number)
