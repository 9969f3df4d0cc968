"""Who may enter the database and as what: run after every migration, by the identity that migrates.

On Azure a principal of Entra ID becomes a role by a function of the server; infra/database/identiteiten.sql then says
what it is a member of. What is not there is taken away, so a mistake of yesterday does not stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql.rights import ROLES
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


def let_in(connection: Connection, principals: Mapping[str, tuple[str, str]], script: str) -> list[str]:
    """Make every principal known and a member of exactly its roles; returns what was given, for a person.

    `principals`: by the name in the script, its name in Entra ID and its object id.
    """
    wanted = memberships(script)
    if unknown := {who for _, who in wanted} ^ principals.keys():
        raise SettingsInvalid(
            f"The identities of the script and of the command differ: {', '.join(sorted(unknown))}.",
            where="infra/database/identiteiten.sql",
            next_step="Give each as NAME=PRINCIPAL:OBJECT-ID.",
        )
    told = []
    for who, (name, object_id) in sorted(principals.items()):
        _make_known(connection, name, object_id)
        quoted = _quoted(connection, name)
        roles = sorted(role for role, other in wanted if other == who)
        for role in ROLES:
            connection.exec_driver_sql(f"REVOKE {role} FROM {quoted}")
        for role in roles:
            connection.exec_driver_sql(f"GRANT {role} TO {quoted}")
        told.append(f"{who}: {', '.join(roles)}")
    return told


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


def _make_known(connection: Connection, name: str, object_id: str) -> None:
    known = connection.execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}).scalar()
    if not known:
        make = "SELECT pgaadauth_create_principal_with_oid(:name, :oid, 'service', false, false)"
        connection.execute(sa.text(make), {"name": name, "oid": object_id})


def _quoted(connection: Connection, name: str) -> str:
    return str(connection.execute(sa.text("SELECT quote_ident(:name)"), {"name": name}).scalar_one())
