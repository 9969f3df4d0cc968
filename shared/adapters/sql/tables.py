"""The tables of the administration. Moments are UTC text of fixed width, so both databases order them alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

VERSION = "0017_vanaf_0015"  # of the newest migration; a test keeps them together

LIVING = "toestand <> 'vervallen' AND modelstatus <> 'schaduw'"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _run(**reference: Any) -> Column[int]:
    return Column("verwerking_nr", Integer, ForeignKey("verwerkingen.nr", **reference), primary_key=True)


# of results on PostgreSQL the guards look after the reference (migration 0016); SQLite looks when all are in (0017)
_AT_THE_END = {"deferrable": True, "initially": "DEFERRED"}


leveringen = Table(
    "leveringen",
    metadata,
    Column("nr", Integer, primary_key=True),
    _text("dataset"),
    _text("levering"),
    _text("digest"),
    _text("plaats"),
    _text("periode_van", null=True),
    _text("periode_tot", null=True),
    _text("bestanden"),
    _text("aangekomen"),
    UniqueConstraint("dataset", "digest"),
    Index(None, "dataset", "levering"),
)

verwerkingen = Table(
    "verwerkingen",
    metadata,
    Column("nr", Integer, primary_key=True),
    Column("run", Text, nullable=False, unique=True),
    _text("dataset"),
    _text("levering"),
    _text("digest"),
    _text("datum"),
    _text("verzoek"),
    _text("toestand"),
    _text("reden"),
    Column("poging", Integer, nullable=False),
    _text("verloopt", null=True),
    _text("eigenaar"),
    Column("vrijgegeven", Boolean, nullable=False),
    _text("model"),
    _text("modelversie"),
    _text("modeldigest"),
    _text("modelstatus"),
    _text("contractversie"),
    _text("sleutel"),
    _text("codeversie"),
    _text("instellingen"),
    Column("publicatie", BigInteger, nullable=True),
    _text("gepubliceerd", null=True),
    _text("gewijzigd"),
    UniqueConstraint("dataset", "publicatie"),
    # at most one living run of a delivery and request: what makes triggers idempotent; shadows stand beside it
    Index(
        "uq_verwerkingen_levend",
        "dataset",
        "digest",
        "verzoek",
        unique=True,
        sqlite_where=text(LIVING),
        postgresql_where=text(LIVING),
    ),
    Index(None, "dataset", "datum"),
)

resultaten = Table(
    "resultaten",
    metadata,
    _run(**_AT_THE_END),
    Column("regel", Integer, primary_key=True),
    _text("aanvraagnummer"),
    _text("dienst"),
    _text("persoon", null=True),
    _text("peilmoment"),
    Column("resultaattype", SmallInteger, nullable=False),
    _text("reden"),
    _text("advies", null=True),
    Column("score", Float(53), nullable=True),
    Column("intercept", Float(53), nullable=True),
    Column("zekerheid", Float(53), nullable=True),
    Column("steekproef", Boolean, nullable=False),
    _text("kenmerken", null=True),
    _text("uitleg"),
    UniqueConstraint("aanvraagnummer", "verwerking_nr"),
    Index(None, "persoon"),
    Index(None, "dienst"),
)

bijdragen = Table(
    "bijdragen",
    metadata,
    _run(**_AT_THE_END),
    Column("regel", Integer, primary_key=True),
    _text("bijdragen"),
)

bevindingen = Table(
    "bevindingen",
    metadata,
    _run(),
    Column("poging", Integer, primary_key=True),
    Column("volgnr", Integer, primary_key=True),
    _text("code"),
    _text("ernst"),
    _text("zin"),
    _text("advies"),
    _text("tabel"),
    _text("kolom"),
    _text("rijen"),
    Column("aantal", Integer, nullable=False),
)

gebeurtenissen = Table(
    "gebeurtenissen",
    metadata,
    Column("volgnr", BigInteger, primary_key=True, autoincrement=False),
    _text("tijdstip"),
    _text("handeling"),
    _text("object"),
    _text("resultaat"),
    _text("herkomst"),
    _text("actor"),
    _text("dataset"),
    _text("run"),
    _text("details"),
    _text("hash"),
    Index(None, "run"),
    Index(None, "handeling", "object"),
)

stopknop = Table(
    "stopknop",
    metadata,
    Column("volgnr", Integer, primary_key=True),
    _text("model"),
    Column("aan", Boolean, nullable=False),
    _text("reden"),
    _text("actor"),
    _text("tijdstip"),
)

verzoeken = Table(
    "verzoeken",
    metadata,
    Column("verzoek", Text, primary_key=True),
    _text("dataset"),
    _text("levering"),
    _text("digest"),
    _text("aanvraagnummers"),
    _text("reden"),
    _text("actor"),
    _text("tijdstip"),
)

uitvoerstanden = Table(
    "uitvoerstanden",
    metadata,
    Column("dataset", Text, primary_key=True),
    Column("datum", Text, primary_key=True),
    Column("stand", BigInteger, primary_key=True, autoincrement=False),
    Column("aantal", Integer, nullable=False),
    _text("verwerkingen"),
    _text("bestanden"),
)

verwijderbewijzen = Table(
    "verwijderbewijzen",
    metadata,
    Column("nr", Integer, primary_key=True),
    _text("soort"),
    _text("dataset"),
    _text("run"),
    Column("tot_en_met", BigInteger, nullable=True),
    Column("aantal", Integer, nullable=False),
    _text("grond"),
    _text("actor"),
    _text("tijdstip"),
    _text("hash"),
    Column("gebeurtenis", BigInteger, nullable=False, unique=True),
    Index(None, "run"),
)

bewaarplichten = Table(
    "bewaarplichten",
    metadata,
    Column("volgnr", Integer, primary_key=True),
    _text("dataset"),
    _text("dienst"),
    Column("aan", Boolean, nullable=False),
    _text("reden"),
    _text("actor"),
    _text("tijdstip"),
    Index(None, "dataset", "dienst"),
)

beoordelingen = Table(
    "beoordelingen",
    metadata,
    Column("volgnr", Integer, primary_key=True),
    Column("verwerking_nr", Integer, ForeignKey("verwerkingen.nr"), nullable=False),
    Column("regel", Integer, nullable=False),
    _text("rol"),
    _text("route"),
    Column("gevolgd", Boolean, nullable=True),
    _text("reden"),
    _text("toelichting"),
    _text("actor"),
    _text("tijdstip"),
    Index(None, "verwerking_nr", "regel"),
)

bezwaren = Table(
    "bezwaren",
    metadata,
    Column("volgnr", Integer, primary_key=True),
    *(_text(name) for name in ("bezwaar", "dataset", "dienst", "toestand", "reden", "actor", "tijdstip")),
    _text("persoon", null=True),
    Index(None, "bezwaar"),
    Index(None, "dataset", "dienst"),
)

persoonsverzoeken = Table(
    "persoonsverzoeken",
    metadata,
    Column("verzoek", Text, primary_key=True),
    *(_text(name) for name in ("soort", "dataset", "kenmerk", "reden", "actor", "tijdstip")),
)

persoonsverzoekstappen = Table(
    "persoonsverzoekstappen",
    metadata,
    Column("volgnr", Integer, primary_key=True),
    *(_text(name) for name in ("verzoek", "toestand", "reden", "uitkomst", "actor", "tijdstip")),
    Index(None, "verzoek"),
)

persoonsverzoeknamen = Table(
    "persoonsverzoeknamen",
    metadata,
    Column("verzoek", Text, primary_key=True),
    Column("soort", Text, primary_key=True),
    Column("naam", Text, primary_key=True),
    Index(None, "naam"),
)

eenmalig = Table(
    "eenmalig",
    metadata,
    Column("sleutel", Text, primary_key=True),
    *(_text(name) for name in ("inhoud", "gemaakt", "tijdstip")),
)

modelversies = Table(
    "modelversies",
    metadata,
    Column("nr", Integer, primary_key=True),
    _text("dataset"),
    _text("model"),
    _text("versie"),
    _text("sha256"),
    UniqueConstraint("dataset", "versie"),
)

modelstappen = Table(
    "modelstappen",
    metadata,
    Column("volgnr", Integer, primary_key=True),
    Column("modelversie_nr", Integer, ForeignKey("modelversies.nr"), nullable=False),
    _text("stap"),
    _text("reden"),
    _text("reden_drempel", null=True),
    _text("reden_steekproef", null=True),
    _text("dossier", null=True),
    _text("dossier_sha256", null=True),
    _text("vergeleken_met", null=True),
    Column("steekproef", Float(53), nullable=True),
    _text("actor"),
    _text("tijdstip"),
    Index(None, "modelversie_nr"),
)

APPEND_ONLY = (
    resultaten,
    bijdragen,
    bevindingen,
    gebeurtenissen,
    stopknop,
    verzoeken,
    uitvoerstanden,
    eenmalig,
    modelversies,
    modelstappen,
)

CURRENT_RESULTS = """
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
