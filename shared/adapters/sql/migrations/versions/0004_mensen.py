"""Keeps what people say about predictions: assessments (beoordelingen) and objections (bezwaren), only ever added.

An assessment goes with the result that it is about, when that is removed with a tombstone, and not before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_WITH_ITS_RESULT = "DELETE FROM beoordelingen WHERE verwerking_nr = OLD.verwerking_nr AND regel = OLD.regel"
_RESULT_IS_GONE = """NOT EXISTS (
    SELECT 1 FROM resultaten r WHERE r.verwerking_nr = OLD.verwerking_nr AND r.regel = OLD.regel
)"""


def upgrade() -> None:
    """Make both tables, the indexes to find people and applications back, and triggers that keep what is written."""
    _tables()
    for column in ("persoon", "dienst"):
        op.create_index(f"ix_resultaten_{column}", "resultaten", [column])
    if op.get_context().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _tables() -> None:
    op.create_table(
        "beoordelingen",
        sa.Column("volgnr", sa.Integer, nullable=False),
        sa.Column("verwerking_nr", sa.Integer, nullable=False),
        sa.Column("regel", sa.Integer, nullable=False),
        *(_text(name) for name in ("rol", "route")),
        sa.Column("gevolgd", sa.Boolean, nullable=False),
        *(_text(name) for name in ("reden", "toelichting", "actor", "tijdstip")),
        sa.PrimaryKeyConstraint("volgnr", name="pk_beoordelingen"),
        sa.ForeignKeyConstraint(["verwerking_nr"], ["verwerkingen.nr"], name="fk_beoordelingen_verwerking_nr"),
    )
    op.create_index("ix_beoordelingen_verwerking_nr_regel", "beoordelingen", ["verwerking_nr", "regel"])
    op.create_table(
        "bezwaren",
        sa.Column("volgnr", sa.Integer, nullable=False),
        *(_text(name) for name in ("bezwaar", "dataset", "dienst", "toestand", "reden", "actor", "tijdstip")),
        sa.PrimaryKeyConstraint("volgnr", name="pk_bezwaren"),
    )
    op.create_index("ix_bezwaren_bezwaar", "bezwaren", ["bezwaar"])
    op.create_index("ix_bezwaren_dataset_dienst", "bezwaren", ["dataset", "dienst"])


def _sqlite_triggers() -> None:
    for table, change, condition in (
        ("beoordelingen", "UPDATE", ""),
        ("beoordelingen", "DELETE", f"WHEN NOT {_RESULT_IS_GONE} "),
        ("bezwaren", "UPDATE", ""),
        ("bezwaren", "DELETE", ""),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_geen_{change.lower()} BEFORE {change} ON {table} {condition}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    op.execute(f"CREATE TRIGGER resultaten_met_beoordelingen AFTER DELETE ON resultaten BEGIN {_WITH_ITS_RESULT}; END")


def _postgresql_triggers() -> None:
    for table, changes in (("beoordelingen", "UPDATE OR TRUNCATE"), ("bezwaren", "UPDATE OR DELETE OR TRUNCATE")):
        op.execute(
            f"CREATE TRIGGER {table}_alleen_toevoegen BEFORE {changes} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION alleen_toevoegen()"
        )
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    definer = f"SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp"
    op.execute(
        f"CREATE FUNCTION beoordelingen_met_resultaat() RETURNS trigger LANGUAGE plpgsql {definer} AS $$ BEGIN "
        f"IF NOT {_RESULT_IS_GONE} THEN "
        "RAISE EXCEPTION 'beoordelingen is append-only' USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN OLD; END $$"
    )
    op.execute(
        "CREATE TRIGGER beoordelingen_met_resultaat BEFORE DELETE ON beoordelingen "
        "FOR EACH ROW EXECUTE FUNCTION beoordelingen_met_resultaat()"
    )
    op.execute(
        f"CREATE FUNCTION resultaten_met_beoordelingen() RETURNS trigger LANGUAGE plpgsql {definer} AS $$ BEGIN "
        f"{_WITH_ITS_RESULT}; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER resultaten_met_beoordelingen AFTER DELETE ON resultaten "
        "FOR EACH ROW EXECUTE FUNCTION resultaten_met_beoordelingen()"
    )
