"""Four eyes hold in the database itself, on SQLite and on PostgreSQL, for workers at once and for raw statements."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import cast

import pytest
import sqlalchemy as sa

from shared.adapters.sql.engine import check_version
from shared.adapters.sql.ledger import SqlLedger
from shared.errors import FourEyesRequired, RequestRefused, SlimmeCheckError, TransitionRefused
from shared.events import Caller, verify
from shared.modelregister.register import activate, approve, propose, reject, start_shadow
from shared.modelregister.states import VersionStatus, VersionStep
from shared.sweep import run_waiting
from tests.audit.databases import MIGRATOR, Server
from tests.modelregister.offices import ANNE, BRAM, REASONS, Office, make_office
from tests.modelregister.packages import make_version
from tests.shell.workshop import DATASET, Workshop

pytestmark = pytest.mark.xdist_group("postgresql")
DENIED = "42501"


@pytest.fixture(params=["sqlite", "postgresql"])
def any_office(request: pytest.FixtureRequest, workshop: Workshop, models: Path) -> Iterator[Office]:
    """An office on each kind of database; on PostgreSQL with the rights of the app and no more."""
    make_version(models, "1.1.0", threshold=0.5)
    make_version(models, "1.2.0", threshold=0.55)
    if request.param == "sqlite":
        yield make_office(workshop, models)
        return
    server: Server = request.getfixturevalue("server")
    engine = server.engine(server.database(), "proef_app")
    check_version(engine)
    yield make_office(workshop.with_(ledger=SqlLedger(engine)), models)
    engine.dispose()


def engine_of(office: Office) -> sa.Engine:
    return cast(SqlLedger, office.workshop.installation.ledger).engine


def at_once(*works: Callable[[], object]) -> list[object]:
    """Return what each of some works gave or raised, begun at the same moment."""
    begin = Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        begin.wait()
        try:
            return work()
        except SlimmeCheckError as told:
            return told

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_the_app_does_all_of_it_with_its_own_rights(any_office: Office) -> None:
    any_office.workshop.deliver("2026-11-19")
    any_office.approved("1.1.0")
    start_shadow(any_office.as_(ANNE), "1.1.0", "meelopen")
    run_waiting(any_office.workshop.installation)
    activate(any_office.as_(BRAM), "1.1.0", "ingepland")
    activate(any_office.as_(BRAM), "1.0.0", "terug")
    assert any_office.statuses() == {"1.0.0": "actief", "1.1.0": "uit gebruik"}
    assert len(any_office.workshop.sql("SELECT run FROM verwerkingen WHERE modelstatus = 'schaduw'")) == 1
    assert verify(any_office.workshop.installation.ledger.events()) is None


def test_of_many_who_decide_at_once_one_does_and_never_the_proposer(any_office: Office) -> None:
    propose(any_office.as_(ANNE), "1.1.0", *REASONS)
    people = [ANNE, BRAM, Caller("oid-carla", "https"), Caller("OID-ANNE", "https")]
    works = [
        lambda person=person, decide=decide: decide(any_office.as_(person), "1.1.0", "gelezen")  # type: ignore[misc]
        for person, decide in itertools.product(people, (approve, reject))
    ]
    outcomes = at_once(*works)
    done = [one for one in outcomes if not isinstance(one, SlimmeCheckError)]
    assert len(done) == 1
    assert all(isinstance(one, FourEyesRequired | TransitionRefused) for one in outcomes if one not in done)
    steps = any_office.register.steps(any_office.register.version(DATASET, "1.1.0").id)
    assert steps[0].actor == "oid-anne"
    assert len(steps) == 2 and steps[1].actor in {"oid-bram", "oid-carla"}


def test_of_two_who_propose_the_same_at_once_one_does(any_office: Office) -> None:
    any_office.versions.active()
    outcomes = at_once(
        *(lambda person=person: propose(any_office.as_(person), "1.1.0", *REASONS) for person in (ANNE, BRAM))  # type: ignore[misc]
    )
    assert sum(isinstance(one, TransitionRefused) for one in outcomes) == 1
    version = any_office.register.version(DATASET, "1.1.0")
    assert len(any_office.register.steps(version.id)) == 1 and version.proposer in {"oid-anne", "oid-bram"}


def activated_at_once(office: Office, *numbers: str) -> list[object]:
    """Return what each of some activations gave or raised, begun at the same moment."""
    return at_once(*(lambda number=number: activate(office.as_(ANNE), number, "nu") for number in numbers))  # type: ignore[misc]


def test_of_two_activations_at_once_one_is_refused_because_its_dossier_compares_with_neither(
    any_office: Office,
) -> None:
    any_office.approved("1.1.0")
    any_office.approved("1.2.0")
    outcomes = activated_at_once(any_office, "1.1.0", "1.2.0")
    assert sum(isinstance(one, RequestRefused) for one in outcomes) == 1
    assert sorted(any_office.statuses().values()) == ["actief", "goedgekeurd", "uit gebruik"]


def test_two_rollbacks_at_once_leave_one_active_version(any_office: Office) -> None:
    for number in ("1.1.0", "1.2.0"):
        any_office.approved(number)
        activate(any_office.as_(ANNE), number, "ingepland")
    outcomes = activated_at_once(any_office, "1.1.0", "1.1.0", "1.0.0")
    done = [one for one in outcomes if not isinstance(one, SlimmeCheckError)]
    assert len(done) in (1, 2), "1.0.0 is directly before when 1.1.0 is back, and not sooner"
    statuses = any_office.statuses()
    assert sorted(statuses.values()) == ["actief", "uit gebruik", "uit gebruik"] and statuses["1.2.0"] != "actief"
    steps = [
        step.step for known in any_office.register.versions(DATASET) for step in any_office.register.steps(known.id)
    ]
    assert steps.count(VersionStep.TERUGZETTEN) == len(done) and steps.count(VersionStep.VERVANGEN) == 2 + len(done)


def test_many_first_looks_at_an_empty_register_enter_one_version(any_office: Office) -> None:
    assert {getattr(one, "version", one) for one in at_once(*[any_office.versions.active] * 6)} == {"1.0.0"}
    (known,) = any_office.register.versions(DATASET)
    assert known.status is VersionStatus.ACTIEF and len(any_office.register.steps(known.id)) == 1


STEPS = "INSERT INTO modelstappen (modelversie_nr, stap, reden, actor, tijdstip) VALUES "


@pytest.mark.parametrize(
    ("step", "actor"),
    [
        ("goedkeuren", "oid-anne"),
        ("goedkeuren", " OID-Anne "),
        ("afwijzen", "oid-anne"),
        ("activeren", "oid-bram"),
        ("schaduw beginnen", "oid-bram"),
        ("terugzetten", "oid-bram"),
        ("vervangen", "oid-bram"),
        ("eerste versie bij installatie", "systeem"),
    ],
)
def test_a_raw_statement_of_the_app_passes_by_no_one(any_office: Office, step: str, actor: str) -> None:
    propose(any_office.as_(ANNE), "1.1.0", *REASONS)
    ((number,),) = any_office.workshop.sql("SELECT nr FROM modelversies WHERE versie = '1.1.0'")
    values = f"({number}, '{step}', 'x', '{actor}', '2026-11-22T00:00:00.000000Z')"
    with pytest.raises(sa.exc.DBAPIError), engine_of(any_office).begin() as connection:
        connection.exec_driver_sql(STEPS + values)
    with engine_of(any_office).begin() as connection:  # another may
        connection.exec_driver_sql(STEPS + values.replace(step, "goedkeuren").replace(actor, "oid-carla"))


@pytest.mark.parametrize("table", ["modelversies", "modelstappen"])
def test_what_is_in_the_register_is_neither_changed_nor_removed(any_office: Office, table: str) -> None:
    any_office.approved("1.1.0")
    column = {"modelversies": "sha256", "modelstappen": "actor"}[table]
    for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(sa.exc.DBAPIError), engine_of(any_office).begin() as connection:
            connection.exec_driver_sql(statement)


def test_not_even_the_owner_approves_what_he_proposed(server: Server, workshop: Workshop, models: Path) -> None:
    make_version(models, "1.1.0", threshold=0.5)
    name = server.database()
    engine = server.engine(name, "proef_app")
    office = make_office(workshop.with_(ledger=SqlLedger(engine)), models)
    propose(office.as_(ANNE), "1.1.0", *REASONS)
    owner = server.engine(name, MIGRATOR)
    with owner.begin() as connection:
        number = connection.exec_driver_sql("SELECT nr FROM modelversies WHERE versie = '1.1.0'").scalar_one()
    values = f"({number}, 'goedkeuren', 'x', 'oid-anne', '2026-11-22T00:00:00.000000Z')"
    with pytest.raises(sa.exc.DBAPIError) as told, owner.begin() as connection:
        connection.exec_driver_sql(STEPS + values)
    assert getattr(told.value.orig, "sqlstate", "") == "23001"
    for identity in ("proef_purge", "proef_lezer", "proef_niemand"):
        other = server.engine(name, identity)
        with pytest.raises(sa.exc.DBAPIError), other.begin() as connection:
            connection.exec_driver_sql("SELECT * FROM modelstappen")
        other.dispose()
    for used in (owner, engine):
        used.dispose()
