"""Knows every generated page: renders them all, writes them, and tells which ones differ from what is committed."""

from __future__ import annotations

import json
from pathlib import Path

from development.docs.access import render_access
from development.docs.delivery_specification import render_specification
from development.docs.errors import ROOT, render_errors
from development.docs.features import render_features
from development.docs.findings import render_findings
from development.docs.follow_up_specification import render_follow_up
from development.docs.licences import render_licences
from development.docs.papers import render_papers
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.modelregister.states import render_version_states
from shared.retention.terms import render_terms
from shared.runstates import render_states
from shared.settings import render_settings

DOCS = ROOT / "docs"
FEATURE_FOLDER = "kenmerken"


def render_pages() -> dict[str, str]:
    """Return the text of every generated page, by its path below docs/."""
    schema = LEVENSONDERHOUD.schema
    policy = json.loads((ROOT / "models" / LEVENSONDERHOUD.package / "policy.json").read_text(encoding="utf-8"))
    return {
        "leveringsspecificatie.md": render_specification(schema, policy),
        **{f"leveringsspecificatie-{one.dataset}.md": render_follow_up(one) for one in LEVENSONDERHOUD.follow_ups},
        "bevindingen.md": render_findings(),
        "fouten.md": render_errors(),
        "verwerking-toestanden.md": render_states(),
        "modelversie-toestanden.md": render_version_states(),
        "instellingen.md": render_settings(),
        "bewaartermijnen.md": render_terms(),
        "rollen.md": render_access(),
        "licenties.md": render_licences(),
        **render_papers(),
        **{f"{FEATURE_FOLDER}/{name}": text for name, text in render_features(schema, policy).items()},
    }


def write_pages(docs: Path = DOCS) -> list[str]:
    """Write every page and remove those of features that are no more; returns the names that changed."""
    pages = render_pages()
    changed = differing(docs)
    for name, text in pages.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text, encoding="utf-8", newline="\n")
    for name in changed:
        if name not in pages:
            (docs / name).unlink()
    return changed


def differing(docs: Path = DOCS) -> list[str]:
    """Return the pages that are not what would be written now: changed, missing, or of a feature that is no more."""
    pages = render_pages()
    wrong = [name for name, text in pages.items() if _now(docs / name) != text]
    present = {f"{FEATURE_FOLDER}/{path.name}" for path in (docs / FEATURE_FOLDER).glob("*.md")}
    return sorted([*wrong, *(present - pages.keys())])


def _now(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8") if path.is_file() else None
