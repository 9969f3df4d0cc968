"""The system card of the Algorithm Reporting Standard (MinBZK), with the model card in it, from the same facts."""

from __future__ import annotations

from typing import Any

from shared.monitoring.register.entry import api_form
from shared.monitoring.register.facts import Algorithm
from shared.monitoring.register.plainhtml import visible
from shared.monitoring.register.reweighing import OUTCOMES
from shared.monitoring.report.effects import effects_of

SCHEMA_VERSION = "0.1a14"
_DONE, _TODO = "done", "to do"
_CATEGORIES = {
    "Hoog-risico AI-systeem": "hoog-risico AI",
    "Impactvolle algoritmes": "impactvol algoritme",
    "Overige algoritmes": "niet-impactvol algoritme",
}
# of the Algoritmekader; what the software does about each
_MEASURES = {
    "imp-03": "Een mens beoordeelt elke aanvraag; afwijken van het signaal kan altijd, met een reden.",
    "imp-04": "Deze beschrijving, de beschrijving voor het Algoritmeregister en de pagina's komen uit één bron.",
    "imp-06": "De openbare pagina zegt waar een klacht kan; bezwaren worden geteld en staan in het maandrapport.",
    "imp-09": "De beoordeling van een medewerker heeft een reden en een toelichting.",
    "imp-10": "Inzage en verwijdering zijn verzoeken met een besluit en een bewijs.",
    "owk-02": "Een stopschakelaar per model; een eerdere versie kan terug; haar aanvragen zijn na te gaan.",
    "owk-04": "Elke handeling en elke inzage staat in een keten van gebeurtenissen.",
    "owk-07": "Elke bewaarde score is opnieuw uit te rekenen, tot op de laatste bit.",
    "owk-08": "Wat uitkomsten van gekozen gevallen zeggen en wat niet, staat erbij.",
    "owk-10": "Geen aantal onder de tien komt naar buiten, ook niet door aftrekken.",
    "owk-11": "Drempel, teksten en banden staan in één modelpakket met een hash.",
    "dat-01": "Elke levering wordt gecontroleerd; bevindingen worden geteld.",
    "dat-03": "Elke soort gegevens heeft een bewaartermijn; verwijderen laat een bewijs na.",
    "dat-04": "Nummers worden pseudoniemen met een geheime sleutel.",
    "ver-03": "Elke maand alle maten van gelijke behandeling per groep, met onzekerheid.",
    "mon-05": "Verschuiving van elk kenmerk en van de score wordt gemeten.",
    "mon-07": "Een maandrapport, en een advies om te stoppen als een grens duidelijk wordt overschreden.",
    "owp-32": "Een model dat een optelsom is; de redenen staan bij elke score.",
}


def system_card(algorithm: Algorithm) -> dict[str, Any]:
    """Return the card as plain JSON; numbers about people are released or rounded ones alone."""
    entry = api_form(algorithm)
    owner = {"organization": entry["organization"]}
    return {
        "schema_version": SCHEMA_VERSION,
        "name": entry["name"],
        "owners": [owner],
        "description": entry["description_short"],
        "ai_act_profile": {
            "type": "AI-systeem",
            "open_source": "open-source",
            "publication_category": _CATEGORIES[entry["publication_category"]],
            "role": "aanbieder + gebruiksverantwoordelijke",
        },
        "measures": [
            {"urn": f"urn:nl:ak:mtr:{name}", "state": state, "value": value}
            for name, state, value in _measures(algorithm)
        ],
        "labels": [{"name": "versie", "value": algorithm.package.version}],
        "status": entry["status"],
        "goal_and_impact": _plain(entry["goal"]),
        "considerations": _plain(entry["proportionality"]),
        "risk_management": _plain(entry["risks"]),
        "human_intervention": _plain(entry["human_intervention"]),
        "legal_base": [{"name": each["title"], "link": each["link"]} for each in entry["lawful_basis_grouping"]],
        "used_data": _plain(entry["source_data"]),
        "technical_design": _plain(entry["methods_and_models"]),
        "references": [{"name": "Bronregistratie", "link": entry["url"]}] if "url" in entry else [],
        "models": [_model_card(algorithm, owner)],
    }


def _measures(algorithm: Algorithm) -> list[tuple[str, str, str]]:
    share = algorithm.package.sample_share
    sample = (
        "imp-02",
        _DONE if share > 0 else _TODO,
        algorithm.words["steekproef_reden"] or "Geen reden opgeschreven.",
    )
    return [sample, *((name, _DONE, value) for name, value in _MEASURES.items())]


def _model_card(algorithm: Algorithm, owner: dict[str, str]) -> dict[str, Any]:
    package, words = algorithm.package, algorithm.words
    return {
        "name": f"{package.name} {package.version}",
        "language": ["nl"],
        "license": {"license_name": "EUPL-1.2"},
        "tags": ["explainable boosting machine"],
        "owners": [owner],
        "model_index": [
            {
                "name": package.name,
                "model": f"urn:sha256:{package.sha256}",
                "parameters": [
                    {"name": "drempel", "dtype": "float", "value": str(package.threshold)},
                    {"name": "intercept", "dtype": "float", "value": str(package.intercept)},
                ],
                "results": [
                    {
                        "task": [{"type": "binary-classification", "name": algorithm.title}],
                        "datasets": [
                            {"type": algorithm.case.dataset, "name": words["getoetst_op"], "split": "test"},
                        ],
                        "metrics": _metrics(algorithm),
                        "measurements": {"bar_plots": _bars(algorithm), "graph_plots": _graphs(algorithm)},
                    }
                ],
            }
        ],
    }


def _metrics(algorithm: Algorithm) -> list[dict[str, Any]]:
    words = algorithm.words
    found: list[dict[str, Any]] = [
        {"type": "roc_auc", "name": "AUC op latere aanvragen", "dtype": "string", "value": words["auc"]},
        {
            "type": "precision",
            "name": "Terecht, boven de drempel",
            "dtype": "string",
            "value": words["daarvan_terecht"],
        },
    ]
    quality = algorithm.package.card.get("quality") or {}
    for row in quality.get("Uitkomsten per groep, op tientallen") or []:
        label = {"name": row["kenmerk"], "type": "feature", "dtype": "string", "value": row["groep"]}
        found += [
            {
                "type": outcome,
                "name": f"{outcome}, {row['kenmerk']}: {row['groep']} (op tientallen)",
                "dtype": "int",
                "value": str(row[outcome]),
                "labels": [label],
            }
            for outcome in OUTCOMES
        ]
    return found


def _bars(algorithm: Algorithm) -> list[dict[str, Any]]:
    known = [
        {"name": each.name, "value": round(each.importance, 6)}
        for each in effects_of(algorithm.package, algorithm.no_values)
        if each.importance is not None
    ]
    return [{"type": "mean_absolute_contribution", "name": "Gemiddelde bijdrage aan de score", "results": known}]


def _graphs(algorithm: Algorithm) -> list[dict[str, Any]]:
    """Return every effect as the corners of its steps: the value below and above each border."""
    found = []
    for term in algorithm.package.terms:
        if len(term.features) != 1:
            continue
        feature = algorithm.package.ebm.features[term.features[0]]
        if not feature.continuous:
            continue
        values = [float(value) for value in term.scores[1:-1]]
        corners = [
            {"x_value": float(cut), "y_value": values[at + step]}
            for at, cut in enumerate(feature.levels[0])
            for step in (0, 1)
        ]
        # `class` is a text: a number would match two kinds in the schema of the standard
        found.append({"class": algorithm.package.ebm.classes[1], "feature": feature.name, "data": corners})
    return [{"type": "shape_function", "name": "Effect van elk kenmerk (log-odds)", "results": found}]


def _plain(html: str) -> str:
    return visible(html.replace("</p>", "</p> ").replace("</li>", "</li> ")).strip()
