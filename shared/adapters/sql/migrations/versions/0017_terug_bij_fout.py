"""Takes what a refused result undoes in SQLite from its statement to its whole transaction.

To undo a statement alone SQLite copies every page that it touches before it changes it: of a million results 20 GB,
most of it pages of indexes. Results come in one transaction that is stored whole or not at all, so nothing is gained by
that. The guard of 0007 refuses as before, and takes the transaction with it; the reference to the run is looked at when
the transaction ends. PostgreSQL keeps no such copies.
"""

from alembic import op

# ruff: noqa: S608 - all text here is written here
revision = "0017_vanaf_0015"
down_revision = "0016_vanaf_0015"

_RESULTS = ("resultaten", "bijdragen")
_BUSY = "EXISTS (SELECT 1 FROM verwerkingen v WHERE v.nr = NEW.verwerking_nr AND v.toestand = 'bezig')"
_REFERENCE = "REFERENCES verwerkingen (nr)"
_AT_THE_END = f"{_REFERENCE} DEFERRABLE INITIALLY DEFERRED"


def upgrade() -> None:
    """Make both guards anew, and say of both references when they are looked at; no row is touched."""
    if op.get_context().dialect.name != "sqlite":
        return
    for table in _RESULTS:
        op.execute(f"DROP TRIGGER {table}_bezig")
        op.execute(
            f"CREATE TRIGGER {table}_bezig BEFORE INSERT ON {table} WHEN NOT ({_BUSY}) "
            "BEGIN SELECT RAISE(ROLLBACK, 'results come while a run is busy'); END"
        )
    # the only way that does not write the tables anew: sqlite.org/lang_altertable.html, part 7
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    try:
        for table in _RESULTS:
            op.execute(
                f"UPDATE sqlite_schema SET sql = replace(sql, '{_REFERENCE}', '{_AT_THE_END}')"
                f" WHERE type = 'table' AND name = '{table}'"
            )
        op.execute(f"PRAGMA schema_version = {version + 1}")
    finally:
        op.execute("PRAGMA writable_schema = OFF")  # it is of the connection, not of the transaction
