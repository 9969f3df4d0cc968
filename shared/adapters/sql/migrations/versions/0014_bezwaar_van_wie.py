"""Keeps with an objection whose application it was when it was made, and lets it go with that person.

The client of an application can be corrected in the source. What the first said does not become the second's, and goes
when the first asks for removal, also where the application has stood in somebody else's name since.
"""

import sqlalchemy as sa
from alembic import op

# ruff: noqa: S608 - all text here is written here
revision = "0014"
down_revision = "0013"

# written out, not taken from the code of today; a test says when shared/retention/terms.py knows another floor
LEAST_DAYS = 183
_SLACK = "1 hour"  # between the clock that chose what is due and the one that is asked here
_WRITE_LOCK = 0x51_1A_3E

_HELD = """EXISTS (
    SELECT 1 FROM bewaarplichten b WHERE b.dataset = {row}.dataset AND b.dienst = {row}.dienst AND b.aan
    AND NOT EXISTS (
        SELECT 1 FROM bewaarplichten later
        WHERE later.dataset = b.dataset AND later.dienst = b.dienst AND later.volgnr > b.volgnr
    )
)"""
_OLDEST = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%S', t.tijdstip, '-{days} days', '+{slack}')",
    "postgresql": "to_char((klok() - interval '{days} days' + interval '{slack}') AT TIME ZONE 'UTC', "
    "'YYYY-MM-DD\"T\"HH24:MI:SS')",
}
_ASKED = """EXISTS (
    SELECT 1 FROM persoonsverzoeken q JOIN persoonsverzoeknamen p ON p.verzoek = q.verzoek
    AND p.naam IN (OLD.dienst, OLD.persoon)
    WHERE q.soort = 'verwijdering' AND q.dataset = OLD.dataset AND t.grond = 'verzoek van een persoon ' || q.verzoek
    AND (SELECT s.toestand FROM persoonsverzoekstappen s WHERE s.verzoek = q.verzoek ORDER BY s.volgnr DESC LIMIT 1)
    = 'in uitvoering'
)"""
_FREE = f"NOT {_HELD.format(row='z')}"
_SAID = (
    f"FROM bezwaren z WHERE dataset = p_dataset AND (dienst = ANY(p_sleutels) OR persoon = ANY(p_sleutels)) AND {_FREE}"
)
_KEPT = f"FROM bewaarplichten z WHERE dataset = p_dataset AND dienst = ANY(p_sleutels) AND {_FREE}"


def upgrade() -> None:
    """Make the column, and put the rules in the place of those of before; on PostgreSQL also the functions."""
    op.add_column("bezwaren", sa.Column("persoon", sa.Text, nullable=True))
    dialect = op.get_context().dialect.name
    old = f"OLD.tijdstip < {_OLDEST[dialect].format(days=LEAST_DAYS, slack=_SLACK)}"
    condition = (
        f"NOT {_HELD.format(row='OLD')} AND EXISTS (SELECT 1 FROM verwijderbewijzen t WHERE t.soort = 'bezwaren' "
        "AND t.gebeurtenis = (SELECT max(volgnr) FROM gebeurtenissen) "
        f"AND t.dataset = OLD.dataset AND ({old} OR {_ASKED}))"
    )
    if dialect == "sqlite":
        op.execute("DROP TRIGGER bezwaren_geen_delete")
        op.execute(
            f"CREATE TRIGGER bezwaren_geen_delete BEFORE DELETE ON bezwaren WHEN NOT ({condition}) "
            "BEGIN SELECT RAISE(ABORT, 'bezwaren is append-only'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION bezwaren_met_bewijs() RETURNS trigger LANGUAGE plpgsql {_definer()} AS $$ BEGIN "
        f"IF NOT ({condition}) THEN RAISE EXCEPTION 'bezwaren is append-only' USING ERRCODE = 'restrict_violation'; "
        "END IF; RETURN OLD; END $$"
    )
    _functions()


def _definer() -> str:
    """Return what makes a function act as the owner, on our tables and on nobody's lookalikes."""
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    return f"SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp"


def _functions() -> None:
    """Replace what says which objections and holds would go, and what removes these: keys name clients too."""
    definer, details = _definer(), "(g.details::jsonb)->>"
    lines = (
        f"SELECT concat_ws(E'\\x1f', bezwaar, dienst, toestand, reden, actor, tijdstip) AS regel {_SAID} "
        f"UNION ALL SELECT concat_ws(E'\\x1f', dienst, aan::integer::text, reden, actor, tijdstip) {_KEPT}"
    )
    one = "encode(sha256(convert_to(alle.regel, 'UTF8')), 'hex')"
    whole = f"string_agg({one}, '' ORDER BY {one} COLLATE \"C\")"
    op.execute(
        "CREATE OR REPLACE FUNCTION te_verwijderen_bezwaren(p_dataset text, p_sleutels text[], OUT aantal integer, "
        f"OUT hash text) LANGUAGE sql STABLE {definer} AS $$ SELECT count(*)::integer, "
        f"encode(sha256(convert_to(coalesce({whole}, ''), 'UTF8')), 'hex') FROM ({lines}) AS alle $$"
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION verwijder_bezwaren(p_dataset text, p_sleutels text[], p_gebeurtenis bigint) "
        f"RETURNS integer LANGUAGE plpgsql {definer} AS $$ DECLARE gaat record; BEGIN "
        f"PERFORM pg_advisory_xact_lock({_WRITE_LOCK}); "
        "SELECT * INTO gaat FROM te_verwijderen_bezwaren(p_dataset, p_sleutels); "
        "IF gaat.aantal = 0 THEN RAISE EXCEPTION 'nothing to remove' USING ERRCODE = 'no_data_found'; END IF; "
        "INSERT INTO verwijderbewijzen (soort, dataset, run, tot_en_met, aantal, grond, actor, tijdstip, hash, "
        f"gebeurtenis) SELECT 'bezwaren', g.dataset, g.run, NULL, ({details}'aantal')::integer, {details}'grond', "
        f"g.actor, g.tijdstip, {details}'hash', g.volgnr FROM gebeurtenissen g WHERE g.volgnr = p_gebeurtenis; "
        f"DELETE {_SAID}; "
        # the beginning of a hold goes before its end: in between nothing seems to be held again
        f"DELETE {_KEPT} AND aan; DELETE {_KEPT} AND NOT aan; "
        "RETURN gaat.aantal; END $$"
    )
