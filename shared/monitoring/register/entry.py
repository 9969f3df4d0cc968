"""Writes the register entry of an algorithm in the API form, and the other official form from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.monitoring.register.facts import Algorithm
from shared.monitoring.register.plainhtml import as_html
from shared.monitoring.register.standard import BY_NAME, CATEGORIES, FIELDS, LANGUAGE, SCHEMA_VERSION, VERSION, Form
from shared.monitoring.register.text import fill

NO_ASSESSMENT = "Nog geen"


def api_form(algorithm: Algorithm) -> dict[str, Any]:
    """Return the entry as the register's API takes it (v1_0.json); what is empty is left out."""
    written = dict(algorithm.text.fields)
    filled = {name: _value(name, fill(value, algorithm.words)) for name, value in written.items()}
    filled |= {
        "organization": algorithm.words["organisatie"],
        "lang": LANGUAGE,
        "standard_version": VERSION,
        "source_id": f"slimme-check-{algorithm.package.name}",
    }
    order = {field.name: at for at, field in enumerate(FIELDS)}
    return {
        name: filled[name]
        for name in sorted(filled, key=lambda name: (order.get(name, len(order)), name))
        if filled[name] not in ("", [], None)
    }


def schema_form(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same entry in the form of schema.json: other names, and of several links the first."""
    found: dict[str, Any] = {}
    for name, value in entry.items():
        field = BY_NAME[name]
        if name == "publication_category":
            found[field.other] = CATEGORIES[value]
        elif name == "standard_version":
            found[field.other] = SCHEMA_VERSION
        elif name == "impacttoetsen_grouping":
            found["impact_assessments"] = [each["title"] for each in value]
            if value[0].get("link"):
                found["impact_assessment_link"] = value[0]["link"]
        elif field.form is Form.LINKS:
            found |= {f"{field.other}_title": value[0]["title"], f"{field.other}_link": value[0]["link"]}
        else:
            found[field.other] = value
    found.setdefault("impact_assessments", [NO_ASSESSMENT])
    return found


def _value(name: str, value: Any) -> Any:
    field = BY_NAME.get(name)
    return as_html(value) if field is not None and field.form is Form.HTML else value
