"""Results go when they are old, or when their person asked and it is being carried out: the database holds to it.

Whoever has the identity that removes cannot say otherwise, not by another hour and not by another ground.
"""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa

from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.person_requests import SqlPersonRecords
from shared.adapters.sql.purge import SqlPurge
from shared.administration import Removed, Tombstone
from shared.api.once import once_of
from shared.errors import LedgerUnavailable
from shared.events import Action, AuditEvent, Caller
from shared.interventions import request_run
from shared.retention.terms import TERMS, Kept
from shared.rights.port import Names, PersonRequest
from shared.rights.requests import called
from shared.rights.states import UNFINISHED, Asked, Named, RequestState
from shared.sweep import run_waiting
from tests.audit.databases import MIGRATOR, REAL_CLOCK, Server, hold
from tests.shell.workshop import DATASET, Workshop, make_installation

pytestmark = pytest.mark.xdist_group("postgresql")
carrying = importlib.import_module("shared.adapters.sql.migrations.versions.0008_uitvoeren")
fewer = importlib.import_module("shared.adapters.sql.migrations.versions.0011_minder_in_verzoeken")
old_enough = importlib.import_module("shared.adapters.sql.migrations.versions.0013_oud_genoeg")
whose = importlib.import_module("shared.adapters.sql.migrations.versions.0014_bezwaar_van_wie")
PURGER = Caller("bewaartermijnen", "tijdklok")
LEASE = timedelta(minutes=31)


@dataclass
class Night:
    """One published night, the records of requests as the app has them, and who removes."""

    workshop: Workshop
    records: SqlPersonRecords
    purge: SqlPurge
    app_engine: sa.Engine
    server: Server | None = None
    name: str = ""

    def left(self) -> int:
        return int(self.workshop.sql("SELECT count(*) FROM resultaten")[0][0])

    def names(self) -> Names:
        """What applicant 1001 goes by."""
        ((person, dienst),) = self.workshop.sql("SELECT persoon, dienst FROM resultaten WHERE aanvraagnummer = '1001'")
        return {Named.PERSOON: frozenset({person}), Named.DIENST: frozenset({dienst})}

    def event(self, actor: str) -> AuditEvent:
        now = self.workshop.clock.now()
        return AuditEvent(Action.PERSOONSVERZOEK, "verzoek", "gedaan", Caller(actor, "test"), now)

    def request(self, *steps: RequestState, soort: Asked = Asked.VERWIJDERING, names: Names | None = None) -> str:
        """Record a request about applicant 1001 and bring it this far."""
        id_ = f"verzoek-{len(self.records.requests())}"
        self.records.record(PersonRequest(id_, soort, DATASET, ("k-1", "x"), "vraag", ()), self.event("eerste"))
        given = names if names is not None else self.names()
        for step in steps:
            if step is RequestState.IN_UITVOERING:
                self.records.begin(id_, "begonnen", self.event("derde"), LEASE)
                continue
            actor = "tweede" if step is RequestState.TOEGEWEZEN else "derde"
            kept = given if step is RequestState.WACHT else None
            self.records.step(id_, step, "zo", {}, self.event(actor), kept)
        return id_

    def remove_of(self, ground: str, number: str = "1001") -> int:
        """Remove the result of an application on this ground, as the purge; return how many went."""
        ((run,),) = self.workshop.sql("SELECT run FROM verwerkingen")
        ((dienst,),) = self.workshop.sql(f"SELECT dienst FROM resultaten WHERE aanvraagnummer = '{number}'")
        told = self.purge.remove_of(DATASET, [run], [dienst], ground, PURGER, self.workshop.clock.now())
        return sum(tombstone.aantal for tombstone in told)

    def remove_old(self, days: float) -> int:
        """Say that it is so many days later, and remove everything of before."""
        now = self.workshop.clock.now() + timedelta(days=days)
        return sum(one.aantal for one in self.purge.remove_results(DATASET, now, "bewaartermijn", PURGER, now))

    def refused(self, remove: Any) -> None:
        before = self.left(), self.workshop.sql("SELECT count(*) FROM gebeurtenissen")
        with pytest.raises(LedgerUnavailable, match=r"23001|TRIGGER"):
            remove()
        assert (self.left(), self.workshop.sql("SELECT count(*) FROM gebeurtenissen")) == before


@pytest.fixture(params=["sqlite", "postgresql"])
def night(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> Iterator[Night]:
    workshop = Workshop(make_installation(tmp_path / "werk", empty_database), tmp_path / "werk")
    own = app = purger = cast(SqlLedger, workshop.installation.ledger).engine
    server, name = None, ""
    if request.param == "postgresql":
        server = cast(Server, request.getfixturevalue("server"))
        name = server.database()
        app, purger = server.engine(name, "proef_app"), server.engine(name, "proef_purge")
        workshop = workshop.with_(ledger=SqlLedger(app))
    workshop.deliver("2026-11-20")
    assert not run_waiting(workshop.installation).failed
    yield Night(workshop, SqlPersonRecords(app), SqlPurge(purger), app, server, name)
    for engine in {own, app, purger}:
        engine.dispose()


def test_what_the_database_holds_to_is_what_the_code_says() -> None:
    assert TERMS[Kept.RESULTATEN].least == carrying.LEAST_DAYS == fewer.LEAST_DAYS == TERMS[Kept.AUDIT].least
    least = {"eenmalig": TERMS[Kept.VERZOEKSLEUTELS].least, "bewaarplichten": TERMS[Kept.RESULTATEN].least}
    assert least == old_enough.LEAST_DAYS
    assert whose.LEAST_DAYS == fewer.LEAST_DAYS
    assert {str(state) for state in UNFINISHED} == set(carrying.OPEN)
    assert str(RequestState.IN_UITVOERING) == carrying.AT_WORK
    assert f"'{called('')}' || q.verzoek" in carrying._ASKED and str(Asked.VERWIJDERING) in carrying._ASKED


def test_results_younger_than_any_term_stay_whatever_the_purge_asks(night: Night) -> None:
    night.refused(lambda: night.remove_old(0))
    night.refused(lambda: night.remove_old(182.9))
    assert night.remove_old(183.1) == 3 and night.left() == 0


def test_the_hour_is_that_of_the_server_and_not_of_who_removes(server: Server, tmp_path: Path) -> None:
    name = server.database()
    workshop = Workshop(make_installation(tmp_path), tmp_path)
    cast(SqlLedger, workshop.installation.ledger).engine.dispose()
    app, purger, owner = (server.engine(name, who) for who in ("proef_app", "proef_purge", MIGRATOR))
    with owner.begin() as connection:
        connection.exec_driver_sql(REAL_CLOCK)
        today = connection.exec_driver_sql("SELECT statement_timestamp()").scalar_one()
    workshop = workshop.with_(ledger=SqlLedger(app))
    for age, number in ((200, "2026-11-19"), (10, "2026-11-20")):
        workshop.clock.moment = today - timedelta(days=age)
        workshop.deliver(number)
        assert not run_waiting(workshop.installation).failed
    later = today + timedelta(days=3650)
    with pytest.raises(LedgerUnavailable, match="23001"):  # the older one went; of the younger it cannot say so
        SqlPurge(purger).remove_results(DATASET, later, "bewaartermijn", PURGER, later)
    assert workshop.sql("SELECT DISTINCT levering FROM verwerkingen v JOIN resultaten r ON r.verwerking_nr = v.nr") == [
        ("2026-11-20",)
    ]
    with pytest.raises(sa.exc.DBAPIError, match=r"permission denied|must be owner"), purger.begin() as connection:
        connection.exec_driver_sql(REAL_CLOCK)
    for engine in (app, purger, owner):
        engine.dispose()


R = RequestState
NOT_AT_WORK = {
    "recorded": (),
    "granted": (R.TOEGEWEZEN,),
    "refused": (R.AFGEWEZEN,),
    "waits": (R.TOEGEWEZEN, R.WACHT),
    "withdrawn": (R.TOEGEWEZEN, R.WACHT, R.INGETROKKEN),
    "done": (R.TOEGEWEZEN, R.WACHT, R.IN_UITVOERING, R.UITGEVOERD),
}
AT_WORK = (R.TOEGEWEZEN, R.WACHT, R.IN_UITVOERING)


@pytest.mark.parametrize("steps", NOT_AT_WORK.values(), ids=NOT_AT_WORK)
def test_a_request_that_is_not_being_carried_out_is_no_ground(night: Night, steps: tuple[RequestState, ...]) -> None:
    request = night.request(*steps)
    night.refused(lambda: night.remove_of(called(request)))


def test_on_the_ground_of_a_request_goes_what_is_of_its_person_and_nothing_else(night: Night) -> None:
    request = night.request(*AT_WORK)
    night.refused(lambda: night.remove_of(called(request), "1002"))
    night.refused(lambda: night.remove_of(called("een ander verzoek")))
    night.refused(lambda: night.remove_of("zomaar"))
    assert night.remove_of(called(request)) == 1 and night.left() == 2


def test_a_request_to_see_or_of_another_dataset_is_no_ground_to_remove(night: Night) -> None:
    see = night.request(*AT_WORK, soort=Asked.INZAGE)
    night.refused(lambda: night.remove_of(called(see)))
    night.workshop.clock.pass_by(timedelta(hours=1))
    other = PersonRequest("elders", Asked.VERWIJDERING, "ander", ("k-1", "x"), "vraag", ())
    night.records.record(other, night.event("eerste"))
    night.records.step("elders", R.TOEGEWEZEN, "zo", {}, night.event("tweede"))
    night.records.step("elders", R.WACHT, "zo", {}, night.event("derde"), night.names())
    night.records.begin("elders", "zo", night.event("derde"), LEASE)
    night.refused(lambda: night.remove_of(called("elders")))


def test_the_purge_adds_no_name_and_no_step(night: Night) -> None:
    if night.server is None:
        pytest.skip("SQLite knows no identities")
    request = night.request(*AT_WORK, names={})
    with pytest.raises(sa.exc.DBAPIError, match="permission denied"), night.purge.engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO persoonsverzoeknamen VALUES ('{request}', 'persoon', 'x')")
    night.refused(lambda: night.remove_of(called(request)))


# What else goes ------------------------------------------------------------------------------------------------------
def asked_for(night: Night, *numbers: str) -> str:
    """Ask for a run of these applications; return the id of the request."""
    return request_run(night.workshop.installation, "2026-11-20", numbers, "bezwaar").new.request_id


def told_rows(night: Night, soort: Removed, keys: list[str], ground: str, days: float = 0) -> Callable[[], Any]:
    now = night.workshop.clock.now() + timedelta(days=days)
    return lambda: night.purge.remove_rows(soort, DATASET, keys, ground, PURGER, now)


def test_requests_for_a_run_go_when_they_are_old_and_name_nobody_who_must_be_kept(night: Night) -> None:
    first, second = asked_for(night, "1001", "1002"), asked_for(night, "1002")
    ((dienst,),) = night.workshop.sql("SELECT dienst FROM resultaten WHERE aanvraagnummer = '1001'")
    hold(night.app_engine, dienst, True, night.workshop.clock.now())
    for days in (0, 182.9):
        night.refused(told_rows(night, Removed.VERZOEKEN, [second], "bewaartermijn", days))
    night.refused(told_rows(night, Removed.VERZOEKEN, [first], "bewaartermijn", 184))
    night.workshop.clock.pass_by(timedelta(days=184))
    assert told_rows(night, Removed.VERZOEKEN, [second], "bewaartermijn")().aantal == 1
    assert night.workshop.sql("SELECT verzoek FROM verzoeken") == [(first,)]


def test_out_of_a_request_goes_who_is_being_removed_and_nobody_else(night: Night) -> None:
    asked = asked_for(night, "1001", "1002")
    now = night.workshop.clock.now()

    def take_out(ground: str, *numbers: str) -> Callable[[], Any]:
        return lambda: night.purge.remove_from_requests(DATASET, [asked], numbers, ground, PURGER, now)

    waits = night.request(R.TOEGEWEZEN, R.WACHT)
    night.refused(take_out(called(waits), "1001"))
    night.records.begin(waits, "begonnen", night.event("derde"), LEASE)
    for ground, numbers in (("zomaar", ("1001",)), (called(waits), ("1002",)), (called(waits), ("1001", "1002"))):
        night.refused(take_out(ground, *numbers))
    night.refused(told_rows(night, Removed.VERZOEKEN, [asked], called(waits)))
    assert take_out(called(waits), "1001")().aantal == 1
    assert night.workshop.sql("SELECT aanvraagnummers FROM verzoeken") == [('["1002"]',)]
    night.refused(take_out(called(waits), "1002"))


def test_objections_requests_of_persons_and_events_that_are_young_stay(night: Night) -> None:
    ((dienst,),) = night.workshop.sql("SELECT dienst FROM resultaten WHERE aanvraagnummer = '1001'")
    for on in (True, False):
        hold(night.app_engine, dienst, on, night.workshop.clock.now())
    request = night.request(R.AFGEWEZEN)
    now = night.workshop.clock.now()
    night.refused(told_rows(night, Removed.BEZWAREN, [dienst], "bewaartermijn", 182.9))
    night.refused(told_rows(night, Removed.PERSOONSVERZOEKEN, [request], "bewaartermijn", 182.9))
    night.refused(lambda: night.purge.remove_events(now + timedelta(days=1), "bewaartermijn", PURGER, now))
    night.workshop.clock.pass_by(timedelta(days=184))
    for soort, keys, number in ((Removed.BEZWAREN, [dienst], 4), (Removed.PERSOONSVERZOEKEN, [request], 3)):
        assert told_rows(night, soort, keys, "bewaartermijn")().aantal == number
    assert night.purge.remove_events(now + timedelta(days=1), "bewaartermijn", PURGER, night.workshop.clock.now())


def test_what_requests_are_known_by_goes_after_a_week_and_never_without_a_tombstone(night: Night) -> None:
    once = once_of("8f0c", "api", "0b7e2f6c-5a0d-4c57-9d0e-6f1f7a8b9c0d", b"een")
    caller = replace(night.workshop.installation.caller, once=once)
    request_run(replace(night.workshop.installation, caller=caller), "2026-11-20", ["1001"], "bezwaar")
    asked = night.workshop.clock.now()

    def remove(days: float) -> Callable[[], Tombstone | None]:
        later = asked + timedelta(days=days)
        return lambda: night.purge.remove_keys(asked, "bewaartermijn", PURGER, later)

    for days in (0, 6.9):
        night.refused(remove(days))
    for statement in ("DELETE FROM eenmalig", "UPDATE eenmalig SET gemaakt = ''"):
        with pytest.raises(sa.exc.DBAPIError), night.app_engine.begin() as connection:
            connection.exec_driver_sql(statement)
    gone = remove(7.1)()
    assert gone is not None and gone.aantal == 1
    assert night.workshop.sql("SELECT count(*) FROM eenmalig") == [(0,)]
    assert remove(8)() is None
