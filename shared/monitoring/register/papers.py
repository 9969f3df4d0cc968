"""The papers of an algorithm: model card, instructions for use, processing register, facts for assessments."""

from __future__ import annotations

from shared.modelpackage.canonical import canonical_json
from shared.monitoring.register.aboutreweighing import reweighing_section
from shared.monitoring.register.assessments import assessment_facts
from shared.monitoring.register.facts import Algorithm
from shared.monitoring.register.instructions import instructions
from shared.monitoring.register.paper import bullets, paper, section_lines, table
from shared.monitoring.register.processing import processing_document, processing_paper
from shared.monitoring.register.site import SCORED
from shared.monitoring.register.systemcard import system_card

_MADE = "Gemaakt uit het modelpakket, de code en `register/algoritme.toml` (`python -m shared register`)."


def papers(algorithm: Algorithm) -> dict[str, bytes]:
    """Return every paper by its file name; the same facts give the same bytes."""
    return {
        "modelkaart.md": paper(model_card(algorithm)),
        "gebruiksinstructie.md": paper(instructions(algorithm, _MADE)),
        "verwerkingsregister.md": paper(processing_paper(algorithm, _MADE)),
        "verwerkingsregister.json": canonical_json(processing_document(algorithm)),
        "feiten-dpia-iama.md": paper(assessment_facts(algorithm, _MADE)),
        "systeemkaart.json": canonical_json(system_card(algorithm)),
    }


def model_card(algorithm: Algorithm) -> list[str]:
    """Return the card of the package as it was approved, and after it what is known outside the package."""
    measured = algorithm.reweighing
    fields = algorithm.text.fields
    return [
        *algorithm.page.rstrip("\n").split("\n"),
        "",
        "---",
        "",
        f"Hierboven staat de kaart uit het pakket, letterlijk. Wat volgt staat niet in het pakket. {_MADE}",
        "",
        "## Waarvoor wel en waarvoor niet",
        "",
        *bullets(
            (
                f"Wel: {algorithm.words['doel']}",
                "Niet: een aanvraag afwijzen, een uitkering stoppen of een boete opleggen.",
                "Niet: mensen op volgorde zetten, of een score laten zien aan wie de aanvraag niet behandelt.",
                "Niet: andere producten, andere gemeenten of andere systemen dan waarvoor het getraind is.",
            )
        ),
        "Wie geen score krijgt:",
        "",
        *bullets(zin for reden, zin in algorithm.case.reasons.items() if reden != SCORED),
        "## Waarom elk kenmerk erin zit",
        "",
        *table(
            ("kenmerk", "waarom", "let op"),
            ((each.label, each.text.why, each.text.mind) for each in algorithm.features),
        ),
        "## Afwegingen en risico's",
        "",
        *algorithm.filled(fields["proportionality"]).split("\n"),
        "",
        *algorithm.filled(fields["risks"]).split("\n"),
        "",
        *(section_lines(reweighing_section(measured)) if measured else []),
    ]
