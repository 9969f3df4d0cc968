"""The model's own log, in a container of its own: what whoever builds the model may see of it, and nobody's data.

One JSON line per run: which model, how long each step took, how many applications, and what went wrong. Counts below
ten are hidden (domain.md §9), and with one of them all of that kind, so that none is found by subtraction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared.administration import SMALLEST_COUNT, RunRecord
from shared.events import Action, StoredEvent
from shared.installation import Installation
from shared.ports import Container

HIDDEN = "verborgen"
_STEPS = (Action.KENMERKEN, Action.BEOORDELEN)


def write_model_log(installation: Installation, run: RunRecord, error: str = "") -> None:
    """Write what one run says about its model; the same run gives the same bytes. `error`: the code, where it failed.

    A run that failed keeps a line per attempt beside the one of its success.
    """
    events = _attempt(installation, run)
    counts = installation.ledger.counts(run.run_id)
    enough = counts.aantal >= SMALLEST_COUNT
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
        "per_resultaattype": _shown(counts.resultaattype) if enough else HIDDEN,
        "per_reden": _shown(counts.reden) if enough else HIDDEN,
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


def _shown(counts: Mapping[str, int]) -> dict[str, int | str]:
    small = any(0 < number < SMALLEST_COUNT for number in counts.values())
    return {name: HIDDEN if small and number else number for name, number in sorted(counts.items())}


def _seconds(events: list[StoredEvent]) -> dict[str, float]:
    details = {event.handeling: json.loads(event.details) for event in events}
    return {step: float(details[step].get("seconden", 0)) for step in _STEPS if step in details}
