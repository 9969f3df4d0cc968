"""The message to the supplier: accepted, held or rejected, and why. Never a value of a row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from shared.administration import RunRecord
from shared.digests import digest_of
from shared.installation import Installation
from shared.ports import Container
from shared.records import Finding, Verdict
from shared.runstates import RunReason, RunState

VERDICTS = {  # of a delivery, by the state of its run
    RunState.AFGEROND: Verdict.GEACCEPTEERD,
    RunState.AANGEHOUDEN: Verdict.AANGEHOUDEN,
    RunState.AFGEKEURD: Verdict.AFGEKEURD,
}
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
    message = _message(installation.dataset, levering, digest, verdict, findings)
    installation.blobs.write(Container.TERUGKOPPELING, _name(installation.dataset, levering), message)


def mend_messages(installation: Installation) -> None:
    """Write messages of late anew that are not about the last delivery of their name that was judged.

    A worker that stood still may write an older one over it, and die before anybody notices.
    """
    since = installation.late_since()
    judged: dict[str, RunRecord] = {}
    for run in installation.ledger.runs(installation.dataset, tuple(VERDICTS)):
        before = judged.get(run.new.levering)
        if not run.new.request_id and (before is None or before.changed_at < run.changed_at):
            judged[run.new.levering] = run
    for levering, run in sorted(judged.items()):
        if run.changed_at > since and run.reason is not RunReason.MODEL_GESTOPT:
            findings = installation.ledger.findings(run.run_id)
            message = _message(installation.dataset, levering, run.new.digest, VERDICTS[run.state], findings)
            name = _name(installation.dataset, levering)
            if hashlib.sha256(message).hexdigest() != digest_of(installation.blobs, Container.TERUGKOPPELING, name):
                installation.blobs.write(Container.TERUGKOPPELING, name, message)


def _name(dataset: str, levering: str) -> str:
    return f"{dataset}/{levering}/bericht.json"


def _message(dataset: str, levering: str, digest: str, verdict: Verdict, findings: Sequence[Finding]) -> bytes:
    return pretty_json(
        {
            "dataset": dataset,
            "levering": levering,
            "datapackage_sha256": digest,
            "oordeel": str(verdict),
            "zin": _SENTENCES[verdict],
            "bevindingen": [finding.as_dict() for finding in findings],
        }
    )


def pretty_json(document: object) -> bytes:
    """Return JSON that people can read, the same bytes for the same document."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
