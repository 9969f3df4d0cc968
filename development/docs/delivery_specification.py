"""Renders docs/leveringsspecificatie.md: what the supplier delivers, from schema, rules and model policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from development.docs.delivery_example import LEVERING, description_text, message_text
from development.docs.delivery_rows import ROWS
from development.docs.markdown import bullets, fenced, in_words, made_from, page, table, with_places
from shared.dataset import ROW_KEY, Column, DatasetSchema, Kind, TableSchema
from shared.records import Severity
from shared.settings import SETTINGS
from shared.stages.check import FEWEST_TO_COMPARE
from shared.stages.rules import ROWS_SHOWN, RULES
from shared.stages.values import NO_END_FROM, NUMBER_LENGTH

FORMS: dict[Kind, tuple[str, str, str]] = {
    Kind.NUMMER: (
        f"Tekst van hoogstens {NUMBER_LENGTH} leesbare tekens. Wij vergelijken precies: hoofdletters en nullen vooraan "
        "tellen mee. Alleen spaties voor en achter vallen weg.",
        "`0012345`",
        "string",
    ),
    Kind.TEKST: ("Tekst. Hoofdletters en spaties voor en achter maken geen verschil.", "`Damrak`", "string"),
    Kind.GEHEEL: ("Cijfers, met een min ervoor als het getal negatief is.", "`131`", "int32, int64"),
    Kind.BEDRAG: (
        "Euro met een punt en hoogstens twee decimalen. Geen komma, geen duizendtallen, geen euroteken.",
        "`-2270.50`",
        "decimal128, of float64 (wij ronden af op centen)",
    ),
    Kind.DATUM: ("`JJJJ-MM-DD`", "`2026-11-20`", "date32"),
    Kind.TIJDSTIP: (
        "`JJJJ-MM-DD UU:MM:SS`, eventueel met hoogstens zes cijfers na een punt. In plaats van de spatie mag een `T`. "
        "Lokale tijd, zonder tijdzone.",
        "`2026-11-19 14:03:07`",
        "timestamp in ms of µs, zonder tijdzone",
    ),
}
MEMBERS = (
    ("`$schema`", "Altijd de waarde uit het voorbeeld: een Frictionless Data Package, versie 2."),
    ("`name`", "Een naam van u voor deze levering."),
    ("`created`", "Wanneer u de levering maakte, met tijdzone."),
    ("`dataset`", "Altijd `{dataset}`."),
    ("`schemaversie`", "De versie van deze specificatie: `{versie}`."),
    (
        "`periode.van`, `periode.tot`",
        "Lokale tijd zonder tijdzone. `van` hoort erbij, `tot` niet. De dienstnummers waarvan de eerste werkopdracht "
        "in de periode ligt, zijn de aanvragen. Laat perioden precies op elkaar aansluiten.",
    ),
    ("`resources[]`", "Eén onderdeel voor elk van de {aantal} tabellen, ook als een tabel leeg is."),
    ("… `name`", "De naam van de tabel."),
    ("… `path`", "De naam van het bestand, zonder map."),
    ("… `format`", "`csv` of `parquet`; mag per tabel verschillen."),
    ("… `bytes`", "De grootte van het bestand in bytes."),
    ("… `hash`", "`sha256:` met daarachter de sha256 van het bestand in hexadecimale cijfers."),
    ("… `rijen`", "Het aantal rijen, zonder de kopregel."),
    ("… `encoding`", "Alleen bij csv: `utf-8`."),
    ("… `dialect.delimiter`", "Alleen bij csv: `,` of `;`. Staat het er niet, dan lezen wij een komma."),
)
ROW_ASIDE = (
    "De rij telt niet mee. Elke aanvraag van de persoon, de partij of het dienstnummer in die rij krijgt geen "
    "voorspelling (`GEGEVENS_ONBRUIKBAAR`). De rest van de levering gaat door."
)
NO_FAULTS = (
    "een einde vóór een begin",
    "een intrekking (dtafvoer) vóór de invoer (dtopvoer)",
    "een datum na de periode",
    "een code die wij niet kennen (soort, productnr, besluit, categorie)",
    "een nummer dat nergens anders voorkomt",
    "een partij met meer personen",
    "een postcode in welke vorm ook",
    "een tabel zonder rijen (bij weinig aanvragen)",
)


def render_specification(schema: DatasetSchema, policy: Mapping[str, Any]) -> str:
    """Return the page. `policy`: of the model package; its bands say how many rows are expected."""
    lines = [
        f"# Leveringsspecificatie {schema.id}",
        "",
        *made_from("shared/levensonderhoud/dataset/", "shared/stages/rules.py", "models/"),
        f"Voor de leverancier (DASO). Schemaversie {schema.version}. {schema.title}.",
        "",
        *_in_short(schema),
        *_folder(schema),
        *description_part(schema),
        *files_part(),
        *_rows(schema, policy.get("bands", {})),
        *tables_part(schema),
        *never_part(schema),
        *consequences_part(),
        *feedback_part(schema),
    ]
    return page(lines)


def _in_short(schema: DatasetSchema) -> list[str]:
    return [
        "## In het kort",
        "",
        *bullets(
            (
                "U levert elke nacht de nieuwe aanvragen van de dag ervoor, met de rijen die nodig zijn om ze te "
                "beoordelen. Niet meer dan dat.",
                f"Elke levering is één map met {len(schema.tables)} bestanden en `datapackage.json`.",
                "U schrijft `datapackage.json` als laatste. Wij beginnen pas als dat er staat.",
                "U krijgt over elke levering bericht: geaccepteerd, aangehouden of afgekeurd, en waarom.",
            )
        ),
    ]


def _folder(schema: DatasetSchema) -> list[str]:
    tree = f"brievenbus/{schema.id}/{LEVERING}/diensten.csv\nbrievenbus/{schema.id}/{LEVERING}/…"
    tree += f"\nbrievenbus/{schema.id}/{LEVERING}/datapackage.json        <- als laatste"
    return [
        "## Map en namen",
        "",
        *fenced(tree, "text"),
        *bullets(
            (
                "De naam van de map begint met een datum: `JJJJ-MM-DD`. Daarachter mag iets staan, zoals `-2`.",
                "Alle bestanden staan in die map zelf. Er staan geen andere bestanden in.",
                "Lever zonder gzip, zip of andere compressie om het bestand. Compressie binnen Parquet mag.",
                "Dezelfde levering nog een keer aanbieden kan geen kwaad: zij wordt niet twee keer verwerkt.",
            )
        ),
    ]


def description_part(schema: DatasetSchema, period: str = "") -> list[str]:
    """Return what stands in datapackage.json. `period`: what is said of it where it is not that of applications."""
    members = [(name, period if period and "periode" in name else text) for name, text in MEMBERS]
    places = {"dataset": schema.id, "versie": schema.version, "aantal": str(len(schema.tables))}
    return [
        "## datapackage.json",
        "",
        "UTF-8 zonder BOM, hoogstens 1 MB; elke naam komt één keer voor. Andere onderdelen mogen erin staan; wij",
        "lezen ze niet.",
        "",
        *table(("onderdeel", "wat erin staat"), ((name, text.format(**places)) for name, text in members)),
        "Voorbeeld:",
        "",
        *fenced(description_text(schema), "json"),
    ]


def files_part() -> list[str]:
    """Return the forms that files may have."""
    return [
        "## Bestanden",
        "",
        "**csv** volgens RFC 4180: UTF-8 zonder BOM, regels eindigen met CRLF of LF. De eerste regel noemt de",
        "kolommen, in kleine letters en in welke volgorde ook. Een veld met een scheidingsteken, een aanhalingsteken",
        'of een nieuwe regel erin staat tussen `"`; een `"` in zo\'n veld schrijft u dubbel. Niets tussen twee',
        "scheidingstekens is leeg.",
        "",
        "**Parquet**: de kolommen hebben het type uit de laatste kolom hieronder. Een null en een lege tekst zijn",
        "allebei leeg. Een pagina van een kolom is uitgepakt hoogstens 16 MB (gewoon is 1 MB), en tekst staat er niet",
        "in met de codering DELTA_BYTE_ARRAY of DELTA_LENGTH_BYTE_ARRAY. Het aantal kolommen maal het aantal",
        "rijgroepen is hoogstens 2.000. Wie niets instelt, levert zo.",
        "",
        "Een bestand is hoogstens 1 GB groot.",
        "",
        *table(
            ("soort", "vorm", "voorbeeld in csv", "type in Parquet"),
            ((str(kind), form, example, arrow) for kind, (form, example, arrow) in FORMS.items()),
        ),
        f"Een datum of tijdstip in {NO_END_FROM.year} of later lezen wij als leeg: Socrates schrijft 2382-12-31 voor",
        "'geen einde'. In csv en in Parquet mag u die datum dus laten staan. NUL-tekens mogen nergens voorkomen.",
        "",
    ]


def _rows(schema: DatasetSchema, bands: Mapping[str, Mapping[str, float | None]]) -> list[str]:
    return [
        "## Welke rijen, en hoeveel geschiedenis",
        "",
        "Het **peilmoment** van een aanvraag is de eerste werkopdracht van het dienstnummer. Lever alle rijen van een",
        "persoon die een kenmerk kan gebruiken, en geen andere. De geschiedenis is één jaar (365 dagen) vóór het",
        "peilmoment, en alles wat op het peilmoment nog gold. Een rij die pas ná het peilmoment is ingetrokken hoort",
        "er dus bij. Alleen rijen met `geldig` 1 tellen mee.",
        "",
        *table(
            ("tabel", "van wie", "welke rijen", "rijen per aanvraag"),
            (
                (f"`{name}`", ROWS[name].van_wie, ROWS[name].periode, _band(bands.get(name)))
                for name in schema.tables
                if name in ROWS
            ),
        ),
        f"Bij {FEWEST_TO_COMPARE} aanvragen of meer vergelijken wij het aantal rijen per aanvraag met de laatste",
        "kolom. Ligt het daarbuiten, dan houden wij de levering aan. Zo valt een tabel op die ineens leeg of dun is.",
        "",
    ]


def _band(band: Mapping[str, float | None] | None) -> str:
    if band is None:
        return "geen grens"
    low, high = (None if band.get(side) is None else f"{band[side]:g}".replace(".", ",") for side in ("laag", "hoog"))
    if high is None:
        return "ten minste één rij" if (band.get("laag") or 0) < 0.001 else f"{low} of meer"
    return f"hoogstens {high}" if low is None else f"{low} tot {high}"


def tables_part(schema: DatasetSchema) -> Iterator[str]:
    """Yield every table with its columns and the reason for each."""
    yield from (
        "## Tabellen en kolommen",
        "",
        f"Van elke kolom staat erbij waarom wij haar vragen. `{ROW_KEY}` mag in een bestand ontbreken; alle andere",
        "kolommen moeten er zijn. 'Verplicht' betekent dat de waarde in geen enkele rij leeg mag zijn.",
        "",
    )
    for each in schema.tables.values():
        yield from _table(each)


def _table(schema: TableSchema) -> list[str]:
    return [
        f"### {schema.name}",
        "",
        f"{schema.title}.",
        "",
        *table(
            ("kolom", "soort", "verplicht", "klasse", "wat is het", "waarom vragen wij dit"),
            (
                (
                    f"`{column.name}`",
                    str(column.kind),
                    "ja" if column.required else "nee",
                    str(column.klasse),
                    column.description + _allowed(column),
                    column.reason,
                )
                for column in schema.columns
            ),
        ),
    ]


def _allowed(column: Column) -> str:
    return f" Alleen {in_words([str(value) for value in column.allowed])}." if column.allowed else ""


def never_part(schema: DatasetSchema) -> list[str]:
    """Return the columns that may never be delivered."""
    groups: dict[str, list[str]] = {}
    for name, group in schema.forbidden.items():
        groups.setdefault(group, []).append(name)
    return [
        "## Wat u nooit levert",
        "",
        "Deze kolommen mogen in geen enkele tabel staan. Komt er toch een binnen, dan laten wij haar weg en gaat er",
        "een alarm naar de privacy officer. Zet ook geen burgerservicenummer in een tekst: een nummer dat er een kan",
        "zijn vervangen wij door `***`, met een alarm. Elke andere kolom die hierboven niet staat laten wij ook weg.",
        "",
        *table(
            ("groep", "kolommen"),
            ((group, ", ".join(f"`{name}`" for name in names)) for group, names in groups.items()),
        ),
    ]


def consequences_part(aside: str = ROW_ASIDE, no_faults: Sequence[str] = NO_FAULTS) -> Iterator[str]:
    """Yield what becomes of a delivery with faults. `aside`: what it means that a row is set aside."""
    days = next(setting.default for setting in SETTINGS if setting.name == "QUARANTAINE_DAGEN")
    yield from (
        "## Wat er met fouten gebeurt",
        "",
        "Wat u daarna doet, staat per code in [bevindingen](bevindingen.md).",
        "",
    )
    for ernst, title, meaning in (
        (
            Severity.AFKEUREN,
            "Afgekeurd",
            "De levering wordt als geheel niet verwerkt. Herstel de bevindingen en lever opnieuw, onder dezelfde of "
            f"een nieuwe naam. Wij bewaren de levering hoogstens {days} dagen in quarantaine.",
        ),
        (
            Severity.AANHOUDEN,
            "Aangehouden",
            "De levering wacht op de gemeente. Een procesbeheerder geeft haar vrij of vraagt u om een nieuwe. Zij ligt "
            f"hoogstens {days} dagen in quarantaine.",
        ),
        (
            Severity.TERZIJDE,
            "Terzijde gelegd",
            aside,
        ),
        (Severity.ALARM, "Alarm", "Er kwam iets binnen dat niet mag (wij halen het weg), of iets bleef uit."),
        (Severity.MELDING, "Melding", "De levering wordt gewoon verwerkt."),
    ):
        yield from (f"### {title}", "", meaning, "")
        yield from table(
            ("code", "wanneer"),
            ((code, with_places(rule.zin)) for code, rule in sorted(RULES.items()) if rule.ernst is ernst),
        )
    yield from ("### Geen fout", "", "Hier hoeft u niets aan te doen:", "", *bullets(no_faults))


def feedback_part(schema: DatasetSchema) -> list[str]:
    """Return what the supplier gets back."""
    return [
        "## Wat u terugkrijgt",
        "",
        f"Een bericht in `terugkoppeling/{schema.id}/{LEVERING}/bericht.json`. Het noemt regels, tabellen, kolommen,",
        f"aantallen en hoogstens {ROWS_SHOWN} rijnummers per bevinding (1 is de eerste rij na de kopregel), maar nooit",
        "een waarde.",
        "`oordeel` is `geaccepteerd`, `aangehouden` of `afgekeurd`. Na een geaccepteerde levering verwijderen wij de",
        "bestanden uit de brievenbus.",
        "",
        "Voorbeeld:",
        "",
        *fenced(message_text(schema), "json"),
    ]
