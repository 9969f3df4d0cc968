"""Renders docs/register/: the papers of the packaged model, as `python -m shared register` writes them."""

from __future__ import annotations

from development.docs.errors import ROOT
from shared import ACTIVITY_URI
from shared.bootstrap.register import told_of_package
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.monitoring.register.papers import papers

FOLDER = "register"


def render_papers() -> dict[str, str]:
    """Return every paper that is text, by its path below docs/."""
    told = told_of_package(LEVENSONDERHOUD.dataset, ROOT / "models", LEVENSONDERHOUD.package, ACTIVITY_URI)
    return {
        f"{FOLDER}/{name}": content.decode("utf-8") for name, content in papers(told).items() if name.endswith(".md")
    }
