"""Lets what requests were recognised by go when it is old enough, and gives the rows of a legal hold a least age.

The key of a request goes after a week at least, by the clock of the database. A hold goes with all that was said of it,
183 days after its end at least, or on the ground of a removal that is being carried out. SQLite knows no identity that
could lie about the hour: there the moment counts that the removal itself tells.
"""

import sqlalchemy as sa
from alembic import op

# ruff: noqa: S608 - all text here is written here
revision = "0013"
down_revision = "0012"

# written out, not taken from the code of today; a test says when shared/retention/terms.py knows another floor
LEAST_DAYS = {"eenmalig": 7, "bewaarplichten": 183}
_SLACK = "1 hour"  # between the clock that chose what is due and the one that is asked here
_WRITE_LOCK = 0x51_1A_3E

_OLDEST = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%S', t.tijdstip, '-{days} days', '+{slack}')",
    "postgresql": "to_char((klok() - interval '{days} days' + interval '{slack}') AT TIME ZONE 'UTC', "
    "'YYYY-MM-DD\"T\"HH24:MI:SS')",
}
_HELD = """EXISTS (
    SELECT 1 FROM bewaarplichten b WHERE b.dataset = OLD.dataset AND b.dienst = OLD.dienst AND b.aan
    AND NOT EXISTS (
        SELECT 1 FROM bewaarplichten later
        WHERE later.dataset = b.dataset AND later.dienst = b.dienst AND later.volgnr > b.volgnr
    )
)"""
# the beginning of a hold is as old as the last that was said of it: what ended yesterday stays, whenever it began
_ENDED = """NOT EXISTS (
    SELECT 1 FROM bewaarplichten said
    WHERE said.dataset = OLD.dataset AND said.dienst = OLD.dienst AND said.tijdstip >= {oldest}
)"""
_ASKED = """EXISTS (
    SELECT 1 FROM persoonsverzoeken q JOIN persoonsverzoeknamen p ON p.verzoek = q.verzoek AND p.naam = OLD.dienst
    WHERE q.soort = 'verwijdering' AND q.dataset = OLD.dataset AND t.grond = 'verzoek van een persoon ' || q.verzoek
    AND (SELECT s.toestand FROM persoonsverzoekstappen s WHERE s.verzoek = q.verzoek ORDER BY s.volgnr DESC LIMIT 1)
    = 'in uitvoering'
)"""


def upgrade() -> None:
    """Put the rules in the place of those of before; on PostgreSQL also make the functions that remove keys."""
    dialect = op.get_context().dialect.name
    for table, condition in _may_go(dialect).items():
        _guard(table, condition, dialect)
    if dialect == "postgresql":
        _functions()


def _may_go(dialect: str) -> dict[str, str]:
    oldest = {table: _OLDEST[dialect].format(days=days, slack=_SLACK) for table, days in LEAST_DAYS.items()}
    ended = _ENDED.format(oldest=oldest["bewaarplichten"])
    return {
        "eenmalig": _told("verzoeksleutels", f"OLD.tijdstip < {oldest['eenmalig']}"),
        "bewaarplichten": f"NOT {_HELD} AND " + _told("bezwaren", f"t.dataset = OLD.dataset AND ({ended} OR {_ASKED})"),
    }


def _told(soort: str, also: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM verwijderbewijzen t WHERE t.soort = '{soort}' "
        f"AND t.gebeurtenis = (SELECT max(volgnr) FROM gebeurtenissen) AND ({also}))"
    )


def _guard(table: str, condition: str, dialect: str) -> None:
    if dialect == "sqlite":
        op.execute(f"DROP TRIGGER {table}_geen_delete")
        op.execute(
            f"CREATE TRIGGER {table}_geen_delete BEFORE DELETE ON {table} WHEN NOT ({condition}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_met_bewijs() RETURNS trigger LANGUAGE plpgsql {_definer()} AS $$ BEGIN "
        f"IF NOT ({condition}) THEN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; "
        "END IF; RETURN OLD; END $$"
    )
    if table == "eenmalig":  # until now nothing of it went, ever
        op.execute("DROP TRIGGER eenmalig_alleen_toevoegen ON eenmalig")
        op.execute(
            "CREATE TRIGGER eenmalig_alleen_toevoegen BEFORE UPDATE OR TRUNCATE ON eenmalig "
            "FOR EACH STATEMENT EXECUTE FUNCTION alleen_toevoegen()"
        )
        op.execute(
            "CREATE TRIGGER eenmalig_met_bewijs BEFORE DELETE ON eenmalig "
            "FOR EACH ROW EXECUTE FUNCTION eenmalig_met_bewijs()"
        )


def _definer() -> str:
    """Return what makes a function act as the owner, on our tables and on nobody's lookalikes."""
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    return f"SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp"


def _functions() -> None:
    """Make what says how many keys of before a moment there are, with one hash of them, and what removes these."""
    definer, details = _definer(), "(g.details::jsonb)->>"
    line = "concat_ws(E'\\x1f', sleutel, inhoud, gemaakt, tijdstip)"
    one = f"encode(sha256(convert_to({line}, 'UTF8')), 'hex')"
    whole = f"string_agg({one}, '' ORDER BY {one} COLLATE \"C\")"
    op.execute(
        "CREATE FUNCTION te_verwijderen_verzoeksleutels(p_voor text, OUT aantal integer, OUT hash text) "
        f"LANGUAGE sql STABLE {definer} AS $$ SELECT count(*)::integer, "
        f"encode(sha256(convert_to(coalesce({whole}, ''), 'UTF8')), 'hex') FROM eenmalig WHERE tijdstip < p_voor $$"
    )
    op.execute(
        "CREATE FUNCTION verwijder_verzoeksleutels(p_voor text, p_gebeurtenis bigint) RETURNS integer "
        f"LANGUAGE plpgsql {definer} AS $$ DECLARE gaat record; BEGIN "
        f"PERFORM pg_advisory_xact_lock({_WRITE_LOCK}); "
        "SELECT * INTO gaat FROM te_verwijderen_verzoeksleutels(p_voor); "
        "IF gaat.aantal = 0 THEN RAISE EXCEPTION 'nothing to remove' USING ERRCODE = 'no_data_found'; END IF; "
        "INSERT INTO verwijderbewijzen (soort, dataset, run, tot_en_met, aantal, grond, actor, tijdstip, hash, "
        f"gebeurtenis) SELECT 'verzoeksleutels', g.dataset, g.run, NULL, gaat.aantal, {details}'grond', g.actor, "
        "g.tijdstip, gaat.hash, g.volgnr FROM gebeurtenissen g WHERE g.volgnr = p_gebeurtenis; "
        "DELETE FROM eenmalig WHERE tijdstip < p_voor; "
        "RETURN gaat.aantal; END $$"
    )
