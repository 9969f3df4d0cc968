"""Looking at the result of one application: first the audit event, then the logboek, and only then the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared import __version__
from shared.administration import CurrentResult
from shared.errors import NotKnown
from shared.events import Action, AuditEvent, Caller
from shared.interventions import checked_reason
from shared.logboek import write_read_line
from shared.ports import BlobStore, Ledger


def look_up(
    ledger: Ledger,
    blobs: BlobStore,
    activity: str,
    datasets: Sequence[str],
    aanvraagnummer: str,
    reden: str,
    caller: Caller,
    now: datetime,
) -> CurrentResult:
    """Return the current result of an application in one of these datasets, with who looked and why on record.

    NotKnown when nothing was published about it, which is on record too; RequestRefused without a reason.
    """
    reason, number = checked_reason(reden), aanvraagnummer.strip()
    results = (ledger.current_result(name, number) for name in datasets)
    found = next((result for result in results if result is not None), None)
    event = AuditEvent(
        handeling=Action.UITLEG_BEKIJKEN,
        # by pseudonym: a number does not belong in a log
        object=f"aanvraag {found.values['dienst']}" if found else "aanvraag onbekend",
        resultaat="getoond" if found else "niet gevonden",
        caller=caller,
        tijdstip=now,
        dataset=found.run.new.dataset if found else (datasets[0] if len(datasets) == 1 else ""),
        run=found.run.run_id if found else "",
        details={"reden": reason},
    )
    ledger.note(event)
    if found is None:
        raise NotKnown(
            "Nothing was published about this application.", next_step="Check the number and whether it was delivered."
        )
    subject = str(found.values["persoon"] or ""), str(found.values["dienst"])
    write_read_line(blobs, activity, found.run, subject, now, __version__)
    return found
