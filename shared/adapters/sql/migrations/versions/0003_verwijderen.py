"""Lets a removal take place that leaves a tombstone, for those who may do no more than that.

A row of a result, contribution or event can be deleted when a tombstone names it; a tombstone can be added when an
event of the chain tells of it with the same number, ground and hash; and nothing under legal hold goes at all. That
holds for everybody, the owner of the tables too. Who may use the functions and the view: shared/adapters/sql/rights.py.
"""

import sqlalchemy as sa
from alembic import op

# ruff: noqa: S608 - all text here is written here
revision = "0003"
down_revision = "0002"

_KEPT = ("verwijderbewijzen", "bewaarplichten")
_REMOVABLE = ("resultaten", "bijdragen", "gebeurtenissen")
_WRITE_LOCK = 0x51_1A_3E

# under hold: what was last said of this application of this dataset is that it must be kept
_HELD = """EXISTS (
    SELECT 1 FROM bewaarplichten b WHERE b.dataset = v.dataset AND b.dienst = {dienst} AND b.aan
    AND NOT EXISTS (
        SELECT 1 FROM bewaarplichten later
        WHERE later.dataset = b.dataset AND later.dienst = b.dienst AND later.volgnr > b.volgnr
    )
)"""
_MAY_GO = {
    "resultaten": f"""EXISTS (
    SELECT 1 FROM verwerkingen v JOIN verwijderbewijzen t ON t.run = v.run AND t.soort = 'resultaten'
    WHERE v.nr = OLD.verwerking_nr AND NOT {_HELD.format(dienst="OLD.dienst")}
)""",
    "bijdragen": """NOT EXISTS (
    SELECT 1 FROM resultaten r WHERE r.verwerking_nr = OLD.verwerking_nr AND r.regel = OLD.regel
)""",
    "gebeurtenissen": """EXISTS (
    SELECT 1 FROM verwijderbewijzen t WHERE t.soort = 'gebeurtenissen' AND t.tot_en_met >= OLD.volgnr
)""",
}
_TOLD = """EXISTS (
    SELECT 1 FROM gebeurtenissen g WHERE g.volgnr = NEW.gebeurtenis AND g.run = NEW.run
    AND g.handeling = NEW.soort || ' verwijderd' AND g.actor = NEW.actor AND g.tijdstip = NEW.tijdstip
    AND {aantal} = NEW.aantal AND {grond} = NEW.grond AND {hash} = NEW.hash
    AND (NEW.tot_en_met IS NULL OR NEW.tot_en_met < NEW.gebeurtenis)
)"""


def upgrade() -> None:
    """Make both tables and the triggers; on PostgreSQL also the functions and the view that roles may use."""
    _tables()
    if op.get_context().dialect.name == "sqlite":
        _sqlite_triggers()
        return
    _postgresql_triggers()
    _functions()
    _reader_view()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _tables() -> None:
    op.create_table(
        "verwijderbewijzen",
        sa.Column("nr", sa.Integer, nullable=False),
        *(_text(name) for name in ("soort", "dataset", "run")),
        sa.Column("tot_en_met", sa.BigInteger, nullable=True),
        sa.Column("aantal", sa.Integer, nullable=False),
        *(_text(name) for name in ("grond", "actor", "tijdstip", "hash")),
        sa.Column("gebeurtenis", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("nr", name="pk_verwijderbewijzen"),
        sa.UniqueConstraint("gebeurtenis", name="uq_verwijderbewijzen_gebeurtenis"),
    )
    op.create_index("ix_verwijderbewijzen_run", "verwijderbewijzen", ["run"])
    op.create_table(
        "bewaarplichten",
        sa.Column("volgnr", sa.Integer, nullable=False),
        *(_text(name) for name in ("dataset", "dienst")),
        sa.Column("aan", sa.Boolean, nullable=False),
        *(_text(name) for name in ("reden", "actor", "tijdstip")),
        sa.PrimaryKeyConstraint("volgnr", name="pk_bewaarplichten"),
    )
    op.create_index("ix_bewaarplichten_dataset_dienst", "bewaarplichten", ["dataset", "dienst"])


def _sqlite_triggers() -> None:
    for table in _KEPT:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_geen_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    for table in _REMOVABLE:
        op.execute(f"DROP TRIGGER {table}_geen_delete")
        op.execute(
            f"CREATE TRIGGER {table}_geen_delete BEFORE DELETE ON {table} WHEN NOT {_MAY_GO[table]} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    told = _TOLD.format(**{name: f"json_extract(g.details, '$.{name}')" for name in ("aantal", "grond", "hash")})
    op.execute(
        f"CREATE TRIGGER verwijderbewijzen_met_gebeurtenis BEFORE INSERT ON verwijderbewijzen WHEN NOT {told} "
        "BEGIN SELECT RAISE(ABORT, 'no event tells of this removal'); END"
    )


def _postgresql_triggers() -> None:
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_alleen_toevoegen BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION alleen_toevoegen()"
        )
    for table in _REMOVABLE:
        op.execute(f"DROP TRIGGER {table}_alleen_toevoegen ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_alleen_toevoegen BEFORE UPDATE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION alleen_toevoegen()"
        )
        _trigger_function(f"{table}_met_bewijs", _MAY_GO[table], "OLD", f"{table} is append-only")
        op.execute(
            f"CREATE TRIGGER {table}_met_bewijs BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_met_bewijs()"
        )
    details = "(g.details::jsonb)->>"
    told = _TOLD.format(aantal=f"({details}'aantal')::int", grond=f"{details}'grond'", hash=f"{details}'hash'")
    _trigger_function("bewijs_met_gebeurtenis", told, "NEW", "no event tells of this removal")
    op.execute(
        "CREATE TRIGGER verwijderbewijzen_met_gebeurtenis BEFORE INSERT ON verwijderbewijzen "
        "FOR EACH ROW EXECUTE FUNCTION bewijs_met_gebeurtenis()"
    )


def _trigger_function(name: str, condition: str, row: str, refusal: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {_definer()} AS $$ BEGIN "
        f"IF NOT {condition} THEN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation'; END IF; "
        f"RETURN {row}; END $$"
    )


def _definer() -> str:
    """Return what makes a function act as the owner, on our tables and on nobody's lookalikes."""
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    return f"SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp"


def _functions() -> None:
    definer = _definer()
    columns = ("regel::text", "aanvraagnummer", "dienst", "persoon", "peilmoment", "resultaattype::text", "reden")
    parts = ", ".join(f"coalesce(r.{column}, '')" for column in (*columns, "kenmerken", "uitleg"))
    going = (
        "FROM resultaten r JOIN verwerkingen v ON v.nr = r.verwerking_nr "
        f"WHERE v.run = p_run AND v.publicatie IS NOT NULL AND NOT {_HELD.format(dienst='r.dienst')}"
    )
    op.execute(
        "CREATE FUNCTION te_verwijderen_resultaten(p_run text, OUT aantal integer, OUT hash text) "
        f"LANGUAGE sql STABLE {definer} AS $$ "
        "SELECT count(*)::integer, encode(sha256(convert_to(coalesce(string_agg("
        f"encode(sha256(convert_to(concat_ws(E'\\x1f', {parts}), 'UTF8')), 'hex'), '' ORDER BY r.regel), ''), "
        f"'UTF8')), 'hex') {going} $$"
    )
    tombstone = (
        "INSERT INTO verwijderbewijzen "
        "(soort, dataset, run, tot_en_met, aantal, grond, actor, tijdstip, hash, gebeurtenis) "
    )
    op.execute(
        "CREATE FUNCTION verwijder_resultaten(p_run text, p_gebeurtenis bigint) RETURNS integer "
        f"LANGUAGE plpgsql {definer} AS $$ DECLARE gaat record; BEGIN "
        f"PERFORM pg_advisory_xact_lock({_WRITE_LOCK}); "
        "SELECT * INTO gaat FROM te_verwijderen_resultaten(p_run); "
        "IF gaat.aantal = 0 THEN RAISE EXCEPTION 'nothing to remove' USING ERRCODE = 'no_data_found'; END IF; "
        f"{tombstone} SELECT 'resultaten', g.dataset, p_run, NULL, gaat.aantal, (g.details::jsonb)->>'grond', g.actor, "
        "g.tijdstip, gaat.hash, g.volgnr FROM gebeurtenissen g WHERE g.volgnr = p_gebeurtenis; "
        f"DELETE FROM resultaten r USING verwerkingen v WHERE v.nr = r.verwerking_nr AND v.run = p_run "
        f"AND NOT {_HELD.format(dienst='r.dienst')}; "
        "DELETE FROM bijdragen c USING verwerkingen v WHERE v.nr = c.verwerking_nr AND v.run = p_run AND NOT EXISTS "
        "(SELECT 1 FROM resultaten r WHERE r.verwerking_nr = c.verwerking_nr AND r.regel = c.regel); "
        "RETURN gaat.aantal; END $$"
    )
    op.execute(
        "CREATE FUNCTION verwijder_gebeurtenissen(p_tot_en_met bigint, p_gebeurtenis bigint) RETURNS integer "
        f"LANGUAGE plpgsql {definer} AS $$ DECLARE hoeveel integer; BEGIN "
        f"PERFORM pg_advisory_xact_lock({_WRITE_LOCK}); "
        "SELECT count(*) INTO hoeveel FROM gebeurtenissen WHERE volgnr <= p_tot_en_met; "
        "IF hoeveel = 0 THEN RAISE EXCEPTION 'nothing to remove' USING ERRCODE = 'no_data_found'; END IF; "
        f"{tombstone} SELECT 'gebeurtenissen', g.dataset, g.run, p_tot_en_met, hoeveel, (g.details::jsonb)->>'grond', "
        "g.actor, g.tijdstip, (SELECT l.hash FROM gebeurtenissen l WHERE l.volgnr = p_tot_en_met), g.volgnr "
        "FROM gebeurtenissen g WHERE g.volgnr = p_gebeurtenis; "
        "DELETE FROM gebeurtenissen WHERE volgnr <= p_tot_en_met; "
        "RETURN hoeveel; END $$"
    )


def _reader_view() -> None:
    # without score and draw of the sample, which nobody may see before the assessment, and without what is internal
    op.execute(
        "CREATE VIEW resultaten_dataverkenner AS SELECT dataset, datum, levering, run, gepubliceerd, model, "
        "modelversie, aanvraagnummer, persoon, peilmoment, resultaattype, reden, advies, uitleg FROM actuele_resultaten"
    )
