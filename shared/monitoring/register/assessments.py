"""Facts for the DPIA and the assessment of rights (IAMA, FRIA): what is known, and what people must weigh."""

from __future__ import annotations

from shared.monitoring.register.facts import Algorithm
from shared.monitoring.register.paper import bullets, table
from shared.monitoring.register.text import fill
from shared.retention.terms import TERMS

_QUESTIONS = (
    "Is het doel zwaar genoeg voor een onderzoek dat mensen belast? Kan het met minder gegevens?",
    "Welke groepen raakt een verkeerd seintje het hardst, en wat doen wij dan?",
    "Bij welk verschil tussen groepen stopt de gemeente, en wie besluit dat?",
    "Komt er een loting naast het model, en hoe groot?",
    "Hoe weten wij dat medewerkers zelf blijven kijken en het seintje niet vanzelf volgen?",
    "Wie vertelt een aanvrager waarom er gekeken is, en wanneer?",
    "Wat doen wij met een fout: wie krijgt bericht, en hoe wordt het hersteld?",
)


def assessment_facts(algorithm: Algorithm, made: str) -> list[str]:
    """Return the lines of the paper."""
    words, fields, schema = algorithm.words, algorithm.text.fields, algorithm.case.schema
    people = fill(algorithm.text.processing, words)
    return [
        f"# Feiten voor de DPIA en de mensenrechtentoets: {algorithm.title}",
        "",
        made,
        "",
        "Een bijlage met feiten. Het is geen DPIA en geen IAMA of FRIA: de weging doen mensen. Onderaan staat wat "
        "zij moeten wegen.",
        "",
        "## Het systeem",
        "",
        *table(
            ("wat", "waarde"),
            (
                ("doel", schema.objective),
                ("grondslag", schema.legal_basis),
                ("soort", fields["publication_category"]),
                ("model", f"{words['model']} {words['versie']}, sha256 `{words['sha256']}`"),
                ("techniek", "Explainable Boosting Machine; niet zelflerend"),
                ("status", fields["status"]),
                ("steekproef naast het model", words["steekproef"]),
                ("herwogen naar", words["herwogen"]),
                ("drempel", f"{words['drempel']}; {words['drempel_reden']}"),
                (
                    "gemeten",
                    f"AUC {words['auc']}; {words['boven_drempel']}; daarvan terecht {words['daarvan_terecht']}",
                ),
            ),
        ),
        f"> {words['herkomst']}",
        "",
        "## Van wie en welke gegevens",
        "",
        *bullets(people["betrokkenen"]),
        *table(
            ("tabel", "kolom", "soort", "waarom"),
            (
                (f"`{each.name}`", f"`{column.name}`", str(column.klasse), column.reason)
                for each in schema.tables.values()
                for column in each.columns
            ),
        ),
        f"Een gesloten lijst van {len(schema.forbidden)} kolommen mag er nooit in; komt er toch een, dan valt zij weg "
        f"en volgt een alarm. De groepen: {', '.join(sorted(set(schema.forbidden.values())))}.",
        "",
        "## Kenmerken en hun reden",
        "",
        *table(
            ("kenmerk", "waarom", "let op"),
            ((each.label, each.text.why, each.text.mind) for each in algorithm.features),
        ),
        "## Wie wordt gemeten",
        "",
        "Groepskenmerken zijn geen invoer van het model. Alleen de meting van gelijke behandeling leest ze, en alleen "
        "tellingen van tien of meer komen naar buiten.",
        "",
        *bullets(each.title for each in algorithm.case.group_rules.values()),
        "## Bewaren",
        "",
        *table(
            ("wat", "dagen", "waarom"), ((str(kept), str(term.default), term.reason) for kept, term in TERMS.items())
        ),
        "## Menselijke tussenkomst",
        "",
        *algorithm.filled(fields["human_intervention"]).split("\n"),
        "",
        "## Risico's en maatregelen",
        "",
        *algorithm.filled(fields["risks"]).split("\n"),
        "",
        "## Wat mensen moeten wegen",
        "",
        *bullets(_QUESTIONS),
    ]
