"""The model card: facts as JSON, and the same facts as a page in plain Dutch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from shared.modelpackage.ebm import Ebm, Term

_UNKNOWN_ORIGIN = (
    "Dit model is elders getraind. Wij weten niet met welke gegevens. Vraag dat na voordat u het gebruikt."
)
_INVENTED = (
    "Dit model is getraind met verzonnen mensen. Het zegt niets over echte mensen. "
    "Vervang het door een model dat met echte gegevens is getraind, voordat u het gebruikt."
)
_LIMITS = (
    "De score is een signaal en geen besluit. Een mens besluit altijd.",
    "Het model leert van aanvragen die zijn onderzocht. Over andere aanvragen weet het minder.",
    "`geldig` in de bron is de stand van vandaag. Wat er eerder stond, is niet terug te halen.",
    "Onbekend is iets anders dan nul. De uitleg zegt erbij wat onbekend is.",
)


def card_facts(
    policy: Mapping[str, Any], ebm: Ebm, guard: Mapping[str, Any], facts: Mapping[str, Any], notes: Sequence[str]
) -> dict[str, Any]:
    """Return the content of card.json. `facts` is what training measured; empty for a model of someone else."""
    return {
        "name": policy["name"],
        "version": policy["version"],
        "date": policy["date"],
        "organisation": policy["organisation"],
        "purpose": policy["purpose"],
        "threshold": policy["threshold"],
        "threshold_reason": policy["threshold_reason"],
        "sample_share": policy["sample_share"],
        "sample_share_reason": policy["sample_share_reason"],
        "positive_class": ebm.classes[1],
        "origin": _origin(facts),
        "invented_people": bool(facts.get("invented_people", False)),
        "limits": list(_LIMITS),
        "terms": [{"name": term.name, "lowest": _low(term), "highest": _high(term)} for term in ebm.terms],
        "bags": 0 if ebm.bagged_intercept is None else len(ebm.bagged_intercept),
        "guard": dict(guard),
        "training": facts.get("training"),
        "quality": facts.get("quality"),
        "notes": list(notes),
    }


def card_page(card: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Return card.md: what the model is for, what it learned from, how good it is, and what it may not be used for."""
    lines = [
        f"# Modelkaart: {card['name']} {card['version']}",
        "",
        f"> **Let op.** {card['origin']}",
        "",
        *_table(
            ("", ""),
            [
                ("Organisatie", card["organisation"] or "niet opgegeven"),
                ("Datum", card["date"] or "niet opgegeven"),
                ("Doel", card["purpose"] or "niet opgegeven"),
                ("Drempel", f"{_cell(card['threshold'])}; {card['threshold_reason'] or 'reden niet opgegeven'}"),
                (
                    "Steekproef",
                    f"{_cell(card['sample_share'])}; {card['sample_share_reason'] or 'reden niet opgegeven'}",
                ),
                ("De score is de kans op", f"klasse {card['positive_class']}"),
                ("Zekerheid", f"{card['bags']} deelmodellen" if card["bags"] else "onbekend: geen deelmodellen"),
            ],
        ),
        "",
        "## Wat u moet weten",
        "",
        *(f"- {limit}" for limit in card["limits"]),
        "",
        "## Bescherming van mensen in de trainingsgegevens",
        "",
        *_guard_lines(card["guard"]),
        "",
        "## Wat het model meeweegt",
        "",
        "Laagste en hoogste bijdrage aan de score (in log-odds; hoger betekent: eerder onderzoekswaardig).",
        "",
        *_table(
            ("kenmerk", "laagste", "hoogste"),
            [(_label(term["name"], labels), term["lowest"], term["highest"]) for term in card["terms"]],
        ),
    ]
    if card["training"]:
        lines += ["", "## Training", "", *_facts_lines(card["training"])]
    if card["quality"]:
        lines += ["", "## Hoe goed het model is", "", *_facts_lines(card["quality"])]
    if card["notes"]:
        lines += ["", "## Opmerkingen bij het verpakken", "", *(f"- {note}" for note in card["notes"])]
    return "\n".join(lines) + "\n"


def _origin(facts: Mapping[str, Any]) -> str:
    if facts.get("invented_people"):
        return _INVENTED
    return str(facts["origin"]) if facts.get("origin") else _UNKNOWN_ORIGIN


def _guard_lines(guard: Mapping[str, Any]) -> list[str]:
    verdicts = {
        "passed": "In orde: elke groep van het model telt 10 mensen of meer, en alle grenzen zijn rond.",
        "failed": "**Niet in orde.** Het model kan iets verraden over groepen van minder dan 10 mensen.",
        "cannot judge": "**Niet te beoordelen**, omdat de aantallen per groep ontbreken.",
    }
    lines = [verdicts[guard["verdict"]]]
    lines += [f"- {reason}" for reason in guard["reasons"]]
    if guard["accepted_because"]:
        lines += ["", f"Toch verpakt, met deze reden: {guard['accepted_because']}"]
    return lines


def _facts_lines(facts: Mapping[str, Any]) -> list[str]:
    """Return simple facts as a list and lists of records as tables, in the order in which they were measured."""
    lines: list[str] = []
    for name, value in facts.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            columns = tuple(value[0])
            lines += ["", f"**{name}**", "", *_table(columns, [tuple(row[c] for c in columns) for row in value]), ""]
        elif value == []:
            lines.append(f"- {name}: niet getoond, omdat de aantallen te klein zijn")
        else:
            lines.append(f"- {name}: {value}")
    return lines


def _table(header: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> list[str]:
    return [_row(header), _row(("---",) * len(header)), *(_row(row) for row in rows)]


def _row(cells: Sequence[Any]) -> str:
    # A reason comes from a person and may hold a pipe or a line end, which would break the table.
    return "| " + " | ".join(_cell(cell).replace("|", "/").replace("\n", " ") for cell in cells) + " |"


def _cell(value: Any) -> str:
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def _label(name: str, labels: Mapping[str, str]) -> str:
    return " en ".join(labels.get(part, part) for part in ([name] if name in labels else name.split("__")))


def _low(term: Term) -> float:
    return round(float(np.min(term.scores)), 3) + 0.0


def _high(term: Term) -> float:
    return round(float(np.max(term.scores)), 3) + 0.0
