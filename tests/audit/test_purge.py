"""What is old goes, leaves a tombstone without content, and the chain of events holds after it. On both databases."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa

from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.purge import SqlPurge
from shared.administration import Removed, Tombstone
from shared.anchors import AuditCheck, check_audit
from shared.errors import LedgerUnavailable
from shared.events import Action, AuditEvent, Caller
from shared.interventions import request_run
from shared.sweep import run_waiting
from tests.audit.databases import MIGRATOR, Server, hold
from tests.shell.workshop import DATASET, START, Workshop, make_installation

pytestmark = pytest.mark.xdist_group("postgresql")
YEAR = timedelta(days=365)
PURGER = Caller("bewaartermijnen", "tijdklok")
DATABASES = ["sqlite", "postgresql"]


@dataclass
class Old:
    """Nights of two years: the administration as the app has it, the purge, and the owner of the tables."""

    workshop: Workshop
    purge: SqlPurge
    owner: sa.Engine

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        with self.owner.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def alter(self, statement: str) -> None:
        with self.owner.begin() as connection:
            connection.exec_driver_sql(statement)

    def remove(self, before: datetime) -> list[Tombstone]:
        return self.purge.remove_results(DATASET, before, "bewaartermijn verstreken", PURGER, self.now())

    def remove_events(self, before: datetime) -> Tombstone | None:
        return self.purge.remove_events(before, "bewaartermijn verstreken", PURGER, self.now())

    def now(self) -> datetime:
        return self.workshop.clock.now()

    def holds(self) -> bool:
        return check_audit(self.workshop.installation.ledger, self.workshop.installation.blobs).holds

    def current(self) -> list[str]:
        return sorted(number for (number,) in self.sql("SELECT aanvraagnummer FROM actuele_resultaten"))


def fill(workshop: Workshop) -> None:
    """Two deliveries of the first year, one of the second that judges an application of the first again."""
    workshop.deliver("2026-11-19", {"1001": 1, "1002": 2})
    workshop.deliver("2026-11-20", {"1003": 1, "1004": 4})
    run_waiting(workshop.installation)
    workshop.clock.pass_by(YEAR)
    workshop.deliver("2026-11-21", {"1002": 1, "1005": 2})
    run_waiting(workshop.installation)


@pytest.fixture(params=DATABASES)
def old(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> Iterator[Old]:
    workshop = Workshop(make_installation(tmp_path / "werk", empty_database), tmp_path / "werk")
    own = cast(SqlLedger, workshop.installation.ledger).engine
    engines = [own]
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        name = server.database()
        app, purger, owner = (server.engine(name, who) for who in ("proef_app", "proef_purge", MIGRATOR))
        engines += [app, purger, owner]
        workshop = workshop.with_(ledger=SqlLedger(app))
    else:
        purger = owner = own
    fill(workshop)
    yield Old(workshop, SqlPurge(purger), owner)
    for engine in engines:
        engine.dispose()


def test_results_of_runs_past_their_date_go_and_others_stay(old: Old) -> None:
    assert old.current() == ["1001", "1002", "1003", "1004", "1005"]
    gone = old.remove(START + timedelta(days=30))
    assert [tombstone.aantal for tombstone in gone] == [2, 2]
    assert old.sql("SELECT count(*) FROM resultaten") == [(2,)]
    assert old.sql("SELECT count(*) FROM bijdragen") == [(2,)]
    assert old.current() == ["1002", "1005"]
    assert old.sql("SELECT count(*) FROM verwerkingen") == [(3,)], "that there was a run is no secret"
    assert old.holds()


def test_a_tombstone_says_what_how_many_when_by_whom_and_why_and_holds_no_content(old: Old) -> None:
    people = {value for row in old.sql("SELECT dienst, persoon FROM resultaten") for value in row if value}
    moment = old.now()
    first, _ = old.remove(START + timedelta(days=30))
    assert old.purge.tombstones()[0] == first
    assert (first.soort, first.aantal, first.grond) == (Removed.RESULTATEN, 2, "bewaartermijn verstreken")
    assert (first.dataset, first.actor) == (DATASET, "bewaartermijnen")
    assert moment <= first.tijdstip <= old.now()
    assert len(first.hash) == 64
    told = json.dumps(old.sql("SELECT * FROM verwijderbewijzen") + old.sql("SELECT * FROM gebeurtenissen"))
    assert not [person for person in people if person in told]
    assert not [number for number in ("1001", "1003") if f'"{number}"' in told]
    assert len(fields(Tombstone)) == 10


def test_both_databases_leave_the_same_hash(tmp_path: Path, empty_database: Path, server: Server) -> None:
    hashes = []
    for number, database in enumerate(DATABASES):
        workshop = Workshop(make_installation(tmp_path / database, empty_database), tmp_path / database)
        engines = [cast(SqlLedger, workshop.installation.ledger).engine]
        if number:
            name = server.database()
            engines += [server.engine(name, "proef_app"), server.engine(name, "proef_purge")]
            workshop = workshop.with_(ledger=SqlLedger(engines[1]))
        fill(workshop)
        workshop.clock.pass_by(YEAR)
        purge = SqlPurge(engines[-1])
        gone = purge.remove_results(DATASET, START + 3 * YEAR, "einde", PURGER, workshop.clock.now())
        hashes.append([(tombstone.run, tombstone.aantal, tombstone.hash) for tombstone in gone])
        for engine in engines:
            engine.dispose()
    assert hashes[0] == hashes[1] and len(hashes[0]) == 3


def test_doing_it_again_removes_nothing_and_tells_nothing(old: Old) -> None:
    assert len(old.remove(START + timedelta(days=30))) == 2
    before = old.sql("SELECT count(*) FROM gebeurtenissen")
    assert old.remove(START + timedelta(days=30)) == []
    assert old.sql("SELECT count(*) FROM gebeurtenissen") == before


def test_what_is_under_legal_hold_stays_until_the_hold_ends(old: Old) -> None:
    ((dienst,),) = old.sql("SELECT dienst FROM resultaten WHERE aanvraagnummer = '1003'")
    app = cast(SqlLedger, old.workshop.installation.ledger).engine
    hold(app, dienst, True, old.now())
    assert [tombstone.aantal for tombstone in old.remove(START + timedelta(days=30))] == [2, 1]
    assert old.current() == ["1002", "1003", "1005"]
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        old.alter(f"DELETE FROM resultaten WHERE dienst = '{dienst}'")
    assert old.remove(START + timedelta(days=30)) == []
    hold(app, dienst, False, old.now())
    assert [tombstone.aantal for tombstone in old.remove(START + timedelta(days=30))] == [1]
    assert old.current() == ["1002", "1005"]


def test_an_older_result_never_becomes_current_again(old: Old) -> None:
    """Also when the purge dies after any of its transactions: the oldest goes first."""
    request_run(old.workshop.installation, "2026-11-19", ["1001"], "bezwaar")
    run_waiting(old.workshop.installation)
    old.workshop.clock.pass_by(YEAR)
    newest = dict(old.sql("SELECT aanvraagnummer, run FROM actuele_resultaten"))
    taken, remove_run = [], old.purge._remove_run

    def one_by_one(*arguments: Any) -> Tombstone | None:
        taken.append(remove_run(*arguments))
        shown = dict(old.sql("SELECT aanvraagnummer, run FROM actuele_resultaten"))
        assert shown.items() <= newest.items()
        return taken[-1]

    cast(Any, old.purge)._remove_run = one_by_one
    assert len(old.remove(START + 3 * YEAR)) == 4
    assert old.current() == []


def test_removed_together_or_not_at_all(old: Old, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    before = [old.sql(f"SELECT count(*) FROM {name}") for name in ("resultaten", "gebeurtenissen", "verwijderbewijzen")]
    monkeypatch.setattr("shared.adapters.sql.purge._delete", dies)
    with pytest.raises((LedgerUnavailable, sqlite3.OperationalError)):
        old.remove(START + timedelta(days=30))
    after = [old.sql(f"SELECT count(*) FROM {name}") for name in ("resultaten", "gebeurtenissen", "verwijderbewijzen")]
    assert before == after


@pytest.mark.parametrize("wrong", ["aantal", "grond", "hash", "actor", "gebeurtenis", "soort"])
def test_a_tombstone_that_says_something_else_than_its_event_is_refused(old: Old, wrong: str) -> None:
    old.remove(START + timedelta(days=30))
    names = [field.name for field in fields(Tombstone)]
    other = {"aantal": "aantal + 1", "gebeurtenis": "1"}.get(wrong, f"{wrong} || 'x'")
    chosen = ", ".join(other if name == wrong else name for name in names)
    with pytest.raises(sa.exc.DBAPIError, match="no event tells"):
        old.alter(
            f"INSERT INTO verwijderbewijzen ({', '.join(names)}) SELECT {chosen} FROM verwijderbewijzen WHERE nr = 1"
        )
    same = ", ".join(names)
    with pytest.raises(sa.exc.DBAPIError, match=r"(?i)unique"):
        old.alter(f"INSERT INTO verwijderbewijzen ({same}) SELECT {same} FROM verwijderbewijzen WHERE nr = 1")


@pytest.mark.parametrize("table", ["verwijderbewijzen", "resultaten", "gebeurtenissen"])
def test_after_a_removal_the_rest_is_as_fixed_as_before(old: Old, table: str) -> None:
    old.remove(START + timedelta(days=30))
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET dataset = ''"):
        statement = statement.replace("dataset", "reden") if table == "resultaten" else statement
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            old.alter(statement)


# Events --------------------------------------------------------------------------------------------------------------


def test_the_chain_holds_after_old_events_went(old: Old) -> None:
    total = old.sql("SELECT max(volgnr) FROM gebeurtenissen")[0][0]
    gone = old.remove_events(START + timedelta(days=30))
    assert gone is not None and gone.soort is Removed.GEBEURTENISSEN and gone.tot_en_met == gone.aantal
    left = list(old.workshop.installation.ledger.events())
    assert left[0].volgnr == gone.aantal + 1 and left[-1].volgnr == total + 1
    checked = check_audit(old.workshop.installation.ledger, old.workshop.installation.blobs)
    assert checked.holds and checked.chain.intact == len(left)


def test_it_goes_on_being_checked_after_another_year_and_another_removal(old: Old) -> None:
    old.remove_events(START + timedelta(days=30))
    old.workshop.clock.pass_by(YEAR)
    old.workshop.deliver("2026-11-22", {"1006": 1})
    run_waiting(old.workshop.installation)
    again = old.remove_events(START + YEAR + timedelta(days=30))
    assert again is not None and again.tot_en_met is not None and again.tot_en_met > again.aantal
    old.workshop.deliver("2026-11-23", {"1007": 1})
    run_waiting(old.workshop.installation)
    assert old.holds()


def test_nothing_old_enough_is_nothing_done(old: Old) -> None:
    assert old.remove_events(START - YEAR) is None
    assert old.purge.tombstones() == []


@pytest.mark.parametrize("change", ["edited", "dropped", "beginning", "told otherwise"])
def test_tampering_after_a_removal_is_named(old: Old, change: str) -> None:
    gone = old.remove_events(START + timedelta(days=30))
    assert gone is not None
    first, told = gone.aantal + 1, gone.gebeurtenis
    off: Callable[[str], None] = old.alter
    if old.owner.dialect.name == "sqlite":
        for (trigger,) in old.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            off(f"DROP TRIGGER {trigger}")
    else:
        off("ALTER TABLE gebeurtenissen DISABLE TRIGGER USER")
    off(
        {
            "edited": f"UPDATE gebeurtenissen SET actor = 'x' WHERE volgnr = {first + 3}",
            "dropped": f"DELETE FROM gebeurtenissen WHERE volgnr = {first + 3}",
            "beginning": f"DELETE FROM gebeurtenissen WHERE volgnr <= {first}",
            "told otherwise": f"UPDATE gebeurtenissen SET details = '{{}}' WHERE volgnr = {told}",
        }[change]
    )
    broken = check_audit(old.workshop.installation.ledger, old.workshop.installation.blobs).chain.broken
    assert broken is not None
    assert (
        broken.volgnr == {"edited": first + 3, "dropped": first + 3, "beginning": first, "told otherwise": told}[change]
    )


# What the events tell of results --------------------------------------------------------------------------------------


def without_guards(old: Old, *statements: str) -> None:
    """Do what somebody does who owns the tables and knows our triggers."""
    if old.owner.dialect.name == "sqlite":
        for (trigger,) in old.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            old.alter(f"DROP TRIGGER {trigger}")
    else:
        for table in ("resultaten", "bijdragen", "gebeurtenissen", "verwijderbewijzen"):
            old.alter(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for statement in statements:
        old.alter(statement)


def check(old: Old) -> AuditCheck:
    return check_audit(old.workshop.installation.ledger, old.workshop.installation.blobs)


CHANGES = {
    "score": "UPDATE resultaten SET score = 0.9 WHERE verwerking_nr = 3 AND regel = 0",
    "a bit of a score": "UPDATE resultaten SET score = score + 1e-15 WHERE verwerking_nr = 3 AND regel = 0",
    "nothing for an empty text": "UPDATE resultaten SET advies = NULL WHERE verwerking_nr = 3",
    "from one column to the next": "UPDATE resultaten SET reden = reden || 'x', advies = '' WHERE verwerking_nr = 3",
    "the sample": "UPDATE resultaten SET steekproef = NOT steekproef WHERE verwerking_nr = 3",
    "a contribution": "UPDATE bijdragen SET bijdragen = '{}' WHERE verwerking_nr = 3",
    "a row less": "DELETE FROM resultaten WHERE verwerking_nr = 3 AND regel = 1",
    "all rows less": "DELETE FROM resultaten WHERE verwerking_nr = 3",
    "two rows for one another": "UPDATE resultaten SET regel = 1 - regel + 10 WHERE verwerking_nr = 3",
}


@pytest.mark.parametrize("change", CHANGES)
def test_results_that_are_not_what_was_published_are_named(old: Old, change: str) -> None:
    assert check(old).holds and check(old).runs == 3
    without_guards(old, CHANGES[change])
    ((run,),) = old.sql("SELECT run FROM verwerkingen WHERE nr = 3")
    found = check(old)
    assert found.changed == (run,) and not found.holds and found.chain.broken is None


def test_what_is_left_of_a_run_is_still_checked_and_what_was_changed_before_a_removal_stays_told(old: Old) -> None:
    ((dienst,),) = old.sql("SELECT dienst FROM resultaten WHERE aanvraagnummer = '1003'")
    ((run,),) = old.sql("SELECT run FROM verwerkingen WHERE nr = 2")
    old.purge.remove_of(DATASET, [run], [dienst], "verzoek van een persoon 1", PURGER, old.now())
    assert check(old).holds and check(old).runs == 3
    without_guards(old, "UPDATE resultaten SET reden = 'ANDERS' WHERE aanvraagnummer = '1004'")
    assert check(old).changed == (run,)
    assert [tombstone.aantal for tombstone in old.remove(START + timedelta(days=30))] == [2, 1]
    assert check(old).changed == (run,), "the removal told what it found"


def test_a_removal_of_events_without_a_tombstone_is_named(old: Old) -> None:
    ledger = old.workshop.installation.ledger
    ((known,),) = old.sql("SELECT hash FROM gebeurtenissen WHERE volgnr = 9")
    details = {"aantal": 9, "grond": "x", "hash": known, "tot_en_met": 9, "laatste_hash": known}
    ledger.note(AuditEvent(Action.GEBEURTENISSEN_VERWIJDEREN, "x", "verwijderd", PURGER, old.now(), details=details))
    without_guards(old, "DELETE FROM gebeurtenissen WHERE volgnr <= 9")
    broken = check(old).chain.broken
    assert broken is not None and broken.volgnr == 1


@pytest.mark.parametrize("change", ["aantal = aantal + 1", "grond = 'x'", "hash = 'x'", "actor = 'x'", "gone"])
def test_a_tombstone_that_was_changed_or_dropped_is_named(old: Old, change: str) -> None:
    first, _ = old.remove(START + timedelta(days=30))
    statement = "DELETE FROM verwijderbewijzen" if change == "gone" else f"UPDATE verwijderbewijzen SET {change}"
    without_guards(old, f"{statement} WHERE gebeurtenis = {first.gebeurtenis}")
    assert check(old).untold == (first.gebeurtenis,) and not check(old).holds


def test_where_an_earlier_removal_of_events_ended_is_still_compared_with_outside(old: Old) -> None:
    first = old.remove_events(START + timedelta(days=30))
    old.workshop.clock.pass_by(YEAR)
    old.workshop.deliver("2026-11-22", {"1006": 1})
    run_waiting(old.workshop.installation)
    assert old.remove_events(START + YEAR + timedelta(days=30)) is not None
    assert first is not None and check(old).holds
    without_guards(old, f"UPDATE verwijderbewijzen SET hash = 'x' WHERE tot_en_met = {first.tot_en_met}")
    assert not check(old).holds
