"""Who enters the database is who the script says, with exactly its roles; what is no longer there is taken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from development.deploying.__main__ import main
from development.deploying.identities import SCRIPT, admit, let_in, make_known, memberships, read_principals
from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.rights import APP, PURGE, READER
from shared.errors import SettingsInvalid
from tests.real.worlds import WAIT, Parts

OID = "11111111-1111-4111-8111-111111111111"
WHO = {who: (f"id-slimme-check-{who}-proef", OID) for who in ("app", "verwijder", "dataverkenner")}
# stands for the function of the server in Azure, which makes a role of a principal of Entra ID
STAND_IN = """
CREATE FUNCTION pgaadauth_create_principal_with_oid(name text, oid text, kind text, admin boolean, mfa boolean)
RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'CREATE ROLE ' || quote_ident(name) || ' LOGIN'; RETURN name; END $$
"""


@pytest.fixture
def connection(real: Parts) -> Iterator[sa.Connection]:
    engine = make_engine(real.new_database(), WAIT)
    with engine.connect() as connection:
        connection.exec_driver_sql(STAND_IN)
        make_known(connection, WHO)
        yield connection
        connection.rollback()
    engine.dispose()


def _roles(connection: sa.Connection, who: str) -> set[str]:
    sql = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = to_regrole(quote_ident(%s))"
    return set(connection.exec_driver_sql(sql, (WHO[who][0],)).scalars())


def test_each_gets_its_roles_and_no_other(connection: sa.Connection) -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    let_in(connection, WHO, script)
    assert {who: _roles(connection, who) for who in WHO} == {
        "app": {APP},
        "verwijder": {APP, PURGE},
        "dataverkenner": {READER},
    }
    connection.exec_driver_sql(f'GRANT {PURGE} TO "{WHO["app"][0]}"')
    assert let_in(connection, WHO, script)[0] == f"app: {APP}", "and again, after somebody gave more by hand"
    assert _roles(connection, "app") == {APP}


def test_a_principal_becomes_a_role_where_the_function_is(
    real: Parts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On Azure only the database `postgres` has the function; the memberships are given in ours."""
    asked = [f"{who}=id-slimme-check-{who}-opdracht:{OID}" for who in WHO]
    monkeypatch.setattr("sys.argv", ["deploying", "grant", *asked])
    monkeypatch.setenv("SLIMME_CHECK_DATABASE", real.new_database())
    with real.admin().connect() as server:
        server.exec_driver_sql(STAND_IN)
        try:
            assert main() == 0
            assert main() == 0, "and again"
        finally:
            server.exec_driver_sql("DROP FUNCTION pgaadauth_create_principal_with_oid")
    assert capsys.readouterr().out.count(f"verwijder: {APP}, {PURGE}") == 2


def test_who_was_let_in_for_a_night_is_out_after_the_next_rollout(connection: sa.Connection) -> None:
    make_known(connection, {"person": ("beheerder@voorbeeld", OID)}, "user")
    admit(connection, "beheerder@voorbeeld")
    member = "SELECT pg_has_role('beheerder@voorbeeld', %s, 'MEMBER')"
    assert connection.exec_driver_sql(member, (APP,)).scalar()
    told = let_in(connection, WHO, SCRIPT.read_text(encoding="utf-8"))
    assert f"taken from beheerder@voorbeeld: {APP}" in told
    assert not connection.exec_driver_sql(member, (APP,)).scalar()


def test_the_script_holds_memberships_and_nothing_else() -> None:
    assert sorted(memberships(SCRIPT.read_text(encoding="utf-8"))) == [
        (APP, "app"),
        (APP, "verwijder"),
        (READER, "dataverkenner"),
        (PURGE, "verwijder"),
    ]
    for wrong in ("GRANT ALL ON resultaten TO {app};", "GRANT postgres TO {app};", "DROP TABLE resultaten;"):
        with pytest.raises(ValueError, match=r"\w"):
            memberships(wrong)


def test_an_identity_too_few_or_not_well_written_is_refused(connection: sa.Connection) -> None:
    with pytest.raises(SettingsInvalid, match="dataverkenner"):
        let_in(connection, {who: WHO[who] for who in ("app", "verwijder")}, SCRIPT.read_text(encoding="utf-8"))
    assert read_principals([f"app=id-app:{OID}"]) == {"app": ("id-app", OID)}
    for wrong in ("app", "app=id-app", f"app=:{OID}", "app=id-app:1234"):
        with pytest.raises(SettingsInvalid):
            read_principals([wrong])
