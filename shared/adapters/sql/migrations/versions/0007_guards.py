"""Guards what is current: the steps of a run, when results may come, and how a legal hold ends. For everybody.

What the app's identity may write it could also write wrongly. From here on the database itself refuses what the code
never does: to make a published run something else, to add to it, to begin a run as published, or to lift a hold
without an objection that is closed and told in the same transaction.
"""

import sqlalchemy as sa
from alembic import op

# ruff: noqa: S608 - all text here is written here
revision = "0007"
down_revision = "0006"

# written out, not taken from the code of today; a test says when shared/runstates.py knows other steps
BEGINS = ("aangehouden", "bezig", "wachtend")
STEPS = (
    "aangehouden>bezig",
    "aangehouden>vervallen",
    "aangehouden>vrijgegeven",
    "afgekeurd>aangehouden",
    "afgekeurd>bezig",
    "afgekeurd>vervallen",
    "bezig>aangehouden",
    "bezig>afgekeurd",
    "bezig>bezig",
    "bezig>gepubliceerd",
    "bezig>mislukt",
    "bezig>vervallen",
    "gepubliceerd>afgerond",
    "gepubliceerd>gepubliceerd",
    "mislukt>aangehouden",
    "mislukt>bezig",
    "mislukt>vervallen",
    "vervallen>aangehouden",
    "vervallen>bezig",
    "vrijgegeven>aangehouden",
    "vrijgegeven>bezig",
    "vrijgegeven>vervallen",
    "wachtend>aangehouden",
    "wachtend>bezig",
    "wachtend>vervallen",
)


def _list(texts: tuple[str, ...]) -> str:
    return ", ".join(f"'{text}'" for text in texts)


_BEGINS = f"NEW.toestand IN ({_list(BEGINS)}) AND NEW.publicatie IS NULL AND NEW.gepubliceerd IS NULL"
_STEP = f"""OLD.toestand <> 'afgerond' AND (
    (NEW.toestand = OLD.toestand AND NEW.reden = OLD.reden)
    OR OLD.toestand || '>' || NEW.toestand IN ({_list(STEPS)})
) AND CASE
    WHEN OLD.toestand = 'bezig' AND NEW.toestand = 'gepubliceerd' THEN
        OLD.publicatie IS NULL AND NEW.publicatie IS NOT NULL AND NEW.gepubliceerd IS NOT NULL
        AND NEW.publicatie = 1 + (
            SELECT coalesce(max(w.publicatie), 0) FROM verwerkingen w WHERE w.dataset = NEW.dataset
        )
    ELSE
        coalesce(NEW.publicatie, 0) = coalesce(OLD.publicatie, 0)
        AND coalesce(NEW.gepubliceerd, '') = coalesce(OLD.gepubliceerd, '')
    END"""
_GUARDED = (
    "toestand, reden, poging, verloopt, eigenaar, vrijgegeven, publicatie, gepubliceerd, gewijzigd, codeversie, "
    "instellingen"
)
# of a delivery that was published the period stays: the next one is compared with it
_PERIOD = """(
    coalesce(NEW.periode_van, '') = coalesce(OLD.periode_van, '')
    AND coalesce(NEW.periode_tot, '') = coalesce(OLD.periode_tot, '')
) OR OLD.periode_van IS NULL OR NOT EXISTS (
    SELECT 1 FROM verwerkingen v WHERE v.dataset = OLD.dataset AND v.digest = OLD.digest AND v.publicatie IS NOT NULL
)"""
_BUSY = "EXISTS (SELECT 1 FROM verwerkingen v WHERE v.nr = {row}.verwerking_nr AND v.toestand = 'bezig')"

# every pseudonym that the application with this one has: the clear number ties them
_NAMES = """SELECT o.dienst FROM resultaten m
    JOIN resultaten o ON o.aanvraagnummer = m.aanvraagnummer
    JOIN verwerkingen vm ON vm.nr = m.verwerking_nr AND vm.dataset = NEW.dataset
    JOIN verwerkingen vo ON vo.nr = o.verwerking_nr AND vo.dataset = NEW.dataset
    WHERE m.dienst = NEW.dienst"""
_LAST_WORD = "NOT EXISTS (SELECT 1 FROM bezwaren l WHERE l.bezwaar = z.bezwaar AND l.volgnr > z.volgnr)"
_SAME_APPLICATION = f"z.dataset = NEW.dataset AND (z.dienst = NEW.dienst OR z.dienst IN ({_NAMES}))"
_MAY_LIFT = f"""NEW.aan OR (
    EXISTS (
        SELECT 1 FROM bezwaren z JOIN gebeurtenissen g ON g.handeling = 'bezwaar afgehandeld'
            AND g.dataset = z.dataset AND g.actor = z.actor AND g.tijdstip = z.tijdstip
        WHERE NEW.reden = 'bezwaar ' || z.bezwaar AND z.toestand <> 'open'
        AND z.actor = NEW.actor AND z.tijdstip = NEW.tijdstip AND {_LAST_WORD} AND {_SAME_APPLICATION}
    ) AND NOT EXISTS (
        SELECT 1 FROM bezwaren z WHERE z.toestand = 'open' AND {_LAST_WORD} AND {_SAME_APPLICATION}
    )
)"""

_SEALED = (
    "regel",
    "aanvraagnummer",
    "dienst",
    "persoon",
    "peilmoment",
    "resultaattype",
    "reden",
    "advies",
    "score",
    "intercept",
    "zekerheid",
    "steekproef",
    "kenmerken",
    "uitleg",
    "bijdragen",
)
_HELD = """EXISTS (
    SELECT 1 FROM bewaarplichten b WHERE b.dataset = v.dataset AND b.dienst = r.dienst AND b.aan
    AND NOT EXISTS (
        SELECT 1 FROM bewaarplichten later
        WHERE later.dataset = b.dataset AND later.dienst = b.dienst AND later.volgnr > b.volgnr
    )
)"""

_RULES = (
    ("verwerkingen", "begin", "INSERT", _BEGINS, "a run does not begin like this"),
    ("verwerkingen", "stap", f"UPDATE OF {_GUARDED}", _STEP, "a run does not go from there to there"),
    ("leveringen", "periode", "UPDATE OF periode_van, periode_tot", _PERIOD, "the period of what was published stays"),
    ("bewaarplichten", "opheffen", "INSERT", _MAY_LIFT, "a hold ends with its objection"),
)
_RESULTS = ("resultaten", "bijdragen")


def upgrade() -> None:
    """Make the triggers; on PostgreSQL also close the readers' view and the functions to who has no role."""
    if op.get_context().dialect.name == "sqlite":
        _sqlite_triggers()
        return
    _postgresql_triggers()
    _link()
    _seal()
    # a condition of the reader's own is judged after ours, on rows that it may see
    op.execute("ALTER VIEW resultaten_dataverkenner SET (security_barrier = true)")
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    op.execute(f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC")


def _sqlite_triggers() -> None:
    for table, name, moment, condition, refusal in _RULES:
        _sqlite(f"{table}_{name}", f"{moment} ON {table}", condition, refusal)
    for table in _RESULTS:
        _sqlite(f"{table}_bezig", f"INSERT ON {table}", _BUSY.format(row="NEW"), "results come while a run is busy")


def _sqlite(name: str, moment: str, condition: str, refusal: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {moment} WHEN NOT ({condition}) BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    )


def _postgresql_triggers() -> None:
    for table, name, moment, condition, refusal in _RULES:
        _function(f"{table}_{name}", condition, refusal)
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_{name}()"
        )
    for table in _RESULTS:  # once per statement: a night has many rows
        _function(
            f"{table}_bezig",
            f"NOT EXISTS (SELECT 1 FROM erbij n WHERE NOT {_BUSY.format(row='n')})",
            "results come while a run is busy",
        )
        op.execute(
            f"CREATE TRIGGER {table}_bezig AFTER INSERT ON {table} REFERENCING NEW TABLE AS erbij "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_bezig()"
        )


def _link() -> None:
    """Let an event in only as the next link of the chain, with the hash that shared/events.py makes of it.

    SQLite cannot make that hash; it has no identities either, and verify-audit tells there.
    """
    texts = ("tijdstip", "handeling", "object", "resultaat", "herkomst", "actor", "dataset", "run", "details")
    content = " || ',' || ".join(("NEW.volgnr::text", *(f"to_json(NEW.{name})::text" for name in texts)))
    _function(
        "gebeurtenissen_schakel",
        "NEW.volgnr = 1 + coalesce((SELECT max(volgnr) FROM gebeurtenissen), 0) AND NEW.hash = encode(sha256("
        "convert_to(coalesce((SELECT l.hash FROM gebeurtenissen l WHERE l.volgnr = NEW.volgnr - 1), repeat('0', 64)) "
        f"|| E'\\n[' || {content} || ']', 'UTF8')), 'hex')",
        "not the next link of the chain",
    )
    op.execute(
        "CREATE TRIGGER gebeurtenissen_schakel BEFORE INSERT ON gebeurtenissen "
        "FOR EACH ROW EXECUTE FUNCTION gebeurtenissen_schakel()"
    )


def _seal() -> None:
    """Make the hash of what is stored of a run, that who sees no result must tell of when some of them go.

    `p_zonder`: NULL for all of them; else without what goes: those of these pseudonyms, or all where it is empty, but
    nothing that is under legal hold.
    """
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    texts = {name: f"r.{name}" for name in _SEALED} | {"bijdragen": "c.bijdragen"}
    texts |= {name: f"r.{name}::integer::text" for name in ("regel", "resultaattype", "steekproef")}
    texts |= {name: f"encode(float8send(r.{name} + 0), 'hex')" for name in ("score", "intercept", "zekerheid")}
    line = " || ".join(f"coalesce(length({text}) || ':' || {text}, '-')" for text in texts.values())
    one = f"encode(sha256(convert_to({line}, 'UTF8')), 'hex')"
    goes = f"(cardinality(p_zonder) = 0 OR r.persoon = ANY(p_zonder) OR r.dienst = ANY(p_zonder)) AND NOT {_HELD}"
    op.execute(
        "CREATE FUNCTION rijen(p_run text, p_zonder text[], OUT aantal integer, OUT hash text) LANGUAGE sql STABLE "
        f"SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp AS $$ SELECT count(*)::integer, "
        f"encode(sha256(convert_to(coalesce(string_agg({one}, '' ORDER BY r.regel), ''), 'UTF8')), 'hex') "
        "FROM verwerkingen v JOIN resultaten r ON r.verwerking_nr = v.nr "
        "LEFT JOIN bijdragen c ON c.verwerking_nr = r.verwerking_nr AND c.regel = r.regel "
        f"WHERE v.run = p_run AND (p_zonder IS NULL OR coalesce(({goes}), false) IS FALSE) $$"
    )


def _function(name: str, condition: str, refusal: str) -> None:
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = pg_catalog, {schema}, pg_temp AS $$ BEGIN "
        f"IF NOT ({condition}) THEN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN NEW; END $$"
    )
