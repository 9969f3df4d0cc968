"""Keeps which model versions there are and every step with them; makes room for shadow runs beside the real ones.

The database holds four eyes too, for everybody: a decision on a proposal by its proposer is refused, and so is a
version in use that nobody else approved.
"""

import sqlalchemy as sa
from alembic import op

# ruff: noqa: S608 - all text here is written here
revision = "0005"
down_revision = "0004"

_TABLES = ("modelversies", "modelstappen")
_LIVING = "toestand <> 'vervallen' AND modelstatus <> 'schaduw'"
_LAST = "(SELECT max(s.volgnr) FROM modelstappen s WHERE s.modelversie_nr = NEW.modelversie_nr {which})"
_OTHER = "lower(trim(v.actor)) <> lower(trim({other}.actor))"
# what was last done with it is a proposal, by another
_DECIDED = f"EXISTS (SELECT 1 FROM modelstappen v WHERE v.volgnr = {_LAST.format(which='')} " + (
    f"AND v.stap = 'voorstellen' AND {_OTHER.format(other='NEW')})"
)
# its last proposal was approved, by another
_APPROVED = "EXISTS (SELECT 1 FROM modelstappen v JOIN modelstappen g ON g.modelversie_nr = v.modelversie_nr " + (
    "AND g.volgnr > v.volgnr AND g.stap = 'goedkeuren' WHERE v.volgnr = "
    f"{_LAST.format(which="AND s.stap = 'voorstellen'")} AND {_OTHER.format(other='g')})"
)
_FIRST = """NOT EXISTS (
    SELECT 1 FROM modelstappen s JOIN modelversies m ON m.nr = s.modelversie_nr
    WHERE m.dataset = (SELECT n.dataset FROM modelversies n WHERE n.nr = NEW.modelversie_nr)
    AND s.stap = 'eerste versie bij installatie'
)"""
_WAS = "EXISTS (SELECT 1 FROM modelstappen v WHERE v.modelversie_nr = NEW.modelversie_nr AND v.stap IN ({steps}))"
_WAS_ACTIVE = _WAS.format(steps="'activeren', 'terugzetten', 'eerste versie bij installatie'")
_MAY = f"""CASE
    WHEN NEW.stap IN ('goedkeuren', 'afwijzen') THEN {_DECIDED}
    WHEN NEW.stap IN ('activeren', 'schaduw beginnen') THEN {_APPROVED}
    WHEN NEW.stap = 'eerste versie bij installatie' THEN {_FIRST}
    WHEN NEW.stap IN ('vervangen', 'terugzetten') THEN {_WAS_ACTIVE}
    ELSE 1 = 1 END"""


def upgrade() -> None:
    """Make both tables with what guards them, and let shadow runs out of the rule of one living run per delivery."""
    _tables()
    living = sa.text(_LIVING)
    op.drop_index("uq_verwerkingen_levend", "verwerkingen")
    op.create_index(
        "uq_verwerkingen_levend",
        "verwerkingen",
        ["dataset", "digest", "verzoek"],
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )
    if op.get_context().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _tables() -> None:
    op.create_table(
        "modelversies",
        sa.Column("nr", sa.Integer, nullable=False),
        *(_text(name) for name in ("dataset", "model", "versie", "sha256")),
        sa.PrimaryKeyConstraint("nr", name="pk_modelversies"),
        sa.UniqueConstraint("dataset", "versie", name="uq_modelversies_dataset_versie"),
    )
    op.create_table(
        "modelstappen",
        sa.Column("volgnr", sa.Integer, nullable=False),
        sa.Column("modelversie_nr", sa.Integer, nullable=False),
        *(_text(name) for name in ("stap", "reden")),
        *(_text(name, True) for name in ("reden_drempel", "reden_steekproef", "dossier", "dossier_sha256")),
        _text("vergeleken_met", True),
        sa.Column("steekproef", sa.Float(53), nullable=True),
        *(_text(name) for name in ("actor", "tijdstip")),
        sa.PrimaryKeyConstraint("volgnr", name="pk_modelstappen"),
        sa.ForeignKeyConstraint(["modelversie_nr"], ["modelversies.nr"], name="fk_modelstappen_modelversie_nr"),
    )
    op.create_index("ix_modelstappen_modelversie_nr", "modelstappen", ["modelversie_nr"])


def _sqlite_triggers() -> None:
    for table in _TABLES:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_geen_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.execute(
        f"CREATE TRIGGER modelstappen_vier_ogen BEFORE INSERT ON modelstappen WHEN NOT ({_MAY}) "
        "BEGIN SELECT RAISE(ABORT, 'four eyes: another must decide'); END"
    )


def _postgresql_triggers() -> None:
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_alleen_toevoegen BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION alleen_toevoegen()"
        )
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    op.execute(
        "CREATE FUNCTION modelstap_vier_ogen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = pg_catalog, {schema}, pg_temp AS $$ BEGIN "
        f"IF NOT ({_MAY}) THEN "
        "RAISE EXCEPTION 'four eyes: another must decide' USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER modelstappen_vier_ogen BEFORE INSERT ON modelstappen "
        "FOR EACH ROW EXECUTE FUNCTION modelstap_vier_ogen()"
    )
