"""The message to the supplier: accepted, held or rejected, and why. Never a value of a row."""

from __future__ import annotations

import json
from collections.abc import Sequence

from shared.installation import Installation
from shared.ports import Container
from shared.records import Finding, Verdict

_SENTENCES = {
    Verdict.GEACCEPTEERD: "De levering is verwerkt.",
    Verdict.AANGEHOUDEN: "De levering wacht op een beslissing van de gemeente; opnieuw leveren is niet nodig, "
    "tenzij een bevinding daarom vraagt.",
    Verdict.AFGEKEURD: "De levering is als geheel afgekeurd en niet verwerkt; herstel de bevindingen en lever opnieuw.",
}


def write_message(
    installation: Installation, levering: str, digest: str, verdict: Verdict, findings: Sequence[Finding]
) -> None:
    """Write terugkoppeling/{dataset}/{levering}/bericht.json; the same delivery and outcome give the same bytes."""
    message = {
        "dataset": installation.dataset,
        "levering": levering,
        "datapackage_sha256": digest,
        "oordeel": str(verdict),
        "zin": _SENTENCES[verdict],
        "bevindingen": [finding.as_dict() for finding in findings],
    }
    installation.blobs.write(
        Container.TERUGKOPPELING, f"{installation.dataset}/{levering}/bericht.json", pretty_json(message)
    )


def pretty_json(document: object) -> bytes:
    """Return JSON that people can read, the same bytes for the same document."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
