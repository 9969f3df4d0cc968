"""Which reads of many people at once were reads of one person: those by model, and of whole runs. Pure.

Such an event names a model or a run and nobody: whose data it was follows from what was published when.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.administration import ModelStatus
from shared.events import Action, StoredEvent, moment_of
from shared.rights.port import HeldResult

READS_BY_MODEL = (Action.MODEL_NAGAAN, Action.MODEL_VERGELIJKEN)
_A_YEAR = timedelta(days=365)  # what a comparison looks back, where an event of before does not say so


def looked_at(events: Iterable[StoredEvent], results: Sequence[HeldResult]) -> list[StoredEvent]:
    """Return the events by which one of these results, all of one person, was read."""
    return [event for event in events if _concerns(event, results)]


def _concerns(event: StoredEvent, results: Sequence[HeldResult]) -> bool:
    read, details = moment_of(event.tijdstip), json.loads(event.details)
    if event.handeling == Action.HERBEREKENEN:
        return any(event.object == f"verwerking {result.run.run_id}" for result in results)
    if event.handeling == Action.MODEL_NAGAAN:
        since, until = _period(details, datetime.min.replace(tzinfo=read.tzinfo), read)
        by_model = [result for result in results if event.object == f"model {_model_of(result)}"]
        return any(_published(result, since, until) for result in by_model)
    since, until = _period(details, read - _A_YEAR, read)
    return any(_published(result, since, until) for result in _newest(results, until))


def _period(details: dict[str, Any], since: datetime, until: datetime) -> tuple[datetime, datetime]:
    van, tot = details.get("van"), details.get("tot")
    return moment_of(van) if van else since, moment_of(tot) if tot else until


def _model_of(result: HeldResult) -> str:
    return f"{result.run.new.model} {result.run.new.model_version}"


def _published(result: HeldResult, since: datetime, until: datetime) -> bool:
    """Say whether a result was scored by a model in use, and published from `since` to `until`."""
    in_use = result.run.new.model_status is ModelStatus.ACTIEF and result.values["score"] is not None
    return in_use and result.run.published_at is not None and since <= result.run.published_at < until


def _newest(results: Sequence[HeldResult], until: datetime) -> Iterable[HeldResult]:
    """Return of every application the result that was current at a moment."""
    current: dict[str, HeldResult] = {}
    for result in results:  # in order of publication
        shown = result.run.new.model_status is not ModelStatus.SCHADUW
        if shown and result.run.published_at is not None and result.run.published_at < until:
            current[str(result.values["aanvraagnummer"])] = result
    return current.values()
