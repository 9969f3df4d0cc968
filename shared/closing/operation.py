"""Counts what happened with deliveries and the model in a time: no groups and no people, so also of a running month."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.closing.port import MonthRecords, ToldEvent
from shared.events import Action
from shared.records import Verdict

_VERDICTS = {
    Action.PUBLICEREN: Verdict.GEACCEPTEERD,
    Action.AANHOUDEN: Verdict.AANGEHOUDEN,
    Action.AFKEUREN: Verdict.AFGEKEURD,
}
# what the report tells of, by the words of the action itself
_TOLD = frozenset(
    {
        Action.STOPPEN,
        Action.HERVATTEN,
        Action.VRIJGEVEN,
        Action.MISLUKKEN,
        Action.AANVRAGEN,
        Action.ONBEKENDE_POST,
        Action.GEBEURTENIS_MISLUKT,
        Action.LEVERING_ONTBREEKT,
        Action.QUARANTAINE_VERNIETIGEN,
        Action.BEZWAAR_OPENEN,
        Action.BEZWAAR_AFHANDELEN,
        Action.PERSOONSVERZOEK,
        Action.MODEL_ACTIVEREN,
        Action.MODEL_UIT_GEBRUIK,
        Action.SCHADUW_BEGINNEN,
        Action.SCHADUW_STOPPEN,
    }
)


@dataclass(frozen=True)
class Operation:
    """Deliveries per verdict (held and then released is both), in how many a finding was, and what else happened."""

    deliveries: Mapping[str, int]
    findings: Mapping[str, int]
    operation: Mapping[str, int]


def operation_between(
    records: MonthRecords, dataset: str, since: datetime, until: datetime, follow_ups: Collection[str] = ()
) -> Operation:
    """Return what happened with a dataset in this time, and with the deliveries of what follows its judging."""
    told = records.events(dataset, since, until)
    judged = _judged(told)
    operation = Counter(one.event.handeling for one in told if one.event.handeling in _TOLD)
    for name in sorted(follow_ups):
        of_follow_up = [one for one in records.events(name, since, until) if one.event.dataset]
        operation.update(f"{name} {verdict}" for _, verdict in _judged(of_follow_up))
    return Operation(
        deliveries=dict(sorted(Counter(verdict for _, verdict in judged).items())),
        findings=dict(sorted(records.finding_codes({run for run, _ in judged}).items())),
        operation=dict(sorted(operation.items())),
    )


def _judged(told: Collection[ToldEvent]) -> set[tuple[str, str]]:
    """Return run and verdict of every delivery that was judged; a hold by the stop switch is no verdict."""
    found = set()
    for one in told:
        verdict = _VERDICTS.get(Action(one.event.handeling)) if one.event.handeling in _KNOWN else None
        stopped = verdict is Verdict.AANGEHOUDEN and "bevindingen" not in json.loads(one.event.details)
        if verdict is not None and not stopped and not one.beside:
            found.add((one.event.run, str(verdict)))
    return found


_KNOWN = frozenset(str(action) for action in _VERDICTS)
