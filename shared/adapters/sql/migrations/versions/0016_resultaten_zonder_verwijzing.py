"""Takes on PostgreSQL the reference of results to their run away: a third of the time of publishing goes into it.

Per row the server looks up the run, which the guards of 0007 do once per statement: results come while their run is
busy, so it is there. That it stays there is refused here in as many words, to everybody. SQLite keeps the reference
(see 0017).
"""

import sqlalchemy as sa
from alembic import op

revision = "0016_vanaf_0015"
down_revision = "0015"

_RESULTS = ("resultaten", "bijdragen")


def upgrade() -> None:
    """Let no run go or change its number, and only then drop the references."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE TRIGGER verwerkingen_blijven BEFORE DELETE OR TRUNCATE OR UPDATE OF nr ON verwerkingen "
        "FOR EACH STATEMENT EXECUTE FUNCTION alleen_toevoegen()"
    )
    for table in _RESULTS:
        for reference in sa.inspect(op.get_bind()).get_foreign_keys(table):
            op.drop_constraint(str(reference["name"]), table)
