"""Instructions for use (AI Act, article 13): what it is for, how good, its limits, how to read it, how to log it."""

from __future__ import annotations

from shared.monitoring.register.facts import Algorithm, term_days
from shared.monitoring.register.paper import bullets, table
from shared.monitoring.report.words import number
from shared.retention.terms import Kept


def instructions(algorithm: Algorithm, made: str) -> list[str]:
    """Return the lines of the paper."""
    words, fields, card = algorithm.words, algorithm.text.fields, algorithm.package.card
    return [
        f"# Gebruiksinstructie: {algorithm.title}",
        "",
        made,
        "",
        "Voor wie het systeem inzet en ermee werkt (AI-verordening, artikel 13).",
        "",
        "## Wie het maakt en welke versie",
        "",
        *table(
            ("wat", "waarde"),
            (
                ("aanbieder", words["organisatie"]),
                ("contact", fields["contact_email"]),
                ("model", f"{words['model']} {words['versie']} van {words['datum']}"),
                ("sha256 van het pakket", f"`{words['sha256']}`"),
                ("contract", words["contract"]),
                ("code", words["code"]),
                ("status", fields["status"]),
            ),
        ),
        "## Waarvoor",
        "",
        words["doel"],
        "",
        *bullets(card.get("limits", ())),
        f"> {words['herkomst']}",
        "",
        "## Hoe goed het is",
        "",
        *table(
            ("maat", "waarde"),
            (
                ("AUC", words["auc"]),
                ("boven de drempel", words["boven_drempel"]),
                ("daarvan terecht", words["daarvan_terecht"]),
                ("drempel", f"{words['drempel']}; {words['drempel_reden']}"),
                ("geleerd van", words["geleerd_van"]),
                ("getoetst op", words["getoetst_op"]),
            ),
        ),
        *_per_group(algorithm),
        "## Wat erin moet",
        "",
        f"{_tables(algorithm)} tabellen per levering, volgens de leveringsspecificatie. De app controleert elke "
        "levering en houdt haar aan als een tabel ineens leeg of dun is. Onbekend telt niet als nul.",
        "",
        *table(("tabel", "kolommen"), _columns(algorithm)),
        "## Hoe u de uitleg leest",
        "",
        *bullets(
            (
                "De score staat naast de drempel. De score is een signaal en geen besluit.",
                "Hoogstens drie redenen maakten de score hoger, hoogstens drie lager; de belangrijkste eerst.",
                "Wat niet bekend is staat er apart bij.",
                f"De zekerheid zegt welk deel van de {words['deelmodellen']} deelmodellen aan dezelfde kant van de "
                "drempel uitkomt.",
                "Beginwaarde en alle bijdragen tellen op tot de score: iedereen kan haar narekenen.",
            )
        ),
        "| kenmerk | laagste bijdrage | hoogste bijdrage |",
        "|---|---|---|",
        *(
            f"| {_label(algorithm, term['name'])} | {number(term['lowest'], 3)} | {number(term['highest'], 3)} |"
            for term in card["terms"]
        ),
        "",
        "## Wat mensen moeten doen",
        "",
        *algorithm.filled(fields["human_intervention"]).split("\n"),
        "",
        "## Logboeken",
        "",
        *bullets(
            (
                f"Elke handeling staat in een keten die niet ongemerkt verandert, {term_days(Kept.AUDIT)} dagen.",
                f"Resultaten en bijdragen blijven {term_days(Kept.RESULTATEN)} dagen; de gegevens om ze opnieuw uit "
                f"te rekenen {term_days(Kept.MOMENTOPNAME)} dagen.",
                f"Technische regels blijven {term_days(Kept.SYSTEEMLOG)} dagen, en niet korter dan een half jaar.",
                "`python -m shared verify-audit` ziet een veranderde, weggelaten of verwisselde gebeurtenis.",
                "`python -m shared replay` rekent elke bewaarde score opnieuw uit.",
            )
        ),
        "## Rekenkracht en onderhoud",
        "",
        "Een gewone server is genoeg; het model is een optelsom. Een nieuwe versie wordt voorgesteld met een dossier, "
        "door een ander goedgekeurd, en kan altijd worden teruggezet.",
    ]


def _label(algorithm: Algorithm, term: str) -> str:
    labels = algorithm.package.policy.get("labels", {})
    return " en ".join(labels.get(part, part) for part in ([term] if term in labels else term.split("__")))


def _tables(algorithm: Algorithm) -> str:
    return str(len(algorithm.case.schema.tables))


def _columns(algorithm: Algorithm) -> list[tuple[str, str]]:
    schema = algorithm.case.schema
    return [(each.title, ", ".join(f"`{name}`" for name in each.column_names())) for each in schema.tables.values()]


def _per_group(algorithm: Algorithm) -> list[str]:
    rows = (algorithm.package.card.get("quality") or {}).get("Uitkomsten per groep, op tientallen") or []
    if not rows:
        return ["Uitkomsten per groep staan niet in het pakket.", ""]
    head = ("kenmerk", "groep", "TP", "FP", "FN", "TN")
    return [
        "Per groep, op tientallen. Positief is gemarkeerd: een last. TP: terecht gemarkeerd; FP: ten onrechte.",
        "",
        *table(head, ([str(row[name]) for name in head] for row in rows)),
    ]
