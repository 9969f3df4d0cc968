"""Keeps on PostgreSQL what is written, as SQLite does since 0001: no UPDATE, DELETE or TRUNCATE, by no role.

A first wall, in the schema itself. Roles that hold no more rights than they need come beside it, not instead of it.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

# written out, not taken from the code of today: a migration must keep doing what it did
_APPEND_ONLY = ("resultaten", "bijdragen", "bevindingen", "gebeurtenissen", "stopknop", "verzoeken", "uitvoerstanden")

_REFUSE = """
CREATE FUNCTION alleen_toevoegen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    """Make one trigger per table that refuses every change; nothing on SQLite, which has its own since 0001."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(_REFUSE)
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_alleen_toevoegen BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION alleen_toevoegen()"
        )
