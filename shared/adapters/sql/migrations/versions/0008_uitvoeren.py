"""Keeps, while a request of a person is carried out, by which names that person is known, and holds removals to it.

A result goes when it is old enough by the clock of the database itself, or when a request for removal is being carried
out that names its person or application. The names come with a step of the request and go with the step that ends it;
nobody adds or drops them otherwise. SQLite knows no identity that could lie about the hour: there the moment counts
that the removal itself tells.
"""

import sqlalchemy as sa
from alembic import op

# ruff: noqa: S608 - all text here is written here
revision = "0008"
down_revision = "0007"

# written out, not taken from the code of today; a test says when shared/retention/terms.py knows another floor
LEAST_DAYS = 183
_SLACK = "1 hour"  # between the clock that chose what is due and the one that is asked here
OPEN = ("wacht op uitvoering", "in uitvoering", "op te halen")
AT_WORK = "in uitvoering"

_NEWEST = "(SELECT s.toestand FROM persoonsverzoekstappen s WHERE s.verzoek = {verzoek} ORDER BY s.volgnr DESC LIMIT 1)"
_IS_OPEN = f"coalesce({_NEWEST}, '') IN ({', '.join(f"'{state}'" for state in OPEN)})"
_HELD = """EXISTS (
    SELECT 1 FROM bewaarplichten b WHERE b.dataset = {dataset} AND b.dienst = {dienst} AND b.aan
    AND NOT EXISTS (
        SELECT 1 FROM bewaarplichten later
        WHERE later.dataset = b.dataset AND later.dienst = b.dienst AND later.volgnr > b.volgnr
    )
)"""
_ASKED = f"""EXISTS (
    SELECT 1 FROM persoonsverzoeken q JOIN persoonsverzoeknamen n ON n.verzoek = q.verzoek
    WHERE t.grond = 'verzoek van een persoon ' || q.verzoek AND q.soort = 'verwijdering' AND q.dataset = v.dataset
    AND n.naam IN (OLD.persoon, OLD.dienst) AND {_NEWEST.format(verzoek="q.verzoek")} = '{AT_WORK}'
)"""
_MAY_GO = f"""EXISTS (
    SELECT 1 FROM verwerkingen v JOIN verwijderbewijzen t ON t.run = v.run AND t.soort = 'resultaten'
        AND t.gebeurtenis = (SELECT max(volgnr) FROM gebeurtenissen)
    WHERE v.nr = OLD.verwerking_nr AND NOT {_HELD.format(dataset="v.dataset", dienst="OLD.dienst")}
    AND (v.gepubliceerd < {{oldest}} OR {_ASKED})
)"""
_OLDEST = {
    "sqlite": f"strftime('%Y-%m-%dT%H:%M:%S', t.tijdstip, '-{LEAST_DAYS} days', '+{_SLACK}')",
    "postgresql": f"to_char((klok() - interval '{LEAST_DAYS} days' + interval '{_SLACK}') AT TIME ZONE 'UTC', "
    "'YYYY-MM-DD\"T\"HH24:MI:SS')",
}
_NAMES = {
    "INSERT": _IS_OPEN.format(verzoek="NEW.verzoek"),
    "DELETE": f"NOT ({_IS_OPEN.format(verzoek='OLD.verzoek')})",
}
_REFUSALS = {
    "INSERT": "names come while a request is carried out",
    "DELETE": "persoonsverzoeknamen is append-only",
}
_DROP = "DELETE FROM persoonsverzoeknamen WHERE verzoek = NEW.verzoek"


def upgrade() -> None:
    """Make the table and the triggers; on PostgreSQL also the functions that the purge role may use."""
    op.create_table(
        "persoonsverzoeknamen",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("verzoek", "soort", "naam")),
        sa.PrimaryKeyConstraint("verzoek", "soort", "naam", name="pk_persoonsverzoeknamen"),
    )
    op.create_index("ix_persoonsverzoeknamen_naam", "persoonsverzoeknamen", ["naam"])
    if op.get_context().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    op.execute("DROP TRIGGER resultaten_geen_delete")
    may_go = _MAY_GO.format(oldest=_OLDEST["sqlite"])
    for name, moment, condition, refusal in (
        ("resultaten_geen_delete", "DELETE ON resultaten", may_go, "resultaten is append-only"),
        ("persoonsverzoeknamen_geen_update", "UPDATE ON persoonsverzoeknamen", "0", _REFUSALS["DELETE"]),
        *(
            (
                f"persoonsverzoeknamen_{change.lower()}",
                f"{change} ON persoonsverzoeknamen",
                condition,
                _REFUSALS[change],
            )
            for change, condition in _NAMES.items()
        ),
    ):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} WHEN NOT ({condition}) BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )
    op.execute(
        "CREATE TRIGGER persoonsverzoekstappen_namen AFTER INSERT ON persoonsverzoekstappen "
        f"WHEN NOT ({_IS_OPEN.format(verzoek='NEW.verzoek')}) BEGIN {_DROP}; END"
    )


def _postgresql() -> None:
    definer = _definer()
    op.execute(
        f"CREATE FUNCTION klok() RETURNS timestamptz LANGUAGE sql STABLE {definer} "
        "AS $$ SELECT statement_timestamp() $$"
    )
    may_go = _MAY_GO.format(oldest=_OLDEST["postgresql"])
    _guard("CREATE OR REPLACE", "resultaten_met_bewijs", may_go, "OLD", "resultaten is append-only")
    op.execute(
        "CREATE TRIGGER persoonsverzoeknamen_alleen_toevoegen BEFORE UPDATE OR TRUNCATE ON persoonsverzoeknamen "
        "FOR EACH STATEMENT EXECUTE FUNCTION alleen_toevoegen()"
    )
    for change, condition in _NAMES.items():
        name = f"persoonsverzoeknamen_{change.lower()}"
        _guard("CREATE", name, condition, "NEW" if change == "INSERT" else "OLD", _REFUSALS[change])
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {change} ON persoonsverzoeknamen FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    op.execute(
        f"CREATE FUNCTION persoonsverzoekstappen_namen() RETURNS trigger LANGUAGE plpgsql {definer} AS $$ BEGIN "
        f"IF NOT ({_IS_OPEN.format(verzoek='NEW.verzoek')}) THEN {_DROP}; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER persoonsverzoekstappen_namen AFTER INSERT ON persoonsverzoekstappen "
        "FOR EACH ROW EXECUTE FUNCTION persoonsverzoekstappen_namen()"
    )
    held = _HELD.format(dataset="p_dataset", dienst="naam.dienst")
    op.execute(
        "CREATE FUNCTION onder_bewaarplicht(p_dataset text, p_diensten text[]) RETURNS boolean "
        f"LANGUAGE sql STABLE {definer} AS $$ SELECT EXISTS (SELECT 1 FROM unnest(p_diensten) AS naam(dienst) "
        f"WHERE {held}) $$"
    )


def _definer() -> str:
    """Return what makes a function act as the owner, on our tables and on nobody's lookalikes."""
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    return f"SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp"


def _guard(make: str, name: str, condition: str, row: str, refusal: str) -> None:
    op.execute(
        f"{make} FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {_definer()} AS $$ BEGIN "
        f"IF NOT ({condition}) THEN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation'; END IF; "
        f"RETURN {row}; END $$"
    )
