"""Prints findings so that a person can act on them."""

from __future__ import annotations

from collections.abc import Iterable

from shared.cli.plain import plain
from shared.records import Finding, Severity

_SIGN = {
    Severity.AFKEUREN: "✗",
    Severity.AANHOUDEN: "‖",
    Severity.ALARM: "!",
    Severity.TERZIJDE: "–",
    Severity.MELDING: "·",
}
_ORDER = list(_SIGN)


def print_findings(findings: Iterable[Finding], indent: str = "  ") -> None:
    """Print each finding with its place and what to do; the weightiest first."""
    for found in sorted(findings, key=lambda one: (_ORDER.index(one.ernst), one)):
        place = ".".join(part for part in (found.tabel, found.kolom) if part)
        rows = f", rij {', '.join(map(str, found.rijen))}" if found.rijen else ""
        more = f" en meer ({found.aantal} in totaal)" if found.rijen and found.aantal > len(found.rijen) else ""
        count = f" ({found.aantal}×)" if not found.rijen and found.aantal > 1 else ""
        where = f" [{place}{rows}{more}]" if place or rows else ""
        print(f"{indent}{_SIGN[found.ernst]} {plain(f'{found.code}{where}{count} {found.zin}')}")
        if found.advies and found.ernst is not Severity.MELDING:
            print(f"{indent}    → {plain(found.advies)}")
