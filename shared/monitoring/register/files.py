"""Names every file of the register: entries in both forms, papers and pages. Nothing where an entry is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from shared.modelpackage.canonical import canonical_json
from shared.monitoring.register.entry import api_form, schema_form
from shared.monitoring.register.facts import Algorithm
from shared.monitoring.register.judge import check
from shared.monitoring.register.papers import papers
from shared.monitoring.register.site import ENTRIES, site_pages

PAPERS, SITE = "papieren", "site"


def register_files(algorithms: Sequence[Algorithm]) -> dict[str, bytes]:
    """Return every file by its place below the output folder; EntryInvalid where an entry breaks a rule."""
    files: dict[str, bytes] = {}
    for each in algorithms:
        files |= {f"{ENTRIES}/{name}": content for name, content in entries(each).items()}
        files |= {f"{PAPERS}/{each.package.name}/{name}": content for name, content in papers(each).items()}
    return files | {f"{SITE}/{name}": content for name, content in site_pages(algorithms).items()}


def entries(algorithm: Algorithm) -> dict[str, bytes]:
    """Return the entry in both official forms, by file name; both keep the rules."""
    entry = api_form(algorithm)
    other = schema_form(entry)
    check(entry, other)
    name = algorithm.package.name
    return {f"{name}.json": canonical_json(entry), f"{name}-schema.json": canonical_json(other)}
