"""The entry for the processing register (GDPR, article 30), with the addresses that the Logboek writes."""

from __future__ import annotations

from typing import Any

from shared.monitoring.register.activities import ACTIVITIES
from shared.monitoring.register.facts import Algorithm
from shared.monitoring.register.paper import bullets, table
from shared.monitoring.register.text import fill
from shared.retention.terms import TERMS


def processing_document(algorithm: Algorithm) -> dict[str, Any]:
    """Return the entry as plain JSON."""
    people = fill(algorithm.text.processing, algorithm.words)
    schema = algorithm.case.schema
    return {
        "verwerking": algorithm.title,
        "verwerkingsverantwoordelijke": people["verantwoordelijke"],
        "functionaris_gegevensbescherming": people["functionaris"],
        "doel": schema.objective,
        "grondslag": schema.legal_basis,
        "betrokkenen": people["betrokkenen"],
        "ontvangers": people["ontvangers"],
        "doorgifte": people["doorgifte"],
        "beveiliging": people["beveiliging"],
        "profilering": True,
        "geautomatiseerd_besluit": False,
        "activiteiten": [
            {"uri": _uri(algorithm, each.name), "naam": each.title, "doel": each.purpose, "gegevens": each.data}
            for each in ACTIVITIES
        ],
        "gegevens": [
            {"tabel": each.name, "omschrijving": each.title, "kolommen": list(each.column_names())}
            for each in schema.tables.values()
        ],
        "nooit": sorted(set(schema.forbidden.values())),
        "bewaartermijnen_in_dagen": {str(kept): term.default for kept, term in TERMS.items()},
        "model": {
            "naam": algorithm.package.name,
            "versie": algorithm.package.version,
            "sha256": algorithm.package.sha256,
        },
    }


def processing_paper(algorithm: Algorithm, made: str) -> list[str]:
    """Return the same entry for a person, as the lines of a paper."""
    entry = processing_document(algorithm)
    return [
        f"# Verwerkingsregister: {algorithm.title}",
        "",
        made,
        "",
        *table(
            ("wat", "waarde"),
            (
                ("verwerkingsverantwoordelijke", entry["verwerkingsverantwoordelijke"]),
                ("functionaris gegevensbescherming", entry["functionaris_gegevensbescherming"]),
                ("doel", entry["doel"]),
                ("grondslag", entry["grondslag"]),
                ("profilering", "ja: een score per aanvraag"),
                ("geautomatiseerd besluit", "nee: een mens beslist"),
                ("doorgifte", entry["doorgifte"]),
            ),
        ),
        "## Activiteiten",
        "",
        "Het Logboek dataverwerkingen verwijst met deze adressen naar dit register. De versie is die van het contract.",
        "",
        *table(
            ("adres", "activiteit", "doel", "gegevens"),
            ((f"`{each['uri']}`", each["naam"], each["doel"], each["gegevens"]) for each in entry["activiteiten"]),
        ),
        "## Van wie",
        "",
        *bullets(entry["betrokkenen"]),
        "## Wie het krijgt",
        "",
        *bullets(entry["ontvangers"]),
        "## Welke gegevens",
        "",
        *table(
            ("tabel", "kolommen"),
            ((each["omschrijving"], ", ".join(f"`{name}`" for name in each["kolommen"])) for each in entry["gegevens"]),
        ),
        f"Nooit: {', '.join(entry['nooit'])}." if entry["nooit"] else "",
        "",
        "## Hoe lang",
        "",
        *table(
            ("wat", "dagen", "telt vanaf dat"),
            ((str(kept), str(term.default), term.since) for kept, term in TERMS.items()),
        ),
        "## Beveiliging",
        "",
        entry["beveiliging"],
    ]


def _uri(algorithm: Algorithm, activity: str) -> str:
    return algorithm.activity.format(
        dataset=algorithm.case.dataset, activiteit=activity, versie=algorithm.package.contract_version
    )
