"""Keeps what makes a request count once, and lets an assessment say nothing of an advice that the model never gave.

What is kept of a request are two hashes and the id of what it made, in the transaction that made it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table and its triggers; on SQLite the table of assessments is written anew."""
    op.create_table(
        "eenmalig",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("sleutel", "inhoud", "gemaakt", "tijdstip")),
        sa.PrimaryKeyConstraint("sleutel", name="pk_eenmalig"),
    )
    if op.get_context().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER eenmalig_geen_{change.lower()} BEFORE {change} ON eenmalig "
                "BEGIN SELECT RAISE(ABORT, 'eenmalig is append-only'); END"
            )
        _rewrite_assessments()
        return
    op.execute(
        "CREATE TRIGGER eenmalig_alleen_toevoegen BEFORE UPDATE OR DELETE OR TRUNCATE ON eenmalig "
        "FOR EACH STATEMENT EXECUTE FUNCTION alleen_toevoegen()"
    )
    op.alter_column("beoordelingen", "gevolgd", nullable=True)


def _rewrite_assessments() -> None:
    """Copy the table with a column that may be empty: SQLite cannot change a column. Its triggers go and come back."""
    connection = op.get_bind()
    triggers = connection.execute(
        sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%beoordelingen%'")
    ).all()
    for name, _ in triggers:
        op.execute(f"DROP TRIGGER {name}")
    old = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = 'beoordelingen'")).scalar_one()
    indexes = connection.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'beoordelingen' AND sql IS NOT NULL")
    ).scalars().all()  # fmt: skip
    new = old.replace("beoordelingen (", "beoordelingen_nieuw (", 1).replace(
        "gevolgd BOOLEAN NOT NULL", "gevolgd BOOLEAN", 1
    )
    if new.count("beoordelingen_nieuw (") != 1 or "gevolgd BOOLEAN," not in new:
        raise AssertionError("the table of assessments is not as migration 0004 made it")
    op.execute(new)
    op.execute("INSERT INTO beoordelingen_nieuw SELECT * FROM beoordelingen")  # the same columns in the same order
    op.execute("DROP TABLE beoordelingen")
    op.execute("ALTER TABLE beoordelingen_nieuw RENAME TO beoordelingen")
    for statement in (*indexes, *(sql for _, sql in triggers)):
        op.execute(statement)
