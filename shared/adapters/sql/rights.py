"""Who may do what in the database on PostgreSQL: written out, and set again at every migration.

Three roles that cannot sign in themselves; the identities of an installation become members of one:
`GRANT slimme_check_app TO "<identity of the app>"`. Whoever migrates owns the tables and needs no role here. What is
not named here is not allowed, so a new table is closed until it has a line.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.logs import run_log

APP, PURGE, READER = "slimme_check_app", "slimme_check_purge", "slimme_check_lezer"
ROLES = (APP, PURGE, READER)
_ADDED = (
    "leveringen, verwerkingen, resultaten, bijdragen, bevindingen, gebeurtenissen, stopknop, verzoeken, "
    "uitvoerstanden, bewaarplichten, beoordelingen, bezwaren, "
    "persoonsverzoeken, persoonsverzoekstappen, persoonsverzoeknamen, eenmalig, modelversies, modelstappen"
)
_NUMBERED = (
    "leveringen_nr_seq, verwerkingen_nr_seq, stopknop_volgnr_seq, bewaarplichten_volgnr_seq, "
    "beoordelingen_volgnr_seq, bezwaren_volgnr_seq, persoonsverzoekstappen_volgnr_seq, "
    "modelversies_nr_seq, modelstappen_volgnr_seq"
)
_KINDS = ("verzoeken", "bezwaren", "persoonsverzoeken")
_REMOVALS = ", ".join(
    (
        "te_verwijderen_resultaten(text), verwijder_resultaten(text, bigint)",
        "verwijder_gebeurtenissen(bigint, bigint), bestanden_verwijderd(bigint)",
        "onder_bewaarplicht(text, text[]), verwijder_uit_verzoeken(text, text[], text[], bigint)",
        "te_verwijderen_verzoeksleutels(text), verwijder_verzoeksleutels(text, bigint)",
        "te_verwijderen_van(text, text[]), verwijder_van(text, text[], bigint), rijen(text, text[])",
        *(f"te_verwijderen_{kind}(text, text[]), verwijder_{kind}(text, text[], bigint)" for kind in _KINDS),
    )
)
_STATE = "toestand, reden, poging, verloopt, eigenaar, vrijgegeven, publicatie, gepubliceerd, gewijzigd"
GRANTS = (
    ("USAGE ON SCHEMA {schema}", ROLES),
    # the app adds; it changes the state of a run and the place of a delivery, and removes nothing
    (f"SELECT ON alembic_version, actuele_resultaten, verwijderbewijzen, {_ADDED}", (APP,)),
    (f"INSERT ON {_ADDED}", (APP,)),
    (f"USAGE ON SEQUENCE {_NUMBERED}", (APP,)),
    (f"UPDATE ({_STATE}, codeversie, instellingen) ON verwerkingen", (APP,)),
    ("UPDATE (levering, plaats, periode_van, periode_tot, bestanden, aangekomen) ON leveringen", (APP,)),
    # the purge sees what is old and tells of what it removes; of a result it sees nothing
    ("SELECT ON alembic_version, verwerkingen, gebeurtenissen, verwijderbewijzen", (PURGE,)),
    ("INSERT ON gebeurtenissen", (PURGE,)),
    (f"EXECUTE ON FUNCTION {_REMOVALS}", (PURGE,)),
    ("SELECT ON resultaten_dataverkenner", (READER,)),
)


def set_rights(connection: Connection) -> bool:
    """Make the roles and give them what is written here and nothing else; nothing on SQLite, which has no roles.

    Says whether it could: without the roles, and without the right to make them, only the owner gets in. What
    everybody has on PostgreSQL by itself is taken in any case.
    """
    if connection.dialect.name != "postgresql":
        return False
    schema = connection.execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    _take_all(connection, schema, "PUBLIC")
    _take_temporary(connection)
    if not _make_roles(connection):
        return False
    _take_all(connection, schema, ", ".join(ROLES))
    for right, roles in GRANTS:
        connection.exec_driver_sql(f"GRANT {right.format(schema=schema)} TO {', '.join(roles)}")
    return True


def _take_all(connection: Connection, schema: str, whose: str) -> None:
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        connection.exec_driver_sql(f"REVOKE ALL ON ALL {kind} IN SCHEMA {schema} FROM {whose}")
    for table in ("verwerkingen", "leveringen"):  # what was given by column is taken by column
        columns = ", ".join(column["name"] for column in sa.inspect(connection).get_columns(table))
        connection.exec_driver_sql(f"REVOKE ALL ({columns}) ON {table} FROM {whose}")
    connection.exec_driver_sql(f"REVOKE ALL ON SCHEMA {schema} FROM {whose}")


def _take_temporary(connection: Connection) -> None:
    """Let nobody make functions or tables of a session, where whoever migrates owns the database."""
    own = (
        "SELECT quote_ident(datname), pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"
    )
    database, owned = connection.execute(sa.text(own)).one()
    if owned:
        connection.exec_driver_sql(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")


def _make_roles(connection: Connection) -> bool:
    known = set(connection.execute(sa.text("SELECT rolname FROM pg_roles")).scalars())
    missing = [role for role in ROLES if role not in known]
    may = "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
    if missing and not connection.execute(sa.text(may)).scalar():
        run_log().warning("database: the roles are missing and may not be made; only the owner gets in")
        return False
    for role in missing:
        connection.exec_driver_sql(f"CREATE ROLE {role} NOLOGIN")
    return True
