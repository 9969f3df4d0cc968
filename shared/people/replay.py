"""Computes predictions again from the audit snapshot, with what made them, and compares every bit.

The same snapshot, contract, key and model package; nothing is stored but the event that tells of it, and a difference
is told by the names of columns, never by a value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared import CONTRACT_VERSION
from shared.administration import RunRecord
from shared.errors import KeyUnavailable, ModelPackageInvalid, NotKnown, SnapshotInvalid
from shared.events import Action
from shared.interventions import checked_reason
from shared.people.desk import Desk, application_of
from shared.people.predictions import shown_prediction, tell_shown
from shared.people.records import PredictionId, StoredPrediction
from shared.records import RunIdentity
from shared.rowseal import COLUMNS
from shared.stored_snapshot import has_snapshot, snapshot_contents

_COMPARED = tuple(name for name in COLUMNS if name not in ("regel", "aanvraagnummer"))
_BY_NAME = ("kenmerken", "bijdragen")


class Verdict(StrEnum):
    """What computing again showed."""

    GELIJK = "gelijk"
    VERSCHILT = "verschilt"
    NIET_MOGELIJK = "niet te herberekenen"


@dataclass(frozen=True)
class PredictionReplay:
    """What computing a prediction again showed. `verschillen`: names of columns, such as `bijdragen.has_partner`."""

    id: PredictionId
    oordeel: Verdict
    verschillen: tuple[str, ...] = ()
    waarom: str = ""


@dataclass(frozen=True)
class RunReplay:
    """What computing a run again showed; `waarom` says in Dutch why it could not be done."""

    run: RunRecord
    voorspellingen: tuple[PredictionReplay, ...]
    waarom: str = ""

    @property
    def oordeel(self) -> Verdict:
        """Return the verdict on the run as a whole: equal only when every prediction is."""
        if any(one.oordeel is Verdict.VERSCHILT for one in self.voorspellingen):
            return Verdict.VERSCHILT
        return Verdict.NIET_MOGELIJK if self.waarom else Verdict.GELIJK

    @property
    def gelijk(self) -> int:
        """Return how many predictions are equal to the last bit."""
        return sum(one.oordeel is Verdict.GELIJK for one in self.voorspellingen)


def replay_prediction(desk: Desk, id_text: str, reden: str) -> PredictionReplay:
    """Compute one prediction again and compare; that its data is read is on record first, and then the outcome.

    NotKnown when there is none, RequestRefused without a reason.
    """
    reason = checked_reason(reden)
    prediction = shown_prediction(desk, id_text)
    tell_shown(desk, prediction, "gelezen om te herberekenen", reason)
    done = _replayed(desk, prediction.run, [prediction])
    (replayed,) = done.voorspellingen
    event = desk.event(
        Action.HERBEREKENEN,
        application_of(prediction),
        str(replayed.oordeel),
        prediction.run.new.dataset,
        prediction.run.run_id,
        regel=prediction.id.regel,
        verschillen=list(replayed.verschillen),
    )
    desk.oversight.note(event)
    return replayed


def replay_run(desk: Desk, run_id: str) -> RunReplay:
    """Compute everything again that is left of a published run, and compare; the outcome is put on record.

    NotKnown when there is no such run, or when it published nothing.
    """
    run = desk.oversight.run(run_id)
    if run.publication is None:
        raise NotKnown("This run published nothing.", where=f"run {run_id}", next_step="Choose a published run.")
    predictions = desk.oversight.predictions(run_id)
    done = _replayed(desk, run, predictions) if predictions else RunReplay(run, (), "de resultaten zijn verwijderd")
    event = desk.event(
        Action.HERBEREKENEN,
        f"verwerking {run_id}",
        str(done.oordeel),
        run.new.dataset,
        run_id,
        aantal=len(done.voorspellingen),
        gelijk=done.gelijk,
        verschillen=sorted({name for one in done.voorspellingen for name in one.verschillen}),
    )
    desk.oversight.note(event)
    return done


def replay_everything(desk: Desk) -> Iterator[RunReplay]:
    """Yield what computing every published run again shows, the oldest first."""
    for dataset in desk.datasets:
        for run in desk.oversight.published_runs(dataset):
            yield replay_run(desk, run.run_id)


def _replayed(desk: Desk, run: RunRecord, predictions: Sequence[StoredPrediction]) -> RunReplay:
    """Return the comparison of predictions of one run; each is impossible when what made them is not here."""
    ids = [prediction.id for prediction in predictions]

    def every(verdict: Verdict, why: str, differs: tuple[str, ...] = ()) -> RunReplay:
        return RunReplay(run, tuple(PredictionReplay(one, verdict, differs, why) for one in ids), why)

    if run.new.contract_version != CONTRACT_VERSION:
        why = f"gemaakt onder contractversie {run.new.contract_version}; deze code rekent volgens {CONTRACT_VERSION}"
        return every(Verdict.NIET_MOGELIJK, why)
    if not has_snapshot(desk.blobs, run.new.dataset, run.new.digest):
        return every(Verdict.NIET_MOGELIJK, "de momentopname is er niet meer")
    try:
        fresh = _computed(desk, run, predictions)
    except SnapshotInvalid:
        return every(Verdict.VERSCHILT, "de momentopname is niet meer wat er geschreven is", ("momentopname",))
    except ModelPackageInvalid:
        return every(
            Verdict.NIET_MOGELIJK,
            f"het pakket van {run.new.model} {run.new.model_version} is er niet meer zoals het was",
        )
    except KeyUnavailable:
        return every(Verdict.NIET_MOGELIJK, "de sleutel van deze verwerking is niet te lezen")
    return RunReplay(run, tuple(_compared(one, fresh.get(str(one.values["dienst"]))) for one in predictions))


def _computed(desk: Desk, run: RunRecord, predictions: Sequence[StoredPrediction]) -> dict[str, dict[str, object]]:
    """Return the results of these predictions as they are now, by pseudonym of the application."""
    package, key = desk.package_of(run), desk.keys.find(run.new.key_id)
    numbers = {str(one.values["dienst"]): str(one.values["aanvraagnummer"]) for one in predictions}
    case, core = desk.use_case_of(run.new.dataset), desk.core()
    files = snapshot_contents(desk.blobs, run.new.dataset, run.new.digest)
    table = core.features(core.read_snapshot(files, numbers), case, key, desk.keys.special_addresses())
    identity = RunIdentity(
        run_id=run.run_id,
        dataset=run.new.dataset,
        levering=run.new.levering,
        delivery_digest=run.new.digest,
        model=package,
        contract_version=run.new.contract_version,
        key_id=run.new.key_id,
        request_id=run.new.request_id,
    )
    rows = core.judge(table, case, identity, key).results.astype(object).to_dict("records")
    return {str(row["dienst"]): {str(name): value for name, value in row.items()} for row in rows}


def _compared(stored: StoredPrediction, fresh: dict[str, object] | None) -> PredictionReplay:
    if fresh is None:
        return PredictionReplay(
            stored.id, Verdict.VERSCHILT, ("aanvraag",), "de aanvraag staat niet in de momentopname"
        )
    differs = tuple(name for column in _COMPARED for name in _differing(column, stored.values[column], fresh[column]))
    return PredictionReplay(stored.id, Verdict.VERSCHILT if differs else Verdict.GELIJK, differs)


def _differing(column: str, stored: object, fresh: object) -> list[str]:
    """Return the names of what differs in a column; its members are compared one by one where it has names."""
    before, after = _exact(stored), _exact(fresh)
    if before == after:
        return []
    if column not in _BY_NAME or None in (before, after):
        return [column]
    old, new = json.loads(str(stored)), json.loads(str(fresh))
    names = [name for name in (*old, *new) if _exact(old.get(name)) != _exact(new.get(name))]
    return [f"{column}.{name}" for name in dict.fromkeys(names)] or [column]


def _exact(value: object) -> str | None:
    """Return a value as text that differs when one bit does; None when there is no value."""
    if value is None or value != value or value == "":
        return None
    if isinstance(value, float):
        return value.hex()
    return str(int(value)) if isinstance(value, bool) else str(value)
