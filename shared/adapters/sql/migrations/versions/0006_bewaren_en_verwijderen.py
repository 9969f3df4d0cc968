"""Makes the requests of persons, and lets a part of a run, requests, objections and files go with a tombstone.

A row goes only while the event of its tombstone is the newest: in the transaction of the removal itself. Nothing under
legal hold goes, for anybody. Who may use the functions: shared/adapters/sql/rights.py.
"""

import sqlalchemy as sa
from alembic import op

# ruff: noqa: S608 - all text here is written here
revision = "0006"
down_revision = "0005"

_WRITE_LOCK = 0x51_1A_3E
_HELD = """EXISTS (
    SELECT 1 FROM bewaarplichten b WHERE b.dataset = {dataset} AND b.dienst = {dienst} AND b.aan
    AND NOT EXISTS (
        SELECT 1 FROM bewaarplichten later
        WHERE later.dataset = b.dataset AND later.dienst = b.dienst AND later.volgnr > b.volgnr
    )
)"""
_NOW = "t.gebeurtenis = (SELECT max(volgnr) FROM gebeurtenissen)"
_TOLD = f"EXISTS (SELECT 1 FROM verwijderbewijzen t WHERE t.soort = '{{soort}}' AND {_NOW}"
_OLD_HELD = _HELD.format(dataset="OLD.dataset", dienst="OLD.dienst")
_MAY_GO = {
    "resultaten": f"""EXISTS (
    SELECT 1 FROM verwerkingen v JOIN verwijderbewijzen t ON t.run = v.run AND t.soort = 'resultaten' AND {_NOW}
    WHERE v.nr = OLD.verwerking_nr AND NOT {_HELD.format(dataset="v.dataset", dienst="OLD.dienst")}
)""",
    "verzoeken": f"{_TOLD.format(soort='verzoeken')} AND t.dataset = OLD.dataset)",
    "bezwaren": f"{_TOLD.format(soort='bezwaren')} AND t.dataset = OLD.dataset) AND NOT {_OLD_HELD}",
    "bewaarplichten": f"{_TOLD.format(soort='bezwaren')} AND t.dataset = OLD.dataset) AND NOT {_OLD_HELD}",
    "persoonsverzoeken": f"{_TOLD.format(soort='persoonsverzoeken')})",
    "persoonsverzoekstappen": f"{_TOLD.format(soort='persoonsverzoeken')})",
}
_NEW = ("persoonsverzoeken", "persoonsverzoekstappen")
_LOCKED_BEFORE = ("verzoeken", "bezwaren", "bewaarplichten")  # until now nothing of these went, ever

# what goes, of each kind: one line of text per row, over which the hash of the tombstone is made
_LINES = {
    "verzoeken": "SELECT concat_ws(E'\\x1f', verzoek, levering, digest, aanvraagnummers, reden, actor, tijdstip) "
    "AS regel FROM verzoeken WHERE dataset = p_dataset AND verzoek = ANY(p_sleutels)",
    "bezwaren": "SELECT concat_ws(E'\\x1f', bezwaar, dienst, toestand, reden, actor, tijdstip) AS regel "
    f"FROM bezwaren z WHERE dataset = p_dataset AND dienst = ANY(p_sleutels) "
    f"AND NOT {_HELD.format(dataset='z.dataset', dienst='z.dienst')} "
    "UNION ALL SELECT concat_ws(E'\\x1f', dienst, aan::integer::text, reden, actor, tijdstip) "
    f"FROM bewaarplichten z WHERE dataset = p_dataset AND dienst = ANY(p_sleutels) "
    f"AND NOT {_HELD.format(dataset='z.dataset', dienst='z.dienst')}",
    "persoonsverzoeken": "SELECT concat_ws(E'\\x1f', verzoek, soort, kenmerk, reden, actor, tijdstip) AS regel "
    "FROM persoonsverzoeken WHERE verzoek = ANY(p_sleutels) "
    "UNION ALL SELECT concat_ws(E'\\x1f', verzoek, toestand, reden, uitkomst, actor, tijdstip) "
    "FROM persoonsverzoekstappen WHERE verzoek = ANY(p_sleutels)",
}
_FREE = f"AND NOT {_HELD.format(dataset='z.dataset', dienst='z.dienst')}"
_DELETES = {
    "verzoeken": ("DELETE FROM verzoeken WHERE dataset = p_dataset AND verzoek = ANY(p_sleutels)",),
    "bezwaren": (
        f"DELETE FROM bezwaren z WHERE dataset = p_dataset AND dienst = ANY(p_sleutels) {_FREE}",
        # the beginning of a hold goes before its end: in between nothing seems to be held again
        f"DELETE FROM bewaarplichten z WHERE dataset = p_dataset AND dienst = ANY(p_sleutels) AND aan {_FREE}",
        f"DELETE FROM bewaarplichten z WHERE dataset = p_dataset AND dienst = ANY(p_sleutels) AND NOT aan {_FREE}",
    ),
    "persoonsverzoeken": (
        "DELETE FROM persoonsverzoekstappen WHERE verzoek = ANY(p_sleutels)",
        "DELETE FROM persoonsverzoeken WHERE verzoek = ANY(p_sleutels)",
    ),
}


def upgrade() -> None:
    """Make both tables and the triggers; on PostgreSQL also the functions that the purge role may use."""
    _tables()
    if op.get_context().dialect.name == "sqlite":
        _sqlite_triggers()
        return
    _postgresql_triggers()
    _functions()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _tables() -> None:
    op.create_table(
        "persoonsverzoeken",
        *(_text(name) for name in ("verzoek", "soort", "dataset", "kenmerk", "reden", "actor", "tijdstip")),
        sa.PrimaryKeyConstraint("verzoek", name="pk_persoonsverzoeken"),
    )
    op.create_table(
        "persoonsverzoekstappen",
        sa.Column("volgnr", sa.Integer, nullable=False),
        *(_text(name) for name in ("verzoek", "toestand", "reden", "uitkomst", "actor", "tijdstip")),
        sa.PrimaryKeyConstraint("volgnr", name="pk_persoonsverzoekstappen"),
    )
    op.create_index("ix_persoonsverzoekstappen_verzoek", "persoonsverzoekstappen", ["verzoek"])


def _sqlite_triggers() -> None:
    for table in _NEW:
        op.execute(
            f"CREATE TRIGGER {table}_geen_update BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    for table, condition in _MAY_GO.items():
        if table not in _NEW:
            op.execute(f"DROP TRIGGER {table}_geen_delete")
        op.execute(
            f"CREATE TRIGGER {table}_geen_delete BEFORE DELETE ON {table} WHEN NOT ({condition}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _postgresql_triggers() -> None:
    for table in (*_LOCKED_BEFORE, *_NEW):
        if table not in _NEW:
            op.execute(f"DROP TRIGGER {table}_alleen_toevoegen ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_alleen_toevoegen BEFORE UPDATE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION alleen_toevoegen()"
        )
    for table, condition in _MAY_GO.items():
        op.execute(
            f"CREATE OR REPLACE FUNCTION {table}_met_bewijs() RETURNS trigger LANGUAGE plpgsql {_definer()} AS $$ "
            f"BEGIN IF NOT ({condition}) THEN "
            f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END IF; "
            "RETURN OLD; END $$"
        )
        if table != "resultaten":
            op.execute(
                f"CREATE TRIGGER {table}_met_bewijs BEFORE DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_met_bewijs()"
            )


def _definer() -> str:
    """Return what makes a function act as the owner, on our tables and on nobody's lookalikes."""
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    return f"SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp"


def _digest(lines: str, order: str) -> str:
    one = f"encode(sha256(convert_to({lines}, 'UTF8')), 'hex')"
    return f"encode(sha256(convert_to(coalesce(string_agg({one}, '' ORDER BY {order}), ''), 'UTF8')), 'hex')"


def _functions() -> None:
    _functions_of_a_person(_definer())
    _functions_of_rows(_definer())
    # of files the database only keeps that they went; what goes is in storage
    op.execute(
        f"CREATE FUNCTION bestanden_verwijderd(p_gebeurtenis bigint) RETURNS void LANGUAGE plpgsql {_definer()} AS $$ "
        f"BEGIN PERFORM pg_advisory_xact_lock({_WRITE_LOCK}); {_tombstone('bestanden')} END $$"
    )


def _tombstone(soort: str) -> str:
    """Return the statement that writes the tombstone of an event; the trigger of 0003 holds it to what that tells."""
    details = "(g.details::jsonb)->>"
    return (
        "INSERT INTO verwijderbewijzen (soort, dataset, run, tot_en_met, aantal, grond, actor, tijdstip, hash, "
        f"gebeurtenis) SELECT '{soort}', g.dataset, g.run, NULL, ({details}'aantal')::integer, {details}'grond', "
        f"g.actor, g.tijdstip, {details}'hash', g.volgnr FROM gebeurtenissen g WHERE g.volgnr = p_gebeurtenis;"
    )


def _functions_of_a_person(definer: str) -> None:
    columns = ("regel::text", "aanvraagnummer", "dienst", "persoon", "peilmoment", "resultaattype::text", "reden")
    parts = ", ".join(f"coalesce(r.{column}, '')" for column in (*columns, "kenmerken", "uitleg"))
    whose = (
        "v.nr = r.verwerking_nr AND v.run = p_run AND (r.persoon = ANY(p_van) OR r.dienst = ANY(p_van)) "
        f"AND NOT {_HELD.format(dataset='v.dataset', dienst='r.dienst')}"
    )
    line = f"concat_ws(E'\\x1f', {parts})"
    op.execute(
        "CREATE FUNCTION te_verwijderen_van(p_run text, p_van text[], OUT aantal integer, OUT hash text) "
        f"LANGUAGE sql STABLE {definer} AS $$ SELECT count(*)::integer, {_digest(line, 'r.regel')} "
        f"FROM resultaten r, verwerkingen v WHERE {whose} $$"
    )
    op.execute(
        "CREATE FUNCTION verwijder_van(p_run text, p_van text[], p_gebeurtenis bigint) RETURNS integer "
        f"LANGUAGE plpgsql {definer} AS $$ DECLARE gaat record; BEGIN "
        f"PERFORM pg_advisory_xact_lock({_WRITE_LOCK}); "
        "SELECT * INTO gaat FROM te_verwijderen_van(p_run, p_van); "
        "IF gaat.aantal = 0 THEN RAISE EXCEPTION 'nothing to remove' USING ERRCODE = 'no_data_found'; END IF; "
        f"{_tombstone('resultaten')} "
        f"DELETE FROM resultaten r USING verwerkingen v WHERE {whose}; "
        "DELETE FROM bijdragen c USING verwerkingen v WHERE v.nr = c.verwerking_nr AND v.run = p_run AND NOT EXISTS "
        "(SELECT 1 FROM resultaten r WHERE r.verwerking_nr = c.verwerking_nr AND r.regel = c.regel); "
        "RETURN gaat.aantal; END $$"
    )


def _functions_of_rows(definer: str) -> None:
    for soort, lines in _LINES.items():
        deletes = " ".join(f"{statement};" for statement in _DELETES[soort])
        arguments = "p_dataset text, p_sleutels text[]"
        one = "encode(sha256(convert_to(alle.regel, 'UTF8')), 'hex')"
        op.execute(
            f"CREATE FUNCTION te_verwijderen_{soort}({arguments}, OUT aantal integer, OUT hash text) "
            f"LANGUAGE sql STABLE {definer} AS $$ SELECT count(*)::integer, "
            f"{_digest('alle.regel', f'{one} COLLATE "C"')} FROM ({lines}) AS alle $$"
        )
        op.execute(
            f"CREATE FUNCTION verwijder_{soort}({arguments}, p_gebeurtenis bigint) RETURNS integer "
            f"LANGUAGE plpgsql {definer} AS $$ DECLARE gaat record; BEGIN "
            f"PERFORM pg_advisory_xact_lock({_WRITE_LOCK}); "
            f"SELECT * INTO gaat FROM te_verwijderen_{soort}(p_dataset, p_sleutels); "
            "IF gaat.aantal = 0 THEN RAISE EXCEPTION 'nothing to remove' USING ERRCODE = 'no_data_found'; END IF; "
            f"{_tombstone(soort)} {deletes} RETURN gaat.aantal; END $$"
        )
