"""Renders docs/kenmerken/: one public page per feature, from its spec tests, the model package and the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from development.docs.markdown import bullets, made_from, page, table, with_places
from development.docs.specs import Bounds, Case, Spec, read_spec, shared_bounds
from shared.dataset import DatasetSchema
from shared.levensonderhoud.features.frame import FEATURES
from shared.monitoring.register.columns import columns_of, features_named

# benefits of the applicant may run through a party
REACHED_THROUGH = {"diensten": ("dienstsubjecten", "partijen")}
_TITLES = {
    "REGISTER": "Entered, withdrawn, valid",
    "BEGINS": "Begun",
    "ENDS": "Ended",
    "YEAR_ENDS": "Ended in the year before ref",
    "IN_YEAR": "In the year before ref",
}


def render_features(schema: DatasetSchema, policy: Mapping[str, Any]) -> dict[str, str]:
    """Return every page by its name below docs/kenmerken/. `policy`: of the model package."""
    introduction, bounds = shared_bounds()
    pages = {"README.md": _index(policy, introduction, bounds)}
    for number, feature in enumerate(FEATURES, start=1):
        pages[f"{feature}.md"] = _feature(number, feature, read_spec(feature), schema, policy)
    return pages


def _index(policy: Mapping[str, Any], introduction: str, bounds: tuple[Bounds, ...]) -> str:
    lines = [
        "# Kenmerken",
        "",
        *made_from("tests/spec/", "models/", "shared/levensonderhoud/dataset/"),
        f"Het model kijkt naar {len(FEATURES)} kenmerken van een aanvraag, en naar niets anders. Elk kenmerk telt",
        "alleen mee wat op het peilmoment bekend was: het moment van de eerste werkopdracht bij de aanvraag.",
        "",
        *table(
            ("nr", "kenmerk", "eenheid"),
            (
                (str(number), f"[{policy['labels'][feature]}]({feature}.md)", policy["units"][feature])
                for number, feature in enumerate(FEATURES, start=1)
            ),
        ),
        "De tests van een kenmerk zijn in het Engels geschreven. Zij staan op de pagina van het kenmerk en hieronder.",
        "",
        "## Grenzen die kenmerken delen",
        "",
        '<div lang="en">',
        "",
        introduction,
        "",
    ]
    for each in bounds:
        lines += [f"### {_title(each.name)}", "", *bullets(_sentence(text) for text in each.sentences)]
    return page([*lines, "</div>"])


def _title(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _feature(number: int, feature: str, spec: Spec, schema: DatasetSchema, policy: Mapping[str, Any]) -> str:
    label, texts = policy["labels"][feature], policy["texts"].get(feature, {})
    lines = [
        f"# {label}",
        "",
        *made_from(f"tests/spec/features/test_{feature}.py", "models/", "shared/levensonderhoud/dataset/"),
        *table(
            ("wat", "waarde"),
            (
                ("nummer", f"{number} van {len(FEATURES)}"),
                ("naam in bestanden", f"`{feature}`"),
                ("eenheid", policy["units"][feature]),
            ),
        ),
        "## Zo leest een behandelaar het",
        "",
        *bullets(f"{with_places(text)}." for _, text in sorted(texts.items())),
        *_columns(number, feature, schema, policy),
        "## Wat het meet",
        "",
        '<div lang="en">',
        "",
        spec.promise,
        "",
        *([spec.detail, ""] if spec.detail else []),
        "### What the tests show",
        "",
    ]
    for test in spec.tests:
        lines += _test(test)
    return page([*lines, "", "</div>", "", "[Alle kenmerken](README.md)"])


def _test(test: Case) -> list[str]:
    lines = [f"* {test.sentence}"]
    for name in test.bounds:
        anchor = _title(name).lower().replace(",", "").replace(" ", "-")
        lines.append(f"    * for each bound under [{_title(name)}](README.md#{anchor})")
    return lines + [f"    * {case}" for case in test.cases]


def _columns(number: int, feature: str, schema: DatasetSchema, policy: Mapping[str, Any]) -> list[str]:
    found, note = columns_of(number, schema), []
    if feature == policy.get("income_unknown_flag"):  # says whether the other one is known, from the same columns
        source = policy["income_feature"]
        found = columns_of(FEATURES.index(source) + 1, schema)
        note = [f"Dezelfde kolommen als [{policy['labels'][source]}]({source}.md).", ""]
    tables = dict.fromkeys(each.name for each, _ in found)
    tables |= dict.fromkeys(other for name in list(tables) for other in REACHED_THROUGH.get(name, ()))
    general = {name: [c.name for c in schema.tables[name].columns if not features_named(c.reason)] for name in tables}
    return [
        "## Welke gegevens het gebruikt",
        "",
        *note,
        *table(
            ("tabel", "kolom", "wat is het", "waarom"),
            ((f"`{each.name}`", f"`{column.name}`", column.description, column.reason) for each, column in found),
        ),
        "Om te weten van wie een rij is en of zij op het peilmoment gold, zijn ook deze kolommen nodig:",
        "",
        *bullets(f"`{name}`: {', '.join(f'`{column}`' for column in names)}" for name, names in general.items()),
    ]
