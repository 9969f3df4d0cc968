"""`verify-audit`: says how many events of the audit log are as they were written, and which first is not."""

from __future__ import annotations

import argparse

from shared import bootstrap
from shared.cli.plain import plain


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `verify-audit`."""
    parser = subparsers.add_parser("verify-audit", help="check that nothing in the audit log was changed")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Check the chain of events and what anchors it; return 0 when all of it holds, 1 otherwise."""
    found = bootstrap.verify_audit()
    for name in found.unreadable:
        print(f"{plain(name)} is niet meer te lezen; zet het terug uit de reservekopie.")
    for volgnr in found.untold:
        print(f"Gebeurtenis {volgnr} over een verwijdering en het verwijderbewijs zeggen niet hetzelfde.")
    for run_id in found.changed:
        print(f"De resultaten van verwerking {run_id} zijn anders dan bij publicatie of verwijdering werd vastgelegd.")
    for gap in found.chain.gaps:
        print(f"Gebeurtenissen {gap.na + 1} tot en met {gap.tot_en_met} zijn weg: de database is toen teruggezet.")
    broken = found.chain.broken
    if broken is not None:
        print(f"Gebeurtenis {broken.volgnr} {broken.wat}. Daarvoor zijn er {found.chain.intact} ongeschonden.")
    if broken is not None or found.untold or found.changed:
        print("Bewaar database en opslag zoals ze nu zijn en meld dit aan de toezichthouder.")
    else:
        print(
            f"{found.chain.intact} gebeurtenissen zijn ongeschonden"
            f" ({found.anchors} daarvan liggen ook buiten de database vast);"
            f" van {found.runs} verwerkingen zijn de resultaten zoals ze gepubliceerd werden."
        )
    return 0 if found.holds else 1
