"""Renders docs/bevindingen.md: every rule a delivery is held against."""

from __future__ import annotations

from development.docs.markdown import made_from, page, table, with_places
from shared.records import Severity
from shared.stages.rules import ROWS_SHOWN, RULES

MEANING = {
    Severity.AFKEUREN: "De levering wordt als geheel afgekeurd. Er wordt niets verwerkt.",
    Severity.AANHOUDEN: "De levering wacht tot een procesbeheerder haar vrijgeeft, met een reden.",
    Severity.ALARM: "Er kwam iets binnen dat niet mag (het is weggehaald), of iets bleef uit. De rest gaat door.",
    Severity.TERZIJDE: "Rijen tellen niet mee. De aanvragen waar zij bij horen krijgen geen voorspelling.",
    Severity.MELDING: "Goed om te weten; er verandert niets aan de verwerking.",
}


def render_findings() -> str:
    """Return the page."""
    lines = [
        "# Bevindingen",
        "",
        *made_from("shared/stages/rules.py"),
        "Elke levering wordt aan deze regels getoetst. Een bevinding noemt de regel, de tabel, de kolom, het aantal en",
        f"hoogstens {ROWS_SHOWN} rijnummers (1 is de eerste rij na de kopregel). Een bevinding noemt nooit een waarde.",
        "Wat tussen ‹ en › staat, wordt in het bericht ingevuld.",
        "",
        *table(("weegt", "betekenis"), ((str(ernst), MEANING[ernst]) for ernst in Severity)),
        *table(
            ("code", "weegt", "wat is er gevonden", "wat te doen"),
            (
                (code, str(rule.ernst), with_places(rule.zin), with_places(rule.advies) or "Niets.")
                for code, rule in sorted(RULES.items())
            ),
        ),
    ]
    return page(lines)
