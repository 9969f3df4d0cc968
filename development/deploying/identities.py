"""Who may enter the database and as what: run after every migration, by the identity that migrates.

On Azure a principal of Entra ID becomes a role of the server by a function that only the database `postgres` has;
infra/database/identiteiten.sql then says what it is a member of. What is not there is taken away, so a mistake of
yesterday does not stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql.rights import APP, ROLES
from shared.errors import SettingsInvalid

SCRIPT = Path(__file__).resolve().parents[2] / "infra" / "database" / "identiteiten.sql"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_GRANT = re.compile(r"GRANT (\w+) TO \{(\w+)\}")


def memberships(script: str) -> list[tuple[str, str]]:
    """Return (role, who) of every line of the script; ValueError for a line that is something else."""
    text = "\n".join(line for line in script.splitlines() if not line.startswith("--"))
    found = []
    for statement in filter(None, (part.strip() for part in text.split(";"))):
        match = _GRANT.fullmatch(statement)
        if match is None or match[1] not in ROLES:
            raise ValueError(statement)
        found.append((match[1], match[2]))
    return found


def make_known(server: Connection, principals: Mapping[str, tuple[str, str]], kind: str = "service") -> None:
    """Make every principal that the server does not know yet a role. `server`: connected to the database `postgres`.

    `kind`: service, user or group, as Entra ID knows it.
    """
    for name, object_id in sorted(principals.values()):
        if not server.execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}).scalar():
            make = "SELECT pgaadauth_create_principal_with_oid(:name, :oid, :kind, false, false)"
            server.execute(sa.text(make), {"name": name, "oid": object_id, "kind": kind})


def let_in(connection: Connection, principals: Mapping[str, tuple[str, str]], script: str) -> list[str]:
    """Make every principal a member of exactly its roles, and nobody else of any; returns what was given, for a person.

    `principals`: by the name in the script, its name in Entra ID and its object id; each known to the server.
    """
    wanted = memberships(script)
    if unknown := {who for _, who in wanted} ^ principals.keys():
        raise SettingsInvalid(
            f"The identities of the script and of the command differ: {', '.join(sorted(unknown))}.",
            where="infra/database/identiteiten.sql",
            next_step="Give each as NAME=PRINCIPAL:OBJECT-ID.",
        )
    told = []
    for who, (name, _) in sorted(principals.items()):
        quoted = _quoted(connection, name)
        roles = sorted(role for role, other in wanted if other == who)
        for role in ROLES:
            connection.exec_driver_sql(f"REVOKE {role} FROM {quoted}")
        for role in roles:
            connection.exec_driver_sql(f"GRANT {role} TO {quoted}")
        told.append(f"{who}: {', '.join(roles)}")
    for role, other in _others(connection, {name for name, _ in principals.values()}):
        connection.exec_driver_sql(f"REVOKE {role} FROM {_quoted(connection, other)}")
        told.append(f"taken from {other}: {role}")
    return told


def admit(connection: Connection, name: str) -> None:
    """Let a person look for as long as it takes, as the app may; the next `grant` takes it away."""
    connection.exec_driver_sql(f"GRANT {APP} TO {_quoted(connection, name)}")


def _others(connection: Connection, known: set[str]) -> list[tuple[str, str]]:
    """Return (role, member) of everybody who is a member and should not be; who migrates made the roles and is one."""
    sql = (
        "SELECT r.rolname, m.rolname FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid "
        "JOIN pg_roles m ON m.oid = a.member WHERE m.rolname <> current_user ORDER BY 1, 2"
    )
    return [(role, who) for role, who in connection.exec_driver_sql(sql) if role in ROLES and who not in known]


def read_principals(given: list[str]) -> dict[str, tuple[str, str]]:
    """Return the principals of a command line: NAME=PRINCIPAL:OBJECT-ID each."""
    found = {}
    for each in given:
        who, _, rest = each.partition("=")
        name, _, object_id = rest.rpartition(":")
        if not (who and name and _GUID.fullmatch(object_id)):
            raise SettingsInvalid(
                "An identity is not as it should be.", where=who, next_step="Give NAME=PRINCIPAL:OBJECT-ID."
            )
        found[who] = (name, object_id)
    return found


def _quoted(connection: Connection, name: str) -> str:
    return str(connection.execute(sa.text("SELECT quote_ident(:name)"), {"name": name}).scalar_one())
