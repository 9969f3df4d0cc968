"""Lets the chain of events go on behind a restore: one event may pass over the numbers of a stretch that is gone.

What was anchored of that stretch lies in the logboek, where nothing is overwritten, so its numbers are never given
again. The event itself says after which event it comes, and which numbers are gone.
"""

import sqlalchemy as sa
from alembic import op

# ruff: noqa: S608 - all text here is written here
revision = "0015"
down_revision = "0014"

_TOLD = "NEW.handeling = 'administratie teruggezet' AND (NEW.details::jsonb)->>"


def upgrade() -> None:
    """Put the rule in the place of that of migration 0007; SQLite has none, there verify-audit tells."""
    if op.get_context().dialect.name != "postgresql":
        return
    texts = ("tijdstip", "handeling", "object", "resultaat", "herkomst", "actor", "dataset", "run", "details")
    content = " || ',' || ".join(("NEW.volgnr::text", *(f"to_json(NEW.{name})::text" for name in texts)))
    follows = (
        f"NEW.volgnr = laatste + 1 OR (NEW.volgnr > laatste + 1 AND {_TOLD}'na' = laatste::text "
        f"AND {_TOLD}'tot_en_met' = (NEW.volgnr - 1)::text)"
    )
    hashed = f"encode(sha256(convert_to(schakel || E'\\n[' || {content} || ']', 'UTF8')), 'hex')"
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    op.execute(
        "CREATE OR REPLACE FUNCTION gebeurtenissen_schakel() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = pg_catalog, {schema}, pg_temp AS $$ DECLARE laatste bigint; schakel text; BEGIN "
        "SELECT volgnr, hash INTO laatste, schakel FROM gebeurtenissen ORDER BY volgnr DESC LIMIT 1; "
        "laatste := coalesce(laatste, 0); schakel := coalesce(schakel, repeat('0', 64)); "
        f"IF NOT (({follows}) AND NEW.hash = {hashed}) THEN "
        "RAISE EXCEPTION 'not the next link of the chain' USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN NEW; END $$"
    )
