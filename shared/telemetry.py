"""What operations may know of a round: how long runs took, how many applications, which findings, what waits.

Rendered from the events and the outcome of a run: numbers, and words of our own lists alone. No name of a delivery,
because a supplier chooses it, no person, no employee, no reason that somebody typed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from shared import mailbox
from shared.events import Action, StoredEvent, moment_of
from shared.installation import Installation
from shared.logs import run_log
from shared.measurement import RunMeasured, Step
from shared.runs import Outcome


def tell_round(installation: Installation, outcomes: Sequence[Outcome]) -> None:
    """Measure a round where telemetry is set; whatever goes wrong here is no trouble of the work itself."""
    if installation.telemetry is None:
        return
    try:
        runs = [found for outcome in outcomes if (found := measure(installation, outcome)) is not None]
        left = mailbox.look(installation.blobs, installation.dataset)
        installation.telemetry.measured(installation.dataset, runs, len(left.complete), len(left.incomplete))
    except Exception as cause:  # measuring may not stop what is measured
        run_log().warning("telemetry: %s", type(cause).__name__)


def measure(installation: Installation, outcome: Outcome) -> RunMeasured | None:
    """Return the last attempt at a run; None when nothing was attempted."""
    if outcome.run is None:
        return None
    events = _last_attempt(installation.ledger.events(outcome.run.run_id))
    if not events:
        return None
    run = outcome.run
    counted: Counter[tuple[str, str]] = Counter()
    for finding in outcome.findings:
        counted[finding.code, str(finding.ernst)] += finding.aantal or 1
    return RunMeasured(
        run=run.run_id,
        dataset=run.new.dataset,
        model=f"{run.new.model}-{run.new.model_version}" if run.new.model else "",
        toestand=str(run.state),
        reden=str(run.reason),
        fout=outcome.failure.code if outcome.failure else "",
        aanvragen=outcome.counts.aantal,
        begin=moment_of(events[0].tijdstip),
        end=moment_of(events[-1].tijdstip),
        bevindingen=counted,
        stappen=tuple(_step(event) for event in events[1:]),
    )


def _last_attempt(events: Iterable[StoredEvent]) -> list[StoredEvent]:
    found: list[StoredEvent] = []
    for event in events:
        if event.handeling == Action.CLAIMEN:
            found = []
        if found or event.handeling == Action.CLAIMEN:
            found.append(event)
    return found


def _step(event: StoredEvent) -> Step:
    end = moment_of(event.tijdstip)
    seconds = json.loads(event.details).get("seconden", 0)
    known = set(Action)
    name = event.handeling if event.handeling in known else "onbekend"
    return Step(name, end - timedelta(seconds=float(seconds)), end)
