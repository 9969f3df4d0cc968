"""Letting go: every connection to a database is closed, and what was made of the settings is made anew when asked."""

from __future__ import annotations

from shared.bootstrap import people, removal, served, wiring


def let_go() -> None:
    """Close what this process opened, and forget its settings and all that was made of them."""
    for module in (wiring, people, removal, served):
        for made in vars(module).values():
            if hasattr(made, "cache_clear"):
                made.cache_clear()
    wiring.opened.close()
