"""The model's own log, in a container of its own: what whoever builds the model may see of it, and nobody's data.

One JSON line per run: which model, how long each step took, how many applications, and what went wrong. Counts by kind
are told where none is below ten (domain.md §9), and of the first run of a date alone: a run again, after somebody was
removed, or a shadow beside it would differ by one person's result.
"""

from __future__ import annotations

import json
from typing import Any

from shared.administration import SMALLEST_COUNT, RunCounts, RunRecord
from shared.events import Action, StoredEvent
from shared.installation import Installation
from shared.ports import Container

HIDDEN = "verborgen"
_STEPS = (Action.KENMERKEN, Action.BEOORDELEN)


def write_model_log(installation: Installation, run: RunRecord, counts: RunCounts, error: str = "") -> None:
    """Write what one run says about its model; the same run gives the same bytes.

    `counts`: of its results. `error`: the code, where it failed.

    A run that failed keeps a line per attempt beside the one of its success.
    """
    events = _attempt(installation, run)
    enough = counts.aantal >= SMALLEST_COUNT
    told = counts.told(comparable=not run.of_delivery or _came_after(installation, run))
    line: dict[str, Any] = {
        "verwerking": run.run_id,
        "dataset": run.new.dataset,
        "model": run.new.model,
        "modelversie": run.new.model_version,
        "modeldigest": run.new.model_sha256,
        "contractversie": run.new.contract_version,
        "codeversie": run.new.code_version,
        "tijdstip": events[0].tijdstip if events else None,
        "fout": error or None,
        "aantal": counts.aantal if enough else HIDDEN,
        # of few applications the categories that occur already tell too much
        "per_resultaattype": dict(sorted(told.resultaattype.items())) or HIDDEN,
        "per_reden": dict(sorted(told.reden.items())) or HIDDEN,
        "seconden": _seconds(events),
    }
    folder = f"{run.new.model}-{run.new.model_version}/{run.new.datum}"
    name = f"{folder}/{run.run_id}-poging-{run.attempt}-mislukt.jsonl" if error else f"{folder}/{run.run_id}.jsonl"
    data = (json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8")
    installation.blobs.write(Container.MODELLOG, name, data)


def _attempt(installation: Installation, run: RunRecord) -> list[StoredEvent]:
    """Return the events of the attempt that judged last, up to its publication; a later one only finishes its tail."""
    found: list[StoredEvent] = []
    for event in installation.ledger.events(run.run_id):
        if event.handeling == Action.CLAIMEN:
            found = []
        found.append(event)
        if event.handeling in (Action.PUBLICEREN, Action.SCHADUW_BEWAREN):
            break
    return found


def _came_after(installation: Installation, run: RunRecord) -> bool:
    """Say whether another run of this date was published before; not after, so that the line stays what it was."""
    published = installation.ledger.published_on(run.new.dataset, run.new.datum)
    own = next((one.publication for one in published if one.run_id == run.run_id), None)
    return any(one.run_id != run.run_id and (own or 0) > (one.publication or 0) for one in published)


def _seconds(events: list[StoredEvent]) -> dict[str, float]:
    details = {event.handeling: json.loads(event.details) for event in events}
    return {step: float(details[step].get("seconden", 0)) for step in _STEPS if step in details}
