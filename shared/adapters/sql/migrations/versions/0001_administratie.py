"""Makes the administration: deliveries, runs, results, findings, events, and the view of current results."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# written out, not taken from the code of today: a migration must keep doing what it did
_APPEND_ONLY = ("resultaten", "bijdragen", "bevindingen", "gebeurtenissen", "stopknop", "verzoeken", "uitvoerstanden")

_CURRENT_RESULTS = """
CREATE VIEW actuele_resultaten AS
SELECT v.dataset, v.datum, v.levering, v.run, v.publicatie, v.gepubliceerd, v.model, v.modelversie, r.*
FROM resultaten r
JOIN verwerkingen v ON v.nr = r.verwerking_nr
WHERE v.toestand IN ('gepubliceerd', 'afgerond') AND v.modelstatus <> 'schaduw'
AND NOT EXISTS (
    SELECT 1 FROM resultaten nieuwer
    JOIN verwerkingen w ON w.nr = nieuwer.verwerking_nr
    WHERE nieuwer.aanvraagnummer = r.aanvraagnummer AND w.dataset = v.dataset
    AND w.toestand IN ('gepubliceerd', 'afgerond') AND w.modelstatus <> 'schaduw' AND w.publicatie > v.publicatie
)
"""


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _run(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column("verwerking_nr", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["verwerking_nr"], ["verwerkingen.nr"], name=f"fk_{table}_verwerking_nr"),
    )


def upgrade() -> None:
    """Make all tables, the view, and on SQLite the triggers that keep what is written."""
    _deliveries_and_runs()
    _results()
    _events_and_requests()
    op.execute(_CURRENT_RESULTS)
    if op.get_context().dialect.name == "sqlite":
        _triggers()


def _deliveries_and_runs() -> None:
    op.create_table(
        "leveringen",
        sa.Column("nr", sa.Integer, nullable=False),
        *(_text(name) for name in ("dataset", "levering", "digest", "plaats")),
        _text("periode_van", True),
        _text("periode_tot", True),
        _text("bestanden"),
        _text("aangekomen"),
        sa.PrimaryKeyConstraint("nr", name="pk_leveringen"),
        sa.UniqueConstraint("dataset", "digest", name="uq_leveringen_dataset_digest"),
    )
    op.create_index("ix_leveringen_dataset_levering", "leveringen", ["dataset", "levering"])
    op.create_table(
        "verwerkingen",
        sa.Column("nr", sa.Integer, nullable=False),
        *(_text(name) for name in ("run", "dataset", "levering", "digest", "datum", "verzoek", "toestand", "reden")),
        sa.Column("poging", sa.Integer, nullable=False),
        _text("verloopt", True),
        _text("eigenaar"),
        sa.Column("vrijgegeven", sa.Boolean, nullable=False),
        *(_text(name) for name in ("model", "modelversie", "modeldigest", "modelstatus")),
        *(_text(name) for name in ("contractversie", "sleutel", "codeversie", "instellingen")),
        sa.Column("publicatie", sa.BigInteger, nullable=True),
        _text("gepubliceerd", True),
        _text("gewijzigd"),
        sa.PrimaryKeyConstraint("nr", name="pk_verwerkingen"),
        sa.UniqueConstraint("run", name="uq_verwerkingen_run"),
        sa.UniqueConstraint("dataset", "publicatie", name="uq_verwerkingen_dataset_publicatie"),
    )
    living = sa.text("toestand <> 'vervallen'")
    op.create_index(
        "uq_verwerkingen_levend",
        "verwerkingen",
        ["dataset", "digest", "verzoek"],
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )
    op.create_index("ix_verwerkingen_dataset_datum", "verwerkingen", ["dataset", "datum"])


def _results() -> None:
    op.create_table(
        "resultaten",
        *_run("resultaten"),
        sa.Column("regel", sa.Integer, nullable=False),
        _text("aanvraagnummer"),
        _text("dienst"),
        _text("persoon", True),
        _text("peilmoment"),
        sa.Column("resultaattype", sa.SmallInteger, nullable=False),
        _text("reden"),
        _text("advies", True),
        *(sa.Column(name, sa.Float(53), nullable=True) for name in ("score", "intercept", "zekerheid")),
        sa.Column("steekproef", sa.Boolean, nullable=False),
        _text("kenmerken", True),
        _text("uitleg"),
        sa.PrimaryKeyConstraint("verwerking_nr", "regel", name="pk_resultaten"),
        sa.UniqueConstraint("aanvraagnummer", "verwerking_nr", name="uq_resultaten_aanvraagnummer_verwerking_nr"),
    )
    op.create_table(
        "bijdragen",
        *_run("bijdragen"),
        sa.Column("regel", sa.Integer, nullable=False),
        _text("bijdragen"),
        sa.PrimaryKeyConstraint("verwerking_nr", "regel", name="pk_bijdragen"),
    )
    op.create_table(
        "bevindingen",
        *_run("bevindingen"),
        sa.Column("poging", sa.Integer, nullable=False),
        sa.Column("volgnr", sa.Integer, nullable=False),
        *(_text(name) for name in ("code", "ernst", "zin", "advies", "tabel", "kolom", "rijen")),
        sa.Column("aantal", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("verwerking_nr", "poging", "volgnr", name="pk_bevindingen"),
    )
    op.create_table(
        "uitvoerstanden",
        _text("dataset"),
        _text("datum"),
        sa.Column("stand", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("aantal", sa.Integer, nullable=False),
        _text("verwerkingen"),
        _text("bestanden"),
        sa.PrimaryKeyConstraint("dataset", "datum", "stand", name="pk_uitvoerstanden"),
    )


def _events_and_requests() -> None:
    op.create_table(
        "gebeurtenissen",
        sa.Column("volgnr", sa.BigInteger, nullable=False, autoincrement=False),
        *(_text(name) for name in ("tijdstip", "handeling", "object", "resultaat", "herkomst", "actor")),
        *(_text(name) for name in ("dataset", "run", "details", "hash")),
        sa.PrimaryKeyConstraint("volgnr", name="pk_gebeurtenissen"),
    )
    op.create_index("ix_gebeurtenissen_run", "gebeurtenissen", ["run"])
    op.create_index("ix_gebeurtenissen_handeling_object", "gebeurtenissen", ["handeling", "object"])
    op.create_table(
        "stopknop",
        sa.Column("volgnr", sa.Integer, nullable=False),
        _text("model"),
        sa.Column("aan", sa.Boolean, nullable=False),
        *(_text(name) for name in ("reden", "actor", "tijdstip")),
        sa.PrimaryKeyConstraint("volgnr", name="pk_stopknop"),
    )
    op.create_table(
        "verzoeken",
        *(_text(name) for name in ("verzoek", "dataset", "levering", "digest", "aanvraagnummers")),
        *(_text(name) for name in ("reden", "actor", "tijdstip")),
        sa.PrimaryKeyConstraint("verzoek", name="pk_verzoeken"),
    )


def _triggers() -> None:
    for table in _APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_geen_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    # INSERT OR REPLACE would otherwise pass by the trigger on DELETE
    op.execute(
        "CREATE TRIGGER gebeurtenissen_niet_vervangen BEFORE INSERT ON gebeurtenissen "
        "WHEN EXISTS (SELECT 1 FROM gebeurtenissen WHERE volgnr = NEW.volgnr) "
        "BEGIN SELECT RAISE(ABORT, 'gebeurtenissen is append-only'); END"
    )
